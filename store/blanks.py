"""The inventory of blanks (phôi): received, used, spoiled, destroyed.

A blank has one fate. Whoever gives it one takes it out of the span in which it lies and puts it
into another, in one transaction under one lock; that no two spans ever overlap the database holds
as well (`store.blank_tables`). What was done stands in acts, written once, which balances are made
of. An order takes its blanks before it enters the register, under its ref, once.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from credential.blanks import Fate, Series, Span, Why, between, grouped, split
from credential.dates import PartialDate
from credential.errors import ConflictError, FormatError
from credential.model import CredentialType
from database.connections import lock
from store import audit, blank_spans
from store.blank_reports import BlankReports
from store.blank_spans import Held
from store.blank_tables import BLANK_ACTS as ACTS
from store.blank_tables import BLANK_SERIES as SERIES
from store.tables import BATCHES

_ACT = {
    Fate.ON_HAND: "blanks.received",
    Fate.USED: "blanks.used",
    Fate.SPOILED: "blanks.spoiled",
    Fate.DESTROYED: "blanks.destroyed",
}


class Blanks(BlankReports):
    """The inventory of one deployment; `issuer.ports.BlankStock`. Raises UnavailableError."""

    def receive(self, school: int, kind: CredentialType, first: str, last: str, why: Why) -> Held:
        """Take blanks into the inventory.

        Raises FormatError (`credential.blanks.between`, `Why.check`) and ConflictError
        ``blanks.received`` if one of them is there already, be it another school's.
        """
        why.check(Fate.ON_HAND)
        series, span = between(kind, first, last)
        try:
            with self._database.writing() as connection:
                number = blank_spans.locked_series(connection, series)
                blank_spans.receive(connection, number, span, school)
                act = _act(number, school, span, Fate.ON_HAND, None, why)
                self._note(connection, series, [act])
        except IntegrityError:
            raise ConflictError("blanks.received", found=series.written(span)) from None
        return Held(series, span, Fate.ON_HAND)

    def spoil(self, school: int, kind: CredentialType, first: str, last: str, why: Why) -> Held:
        """Note that blanks on hand are spoiled, and why.

        Raises FormatError (`credential.blanks.between`, `Why.check`) and ConflictError
        ``blanks.not_on_hand`` (`found`: the first that are not, as a span).
        """
        return self._give(school, kind, first, last, Fate.SPOILED, why)

    def destroy(self, school: int, kind: CredentialType, first: str, last: str, why: Why) -> Held:
        """Note that blanks, spoiled or on hand, were destroyed by a council with minutes.

        Raises as `spoil` does.
        """
        return self._give(school, kind, first, last, Fate.DESTROYED, why)

    def take(
        self, school: int, kind: CredentialType, serials: Collection[str], ref: str, why: Why
    ) -> None:
        """Give the order `ref` its blanks, once; nothing where the school keeps no inventory.

        Raises ConflictError ``blanks.not_on_hand`` and FormatError ``blanks.serial``; then none
        is taken.
        """
        if not serials or not self.keeps(school, kind):
            return
        with self._database.writing() as connection:
            lock(connection, "blanks")
            if _taken(connection, ref):
                return
            for series, spans in grouped(kind, serials).items():
                number = blank_spans.locked_series(connection, series)
                acts = [
                    _act(number, school, piece, Fate.USED, before, why) | {"batch_ref": ref}
                    for span in spans
                    for piece, before in blank_spans.change(
                        connection, number, series, school, span, Fate.USED
                    )
                ]
                self._note(connection, series, acts)

    def release(self, ref: str, actor: str) -> None:
        """Put back what an order took that came to nothing; what a batch has stays taken."""
        with self._database.writing() as connection:
            lock(connection, "blanks")
            if connection.scalar(select(BATCHES.c.id).where(BATCHES.c.ref == ref)) is not None:
                return
            at, details = self._clock(), []
            for act in _taken(connection, ref):
                span = Span(act.first, act.last)
                blank_spans.put_back(connection, act.series, span, act.school)
                gone = update(ACTS).where(ACTS.c.id == act.id).values(released_at=at)
                connection.execute(gone)
                details.append({"school": act.school, "blanks": _series(act).written(span)})
            audit.append(connection, at, actor, "blanks.released", *details)

    def lacking(
        self, school: int, kind: CredentialType, serials: Collection[str], ref: str = ""
    ) -> Sequence[str]:
        """Which serials are no blanks on hand; what the order `ref` took counts as on hand.

        None are lacking where the school keeps no inventory.
        """
        if not serials or not self.keeps(school, kind):
            return []
        known: dict[Series, list[Span]] = {}
        with self._database.reading() as connection:
            for each in blank_spans.held(connection, school, kind):
                if each.fate is Fate.ON_HAND:
                    known.setdefault(each.series, []).append(each.span)
            for act in _taken(connection, ref):
                known.setdefault(_series(act), []).append(Span(act.first, act.last))
        return [serial for serial in serials if not _is_in(kind, serial, known)]

    def _give(
        self, school: int, kind: CredentialType, first: str, last: str, fate: Fate, why: Why
    ) -> Held:
        why.check(fate)
        series, span = between(kind, first, last)
        with self._database.writing() as connection:
            number = blank_spans.locked_series(connection, series)
            changed = blank_spans.change(connection, number, series, school, span, fate)
            acts = [_act(number, school, piece, fate, before, why) for piece, before in changed]
            self._note(connection, series, acts)
        return Held(series, span, fate)

    def _note(
        self, connection: Connection, series: Series, acts: Sequence[dict[str, object]]
    ) -> None:
        """Write acts down, and in the audit trail: there without what was said in words."""
        at = self._clock()
        connection.execute(insert(ACTS), [act | {"at": at} for act in acts])
        details: list[Mapping[str, object]] = [
            {
                "school": act["school"],
                "type": series.type.key,
                "blanks": series.written(Span(int(str(act["first"])), int(str(act["last"])))),
            }
            for act in acts
        ]
        audit.append(connection, at, str(acts[0]["by"]), _ACT[Fate(acts[0]["fate"])], *details)


_TakenRow = Row[int, int, int, int, int, int, str, int]


def _act(
    number: int, school: int, span: Span, fate: Fate, before: Fate | None, why: Why
) -> dict[str, object]:
    return {
        "series": number, "first": span.first, "last": span.last, "school": school,
        "fate": fate.value, "before": before and before.value,
        "on": PartialDate.from_date(why.on).number, "by": why.by,
        "document": why.document, "reason": why.reason, "council": why.council,
        "batch_ref": None,
    }  # fmt: skip


def _taken(connection: Connection, ref: str) -> Sequence[_TakenRow]:
    """What an order took and has not put back."""
    query = (
        select(
            ACTS.c.id, ACTS.c.series, ACTS.c.first, ACTS.c.last, ACTS.c.school,
            SERIES.c.type, SERIES.c.prefix, SERIES.c.digits,
        )
        .join_from(ACTS, SERIES)
        .where(ACTS.c.batch_ref == ref, ACTS.c.released_at.is_(None))
    )  # fmt: skip
    return connection.execute(query).all()


def _series(act: _TakenRow) -> Series:
    return Series(CredentialType(act.type), act.prefix, act.digits)


def _is_in(kind: CredentialType, serial: str, known: Mapping[Series, Sequence[Span]]) -> bool:
    with suppress(FormatError):
        series, number = split(kind, serial)
        return any(span.first <= number <= span.last for span in known.get(series, ()))
    return False
