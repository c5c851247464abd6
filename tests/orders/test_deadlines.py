"""By when an order has to be done: from its decision, or from when it was asked for."""

import time
from datetime import UTC, date, datetime

import pytest

from api import clock
from api.deadlines import Deadlines, deadlines
from credential.model import CredentialType, Decision, Place
from credential.records import AwardLine
from issuer.order import Order, Replaced
from web.messages import VIETNAM

WEDNESDAY, FRIDAY, SATURDAY = 17, 19, 20  # of June 2026
DIPLOMA, COPY = CredentialType.THPT_DIPLOMA, CredentialType.COPY
DECIDED = Decision("128/QĐ-THPT", date(2026, 6, 20))
STANDING = {"7900000001": Replaced(AwardLine(DIPLOMA, 1001, "B26/1001/00001"), Place(0, 0), None)}


@pytest.mark.parametrize(
    ("order", "day", "hour", "due"),
    [
        ({"type": DIPLOMA, "decision": DECIDED}, 22, 9,
         Deadlines(date(2026, 6, 25), date(2026, 7, 20))),
        ({"type": DIPLOMA}, 22, 9, Deadlines()),
        ({"type": DIPLOMA, "decision": DECIDED, "replaces": STANDING}, 22, 9, Deadlines()),
        ({"type": DIPLOMA, "decision": DECIDED, "replaces": STANDING,
          "requested": date(2026, 6, FRIDAY)}, 22, 9, Deadlines(date(2026, 6, 24))),
        ({"type": CredentialType.TRANSCRIPT, "decision": DECIDED}, 22, 9, Deadlines()),
        ({"type": COPY}, WEDNESDAY, 14, Deadlines(date(2026, 6, 17))),
        ({"type": COPY}, WEDNESDAY, 15, Deadlines(date(2026, 6, 18))),
        ({"type": COPY}, FRIDAY, 16, Deadlines(date(2026, 6, 22))),
        ({"type": COPY}, SATURDAY, 9, Deadlines(date(2026, 6, 22))),
    ],
)  # fmt: skip
def test_the_last_days_of_an_order(order: dict, day: int, hour: int, due: Deadlines) -> None:
    values = {"school": "79001001", "year": 2026, "issued": date(2026, 6, 20), "rows": ()}
    asked = Order(**values | order, prepared_by="", approved_by="")
    assert deadlines(asked, datetime(2026, 6, day, hour, tzinfo=VIETNAM)) == due


@pytest.mark.parametrize(("hour", "day"), [(16, date(2026, 12, 31)), (17, date(2027, 1, 1))])
def test_a_day_begins_when_it_does_in_vietnam(
    monkeypatch: pytest.MonkeyPatch, hour: int, day: date
) -> None:
    there = datetime(2026, 12, 31, hour, tzinfo=UTC).timestamp()
    monkeypatch.setattr(time, "time", lambda: there)
    assert clock.today() == day
