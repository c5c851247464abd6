"""`sogoc audit` against what the batches of a real deployment carried onto the chain."""

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from chain import auditheads, contract
from store import audit
from store.tables import AUDIT
from tests.issuer.conftest import Desk, desk, template  # noqa: F401 — fixtures

REVOKE = ("--ground", "issuer_error", "--decision", "9/QĐ", "--on", "01/09/2026", "--by", "Chị An")


@pytest.fixture
def busy(desk: Desk) -> Desk:  # noqa: F811 — the fixture
    """Two batches, and an act after the second."""
    assert desk.issue() == 0
    assert desk.issue("--type", "transcript") == 0
    assert desk.sogoc("revoke", desk.codes()[0], *REVOKE) == 0
    return desk


def carried(desk: Desk) -> list[auditheads.AuditHead]:  # noqa: F811
    from api.trail import heads_on_chain  # noqa: PLC0415

    with desk.system() as system:
        return heads_on_chain(system, [system.address("relayer")])


def forged(desk: Desk, keep: int) -> None:  # noqa: F811
    """Only the first entries are kept, as if nothing else had happened."""
    with desk.system() as system, system.store_database.writing() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.seq > keep))


def test_a_log_agrees_with_what_each_batch_carried(
    busy: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = carried(busy)
    assert [(head.school, head.seq) for head in heads] == [(1001, 0), (1001, 1)]
    with busy.system() as system:
        known = {each.seq: each for each in audit.entries(system.store_database)}
    for head in heads:
        assert known[head.number].hash == head.hash
        assert known[head.number].act in ("batch.signed", "transaction.stored", "batch.sent")
    assert busy.sogoc("audit", "verify") == 0
    said = capsys.readouterr().out
    assert "1001-0001" in said
    assert f"{len(known) - heads[1].number} entries after that" in said


def test_a_log_cut_short_anywhere_before_a_batch_is_found(busy: Desk) -> None:
    newest = carried(busy)[-1].number
    forged(busy, newest - 1)
    assert busy.sogoc("audit", "verify", "--offline") == 0, "by itself it looks whole"
    assert busy.sogoc("audit", "verify") == 1


def test_a_log_forged_anew_from_the_first_entry_is_found(busy: Desk) -> None:
    with busy.system() as system, system.store_database.writing() as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.seq)).all()
        connection.execute(delete(AUDIT))
        for row in rows:
            actor = "account:1" if row.seq == 2 else row.actor
            audit.append(connection, row.at, actor, row.act, json.loads(row.detail))
    assert busy.sogoc("audit", "verify", "--offline") == 0
    assert busy.sogoc("audit", "verify") == 1


def test_what_somebody_else_carries_to_the_contract_does_not_count(busy: Desk) -> None:
    with busy.system() as system:
        assert busy.sogoc("audit", "verify", "--sender", "0x" + "11" * 20) == 0
        data = contract.call_data("anchor", 1, 2, bytes(32), 3, 4, b"\x05" * 65)
        assert system.address("relayer")
    assert auditheads.read(data) == (0, bytes(32))
    assert auditheads.read(data + auditheads.tail((7, b"\x07" * 32))) == (7, b"\x07" * 32)
    assert auditheads.read(data + b"\x01") == (0, bytes(32))
    assert auditheads.read(data[:-1]) == (0, bytes(32))
    assert auditheads.read(b"") == (0, bytes(32))


def test_an_auditor_needs_the_export_and_the_chain_alone(
    busy: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "log.jsonl"
    assert busy.sogoc("audit", "export", str(out)) == 0
    assert busy.sogoc("audit", "verify", "--file", str(out)) == 0
    lines = out.read_text().splitlines(keepends=True)
    for edited in (lines[1:], lines[:5], [*lines[:3], lines[4], lines[3], *lines[5:]]):
        out.write_text("".join(edited))
        assert busy.sogoc("audit", "verify", "--file", str(out)) == 1
    out.write_text(lines[0] + "{}\n")
    assert busy.sogoc("audit", "verify", "--file", str(out)) == 64
    assert "Line 2" in capsys.readouterr().err


def test_the_table_for_spreadsheets_holds_no_formula(busy: Desk, tmp_path: Path) -> None:
    with busy.system() as system:
        audit.note(system.store_database, 1, "=cmd()", "@sum", text="+1")
    out = tmp_path / "log.csv"
    assert busy.sogoc("audit", "export", str(out)) == 0
    rows = list(csv.reader(out.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["seq", "at", "actor", "act", "detail", "prev", "hash"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_nobody_is_named_in_the_log_and_everybody_can_be_forgotten(
    busy: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "log.jsonl"
    assert busy.sogoc("audit", "export", str(out)) == 0
    text = out.read_text()
    assert not [name for name in ("An", "Văn thư", "Hiệu trưởng", "Nguyễn") if f'"{name}' in text]
    assert busy.sogoc("audit", "forget", "Chị An", "--by", "Trưởng phòng") == 0
    assert busy.sogoc("audit", "forget", "Chị An", "--by", "Trưởng phòng") == 1
    assert busy.sogoc("audit", "verify") == 0


def test_the_log_tells_all_kinds_of_acts(busy: Desk, tmp_path: Path) -> None:
    assert busy.sogoc("client", "make", "viec-lam") == 0
    assert busy.sogoc("client", "retire", "viec-lam") == 0
    assert busy.sogoc("key", "rotate", "79001001", "sign") == 0
    with busy.system() as system:
        acts = {each.act for each in audit.entries(system.store_database)}
        purposes = [
            json.loads(each.detail)["purpose"]
            for each in audit.entries(system.store_database)
            if each.act == "transaction.stored" and each.actor == "key:owner"
        ]
    assert acts >= {
        "key.made", "key.replaced", "batch.staged", "batch.signed", "batch.sent", "batch.final",
        "credential.lane", "client.made", "client.retired", "transaction.stored",
    }  # fmt: skip
    assert [each for each in purposes if each.startswith("set-school:")]
    assert [each for each in purposes if each.startswith("add-key:")]
