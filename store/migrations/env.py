"""What Alembic runs: the migrations, inside the transaction that `store.database` opened."""

from alembic import context

from store.database import VERSION_TABLE
from store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
