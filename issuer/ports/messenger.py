"""What telling people needs: somebody who takes a message to an address, once."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """What is told. `id` is the same however often it is tried; it names nobody."""

    id: str
    to: str
    subject: str
    text: str


class Outcome(Enum):
    """What became of one try."""

    SENT = "sent"  # the other side took it on
    LATER = "later"  # it did not, and may another time
    REFUSED = "refused"  # it did not, and never will
    UNSURE = "unsure"  # it was cut off after everything was said: it may have been taken


@dataclass(frozen=True, slots=True)
class Told:
    """The outcome and, for operators, why: a reply code or kind of failure, no address."""

    outcome: Outcome
    reason: str = ""


class Messenger(Protocol):
    """A way to reach people: mail, short messages."""

    def send(self, message: Message) -> Told:
        """Try once. Never raises for what the other side or the network does."""
        ...
