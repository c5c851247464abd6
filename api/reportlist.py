"""The department's queue in words: as lines for a terminal, as rows for a hotline's spreadsheet."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from api.terminal import printable
from credential import lookup
from store.reports import Report
from web import messages
from web.messages import MISSING

COLUMNS = (
    "ticket", "received", "deadline", "kind", "school", "number", "found", "state", "answer",
)  # fmt: skip
CONTACT = "contact"
Names = Mapping[int, str]
"""What schools are called today, by their number on chain."""


def grouped(reports: Sequence[Report]) -> list[list[Report]]:
    """Reports about the same artefact together, in the order of the first of each."""
    groups: dict[object, list[Report]] = {}
    for report in reports:
        groups.setdefault(report.draft.finding.digest or report.id, []).append(report)
    return list(groups.values())


def is_overdue(report: Report, today: date) -> bool:
    """Whether its answer should have been given before today."""
    return report.is_open and report.draft.deadline < today


def lines(lang: str, reports: Sequence[Report], names: Names, today: date) -> Iterator[str]:
    """The queue, the most urgent first; how many are overdue before anything else."""
    overdue = sum(is_overdue(report, today) for report in reports)
    yield messages.text(lang, "report.queue", count=len(reports), overdue=overdue)
    for first, *others in grouped(reports):
        yield ""
        sign = "!" if is_overdue(first, today) else "·"
        row = _cells(lang, first, names)
        state = f"{row['deadline']} · {row['kind']} · {row['state']}"
        yield f"{sign} {row['ticket']}  {messages.text(lang, 'report.due')} {state}"
        yield f"    {printable(row['school'])} · {printable(row['number'])}"
        yield f"    {row['found']}"
        for other in others:
            words = messages.text(lang, "report.same")
            yield f"    + {lookup.grouped(other.draft.ticket)}  {words}"


def details(
    lang: str, report: Report, alike: Sequence[Report], names: Names, *, contact: bool
) -> Iterator[str]:
    """All of one report; how to reach the reporter only if asked for."""
    draft = report.draft
    row = _cells(lang, report, names)
    row["shown"] = _headline(lang, draft.shown) if draft.shown else MISSING
    row["said"] = " · ".join(filter(None, (draft.said_school, draft.said_number))) or MISSING
    row["message"] = draft.message or MISSING
    row["digest"] = draft.finding.digest.hex() if draft.finding.digest else MISSING
    others = [lookup.grouped(one.draft.ticket) for one in alike if one.id != report.id]
    row["alike"] = ", ".join(others) or MISSING
    if not draft.contact:
        row[CONTACT] = MISSING
    else:
        row[CONTACT] = draft.contact if contact else messages.text(lang, "report.contact_kept")
    for name, value in row.items():
        shown = "\n    ".join(printable(line) for line in value.split("\n"))
        yield f"{messages.text(lang, f'report_column.{name}')}: {shown}"


def history(lang: str, acts: Sequence[tuple[int, str, str]]) -> Iterator[str]:
    """Who did what with a report and when, oldest first."""
    for at, actor, act in acts:
        words = messages.text(lang, f"report_act.{act.removeprefix('report.')}")
        yield f"{messages.local_time(at)}  {printable(actor)}: {words}"


def headings(lang: str, *, contact: bool) -> list[str]:
    """The columns of `rows`."""
    names = (*COLUMNS, CONTACT) if contact else COLUMNS
    return [messages.text(lang, f"report_column.{name}") for name in names]


def rows(
    lang: str, reports: Sequence[Report], names: Names, *, contact: bool
) -> Iterator[list[str]]:
    """What a hotline needs to answer who calls; how to reach them only if asked for."""
    for report in reports:
        cells = list(_cells(lang, report, names).values())
        yield [*cells, report.draft.contact] if contact else cells


def _cells(lang: str, report: Report, names: Names) -> dict[str, str]:
    draft, finding = report.draft, report.draft.finding
    numbers = (finding.serial, finding.register_no) if finding.verdict else (draft.said_number,)
    return {
        "ticket": lookup.grouped(draft.ticket),
        "received": messages.local_time(report.received),
        "deadline": f"{draft.deadline:%d/%m/%Y}",
        "kind": messages.text(lang, f"report_kind.{draft.kind}"),
        "school": _school(report, names),
        "number": " · ".join(filter(None, numbers)) or MISSING,
        "found": _found(lang, report),
        "state": messages.text(lang, f"report_state.{report.state.value}"),
        "answer": report.answer,
    }


def _school(report: Report, names: Names) -> str:
    school = report.draft.finding.school
    if school is None:
        return report.draft.said_school or MISSING
    return names.get(school, f"#{school}")


def _found(lang: str, report: Report) -> str:
    finding = report.draft.finding
    if not finding.verdict:
        return messages.text(lang, "report.not_read")
    return f"{finding.verdict}: {_headline(lang, finding.reason)}"


def _headline(lang: str, reason: str) -> str:
    return messages.text(lang, f"headline.{reason}")
