"""What a registrar does with a file: look at it, mend it, keep what it changes, prepare an order.

A file is looked at as often as it is brought; what was read stays for a day (`uploads`), so that
what is kept is what was looked at, whatever became of the file since. The registry is asked anew
each time.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from api import checking, importing
from api.checking import Look
from api.clock import today
from api.desk import parsing, preparing, uploads
from api.desk.parsing import PUPILS, Asked, Unmatched
from api.desk.policy import Act, Member
from api.desk.preparing import Noticed, person
from api.desk.uploads import Brought
from api.transfers.carrying import carried
from credential.errors import Fault, InputError, RefusedError
from credential.model import CredentialType, Decision
from credential.records import SchoolRecord
from issuer.amending import Amended, plan
from issuer.checking.findings import Checked
from issuer.intake.rows import Reading
from issuer.order import Order
from store import audit
from store.held import Held
from store.outbox import now
from store.uploads import Uploads

if TYPE_CHECKING:
    from api.wiring import System


@dataclass(frozen=True, slots=True)
class Asking:
    """What an order adds to a file; without `issued` the decision's day is printed.

    With a `reason` it corrects what stands by the file, as somebody asked on the day `requested`.
    """

    decision: Decision
    issued: date | None = None
    signer: str | None = None
    first_serial: str | None = None
    instead_of: int | None = None
    reason: str | None = None
    requested: date | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was looked at. `differences` are of a list of pupils, `faults` include its own.

    `standing` counts the pupils who have a transcript of that year already.

    `secret` finds it again; None where nothing could be read, and then `unmatched` may say why.
    """

    secret: str | None
    reading: Reading[Any] | None
    faults: tuple[Fault, ...]
    preview: importing.Preview | None = None
    unmatched: Unmatched | None = None
    standing: int = 0


@dataclass(frozen=True, slots=True)
class Proposed:
    """An order over a file, checked; where it corrects, how each row differs from what stands.

    `unchanged` rows are left out of the order, `fresh` ones are issued for the first time.
    """

    look: checking.Look
    changed: tuple[Amended, ...] = ()
    unchanged: int = 0
    fresh: int = 0


