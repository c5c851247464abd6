"""Deadlines in working days: weekends, holidays, the day on which a period starts."""

from datetime import date, timedelta

import pytest

from api import workdays

CASES = {
    "a week without holidays": ((2026, 6, 1), 5, (2026, 6, 8)),
    "received on a Friday": ((2026, 6, 5), 1, (2026, 6, 8)),
    "received on a Saturday": ((2026, 6, 6), 1, (2026, 6, 8)),
    "over lunar New Year": ((2026, 2, 13), 1, (2026, 2, 23)),
    "over 30 April and 1 May": ((2026, 4, 29), 1, (2026, 5, 4)),
    "a holiday that fell on a Sunday": ((2026, 4, 24), 1, (2026, 4, 28)),
    "a Saturday that is worked": ((2026, 8, 21), 1, (2026, 8, 22)),
    "over National Day": ((2026, 8, 28), 1, (2026, 9, 3)),
    "into the next year": ((2026, 12, 31), 1, (2027, 1, 4)),
    "a year that is not known": ((2031, 4, 29), 1, (2031, 5, 2)),
    "from a known year into an unknown one": ((2027, 12, 31), 1, (2028, 1, 3)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_day_by_which_an_answer_is_due(case: str) -> None:
    start, count, due = CASES[case]
    assert workdays.after(date(*start), count) == date(*due)


@pytest.mark.parametrize("year", [2026, 2027])
def test_what_a_year_lists_lies_in_it_and_is_no_weekend(year: int) -> None:
    listed = workdays._calendar()[str(year)]
    assert all(day.year == year and day.weekday() < 5 for day in listed["days"])
    assert all(day.year == year and day.weekday() == 5 for day in listed["worked"])
    holidays = 1 + 5 + 1 + 1 + 1 + 2 + 1  # with the day of culture
    swapped = len(listed["worked"])
    assert len(listed["days"]) == holidays + swapped


def test_five_working_days_are_within_the_ten_days_of_the_city_unless_offices_are_closed() -> None:
    for number in range(366):
        start = date(2031, 1, 1) + timedelta(number)
        fixed = {(1, 1), (4, 30), (5, 1), (9, 2)}
        days = [start + timedelta(step) for step in range(11)]
        if not fixed & {(day.month, day.day) for day in days}:
            assert (workdays.after(start, 5) - start).days <= 10
