"""Asking a database about many values: in parts, since databases limit what one question holds."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import Connection, Row, Select

_Columns = TypeVarTuple("_Columns")
_AT_ONCE = 1000  # values in one question


def ask(
    connection: Connection, query: Select[*_Columns], column: Any, values: Sequence[str]
) -> Iterator[Row[*_Columns]]:
    """The rows of `query` whose `column` has one of the values."""
    for start in range(0, len(values), _AT_ONCE):
        yield from connection.execute(query.where(column.in_(values[start : start + _AT_ONCE])))
