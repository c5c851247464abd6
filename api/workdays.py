"""Working days of public offices in Viet Nam, by dated data (`workdays.toml`)."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

_SATURDAY = 5
_DAY = timedelta(days=1)


def is_working(day: date) -> bool:
    """Whether offices work on that day."""
    year = _calendar().get(str(day.year))
    if year is None:
        closed = f"{day:%m-%d}" in _calendar()["fixed"]["days"]
        return day.weekday() < _SATURDAY and not closed
    return day in year["worked"] or (day.weekday() < _SATURDAY and day not in year["days"])


def after(start: date, count: int) -> date:
    """The working day that is the `count`-th after `start`, which itself does not count.

    Civil Code 91/2015/QH13, Article 147: a period begins on the day after what starts it.
    """
    day = start
    while count:
        day += _DAY
        count -= is_working(day)
    return day


@cache
def _calendar() -> Mapping[str, Any]:
    return tomllib.loads(files("api").joinpath("workdays.toml").read_text("utf-8"))
