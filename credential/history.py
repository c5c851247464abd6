"""What the ledger logged, as values: a record per event, and what the records add up to.

A record says what its event set and leaves the rest None, so the newest value of each field is the
one that holds. Taking the records of a block away undoes it; the same record twice is one record.
`block` and `log` (its number among the block's logs) are its place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from credential.facts import Block, LedgerKey, LedgerSchool
from credential.model import Deployment


@dataclass(frozen=True, slots=True)
class SchoolChange:
    """Accreditation, suspension (0 since: reinstated). `types` is 8 bytes, big-endian."""

    block: int
    log: int
    school: int
    valid_from: int | None = None
    valid_until: int | None = None
    types: bytes | None = None
    suspended_since: int | None = None


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key (32 bytes of id) added, retired or marked compromised."""

    block: int
    log: int
    school: int
    key_id: bytes
    valid_from: int | None = None
    valid_until: int | None = None
    compromised_since: int | None = None
    roles: int | None = None
    public_key: bytes | None = None


@dataclass(frozen=True, slots=True)
class BatchAnchored:
    """A batch: its root, credentials, block time, key id, and the school's head hash after it."""

    block: int
    log: int
    school: int
    seq: int
    root: bytes
    size: int
    time: int
    key_id: bytes
    head: bytes


@dataclass(frozen=True, slots=True)
class WordChange:
    """128 lanes of a batch: the word that now stands there (32 bytes), set by an account."""

    block: int
    log: int
    school: int
    root: bytes
    word: int
    lanes: bytes
    by: bytes


@dataclass(frozen=True, slots=True)
class Succession:
    """A credential that was replaced, and by which."""

    block: int
    log: int
    school: int
    root: bytes
    position: int
    successor_root: bytes
    successor_position: int


@dataclass(frozen=True, slots=True)
class Act:
    """What concerns the whole ledger: the event's name, and the account (20 bytes) it names.

    ``Paused`` (by whom), ``Unpaused`` (none: empty), ``GuardianSet``, ``Retired`` (successor),
    ``OwnershipTransferStarted`` and ``OwnershipTransferred`` (new owner).
    """

    block: int
    log: int
    name: str
    account: bytes


Record = SchoolChange | KeyChange | BatchAnchored | WordChange | Succession | Act


@dataclass(frozen=True, slots=True)
class IndexState:
    """How far an index of one deployment has come. Times are seconds since 1970 by the clock.

    Events up to `read` are in the tables; up to block number `compared` these agree with the
    contract's storage, whose root was then `root`. `final` is the last finalised block of them:
    what is asked of the index is answered as of there. `head` is the chain's newest block number
    when it was last asked, `checked` when nothing was missing up to there. `error` says what has
    gone wrong since, if anything.
    """

    deployment: Deployment
    read: Block | None = None
    compared: int | None = None
    root: bytes = b""
    final: Block | None = None
    head: int = 0
    checked: int = 0
    error: str = ""


def accreditation(changes: Iterable[SchoolChange]) -> LedgerSchool | None:
    """What a school's changes, in order, add up to; None if it was never accredited."""
    valid_from = valid_until = suspended_since = 0
    types = b""
    for change in changes:
        valid_from = _newer(change.valid_from, valid_from)
        valid_until = _newer(change.valid_until, valid_until)
        suspended_since = _newer(change.suspended_since, suspended_since)
        types = types if change.types is None else change.types
    if not valid_from:
        return None
    return LedgerSchool(valid_from, valid_until, suspended_since, int.from_bytes(types, "big"))


def keys(changes: Iterable[KeyChange]) -> Sequence[LedgerKey]:
    """The keys that changes, in order, add up to; in the order in which they were added."""
    found: dict[bytes, LedgerKey] = {}
    for change in changes:
        known = found.get(change.key_id) or LedgerKey(change.key_id, change.school, 0, 0, 0, 0)
        found[change.key_id] = LedgerKey(
            key_id=change.key_id,
            school=change.school,
            valid_from=_newer(change.valid_from, known.valid_from),
            valid_until=_newer(change.valid_until, known.valid_until),
            compromised_since=_newer(change.compromised_since, known.compromised_since),
            roles=_newer(change.roles, known.roles),
            public_key=known.public_key if change.public_key is None else change.public_key,
        )
    return list(found.values())


def _newer(value: int | None, known: int) -> int:
    return known if value is None else value
