"""The store's table of files that a person looks at before anything is kept of them."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, TypedColumns

from store.tables import METADATA


class _Uploads(TypedColumns):
    """`id` is a digest of a secret that only the browser has, `content` sealed with it.

    `owner` is who brought it, a person or a program; `at` when, in seconds since 1970.
    """

    id = Column(LargeBinary, primary_key=True)
    school = Column(BigInteger, nullable=False)
    owner = Column(Text, nullable=False)
    content = Column(LargeBinary, nullable=False)
    at = Column(BigInteger, nullable=False)


UPLOADS = Table("uploads", METADATA, _Uploads)
Index("ix_uploads_at", UPLOADS.c.at)
