"""How many verifications there were, for anybody: sums of a month, too coarse for a person."""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field

from api.site import problems
from api.site.answering import in_pool, json_response
from store.counts import Counted

DAYS = 30
SMALL = 10
"""Fewer are not told apart, and other numbers are rounded down to a multiple: so a total gives away
no small number by subtraction, and nobody can watch a single check being counted."""

Sums = Callable[[date, date], Mapping[Counted, int]]
Rounded = Annotated[int | str, Field(description='a multiple of 10, rounded down, or "<10"')]


class CountsModel(BaseModel):
    """Verifications of the last 30 whole days, by verdict, type and way in. Days are Viet Nam's."""

    model_config = ConfigDict(extra="forbid")

    first: str
    last: str
    total: Rounded
    verdicts: dict[str, Rounded]
    kinds: dict[str, Rounded]
    ways: dict[str, Rounded]


def install(
    app: FastAPI, sums: Sums, today: Callable[[], date], waiting: ThreadPoolExecutor
) -> None:
    """Add the route. The answer of a day is made once, since it covers whole days only."""
    made: dict[date, dict[str, Any]] = {}

    @app.get(
        "/api/counts",
        response_model=CountsModel,
        responses=problems.declared(503),
        operation_id="counts",
    )
    async def counts() -> Response:
        """How many verifications there were in the last 30 whole days."""
        last = today() - timedelta(days=1)
        if last not in made:
            first = last - timedelta(days=DAYS - 1)
            found = await in_pool(waiting, lambda: sums(first, last))
            made.clear()
            made[last] = public(first, last, found)
        return json_response(made[last])


def public(first: date, last: date, sums: Mapping[Counted, int]) -> dict[str, Any]:
    """Sums as `CountsModel` describes them."""
    verdicts: Counter[str] = Counter(dict.fromkeys(("VALID", "INVALID", "UNDETERMINED"), 0))
    kinds: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    for key, count in sums.items():
        verdicts[key.verdict] += count
        kinds[key.kind] += count
        ways[key.way] += count
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "total": rounded(sum(sums.values())),
        "verdicts": {name: rounded(count) for name, count in verdicts.items()},
        "kinds": {name: rounded(count) for name, count in kinds.items()},
        "ways": {name: rounded(count) for name, count in ways.items()},
    }


def rounded(count: int) -> int | str:
    """A number as it may be published."""
    return f"<{SMALL}" if count < SMALL else count - count % SMALL
