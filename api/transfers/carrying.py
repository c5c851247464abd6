"""Marks that a pupil brings: the new school's year against the record that the old one issued.

A pupil who came during the year has semester I from another school. When the new school issues the
year's transcript, each such pupil's first semester is compared with the transfer record that came
along, and the record is named: so nobody types marks of another school unnoticed. Noticed, not
refused, since a mark may have been corrected there meanwhile.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from credential import sdjwt
from credential.model import CourseResult, Credential, CredentialType, Lane
from credential.records import Move
from grading.marks import format_tenths
from issuer.delivery import credential_of, sd_jwt_of
from issuer.intake.rows import Notice, PupilRow, ResultsRow
from registry.desk import Desk
from store.held import Held


def carried(
    rows: Sequence[PupilRow | ResultsRow], year: int, desk: Desk, held: Held
) -> Iterator[Notice]:
    """What to tell of each row whose pupil came with a transfer record of that school year.

    ``transfer.carried`` (count, school_name, register_no) and ``transfer.carried_differs``
    (subject, found, expected, register_no).
    """
    came = desk.last_moves([row.code for row in rows])
    for row in rows:
        if isinstance(row, ResultsRow) and row.code in came:
            record = _record(came[row.code], year, held)
            if record is not None and record.transcript is not None:
                yield from _compared(row, record, record.transcript.results)


def _record(move: Move, year: int, held: Held) -> Credential | None:
    """The newest record of that year that the school which the pupil left has issued."""
    for each in held.of(move.pupil):
        ours = each.batch.type is CredentialType.TRANSFER and each.batch.school == move.from_school
        if ours and each.lane is Lane.ACTIVE:
            found = credential_of(sdjwt.parse(sd_jwt_of(each)))
            if found.year == year:
                return found
    return None


def _compared(
    row: ResultsRow, record: Credential, brought: Iterable[CourseResult]
) -> Iterator[Notice]:
    own: Mapping[tuple[str, str], CourseResult] = {
        (each.subject, each.term): each for each in row.results
    }
    same, about = 0, {"register_no": record.register_no}
    for one in brought:
        mine = own.get((one.subject, one.term))
        if mine is None or _printed(mine) != _printed(one):
            found = _printed(mine) if mine else "–"
            differs = {"subject": one.name, "found": found, "expected": _printed(one)}
            yield Notice("transfer.carried_differs", row.row, None, differs | about)
        else:
            same += 1
    from_ = {"count": same, "school_name": record.school_name}
    yield Notice("transfer.carried", row.row, None, from_ | about)


def _printed(one: CourseResult) -> str:
    return one.rating or "" if one.mark is None else format_tenths(one.mark)