@dataclass(frozen=True, slots=True)
class Bringing:
    """The acts, each with who does it. All raise UnavailableError."""

    system: "System"

    @property
    def uploads(self) -> Uploads:
        """Where files wait."""
        return Uploads(self.system.store_database)

    def look(self, member: Member, asked: Asked, data: bytes) -> Seen:
        """Read a file, compare it with the registry. Raises as `parsing.read`, no InputError."""
        school = self._school(member)
        try:
            reading = parsing.read(asked, data)
        except InputError as error:
            return Seen(None, None, error.faults)
        if isinstance(reading, Unmatched):
            return Seen(None, None, tuple(reading.faults), unmatched=reading)
        brought = Brought(asked, reading, hashlib.sha256(data).hexdigest())
        preview, faults = self._compared(school, asked, reading)
        secret = uploads.keep(self.uploads, member, brought)
        standing = self._standing(asked, reading)
        return Seen(secret, reading, faults, preview, standing=standing)

    def marked(self, member: Member, asked: Asked, data: bytes) -> bytes:
        """The file's sheet with its faults marked, as .xlsx. Raises as `parsing.read`."""
        reading = parsing.read(asked, data)
        if isinstance(reading, Unmatched):
            raise InputError(reading.faults)
        _, faults = self._compared(self._school(member), asked, reading)
        return parsing.mark(asked, data, faults)

    def commit(self, member: Member, secret: str) -> int:
        """Keep what a list of pupils changes; how many pupils that were. Again, it changes none.

        Raises RefusedError ``upload.unknown``, ``upload.not_pupils``; InputError with every fault.
        """
        brought = uploads.find(self.uploads, member, secret)
        if brought.asked.purpose != PUPILS:
            raise RefusedError("upload.not_pupils")
        school = self._school(member)
        found = importing.preview(self.system.desk, school, brought.reading)
        kept = importing.commit(self.system.registry_database, found)
        if kept:
            audit.note(
                self.system.store_database, now(), member.actor, "registry.imported",
                file=brought.digest, school=school.id, pupils=kept,
            )  # fmt: skip
        return kept

    def check(self, member: Member, secret: str, asking: Asking) -> Proposed:
        """Look at an order over a file.

        Raises RefusedError ``upload.unknown``; where it corrects ``amendment.nothing``,
        ``upload.no_correction`` (of anything but transcripts) and as `issuer.amending.plan`, no
        InputError.
        """
        brought = uploads.find(self.uploads, member, secret)
        order = self._order(member, brought, asking)
        if asking.reason is None:
            return Proposed(checking.look(self.system, order, brought.reading, today()))
        return self._correcting(member, order, brought.reading)

    def prepare(self, member: Member, secret: str, asking: Asking) -> int:
        """Keep that order for approval, with all that is odd in it; its number.

        Raises RefusedError ``upload.unknown``, InputError with every fault, and as
        `preparing.prepare`.
        """
        proposed = self.check(member, secret, asking)
        found = proposed.look
        if found.found.faults:
            raise InputError(found.found.faults)
        order, notices = found.order, list(found.notices)
        if order.type is CredentialType.TRANSCRIPT:
            held = Held(self.system.store_database)
            notices += carried(order.rows, order.year, self.system.desk, held)
        noticed = Noticed(notices, proposed.changed)
        by = person(member)
        return preparing.prepare(self.system, by, order, noticed, asking.instead_of)

    def heads(self, member: Member, on: date) -> list[str]:
        """Who may sign for the school on that day."""
        return [head.name for head in self.system.desk.heads(member.own, on)]

    def _correcting(self, member: Member, order: Order, reading: Reading[Any]) -> Proposed:
        """What differs from the transcripts that stand, as an order of corrections."""
        if order.type is not CredentialType.TRANSCRIPT or not member.may(Act.CORRECT):
            raise RefusedError("upload.no_correction")
        whole = replace(order, rows=tuple(reading.rows))
        try:
            found = plan(whole, self.system.desk, self.system.batches, new_too=True)
        except InputError as error:
            faults = sorted((*reading.faults, *error.faults), key=lambda one: one.row or 0)
            return Proposed(Look(whole, reading, Checked(tuple(faults), ()), reading.notices))
        if not found.order.rows:
            raise RefusedError("amendment.nothing")
        seen = checking.look(self.system, found.order, reading, today())
        return Proposed(seen, found.changed, len(found.unchanged), len(found.new))

    def _standing(self, asked: Asked, reading: Reading[Any]) -> int:
        if asked.purpose != CredentialType.TRANSCRIPT.key:
            return 0
        codes = [row.code for row in reading.rows]
        return len(self.system.desk.awarded(CredentialType.TRANSCRIPT, asked.year, codes))

    def _compared(
        self, school: SchoolRecord, asked: Asked, reading: Reading[Any]
    ) -> tuple[importing.Preview | None, tuple[Fault, ...]]:
        if asked.purpose == PUPILS:
            preview = importing.preview(self.system.desk, school, reading)
            return preview, tuple(preview.faults)
        found = importing.faults_of_results(self.system.desk, school, reading, asked.year)
        return None, tuple(found)

    def _school(self, member: Member) -> SchoolRecord:
        school = self.system.desk.numbered(member.own, today())
        if school is None:
            raise RefusedError("school.unknown", found=member.own)
        return school

    def _order(self, member: Member, brought: Brought, asking: Asking) -> Order:
        if brought.asked.purpose == PUPILS:
            raise RefusedError("upload.not_results")
        return Order(
            type=CredentialType.from_key(brought.asked.purpose),
            school=self._school(member).code,
            year=brought.asked.year,
            issued=asking.issued or asking.decision.on,
            rows=(),
            prepared_by=member.name,
            approved_by="",
            decision=asking.decision,
            signer=asking.signer,
            first_serial=asking.first_serial,
            reason=asking.reason,
            requested=asking.requested,
        )
