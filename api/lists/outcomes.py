"""What came of one row: a verdict, nothing found, or a fault in what was handed in."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from api.presenting import plain
from credential.errors import Fault, SogocError
from verifier.verdict import Outcome as CheckOutcome
from verifier.verdict import Report, Step, Verdict
from verifier.verify import Answer

NOT_FOUND, FAULT = "NOT_FOUND", "FAULT"
KINDS = (*(verdict.value for verdict in Verdict), NOT_FOUND, FAULT)
_SHOWN = ("name", "serial", "register_no")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of a result.

    `label` is what was handed in: a number or a file's name. `said` and `next` are codes of
    sentences, with `params`; `column` is where a fault stands. `school` and `document` are as on
    record, empty where nothing was found; `block` and `time` say as of when, `others` how many more
    credentials of that number there are.
    """

    row: int
    label: str
    kind: str
    said: str
    next: str
    params: Mapping[str, Any] = field(default_factory=dict)
    column: str = ""
    type: str = ""
    school: str = ""
    document: Mapping[str, str] = field(default_factory=dict)
    block: int | None = None
    time: int | None = None
    others: int = 0

    def to_bytes(self) -> bytes:
        """As it is sealed."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Outcome":
        """Inverse of `to_bytes`."""
        return cls(**orjson.loads(data))


def of_answer(row: int, label: str, found: Answer, others: int = 0) -> Outcome:
    """The outcome of a row that was verified."""
    reason = found.spoken_reason
    first = found.reports[0]
    proven = all(_is_genuine(report) for report in found.reports)
    document = {name: str(first.document[name]) for name in _SHOWN if name in first.document}
    return Outcome(
        row, label, found.conclusion.verdict.value, f"headline.{reason}", f"next.{reason}",
        type=first.kind,
        school=first.school_name,
        document=document if proven and reason != "mixed" else {},
        block=first.block.number if first.block else None,
        time=first.block.time if first.block else None,
        others=others,
    )  # fmt: skip


def of_silence(row: int, label: str, source: str) -> Outcome:
    """The outcome of a row for which a source stayed silent to the end."""
    said = (f"headline.{source}", f"next.{source}")
    return Outcome(row, label, Verdict.UNDETERMINED.value, *said)


def of_fault(row: int, label: str, fault: Fault | SogocError) -> Outcome:
    """The outcome of a row that cannot be verified as it was handed in."""
    kind, following = FAULT, "list.next_fault"
    if fault.code in ("number.unknown", "code.unknown"):
        kind, following = NOT_FOUND, "list.next_not_found"
    column = (fault.column or "") if isinstance(fault, Fault) else ""
    return Outcome(row, label, kind, fault.code, following, plain(fault.params), column)


def _is_genuine(report: Report) -> bool:
    """Whether the school signed it into a batch: then what it says is on record."""
    passed = {check.step for check in report.checks if check.outcome is CheckOutcome.PASSED}
    return {Step.SIGNATURE, Step.INCLUSION, Step.ANCHOR} <= passed
