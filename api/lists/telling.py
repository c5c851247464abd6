"""What whoever handed a list in is told while it is worked on, in one shape."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.lists.outcomes import KINDS, Outcome
from api.presenting import Bilingual, plain
from store.lists import Kept
from web import messages

FAULTS = 50  # rows with faults that are told with the progress; the result holds all


class RowModel(BaseModel):
    """A row that could not be verified as it was handed in."""

    model_config = ConfigDict(extra="forbid")

    row: int
    label: str = Field(description="the number or the file's name")
    column: str
    code: str
    params: dict[str, JsonValue]
    text: Bilingual


class ListModel(BaseModel):
    """A list: how far it is, how many rows came to what, and when all of it is forgotten.

    Times are seconds since 1970. `secret` is told only to whoever hands the list in.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    done: bool
    total: int
    checked: int
    counts: dict[str, int] = Field(description=", ".join(KINDS))
    faults: list[RowModel] = Field(description=f"the first {FAULTS}; the result holds all")
    created: int
    finished: int | None
    forgotten: int
    secret: str | None = None


def told(
    kept: Kept, counts: Mapping[str, int], faults: Sequence[Outcome], secret: str | None = None
) -> dict[str, Any]:
    """A list as `ListModel` describes it."""
    return {
        "id": kept.id,
        "done": kept.finished is not None,
        "total": kept.size,
        "checked": sum(counts.values()),
        "counts": {kind: counts.get(kind, 0) for kind in KINDS},
        "faults": [_fault(one) for one in faults],
        "created": kept.created,
        "finished": kept.finished,
        "forgotten": kept.forget,
        "secret": secret,
    }


def _fault(found: Outcome) -> dict[str, Any]:
    return {
        "row": found.row,
        "label": found.label,
        "column": found.column,
        "code": found.said,
        "params": plain(found.params),
        "text": messages.both(found.said, **found.params),
    }
