"""Taking a report from the public: the thing is verified anew, a ticket and a deadline are given.

What is kept is what verifying found (digest, school, type, numbers, verdict), never the thing, a
photo or a name; of the reporter what they chose to write. A report has no name but the digest of
its own content with a key that the reporter's page drew, so that pressing twice gives one ticket.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import orjson

from api import workdays
from api.terminal import printable
from credential import lookup, qrlink
from credential.errors import FormatError, RefusedError
from credential.facts import Evidence
from credential.text import check_message, nfc
from store.reports import Draft, Finding, Report, Reports
from verifier.verdict import Report as Checked
from verifier.verify import Answer
from web.messages import local_day

KINDS = ("forged", "mistake", "other")
DISAGREEMENT = "disagreement"
MESSAGE_LIMIT = 2000  # characters
SAID_LIMIT = 200
CONTACT_LIMIT = 254  # characters, the longest e-mail address (RFC 5321)
KEPT_DAYS = 90  # that contact and message are kept once a report is closed
_NUMBER_LIMIT = 64
_LARGEST = 1 << 32  # school numbers have 32 bits on chain
_PHONE = re.compile(r"\+?[0-9][0-9 .-]{6,18}[0-9]")
_MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,180}\.[^@\s,;<>\".]{2,}")


class Verifying(Protocol):
    """What judges the thing again; `verifier.verify.Verifier` does."""

    def verify(self, thing: str | bytes) -> Answer:
        """The verdict on a text; blocks while sources are asked."""
        ...


class Genuine(Protocol):
    """What is known of a leaf hash; `store.evidence.EvidenceReader` knows it."""

    def by_digest(self, digest: bytes) -> tuple[int, int, int, Evidence] | None:
        """School, batch number, leaf index and evidence, if it is one of ours."""
        ...

    def token_at(self, school: int, seq: int, index: int) -> bytes | None:
        """The QR token at a place of a final batch."""
        ...


@dataclass(frozen=True, slots=True)
class Given:
    """What a reporter sends. `thing` is a text to verify, `digest` a leaf hash; both may be empty.

    `shown` is the reason that they were shown, `number` and `school` what stands on the paper.
    """

    key: str
    kind: str
    thing: str = ""
    digest: str = ""
    shown: str = ""
    number: str = ""
    school: str = ""
    message: str = ""
    contact: str = ""


class Intake:
    """Enters reports into the department's queue. Thread safe.

    `days` is how many working days a report may take, `clock` seconds since 1970.
    """

    def __init__(
        self,
        verifier: Verifying,
        evidence: Genuine,
        reports: Reports,
        days: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._verifier, self._evidence, self._reports = verifier, evidence, reports
        self._days, self._clock = days, clock

    def receive(self, given: Given) -> Report:
        """Enter a report, or find the one that was entered with the same key and content.

        Raises FormatError ``text.*``, ``report.contact`` and ``report.empty``, and
        UnavailableError.
        """
        said = _checked(given)
        if not (said.thing or said.digest or said.number or said.message):
            raise FormatError("report.empty")
        return self._enter(
            Draft(
                ticket=new_ticket(),
                request=_name(said),
                kind=said.kind,
                deadline=self._deadline(),
                finding=self._find(said),
                shown=said.shown,
                said_number=said.number,
                said_school=said.school,
                message=said.message,
                contact=said.contact,
            ),
            "public",
        )

    def disagreement(self, found: Finding) -> Report:
        """Enter that chain and register disagree about an artefact: once for each digest."""
        digest = found.digest or b""
        return self._enter(
            Draft(
                ticket=new_ticket(),
                request=hashlib.sha256(DISAGREEMENT.encode() + digest).digest(),
                kind=DISAGREEMENT,
                deadline=self._deadline(),
                finding=found,
            ),
            "verifier",
        )

    def find(self, code: str) -> Report:
        """The report with that ticket code, however it was typed.

        Raises FormatError ``report.code``, RefusedError ``report.unknown``, UnavailableError.
        """
        return self._reports.find(parse_ticket(code))

    def _enter(self, draft: Draft, actor: str) -> Report:
        return self._reports.enter(draft, actor)

    def _deadline(self) -> date:
        return workdays.after(local_day(self._clock()), self._days)

    def _find(self, given: Given) -> Finding:
        text = given.thing or self._text_of(given.digest)
        if text:
            try:
                answer = self._verifier.verify(text)
            except (FormatError, RefusedError):
                pass  # nothing of ours can be read in it, which may be why it is reported
            else:
                return finding(answer.reports[0])
        return Finding(digest=bytes.fromhex(given.digest) if given.digest else None)

    def _text_of(self, digest: str) -> str:
        """The code of the credential with that leaf, if it is one that was issued here."""
        place = self._evidence.by_digest(bytes.fromhex(digest)) if digest else None
        token = self._evidence.token_at(place[0], place[1], place[2] // 2) if place else None
        return qrlink.encode(token, "")[1] if token else ""


def finding(checked: Checked) -> Finding:
    """What is kept of one artefact's verdict."""
    return Finding(
        digest=bytes.fromhex(checked.digest),
        school=checked.school if 0 <= checked.school < _LARGEST else None,
        type=checked.kind,
        serial=_number(checked.document.get("serial")),
        register_no=_number(checked.document.get("register_no")),
        verdict=checked.conclusion.verdict.value,
        reason=checked.conclusion.reason,
    )


def new_ticket() -> str:
    """A ticket code: 75 random bits and a check character, spelled like a look-up code."""
    return lookup.encode(secrets.token_bytes(lookup.RANDOM_BYTES))


def parse_ticket(code: str) -> str:
    """A ticket code in its one spelling. Raises FormatError ``report.code``."""
    try:
        return lookup.parse(code)
    except FormatError:
        raise FormatError("report.code") from None


def message(text: str) -> str:
    """A message or public answer as it is kept: NFC, single line feeds for every line end."""
    found = nfc(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    check_message(found, MESSAGE_LIMIT)
    return found


def _checked(given: Given) -> Given:
    contact = nfc(given.contact).strip()
    check_message(contact, CONTACT_LIMIT)
    if contact and not (_PHONE.fullmatch(contact) or _MAIL.fullmatch(contact)):
        raise FormatError("report.contact")
    return Given(
        key=given.key,
        kind=given.kind,
        thing=given.thing.strip(),
        digest=given.digest,
        shown=given.shown,
        number=_line(given.number, _NUMBER_LIMIT),
        school=_line(given.school, SAID_LIMIT),
        message=message(given.message),
        contact=contact,
    )


def _line(text: str, limit: int) -> str:
    found = nfc(" ".join(text.split()))
    check_message(found, limit)
    return found


def _name(given: Given) -> bytes:
    """What makes two reports the same. The key is random, so it also hides what was said."""
    members = [getattr(given, name) for name in Given.__slots__]
    return hashlib.sha256(orjson.dumps(members)).digest()


def _number(value: object) -> str:
    """A number as a document states it; a forged one may state anything."""
    return printable(value)[:_NUMBER_LIMIT] if isinstance(value, str) else ""
