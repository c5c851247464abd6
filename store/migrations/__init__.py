"""Alembic migrations of the store's database, run by `store.schema`."""
