"""Alembic's entry point; the migrations themselves stand in `registry` and `store`."""
