"""By when an order has to be done: `deadlines.toml`, as data.

A diploma's deadlines run from the decision that recognises the graduation: some days for its
digital form, more for the paper. A copy is due on the working day on which it was asked for, a
correction some working days later.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from api import workdays
from credential.model import CredentialType
from issuer.order import Order


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The last day for the digital form and for the paper; None where no rule sets one."""

    digital: date | None = None
    paper: date | None = None


def deadlines(order: Order, asked: datetime) -> Deadlines:
    """Those of an order that was asked for at a moment, on the clock of Viet Nam.

    A correction has one, where it is known on which day somebody asked for it.
    """
    if order.replaces:
        days, since = _rules()["correction"]["working_days"], order.requested
        return Deadlines(workdays.after(since, days) if since else None)
    rule = _rules().get(order.type.key)
    if rule is None:
        return Deadlines()
    if order.type is CredentialType.COPY:
        day = asked.date()
        in_time = asked.hour < rule["closing_hour"] and workdays.is_working(day)
        return Deadlines(day if in_time else workdays.after(day, 1))
    if order.decision is None:
        return Deadlines()
    on = order.decision.on
    digital, paper = (timedelta(days=rule[f"{form}_days"]) for form in ("digital", "paper"))
    return Deadlines(on + digital, on + paper)


@cache
def _rules() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("api").joinpath("deadlines.toml").read_text("utf-8"))
