"""Opening, migrating, writes that are interrupted, and a registry that does not answer."""

import dataclasses
import sqlite3
from datetime import date
from functools import partial

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from credential.errors import UnavailableError
from credential.facts import AwardClaim, Withdrawal
from credential.model import CredentialType, Lane, Place
from credential.records import AwardLine, Binding, Move
from registry import loading
from registry.access import Clients
from registry.desk import Desk
from registry.entries import HeadEntry
from registry.matching import Matcher
from registry.schema import REGISTRY
from registry.tables import METADATA
from tests.forking import killed_after
from tests.registry.conftest import PUPILS

DIPLOMA = CredentialType.THPT_DIPLOMA
WHY = Withdrawal("gian lận", "12/QĐ-THPT", date(2026, 9, 1))
NEW_HEAD = HeadEntry(2, "Đặng Văn Ba", "Giám đốc", date(2027, 1, 1))


def test_migrations_make_exactly_the_tables_of_the_code(database):
    with database.reading() as connection:
        options = {"version_table": REGISTRY.version_table}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
        inspector = inspect(connection)
        for name, table in METADATA.tables.items():
            found = {unique["name"] for unique in inspector.get_unique_constraints(name)}
            named = {str(c.name) for c in table.constraints if str(c.name).startswith("uq_")}
            assert found == named


def test_two_processes_may_migrate_at_once(new_database, in_processes):
    url = new_database()

    def work():
        REGISTRY.migrate(url)

    assert in_processes(work, work, work) == [0, 0, 0]


def test_what_reads_cannot_write(database):
    with pytest.raises(UnavailableError), database.reading() as connection:
        connection.exec_driver_sql("DELETE FROM awards")


# every write of the registry, on one that already holds one award
WRITES = {
    "enter": lambda database, awards: Desk(database).enter(awards("b", (1, 2))),
    "correct": lambda database, awards: Desk(database).enter(
        awards(
            "b",
            (0,),
            entries=(
                dataclasses.replace(
                    awards("b", (0,)).entries[0], replaces=AwardLine(DIPLOMA, 1, "B26/0101/00001")
                ),
            ),
        )
    ),
    "bind": lambda database, awards: Desk(database).bind(
        "a", {"B26/0101/00001": Binding(bytes(32), Place(0, 0))}
    ),
    "set_status": lambda database, awards: Desk(database).set_status(
        AwardLine(DIPLOMA, 1, "B26/0101/00001"), Lane.REVOKED, WHY
    ),
    "revoke": lambda database, awards: Desk(database).revoke(
        [AwardLine(DIPLOMA, 1, "B26/0101/00001"), AwardLine(DIPLOMA, 1, "B26/0101/00002")], WHY
    ),
    "move": lambda database, awards: Desk(database).move(
        Move(PUPILS[0].code, 1, 2, "11A3", "transfer-1", date(2027, 1, 5))
    ),
    "load": lambda database, awards: loading.load_heads(database, [NEW_HEAD]),
    "remove": lambda database, awards: Clients(database).remove("verifier"),
}


@pytest.fixture
def entered(database, desk, awards):
    desk.enter(awards("a", (0, 5)))
    Clients(database).add("verifier", "a verifier")


def failing_commit(database, *, happens):
    real = database.writes.dialect.do_commit
    driver = sqlite3 if database.writes.dialect.name == "sqlite" else psycopg

    def commit(connection):
        database.writes.dialect.do_commit = real
        if happens:
            real(connection)
        raise driver.OperationalError("the answer was lost")

    database.writes.dialect.do_commit = commit


@pytest.mark.usefixtures("entered")
@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_failed_changed_nothing_and_can_be_repeated(database, awards, contents, write):
    before = contents(database)
    failing_commit(database, happens=False)
    with pytest.raises(UnavailableError) as caught:
        WRITES[write](database, awards)
    assert caught.value.source == "registry"
    assert contents(database) == before
    WRITES[write](database, awards)
    assert contents(database) != before


@pytest.mark.usefixtures("entered")
@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_happened_but_did_not_say_so_is_not_repeated(
    database, awards, contents, write
):
    failing_commit(database, happens=True)
    with pytest.raises(UnavailableError):
        WRITES[write](database, awards)
    after = contents(database)
    WRITES[write](database, awards)
    assert contents(database) == after


@pytest.mark.usefixtures("entered")
@pytest.mark.parametrize("write", WRITES)
def test_a_killed_write_leaves_nothing_half_written(
    database_url, database, awards, contents, write
):
    connect = partial(REGISTRY.connect, database_url)
    before = contents(database)
    for steps in range(1, 50):
        if not killed_after(connect, steps, lambda mine: WRITES[write](mine, awards)):
            break
        assert contents(database) == before, f"killed after statement {steps}"
    assert steps > 1
    assert contents(database) != before


def unmigrated(tmp_path):
    (tmp_path / "empty.db").touch()
    return f"sqlite:///{tmp_path / 'empty.db'}"


def garbage(tmp_path):
    (tmp_path / "garbage.db").write_bytes(b"this is no database" * 500)
    return f"sqlite:///{tmp_path / 'garbage.db'}"


SILENT = {
    "the file is gone": lambda tmp_path: f"sqlite:///{tmp_path / 'gone.db'}",
    "it was never migrated": unmigrated,
    "it is no database": garbage,
    "nobody listens there": lambda tmp_path: "postgresql://a:b@127.0.0.1:1/none",
}


@pytest.mark.parametrize("silent", SILENT)
def test_a_registry_that_does_not_answer_never_reads_as_having_no_such_award(silent, tmp_path):
    database = REGISTRY.connect(SILENT[silent](tmp_path))
    claim = AwardClaim(DIPLOMA, 1, "B26/0101/00001", 2026, date(2026, 6, 20))
    for ask in (
        lambda: Matcher(database).match(claim),
        lambda: Desk(database).school("79000101", date(2026, 1, 1)),
        lambda: Desk(database).pupils(["7900000000"]),
        lambda: Desk(database).set_status(AwardLine(DIPLOMA, 1, "B26"), Lane.REVOKED, WHY),
        lambda: Desk(database).revoke([AwardLine(DIPLOMA, 1, "B26")], WHY),
        lambda: Clients(database).check("v", "secret"),
    ):
        with pytest.raises(UnavailableError) as caught:
            ask()
        assert caught.value.source == "registry"
        assert caught.value.__cause__ is None
    database.close()
    assert not (tmp_path / "gone.db").exists()
