"""What a line of the register says of its holder besides, and the keys by which it is found."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from credential.dates import PartialDate
from registry import searching

revision = "0007"
down_revision = "0006"

_AT_ONCE = 1000
_KEY = ("type", "school", "year", "number", "version")
_AWARDS = sa.table(
    "awards",
    *map(sa.column, _KEY),
    *map(sa.column, ("pupil", "holder_name", "birth", "serial", "register_no")),
    *map(sa.column, ("birth_place", "sex", "ethnicity")),
    sa.column("sort_key", sa.LargeBinary),
    sa.column("search", sa.Text),
)
_PUPILS = sa.table("pupils", *map(sa.column, ("code", "birth_place", "sex", "ethnicity")))


def upgrade() -> None:
    for name in ("birth_place", "sex", "ethnicity", "class_name"):
        op.add_column("awards", sa.Column(name, sa.Text()))
    for name, kind in (("sort_key", sa.LargeBinary()), ("search", sa.Text())):
        op.add_column("awards", sa.Column(name, kind, nullable=False, server_default=""))
    _describe_lines()
    op.create_index("ix_awards_in_order", "awards",
                    ["type", "school", "year", "sort_key", "number", "version"])  # fmt: skip


def _describe_lines() -> None:
    """Of lines that are there: the pupil's record as it is says what the line did not.

    The class stays empty: the record only says in which the pupil is now.
    """
    connection = op.get_bind()
    key = sa.tuple_(*(_AWARDS.c[name] for name in _KEY))
    query = (
        sa.select(
            *(_AWARDS.c[name] for name in _KEY),
            _AWARDS.c.holder_name, _AWARDS.c.birth, _AWARDS.c.serial, _AWARDS.c.register_no,
            _PUPILS.c.birth_place, _PUPILS.c.sex, _PUPILS.c.ethnicity,
        )
        .join_from(_AWARDS, _PUPILS, _PUPILS.c.code == _AWARDS.c.pupil)
        .order_by(*(_AWARDS.c[name] for name in _KEY))
        .limit(_AT_ONCE)
    )  # fmt: skip
    change = sa.update(_AWARDS).where(
        *(_AWARDS.c[name] == sa.bindparam(f"of_{name}") for name in _KEY)
    )
    rows = connection.execute(query).all()
    while rows:
        connection.execute(change, [_described(row) for row in rows])
        last = tuple(getattr(rows[-1], name) for name in _KEY)
        rows = connection.execute(query.where(key > last)).all()


def _described(row: Any) -> dict[str, object]:
    birth = PartialDate.from_number(row.birth)
    return {f"of_{name}": getattr(row, name) for name in _KEY} | {
        "birth_place": row.birth_place,
        "sex": row.sex,
        "ethnicity": row.ethnicity,
        "sort_key": searching.sort_key(row.holder_name),
        "search": searching.search_text(row.holder_name, birth, row.serial, row.register_no),
    }
