"""The clock of whoever works here: moments and days as they are in Viet Nam, wherever this runs."""

import time
from datetime import date, datetime

from credential.errors import FormatError
from web import messages

_FIRST_MONTH = 9  # of a school year


def moment() -> datetime:
    """This moment, with Viet Nam's offset."""
    return datetime.fromtimestamp(time.time(), messages.VIETNAM)


def today() -> date:
    """The day that it is in Viet Nam."""
    return moment().date()


def school_year_of(day: date) -> int:
    """The year in which the school year of that day ends."""
    return day.year + (day.month >= _FIRST_MONTH)


def past(day: date) -> date:
    """That day, which is today or was before. Raises FormatError ``date.in_future`` (found)."""
    if day > today():
        raise FormatError("date.in_future", found=day, expected=today())
    return day
