"""Opening, migrating, and a database that does not answer."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from credential.errors import UnavailableError
from store import audit
from store.batches import Batches
from store.evidence import EvidenceReader
from store.schema import STORE
from store.tables import METADATA


# SQLite's reflection leaves indexes over expressions out, and says so.
@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_migrations_make_exactly_the_tables_of_the_code(database):
    with database.reading() as connection:
        options = {"version_table": STORE.version_table, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
        inspector = inspect(connection)
        for name, table in METADATA.tables.items():
            found = {unique["name"] for unique in inspector.get_unique_constraints(name)}
            named = {str(c.name) for c in table.constraints if str(c.name).startswith("uq_")}
            assert found == named


def test_migrating_again_changes_nothing(database_url, database, book, sample, contents):
    sample("one").finalise(book)
    before = contents(database)
    STORE.migrate(database_url)
    assert contents(database) == before


def test_two_processes_may_migrate_at_once(new_database, in_processes):
    url = new_database()

    def work():
        STORE.migrate(url)

    assert in_processes(work, work, work) == [0, 0, 0]
    database = STORE.connect(url)
    assert Batches(database).unfinished() == []
    database.close()


def test_what_reads_cannot_write(database):
    with pytest.raises(UnavailableError), database.reading() as connection:
        connection.exec_driver_sql("DELETE FROM audit")


def unmigrated(tmp_path):
    (tmp_path / "empty.db").touch()
    return f"sqlite:///{tmp_path / 'empty.db'}"


def garbage(tmp_path):
    (tmp_path / "garbage.db").write_bytes(b"this is no database" * 500)
    return f"sqlite:///{tmp_path / 'garbage.db'}"


SILENT = {
    "the file is gone": lambda tmp_path: f"sqlite:///{tmp_path / 'gone.db'}",
    "the folder is gone": lambda tmp_path: f"sqlite:///{tmp_path / 'gone' / 'gone.db'}",
    "it was never migrated": unmigrated,
    "it is no database": garbage,
    "nobody listens there": lambda tmp_path: "postgresql://a:b@127.0.0.1:1/none",
}


@pytest.mark.parametrize("silent", SILENT)
def test_a_database_that_does_not_answer_is_named_and_never_reads_as_empty(silent, tmp_path):
    database = STORE.connect(SILENT[silent](tmp_path))
    reader, book = EvidenceReader(database), Batches(database)
    for ask in (
        lambda: reader.evidence(7, 0, 0),
        lambda: reader.token("0123456789ABCDEF"),
        lambda: reader.by_digest(bytes(32)),
        lambda: book.batch("ref"),
        lambda: book.next_seq(7),
        lambda: book.record("a", bytes(20), 0, lambda nonce: None),
        lambda: audit.verify(database),
    ):
        with pytest.raises(UnavailableError) as caught:
            ask()
        assert caught.value.source == "store"
        assert caught.value.__cause__ is None
    database.close()
    assert not (tmp_path / "gone.db").exists()
