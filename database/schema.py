"""The tables of one source as a whole: opening its database and bringing it up to date.

Which tables there are, and the steps that made them, `registry` and `store` say.
"""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import MetaData

from credential.errors import ConfigError
from database.connections import Database, answering, lock
from database.engines import engine

NAMING = {  # of constraints, so that a migration can name what it changes
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
_SCRIPTS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Schema:
    """One source's tables. `source` is its name in UnavailableError (``registry``, ``store``).

    `versions` is the folder of its migrations.
    """

    source: str
    metadata: MetaData
    versions: Path

    @property
    def version_table(self) -> str:
        """Where the database notes which migrations it has had."""
        return f"{self.source}_version"

    def connect(self, url: str) -> Database:
        """Open an existing database (``sqlite:///path`` or ``postgresql://…``); see `migrate`.

        Connections are made when first used. Raises ConfigError ``database.unsupported``.
        """
        return Database(self.source, engine(url, write=False), engine(url, write=True))

    def migrate(self, url: str) -> None:
        """Create the database file if need be and bring its tables to this version of the code.

        Harmless to repeat, and in two processes at once. Raises ConfigError
        ``database.unsupported`` and ``database.newer`` (a later version of the code has migrated
        it), and UnavailableError.
        """
        config = self._config()
        writes = engine(url, write=True, create=True)
        try:
            with answering(self.source), writes.begin() as connection:
                lock(connection, self.version_table)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError:
            raise ConfigError("database.newer", source=self.source) from None
        finally:
            writes.dispose()

    def _config(self) -> Config:
        config = Config()
        config.set_main_option("path_separator", "newline")
        config.set_main_option("script_location", _escaped(_SCRIPTS))
        config.set_main_option("version_locations", _escaped(self.versions))
        config.attributes.update(metadata=self.metadata, version_table=self.version_table)
        return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")  # Alembic would take it for a variable
