"""The table of persons who act, beside the audit trail (`store.actors`)."""

from sqlalchemy import Column, LargeBinary, Table, Text, TypedColumns

from store.tables import METADATA


class _AuditPersons(TypedColumns):
    """Whom a commitment in the audit trail means; a row that is erased means nobody any more."""

    ref = Column(Text, primary_key=True)
    salt = Column(LargeBinary, nullable=False)
    name = Column(Text, nullable=False, unique=True)


AUDIT_PERSONS = Table("audit_persons", METADATA, _AuditPersons)
