"""How a calculator's result is put: one shape for all of them, in both languages."""

from collections.abc import Iterable

from api import presenting
from api.calculators.models import Result
from grading.explaining import Remark
from web import messages


def result(
    kind: str,
    label: Remark,
    value: str | None,
    shown: Remark | None = None,
    *,
    at: str = "",
    steps: Iterable[Remark] = (),
    missing: Iterable[Remark] = (),
    following: Iterable[Remark] = (),
    sources: Iterable[Remark] = (),
) -> Result:
    """A result as `ResultModel` describes it; without `shown` its value is what is shown."""
    said = dict.fromkeys(messages.LANGUAGES, value or "")
    if shown is not None:
        said = messages.both(shown.code, **shown.params)
    return {
        "kind": kind,
        "at": at,
        "label": messages.both(label.code, **label.params),
        "value": value,
        "shown": None if value is None else said,
        "steps": [presenting.remark(each) for each in steps],
        "missing": [presenting.remark(each) for each in missing],
        "next": [presenting.remark(each) for each in following],
        "sources": [presenting.remark(each) for each in sources],
    }
