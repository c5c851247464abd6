"""Who is told that a paper is ready, and by which way."""

from dataclasses import dataclass
from enum import Enum


class Channel(Enum):
    """By which way."""

    MAIL = "mail"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told, by an address that is used for this alone."""

    pupil: str
    channel: Channel
    address: str
