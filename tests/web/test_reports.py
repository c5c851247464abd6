"""Reports over HTTP on a real store: what is kept, who may see what, and what is refused."""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from api.reporting import Intake, new_ticket
from api.site.app import Parts, create_app
from api.site.limits import Allowance, Limits
from api.site.pages import Site
from api.site.reporting import TicketModel
from credential.facts import Evidence, Withdrawal
from database.connections import Database
from store.reports import Reports, ReportState
from store.schema import STORE
from tests.databases import migrated
from tests.web.conftest import Call, calling, problem
from tests.web.simulator import HOST, World

KEY = "0123456789abcdef"
NOW = 1_780_000_000  # Friday, 29/05/2026 in Viet Nam
REPORT, STATUS = "/api/reports", "/api/reports/status"


class Tokens:
    """The simulator's evidence, and the token at a place."""

    def __init__(self, world: World) -> None:
        self._world = world

    def by_digest(self, digest: bytes) -> tuple[int, int, int, Evidence] | None:
        return self._world.by_digest(digest)

    def token_at(self, school: int, seq: int, index: int) -> bytes | None:
        return self._world.issued[index].token


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    address = migrated(STORE, tmp_path / "store.sqlite")
    found = STORE.connect(address)
    yield found
    found.close()


@pytest.fixture
def queue(database: Database) -> Reports:
    return Reports(database, clock=lambda: NOW)


@pytest.fixture
def site(world: World, queue: Reports) -> Iterator[Callable[..., Call]]:
    verifier = world.verifier()
    intake = Intake(verifier, Tokens(world), queue, 5, clock=lambda: NOW)

    def make(**allowed: int) -> Call:
        limits = Limits(Allowance(**{"reports": 1000, "tickets": 1000, **allowed}))
        parts = Parts(verifier, world, world.readiness, limits=limits, reports=intake)
        return calling(create_app(parts, Site(world.deployment, HOST)))

    yield make
    verifier.close()


@pytest.fixture
def call(site: Callable[..., Call]) -> Call:
    return site()


def sent(call: Call, **members: object) -> TicketModel:
    body = {"key": KEY, "kind": "forged", "message": "Chữ ký khác.", **members}
    response = call("POST", REPORT, json=body)
    assert response.status_code == 200, response.text
    return TicketModel.model_validate_json(response.content)


def asked(call: Call, code: str) -> TicketModel:
    response = call("POST", STATUS, json={"code": code})
    assert response.status_code == 200, response.text
    return TicketModel.model_validate_json(response.content)


def test_a_report_gets_a_ticket_a_deadline_in_working_days_and_how_to_ask(call: Call) -> None:
    ticket = sent(call)
    assert ticket.received == "2026-05-29"
    assert ticket.deadline == "2026-06-05"  # five working days, a weekend between
    assert "05/06/2026" in ticket.how.vi
    assert "05/06/2026" in ticket.how.en
    assert asked(call, ticket.grouped.lower().replace("0", "o")) == ticket


def test_the_thing_is_verified_anew_and_only_what_was_found_is_kept(
    call: Call, world: World, queue: Reports, database: Database
) -> None:
    world.withdrawn["2026/0001"] = Withdrawal("fraud", "55/QĐ", date(2026, 6, 1))
    issued = world.issued[0]
    sent(call, text=issued.sd_jwt, reason="valid", contact="a@b.vn")
    (held,) = queue.listed()
    found = held.draft.finding
    assert (found.school, found.type, found.serial, found.register_no) == (
        7, "thpt-diploma", "SG000001", "2026/0001",
    )  # fmt: skip
    assert (found.verdict, found.reason, held.draft.shown) == ("INVALID", "revoked", "valid")
    with database.reading() as connection:
        kept = repr(connection.exec_driver_sql("SELECT * FROM reports").all())
    for personal in ("Minh Anh", "07/02/2008", "2008", issued.sd_jwt[:40], issued.code):
        assert personal not in kept


def test_a_leaf_hash_of_ours_is_verified_too_and_another_is_kept_as_it_is(
    call: Call, world: World, queue: Reports
) -> None:
    sent(call, digest=world.tree[0][32 * 2 : 32 * 3].hex())
    sent(call, digest="ab" * 32, reason="forged", number="SG 9", school="Trường  THPT X")
    first, second = (report.draft for report in queue.listed())
    assert (first.finding.verdict, first.finding.serial) == ("VALID", "SG000002")
    assert (second.finding.verdict, second.finding.digest) == ("", bytes.fromhex("ab" * 32))
    assert (second.said_number, second.said_school, second.shown) == (
        "SG 9", "Trường THPT X", "forged",
    )  # fmt: skip


def test_pressing_twice_gives_one_ticket_and_another_content_another(
    call: Call, queue: Reports
) -> None:
    first = sent(call, message="Một\r\nhai")
    assert sent(call, message="Một\nhai") == first
    assert sent(call, message="Ba").ticket != first.ticket
    assert len(queue.listed()) == 2


