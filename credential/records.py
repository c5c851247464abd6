"""What issuing writes down, as plain values that the issuer decides, others keep and send."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from credential.annex import Annex, AnnexKind
from credential.dates import PartialDate
from credential.model import CredentialType, Holder, Lane, Place, Signer
from credential.requests import CopyRequest


class BatchState(Enum):
    """How far a batch has come; each state is durable, in this order."""

    STAGED = "staged"  # credentials, salts, indices, bytes to be signed: stored, unsigned
    SIGNED = "signed"  # signatures and tree stored
    SENT = "sent"  # raw transaction stored, then broadcast
    MINED = "mined"  # in a block that may still be reorganised away
    FINAL = "final"  # in a finalised block: only now issued
    DELIVERED = "delivered"  # papers written


@dataclass(frozen=True, slots=True)
class Batch:
    """The credentials that one school issues together.

    `ref` is the SHA-256 (hex) of what was asked for, so that the same request finds the same
    batch. `kid` is the 32-byte thumbprint of the signing key, `alg` its JOSE name. `root` is
    set from SIGNED on, `block` and `final_time` from FINAL on.
    """

    id: int
    ref: str
    school: int
    type: CredentialType
    seq: int
    size: int
    state: BatchState
    kid: bytes
    alg: str
    root: bytes | None = None
    block: int | None = None
    final_time: int | None = None


@dataclass(frozen=True, slots=True)
class StagedCredential:
    """One credential with everything that will be signed, stored before it is signed.

    `sd_payload` is the JWT payload (JSON bytes), `disclosures` the base64url disclosures each
    followed by ``~`` (they hold the salts), `qr_payload` the CWT claims (CBOR bytes), `code`
    the 16-character look-up code. `version` is that of its line in the register; what is not the
    first `supersedes` what stands at that place.
    """

    index: int
    pupil: str
    register_no: str
    serial: str | None
    code: str
    sd_payload: bytes
    disclosures: str
    qr_payload: bytes
    version: int = 1
    supersedes: Place | None = None


@dataclass(frozen=True, slots=True)
class Signatures:
    """The two 64-byte signatures of one credential: of its SD-JWT and of its QR token."""

    sd: bytes
    qr: bytes


@dataclass(frozen=True, slots=True)
class AwardLine:
    """What names one version of a line of the register of awards.

    The number stays when a line is corrected; versions count from 1.
    """

    type: CredentialType
    school: int
    register_no: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A signed credential with its place: what papers, evidence and revocation start from."""

    batch: Batch
    staged: StagedCredential
    signatures: Signatures
    lane: Lane

    @property
    def line(self) -> AwardLine:
        """Its version of its line in the register of awards."""
        staged = self.staged
        return AwardLine(self.batch.type, self.batch.school, staged.register_no, staged.version)


@dataclass(frozen=True, slots=True)
class StandingAward:
    """A version that stands: ref of the batch that entered it, which it is, active or suspended."""

    ref: str
    line: AwardLine
    lane: Lane


@dataclass(frozen=True, slots=True)
class Binding:
    """What a version of a line awards: digest (32 bytes) of its SD-JWT's signing input, place."""

    content: bytes
    place: Place


@dataclass(frozen=True, slots=True)
class Located:
    """A credential by its place: its batch, its index there, its register number and version."""

    batch: Batch
    index: int
    register_no: str
    version: int = 1

    @property
    def line(self) -> AwardLine:
        """Its version of its line in the register of awards."""
        return AwardLine(self.batch.type, self.batch.school, self.register_no, self.version)


@dataclass(frozen=True, slots=True)
class Succession:
    """A credential by its index in a new batch, and the one whose place it takes."""

    index: int
    replaced: Located


@dataclass(frozen=True, slots=True)
class Transaction:
    """A signed transaction as stored before it was broadcast.

    `sender` and `hash` are 20 and 32 bytes. `purpose` is unique per intended effect, such as
    ``anchor:<batch id>``, so that the same intent never gets two nonces. `block` is the chain's
    head when it was signed. `replaced` are the raw transactions that were stored for the same nonce
    before this one, oldest first: any of them may be mined in its place.
    """

    purpose: str
    sender: bytes
    nonce: int
    raw: bytes
    hash: bytes
    block: int = 0
    replaced: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A contract call before it has a nonce: destination (20 bytes), data and gas limit."""

    to: bytes
    data: bytes
    gas: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Outcome of a mined transaction: whether it succeeded, its block, whether that is final."""

    succeeded: bool
    block: int
    time: int
    final: bool


@dataclass(frozen=True, slots=True)
class SchoolRecord:
    """A school in the registry as named on a day; `kind` such as ``thpt``, "" if not asked."""

    id: int
    code: str
    name: str
    place: str
    kind: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PupilRecord:
    """A pupil in the registry: ministry code, identity as printed, school and class now.

    What a diploma names besides is None where it is not known, and so is the personal number.
    """

    code: str
    name: str
    birth: PartialDate
    school: int
    class_name: str
    sex: str | None = None
    ethnicity: str | None = None
    birth_place: str | None = None
    personal_no: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Move:
    """A pupil's move between schools (by number on chain), into a class, on a day.

    `ref` names the act that decided it, so that it is done once.
    """

    pupil: str
    from_school: int
    to_school: int
    class_name: str
    ref: str
    on: date


@dataclass(frozen=True, slots=True)
class AwardEntry:
    """One line to be entered in the register of awards (sổ gốc).

    Where it `replaces` a version that stands, it is entered as the next version under the same
    number, with the `annex` of the decision if there is one; the pupil is then that of the line,
    and so is the serial unless it is reissued. `line` is the number of a line of an old book that
    is there already and is issued now; `copied` is the line that a copy is of. `class_name` is the
    holder's class then, if known.
    """

    pupil: str
    holder: Holder
    serial: str | None
    classification: str | None
    replaces: AwardLine | None = None
    annex: Annex | None = None
    line: str | None = None
    copied: AwardLine | None = None
    request: CopyRequest | None = None
    class_name: str | None = None

    @property
    def brings_serial(self) -> bool:
        """Whether its serial is another than the line's so far."""
        reissued = self.annex is not None and self.annex.kind is AnnexKind.REISSUED
        return self.replaces is None or reissued


@dataclass(frozen=True, slots=True)
class AwardBatch:
    """Lines of one decision to be entered together; `ref` makes entering them idempotent.

    `reason` and `approved_by` are kept with lines that correct others.
    """

    ref: str
    type: CredentialType
    school: int
    year: int
    issued: date
    signer: Signer
    decision_no: str | None
    decision_on: date | None
    entries: tuple[AwardEntry, ...]
    reason: str | None = None
    approved_by: str | None = None
