"""What is known of a share: what is handed in to be kept, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Standing(Enum):
    """Whether a share can be opened, and if not, why."""

    OPEN = "open"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    USED_UP = "used_up"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class NewShare:
    """A share to be kept.

    `id` is 16 random bytes, `capability` and `gate` are SHA-256 digests of what opens it (`gate`
    of what only who knows the PIN can make, None without a PIN), `content` and `note` ciphertexts
    for the recipient and for the holder. `account` shares what `pupil` got as number `index` of a
    school's batch `seq`. `allowed` is how many openings there may be.
    """

    id: bytes
    account: int
    pupil: str
    school: int
    seq: int
    index: int
    capability: bytes
    gate: bytes | None
    content: bytes
    note: bytes
    expires: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share as it stands at a moment, without its ciphertext.

    `tries` counts wrong PINs, `ended` is when it ended or will, `views` are the times of its
    openings where they were asked for.
    """

    id: bytes
    account: int
    pupil: str
    school: int
    seq: int
    index: int
    note: bytes
    created: int
    expires: int
    allowed: int
    used: int
    gated: bool
    tries: int
    standing: Standing
    ended: int
    views: Sequence[int] = ()

    @property
    def left(self) -> int:
        """How many openings are left."""
        return self.allowed - self.used


@dataclass(frozen=True, slots=True)
class Opened:
    """What an opening gives: the ciphertext, and the share as it stands after it."""

    share: Share
    content: bytes