def test_the_status_tells_nothing_of_what_was_reported(call: Call, queue: Reports) -> None:
    ticket = sent(call, contact="0900 000 000", number="SG1").ticket
    queue.answer(ticket, "Đã hỏi trường.\nChờ trả lời.", "An")
    queue.move(ticket, ReportState.ASKED, "An")
    found = asked(call, ticket)
    assert (found.state, found.answer) == ("asked_school", "Đã hỏi trường.\nChờ trả lời.")
    shown = found.model_dump_json()
    assert not any(word in shown for word in ("0900", "SG1", "Chữ ký", '"An"'))


@pytest.mark.parametrize("code", [new_ticket(), "0000000000000000"], ids=["unknown", "malformed"])
def test_a_ticket_that_nobody_has_is_a_uniform_404(code: str, call: Call) -> None:
    response = call("POST", STATUS, json={"code": code})
    assert (response.status_code, problem(response).code) == (404, "report.unknown")
    assert code not in response.text


def test_when_the_store_is_silent_the_reporter_is_told_to_come_again(
    call: Call, database: Database, tmp_path: Path
) -> None:
    database.close()
    (tmp_path / "store.sqlite").rename(tmp_path / "away.sqlite")
    for path, body in ((REPORT, {"key": KEY, "kind": "other", "message": "x"}),
                       (STATUS, {"code": new_ticket()})):  # fmt: skip
        response = call("POST", path, json=body)
        assert (response.status_code, problem(response).code) == (503, "source.unavailable")


def test_a_silent_chain_delays_no_report(call: Call, world: World, queue: Reports) -> None:
    world.silent.add("chain")
    sent(call, text=world.issued[0].link)
    assert queue.listed()[0].draft.finding.verdict == "UNDETERMINED"


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "nothing said": ({"message": " \n "}, "report.empty"),
    "no kind of ours": ({"kind": "disagreement"}, "request.invalid"),
    "a short key": ({"key": "1"}, "request.invalid"),
    "a member too many": ({"photo": "x"}, "request.invalid"),
    "a number as text": ({"message": 1}, "request.invalid"),
    "a message too long": ({"message": "ệ" * 2001}, "text.too_long"),
    "a message far too long": ({"message": "x" * 6001}, "request.invalid"),
    "a control character": ({"message": "a\x1b[2Jb"}, "text.invisible"),
    "a turned direction": ({"message": "a\u202eb"}, "text.invisible"),
    "a line separator": ({"message": "a\u2028b"}, "text.invisible"),
    "a NUL in the number": ({"number": "SG\x001"}, "request.invalid"),
    "no contact": ({"contact": "gọi tôi nhé"}, "report.contact"),
    "a contact with a formula": ({"contact": "=HYPERLINK(1)@a.vn,"}, "report.contact"),
    "two contacts": ({"contact": "a@b.vn, c@d.vn"}, "report.contact"),
    "no digest": ({"digest": "zz"}, "request.invalid"),
    "a reason that is none": ({"reason": "<script>"}, "request.invalid"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_named(case: str, call: Call, queue: Reports) -> None:
    members, code = REFUSED[case]
    body = {"key": KEY, "kind": "forged", "message": "Chữ ký khác.", **members}
    response = call("POST", REPORT, json=body)
    assert (response.status_code, problem(response).code) == (422, code)
    assert queue.listed() == []


HOSTILE = {
    "no JSON": (b"{", 400), "too deep": (b"[" * 1000, 400), "a list": (b"[]", 422),
    "a lone surrogate": (b'{"message": "\\ud800"}', 400), "a huge body": (b" " * 200_000, 413),
    "a number of 400 digits": (b'{"key": ' + b"1" * 400 + b"}", 400), "null": (b"null", 422),
}  # fmt: skip


@pytest.mark.parametrize("path", [REPORT, STATUS])
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_bodies_get_their_problem(case: str, path: str, call: Call) -> None:
    content, status = HOSTILE[case]
    response = call("POST", path, content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    problem(response)
    assert call("POST", path, content=b"x").status_code == 415


def test_what_cannot_be_read_is_no_reason_to_refuse_a_report(call: Call, queue: Reports) -> None:
    for number, text in enumerate(("https://example.org/V#123", "0000000000000000", "x" * 60_000)):
        sent(call, text=text, message=str(number))
    assert [held.draft.finding.verdict for held in queue.listed()] == ["", "", ""]


def test_a_message_typed_with_separate_accents_is_kept_composed(call: Call, queue: Reports) -> None:
    sent(call, message=unicodedata.normalize("NFD", "ệ" * 2000))
    assert queue.listed()[0].draft.message == "ệ" * 2000


def test_an_address_has_so_many_reports_and_questions(site: Callable[..., Call]) -> None:
    call = site(reports=2, tickets=2)
    ticket = sent(call, message="1")
    sent(call, message="2")
    response = call("POST", REPORT, json={"key": KEY, "kind": "other", "message": "3"})
    assert (response.status_code, problem(response).code) == (429, "request.too_many")
    assert int(response.headers["retry-after"]) > 0
    asked(call, ticket.ticket)
    asked(call, ticket.ticket)
    assert call("POST", STATUS, json={"code": ticket.ticket}).status_code == 429


def test_a_site_without_a_store_takes_none(world: World) -> None:
    verifier = world.verifier()
    app = create_app(Parts(verifier, world, world.readiness), Site(world.deployment, HOST))
    call = calling(app)
    assert call("POST", REPORT, json={}).status_code == 404
    assert call("GET", "/report").status_code == 404
    verifier.close()
