"""Addresses, folders and versions of a database, with a schema of its own for the tests."""

from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from credential.errors import ConfigError, UnavailableError
from database.schema import NAMING, Schema

METADATA = MetaData(naming_convention=NAMING)
MARKS = Table("marks", METADATA, Column("id", Integer, primary_key=True), Column("mark", Integer))
STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {before}


def upgrade():
    op.create_table("{table}", sa.Column("id", sa.Integer(), primary_key=True),
                    sa.Column("mark", sa.Integer()))
"""


def schema(folder: Path, steps: int = 1, source: str = "store") -> Schema:
    """A schema with so many migrations."""
    folder.mkdir(parents=True, exist_ok=True)
    for step in range(1, steps + 1):
        table = "marks" if step == 1 else f"more{step}"
        before = None if step == 1 else f"{step - 1:04d}"
        text = STEP.format(revision=f"{step:04d}", before=repr(before), table=table)
        (folder / f"{step:04d}.py").write_text(text)
    return Schema(source, METADATA, folder)


def test_rows_are_put_and_brought_up_to_date(database_url, tmp_path):
    marks = schema(tmp_path / "steps")
    marks.migrate(database_url)
    database = marks.connect(database_url)
    with database.writing() as connection:
        database.insert(connection, MARKS, [(1, 80), (2, 90)])
        database.upsert(connection, MARKS, [(2, 95), (3, 60)])
        database.upsert(connection, MARKS, [])
    with database.reading() as connection:
        assert connection.execute(MARKS.select().order_by(MARKS.c.id)).all() == [
            (1, 80), (2, 95), (3, 60),
        ]  # fmt: skip
    database.close()


def test_later_migrations_are_added_to_earlier_ones(database_url, tmp_path):
    schema(tmp_path / "old").migrate(database_url)
    newer = schema(tmp_path / "new", steps=2)
    newer.migrate(database_url)
    newer.migrate(database_url)
    database = newer.connect(database_url)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM store_version").all() == [
            ("0002",)
        ]
        assert connection.exec_driver_sql("SELECT count(*) FROM more2").scalar() == 0
    database.close()


def test_a_database_of_later_software_is_left_alone_and_named(database_url, tmp_path):
    schema(tmp_path / "new", steps=2).migrate(database_url)
    with pytest.raises(ConfigError, match=r"database\.newer") as caught:
        schema(tmp_path / "old").migrate(database_url)
    assert caught.value.params == {"source": "store"}


def test_a_migration_that_fails_leaves_nothing(database_url, tmp_path):
    broken = schema(tmp_path / "steps", steps=2)
    second = tmp_path / "steps" / "0002.py"
    second.write_text(second.read_text().replace("more2", "marks"))
    with pytest.raises(UnavailableError):
        broken.migrate(database_url)
    database = broken.connect(database_url)
    with pytest.raises(UnavailableError), database.reading() as connection:
        connection.execute(MARKS.select())
    database.close()


def test_the_source_is_the_one_whose_schema_it_is(tmp_path):
    for source in ("registry", "store"):
        database = schema(tmp_path, source=source).connect(f"sqlite:///{tmp_path / 'gone.db'}")
        with pytest.raises(UnavailableError) as caught, database.reading():
            pass
        assert caught.value.source == source


def test_sqlite_is_durable_and_lets_readers_go_on(tmp_path):
    url = f"sqlite:///{tmp_path / 'a b?.db'}"
    marks = schema(tmp_path / "steps")
    marks.migrate(url)
    database = marks.connect(url)
    with database.writing() as writer, database.reading() as reader:
        pragmas = [
            writer.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        assert pragmas == ["wal", 2, 1]
        assert reader.exec_driver_sql("SELECT count(*) FROM marks").scalar() == 0
    database.close()


@pytest.mark.parametrize("folder", ["sổ gốc", "50% off", "a%(here)s", "a:b;c, d", "a # b"])
def test_code_and_data_may_lie_in_any_folder(tmp_path, folder):
    marks = schema(tmp_path / folder)
    marks.migrate(f"sqlite:///{tmp_path / folder / 'marks.db'}")
    assert (tmp_path / folder / "marks.db").exists()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:secret@host/name", "oracle://host/name", "sqlite://", "", "nonsense",
        "secret@host/name", "postgresql://user:secret@host:port/name", "://secret",
    ],
)  # fmt: skip
def test_other_addresses_are_refused_at_once_and_not_repeated(url, tmp_path):
    for use in (schema(tmp_path).connect, schema(tmp_path).migrate):
        with pytest.raises(ConfigError, match=r"database\.unsupported") as caught:
            use(url)
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None
