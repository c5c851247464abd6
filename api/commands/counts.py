"""`sogoc counts`: how many verifications there were."""

import csv
import sys
from collections import Counter
from datetime import date, timedelta

import click

from api.clock import today
from api.commands.parameters import DAY
from api.session import Session
from store.counts import Counted
from web import messages

_DAYS = 30


@click.command()
@click.option("--from", "first", type=DAY, help="Từ ngày / first day. [default: 30 days ago]")
@click.option("--to", "last", type=DAY, help="Đến ngày / last day. [default: today]")
@click.option("--csv", "as_csv", is_flag=True, help="In dạng CSV, từng dòng / print each sum, CSV.")
@click.pass_obj
def counts(session: Session, first: date | None, last: date | None, *, as_csv: bool) -> None:
    """Số lượt kiểm tra theo ngày / how many verifications there were, by day.

    Exact sums, for the department; the site publishes rounded ones. Nobody is told apart in them.
    """
    last = last or today()
    first = first or last - timedelta(days=_DAYS)
    sums = session.system.counts.between(first, last)
    if as_csv:
        session.progress.rest()
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow((*Counted._fields, "number"))
        out.writerows((key.day.isoformat(), *key[1:], number) for key, number in sums.items())
        return
    session.say("count.total", first=first, last=last, count=sum(sums.values()))
    for name in ("day", "kind", "reason", "way"):
        by: Counter[object] = Counter()
        for key, number in sums.items():
            by[getattr(key, name)] += number
        for value, number in by.items():
            session.show(f"  {_label(session.lang, name, value)}: {number}")


def _label(lang: str, name: str, value: object) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    table = {"kind": "kind", "reason": "headline", "way": "way"}[name]
    return messages.text(lang, f"{table}.{value}")
