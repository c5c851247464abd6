"""The acts of both schools on a transfer. Each may be cut off anywhere: repeated, it goes on.

    request   the sending school enters what the parents ask for       store
    seal      it signs record, credentials and evidence as one file    store
    receive   the receiving school has checked that file               store
    accept    1 decision written down  2 registry moves the pupil      store, registry
              3 acceptance signed, transfer ended                      store
    reject, withdraw   while nothing is decided                        store

Of two acceptances, be they of one transfer or of two to different schools, the registry lets one
move the pupil (`registry.moving`) and tells the other so.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from api.transfers import codes, contents
from api.transfers.checking import Checking, is_about
from credential import statement, transfer
from credential.errors import ConflictError, FormatError, RefusedError
from credential.keys import Signer
from credential.model import Deployment
from credential.records import Move, SchoolRecord
from credential.text import check_name, check_text
from credential.transfer import Sealed
from issuer.delivery import sd_jwt_of
from issuer.intake.cells import ALL_GRADES, class_of
from registry.desk import Desk
from store.extracts import Extracts
from store.held import Held
from store.transfer_records import Draft, Transfer, TransferState
from store.transfers import Transfers
from verifier.transferring import SealFinding, TransferJudgement
from verifier.verdict import Verdict
from web.messages import local_day

_AHEAD = timedelta(days=366)  # of the first day at the new school
_class = class_of(ALL_GRADES)


class Evidence(Protocol):
    """What proves an artefact to others."""

    def __call__(self, texts: Sequence[str]) -> Sequence[bytes]:
        """The evidence bundle of each SD-JWT, all as of one block."""
        ...


@dataclass(frozen=True)
class Office:
    """The transfers of one deployment. `signer(school)` opens a school's signing key.

    All methods may raise UnavailableError; `clock` gives seconds since 1970.
    """

    deployment: Deployment
    desk: Desk
    transfers: Transfers
    held: Held
    extracts: Extracts
    checking: Checking
    evidence: Evidence
    signer: Callable[[int], Signer]
    clock: Callable[[], float] = time.time

    def request(
        self, pupil: str, sender: str, receiver: str | None, outside: str, reason: str, actor: str
    ) -> tuple[Transfer, str | None]:
        """Enter a transfer from one school (code) to another, or to one `outside` (its name).

        Returns it with the parents' code; None if it was entered before: its code was given then.
        Raises RefusedError ``school.unknown``, ``transfer.pupil_unknown``,
        ``transfer.same_school``, ConflictError ``transfer.already_moved``, FormatError ``text.*``.
        """
        check_name(actor)
        today = self._today()
        origin = self.school(sender)
        target = self.school(receiver) if receiver else None
        if target is None:
            check_text(outside)
        elif target.id == origin.id:
            raise RefusedError("transfer.same_school", school=origin.id)
        self._check_enrolled(pupil, origin.id)
        draft = Draft(
            id=codes.make_name(),
            pupil=pupil,
            from_school=origin.id,
            to_school=target.id if target else None,
            from_name=origin.name,
            to_name=target.name if target else outside,
            reason=reason,
            requested=today,
        )
        code = codes.make()
        made, new = self.transfers.request(draft, codes.digest(code), actor)
        return made, code if new else None

    def recode(self, name: str, actor: str) -> str:
        """A new code for the parents; the earlier one no longer opens anything."""
        code = codes.make()
        self.transfers.recode(name, codes.digest(code), actor)
        return code

    def seal(self, name: str, actor: str) -> Transfer:
        """Seal the pupil's transfer record, other credentials and evidence as one bundle.

        Raises RefusedError ``transfer.no_record_yet`` (the record has not been issued),
        ConflictError ``transfer.already_moved``, and what `api.evidence.gather` raises.
        """
        check_name(actor)
        held = self.transfers.find(name)
        if held.state is not TransferState.REQUESTED:
            return self.transfers.seal(name, "", actor)  # tells what has become of it
        draft = held.draft
        self._check_enrolled(draft.pupil, draft.from_school)
        came = self.desk.last_moves([draft.pupil]).get(draft.pupil)
        issued = contents.standing(self.held, draft, came)
        texts = [sd_jwt_of(each) for each in issued]
        sealed = list(map(Sealed, texts, self.evidence(texts)))
        self.extracts.note_all(contents.extracts(issued, draft, actor))
        claims = self._claims(draft, draft.from_school) | {
            "reason": draft.reason,
            "requested": draft.requested.isoformat(),
            "credentials": list(map(transfer.digest, texts)),
        }
        transfer.check_seal(claims)
        seal = statement.sign(transfer.SEAL_TYP, claims, self.signer(draft.from_school))
        bundle = transfer.parse(transfer.assemble(seal, sealed)).text
        return self.transfers.seal(name, bundle, actor)

    def check(self, text: str) -> TransferJudgement:
        """What a bundle is. Raises FormatError ``transfer.malformed``, ``transfer.too_long``."""
        return self.checking.check(transfer.parse(text))

    def receive(self, name: str, actor: str) -> TransferJudgement:
        """Check the sealed bundle of a transfer; a genuine one counts as received.

        Raises what `bundle` raises.
        """
        check_name(actor)
        judged = self.check(self.bundle(name))
        if judged.verdict is Verdict.VALID:
            self.transfers.receive(name, actor)
        return judged

    def accept(self, name: str, class_name: str, on: date | None, actor: str) -> Transfer:
        """Take the pupil into a class from a day on (today).

        Raises RefusedError ``transfer.outside``, ``transfer.far_off`` (a day that only a slip
        explains, since no move is ever changed), ``transfer.not_valid`` (the bundle as checked
        now), and what `Transfers.decide` and `registry.moving.move` raise; FormatError
        ``class.invalid``.
        """
        check_name(actor)
        _class(class_name)
        held = self.transfers.find(name)
        if held.draft.to_school is None:
            raise RefusedError("transfer.outside")
        if on and on > self._today() + _AHEAD:
            raise RefusedError("transfer.far_off", found=on)
        if held.state is TransferState.ACCEPTED:
            return self._as_decided(held, class_name, on)
        self.bundle(name)  # is of this very transfer, also where that was decided before
        if held.decided is None:
            if self.receive(name, actor).verdict is not Verdict.VALID:
                raise RefusedError("transfer.not_valid")
            moved = self._moved(held.draft)  # by a repetition of what was then taken back
            decided = (moved.class_name, moved.on) if moved else (class_name, on or self._today())
            held = self.transfers.decide(name, *decided, actor)
        self._as_decided(held, class_name, on)
        self._move(held, actor)
        return self.transfers.accept(name, actor, self._acceptance(held))

    def accept_outside(self, name: str, letter: str, actor: str) -> Transfer:
        """Note that a school outside the system has taken the pupil, by a letter of its own."""
        check_name(actor)
        check_text(letter)
        if self.transfers.find(name).draft.to_school is not None:
            raise RefusedError("transfer.not_outside")
        return self.transfers.accept(name, actor, None, letter)

    def end(self, name: str, state: TransferState, actor: str, reason: str) -> Transfer:
        """Reject or withdraw it, with the reason that the parents are told."""
        check_name(actor)
        check_text(reason)
        return self.transfers.end(name, state, actor, reason)

    def follow(self, code: str) -> Transfer:
        """The transfer that the parents' code opens.

        Raises FormatError ``transfer.code`` and RefusedError ``transfer.unknown``.
        """
        return self.transfers.coded(codes.digest(codes.parse(code)))

    def receipt(self, held: Transfer) -> SealFinding | None:
        """What the receiving school's acceptance is worth; None where there is none."""
        if held.acceptance is None:
            return None
        found = transfer.parse_acceptance(held.acceptance)
        if not is_about(found, held.draft):
            raise ConflictError("transfer.acceptance_differs")
        return self.checking.signed(found)

    def _as_decided(self, held: Transfer, class_name: str, on: date | None) -> Transfer:
        assert held.decided is not None, "what is accepted was decided"
        if held.decided != (class_name, on or held.decided[1]):
            class_name, on = held.decided
            raise ConflictError("transfer.decided", class_name=class_name, on=on)
        return held

    def _move(self, held: Transfer, actor: str) -> None:
        draft, decided = held.draft, held.decided
        assert decided is not None, "the decision was just written down"
        assert draft.to_school is not None, "a school outside the system cannot accept here"
        class_name, on = decided
        move = Move(draft.pupil, draft.from_school, draft.to_school, class_name, draft.id, on)
        try:
            self.desk.move(move)
        except (RefusedError, FormatError) as error:  # for good, unless it has been done meanwhile
            if error.code != "transfer.ref_taken":
                self.transfers.undecide(draft.id, actor, lambda: self._moved(draft) is not None)
            raise

    def _moved(self, draft: Draft) -> Move | None:
        """What the registry has done under the transfer's name."""
        return next((each for each in self.desk.moves(draft.pupil) if each.ref == draft.id), None)

    def _acceptance(self, held: Transfer) -> str:
        draft, decided = held.draft, held.decided
        assert draft.to_school is not None, "see `_move`"
        assert decided is not None, "see `_move`"
        assert held.bundle is not None, "an open transfer that was received has its bundle"
        claims = self._claims(draft, draft.to_school) | {
            "class": decided[0],
            "on": decided[1].isoformat(),
            "seal": transfer.digest(transfer.parse(held.bundle).seal.text),
        }
        transfer.check_acceptance(claims)
        return statement.sign(transfer.ACCEPTANCE_TYP, claims, self.signer(draft.to_school))

    def _claims(self, draft: Draft, issuer: int) -> dict[str, object]:
        """What seal and acceptance have in common."""
        to: dict[str, object] = {"name": draft.to_name}
        if draft.to_school is not None:
            to["school"] = draft.to_school
        return {
            "iss": self.deployment.issuer(issuer),
            "iat": max(int(self.clock()), self.checking.newest()),  # clocks may be slow
            "id": draft.id,
            "pupil": draft.pupil,
            "from": {"school": draft.from_school, "name": draft.from_name},
            "to": to,
        }

    def bundle(self, name: str) -> str:
        """The sealed bundle of an open transfer.

        Raises RefusedError ``transfer.unknown``, ``transfer.closed``, ``transfer.not_sealed``;
        ConflictError ``transfer.seal_differs`` for a bundle of another transfer.
        """
        held = self.transfers.find(name)
        if not held.state.is_open:
            raise RefusedError("transfer.closed", stage=held.state.value)
        if held.bundle is None:
            raise RefusedError("transfer.not_sealed")
        if not is_about(transfer.parse(held.bundle).seal, held.draft):
            raise ConflictError("transfer.seal_differs")
        return held.bundle

    def _check_enrolled(self, pupil: str, school: int) -> None:
        known = self.desk.pupils([pupil]).get(pupil)
        if known is None:
            raise RefusedError("transfer.pupil_unknown", found=pupil)
        if known.school != school:
            raise ConflictError("transfer.already_moved", pupil=pupil, school=known.school)

    def school(self, code: str) -> SchoolRecord:
        """The school with that code today. Raises RefusedError ``school.unknown``."""
        found = self.desk.school(code, self._today())
        if found is None:
            raise RefusedError("school.unknown", found=code)
        return found

    def _today(self) -> date:
        return local_day(self.clock())
