"""What the command line prints: verdicts, faults and errors, in the language asked for."""

from collections.abc import Iterable, Mapping

import click

from credential.errors import Fault, InputError, SogocError
from verifier.verdict import Outcome, Report, Verdict
from verifier.verify import Answer
from web import messages

SIGNS = {Verdict.VALID: "✔", Verdict.INVALID: "✘", Verdict.UNDETERMINED: "?"}
_COLOURS = {Verdict.VALID: "green", Verdict.INVALID: "red", Verdict.UNDETERMINED: "yellow"}
_OUTCOMES = {Outcome.PASSED: "✔", Outcome.FAILED: "✘", Outcome.UNKNOWN: "?"}
_FAULTS_SHOWN = 50  # more than anyone mends before trying again


def headline(lang: str, answer: Answer) -> str:
    """The verdict in one line, with sign and colour."""
    verdict, reason = answer.conclusion.verdict, answer.conclusion.reason
    words = messages.text(lang, f"headline.{reason}")
    return click.style(f"{SIGNS[verdict]} {verdict.value}", fg=_COLOURS[verdict]) + f" — {words}"


def answer_lines(lang: str, answer: Answer) -> Iterable[str]:
    """A whole answer: verdict, what the document says, each check, what to do next."""
    yield headline(lang, answer)
    for report in answer.reports:
        yield from _report_lines(lang, report)
    yield ""
    yield messages.text(lang, f"next.{answer.conclusion.reason}")


def _report_lines(lang: str, report: Report) -> Iterable[str]:
    yield ""
    kind = messages.text(lang, f"kind.{report.kind}")
    yield f"{kind} · {messages.text(lang, f'artefact.{report.artefact}')}"
    if report.school_name:
        yield f"  {messages.text(lang, 'field.school_name')}: {report.school_name}"
    for name, value in report.document.items():
        if not isinstance(value, Mapping | list) and name != "school_name":
            yield f"  {messages.text(lang, f'field.{name}')}: {value}"
    for check in report.checks:
        words = messages.text(lang, check.code, **check.params)
        yield f"  {_OUTCOMES[check.outcome]} {check.step.value} {words}"
    if report.block is not None:
        when = messages.text(lang, "cli.as_of", block=report.block.number, time=report.block.time)
        yield f"  {when}"


def error_lines(lang: str, error: SogocError) -> Iterable[str]:
    """An error and, if a person has to mend something, every fault with row and column."""
    yield messages.text(lang, error.code, **error.params)
    if isinstance(error, InputError):
        for fault in error.faults[:_FAULTS_SHOWN]:
            yield f"  {fault_line(lang, fault)}"
        if len(error.faults) > _FAULTS_SHOWN:
            yield f"  … +{len(error.faults) - _FAULTS_SHOWN}"


def fault_line(lang: str, fault: Fault) -> str:
    """One fault: where it is, what was found and what is expected."""
    place = []
    if fault.row is not None:
        place.append(messages.text(lang, "cli.row", row=fault.row))
    if fault.column is not None:
        place.append(fault.column)
    words = messages.text(lang, fault.code, **fault.params)
    return f"{', '.join(place)}: {words}" if place else words
