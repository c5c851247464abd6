"""What Alembic runs: one source's migrations, in the transaction that `database.schema` opened."""

from alembic import context

_given = context.config.attributes
context.configure(
    connection=_given["connection"],
    target_metadata=_given["metadata"],
    version_table=_given["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
