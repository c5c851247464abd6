"""A verdict as the command line prints it, in the language asked for."""

from collections.abc import Iterable, Mapping
from datetime import date

import click

from api.terminal import printable
from verifier.verdict import Outcome, Report, Verdict
from verifier.verify import Answer
from web import messages

SIGNS = {Verdict.VALID: "✔", Verdict.INVALID: "✘", Verdict.UNDETERMINED: "?"}
_COLOURS = {Verdict.VALID: "green", Verdict.INVALID: "red", Verdict.UNDETERMINED: "yellow"}
_OUTCOMES = {Outcome.PASSED: "✔", Outcome.FAILED: "✘", Outcome.UNKNOWN: "?"}


def headline(lang: str, answer: Answer) -> str:
    """The verdict in one line, with sign and colour."""
    verdict = answer.conclusion.verdict
    words = messages.text(lang, f"headline.{answer.spoken_reason}")
    return click.style(f"{SIGNS[verdict]} {verdict.value}", fg=_COLOURS[verdict]) + f" — {words}"


def answer_lines(lang: str, answer: Answer) -> Iterable[str]:
    """A whole answer: verdict, what to do next, what the document says, each check."""
    yield headline(lang, answer)
    yield messages.text(lang, f"next.{answer.spoken_reason}")
    for report in answer.reports:
        yield ""
        yield from map(printable, _report_lines(lang, report))


def _report_lines(lang: str, report: Report) -> Iterable[str]:
    kind = messages.text(lang, f"kind.{report.kind}")
    yield f"{kind} · {messages.text(lang, f'artefact.{report.artefact}')}"
    if report.school_name:
        yield f"  {messages.text(lang, 'field.school_name')}: {report.school_name}"
    for name, value in report.document.items():
        if name != "school_name":
            yield from _field_lines(lang, report.kind, name, value)
    for check in report.checks:
        words = messages.text(lang, check.code, **messages.worded(check.params, report.kind))
        yield f"  {_OUTCOMES[check.outcome]} {check.step.value} {words}"
    if report.observations:
        yield f"  {messages.text(lang, 'page.recomputed')}:"
        for remark in report.observations:
            yield f"  · {messages.text(lang, remark.code, **remark.params)}"
    if report.silence:
        yield "  " + messages.text(lang, f"silence.{report.silence}")
    if report.block is not None:
        when = messages.text(lang, "cli.as_of", block=report.block.number, time=report.block.time)
        trust = report.trust
        yield f"  {when}"
        yield "  " + messages.text(lang, trust.code, agreed=trust.agreed, endpoints=trust.endpoints)


def _field_lines(lang: str, kind: str, name: str, value: object) -> Iterable[str]:
    words = f"  {messages.text(lang, messages.label(name, kind))}:"
    match value:
        case {"name": who, "title": title}:
            yield f"{words} {title} {who}"
        case {"number": number, "on": day}:
            on = messages.text(lang, "page.on_date", on=_day(day))
            yield f"{words} {number} {on}"
        case list():
            yield words
            yield from _result_lines(lang, value)
        case _:
            yield f"{words} {value}"


def _result_lines(lang: str, rows: list[object]) -> Iterable[str]:
    """One line for each subject with its results by term."""
    subjects: dict[str, list[str]] = {}
    for row in rows:
        if isinstance(row, Mapping):
            term = f"{row.get('term')} {_mark(lang, row)}"
            subjects.setdefault(str(row.get("name")), []).append(term)
    for name, terms in subjects.items():
        yield f"    {name}: {' · '.join(terms)}"


def _mark(lang: str, row: Mapping[object, object]) -> str:
    """A result on its scale: ``8,5``, ``Đ``, ``T · 9,0``, ``B+ · 3,50``."""
    mark, points, comma = row.get("mark"), row.get("points"), "," if lang == "vi" else "."
    said = [row.get("rating"), row.get("letter")]
    if isinstance(mark, int):
        said.append(f"{mark // 10}{comma}{mark % 10}")
    if isinstance(points, int):
        said.append(f"{points // 100}{comma}{points % 100:02d}")
    return " · ".join(str(each) for each in said if each is not None)


def _day(text: object) -> object:
    """A day that a document writes as ISO 8601, to be shown as people write it."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return text
