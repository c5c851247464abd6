"""The table of what was taken out of pupils' records, and by whom.

Beside `store.tables` and of the same metadata. Times are seconds since 1970.
"""

from sqlalchemy import BigInteger, Column, Integer, Table, Text, TypedColumns

from store.tables import METADATA


class _Extracts(TypedColumns):
    """One line for each extract; no line is ever changed (`store.extracts`)."""

    id = Column(Integer, primary_key=True)
    pupil = Column(Text, nullable=False, index=True)
    school = Column(BigInteger, nullable=False)
    seq = Column(BigInteger, nullable=False)
    position = Column(Integer, nullable=False)
    kind = Column(Text, nullable=False)
    by = Column(Text, nullable=False)
    recipient = Column(Text, nullable=False)
    at = Column(BigInteger, nullable=False)


EXTRACTS = Table("extracts", METADATA, _Extracts)
