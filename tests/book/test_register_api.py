"""The register and blanks over the workbench's API: each school its own, nothing taken unseen."""

import dataclasses

import pytest

from api.desk.policy import Role
from registry import loading
from registry.entries import PupilEntry
from store import audit
from tests.book.conftest import HELD, batch, entries
from tests.web.conftest import problem
from tests.workbench import SCHOOLS, Desk

BOOK = {"type": "thpt-diploma", "year": 2026}
OWN, OTHER = SCHOOLS


@pytest.fixture
def held(desk: Desk) -> Desk:
    """A deployment whose first school has the lines of `HELD` in its register."""
    of = entries(HELD)
    database = desk.system.registry_database
    pupils = [PupilEntry(e.pupil, e.holder.name, e.holder.birth, OWN, "12.1") for e in of]
    loading.load_pupils(database, pupils)
    desk.system.desk.enter(dataclasses.replace(batch(of), school=OWN))
    return desk


def asked(worker, path, **body):
    response = worker.ask("POST", f"/api/desk/{path}", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def refused(worker, path, **body):
    response = worker.ask("POST", f"/api/desk/{path}", json=body)
    return response.status_code, problem(response).code


def test_a_school_reads_its_own_book_and_the_city_every_ones(held):
    registrar = held.of(Role.REGISTRAR)
    books = asked(registrar, "register/books")
    assert books["school"] == OWN
    assert books["books"] == [{"type": "thpt-diploma", "year": 2026, "last": 7}]
    assert [one["school"] for one in books["schools"]] == [OWN]
    contents = asked(registrar, "register/contents", **BOOK)
    assert contents == {
        "lines": 7, "last": 7, "classes": ["12A1", "12.2", "12.10"], "states": {"active": 7},
        "gaps": "",
    }  # fmt: skip
    officer = held.of(Role.OFFICER)
    assert asked(officer, "register/books")["books"] == []
    assert asked(officer, "register/books", school=OWN)["books"] == books["books"]
    assert asked(officer, "register/page", school=OWN, **BOOK)["lines"]


def test_lines_of_all_books_are_found_and_a_part_of_one_is_printed(held):
    registrar = held.of(Role.REGISTRAR)
    line = asked(registrar, "register/page", **BOOK)["lines"][2]
    for text in (line["name"], line["birth"], line["register_no"], line["serial"]):
        found = asked(registrar, "register/find", text=text)
        assert (found["lines"][0]["name"], found["more"]) == (line["name"], False), text
        assert (found["lines"][0]["type"], found["lines"][0]["year"]) == ("thpt-diploma", 2026)
    assert asked(registrar, "register/find", text="không có ai")["lines"] == []
    assert asked(held.of(Role.REGISTRAR, OTHER), "register/find", text=line["name"])["lines"] == []
    part = asked(registrar, "register/page", **BOOK, first=3, last=4)["lines"]
    assert [one["number"] for one in part] == [3, 4]


def test_lines_are_found_and_paged_without_a_name_in_any_address(held):
    registrar = held.of(Role.REGISTRAR)
    page = asked(registrar, "register/page", **BOOK, text="hoà", order="name")
    assert [line["name"] for line in page["lines"]][:2] == ["Nguyễn Thị Hòa", "Trần Hoà"]
    assert page["after"] is None
    line = page["lines"][0]
    assert (line["birth"], line["register_no"], line["lane"]) == (
        "07/02/2008", "B26/1001/00001", "active",
    )  # fmt: skip
    rest = asked(registrar, "register/page", **BOOK, after={"number": 5, "version": 1})
    assert [line["number"] for line in rest["lines"]] == [6, 7]
    for strange in ("\x01", "%' OR 1=1 --", "\u202e"):
        assert "lines" in asked(
            registrar, "register/page", **BOOK, text=strange, class_name=strange
        )


def test_another_schools_register_is_not_there(held):
    other = held.of(Role.REGISTRAR, OTHER)
    for path in ("books", "contents", "page", "taken"):
        more = {} if path == "books" else BOOK | ({"form": "csv"} if path == "taken" else {})
        status, code = refused(other, f"register/{path}", school=OWN, **more)
        assert (status, code) == (404, "credential.unknown")
    assert asked(other, "register/books")["books"] == []
    assert refused(other, "register/contents", **BOOK)[1] == "register_book.unknown"


def test_who_takes_the_register_out_is_noted(held):
    registrar = held.of(Role.REGISTRAR, name="Lê Thị Văn Thư")
    for form, start in (("pdf", b"%PDF"), ("csv", "\ufeffSTT".encode())):
        response = registrar.ask("POST", "/api/desk/register/taken", json=BOOK | {"form": form})
        assert response.status_code == 200
        assert response.content.startswith(start)
        assert f"so-goc.{form}" in response.headers["content-disposition"]
    acts = [one for one in audit.entries(held.system.store_database) if one.act == "register.taken"]
    assert ["pdf" in one.detail for one in acts] == [True, False]
    auditor = held.of(Role.AUDITOR)
    assert refused(auditor, "register/taken", school=OWN, form="csv", **BOOK)[0] == 403
    assert asked(auditor, "register/page", school=OWN, **BOOK)["lines"]


GIVEN = {"type": "thpt-diploma", "on": "04/05/2026"}


def test_blanks_are_received_spoiled_and_destroyed(held):
    registrar = held.of(Role.REGISTRAR)
    stock = asked(registrar, "blanks/stock", **BOOK)
    assert (stock["keeps"], stock["spans"]) == (False, [])
    span = {"first": "T00000001", "last": " T00000500 "}
    done = asked(registrar, "blanks/received", **GIVEN, **span, document="15/QĐ")
    assert done == {"blanks": "T00000001–T00000500", "count": 500}
    assert refused(registrar, "blanks/received", **GIVEN, **span, document="15/QĐ") == (
        409, "blanks.received",
    )  # fmt: skip
    asked(registrar, "blanks/spoiled", **GIVEN, first="T00000007", reason="Rách")
    asked(registrar, "blanks/destroyed", **GIVEN, first="T00000007", document="2/BB", council="An")
    stock = asked(registrar, "blanks/stock", **BOOK)
    assert stock["balance"] == {
        "opening": 0, "received": 500, "used": 0, "spoiled": 1, "destroyed": 0, "closing": 499,
        "spoiled_kept": 0, "under_way": 0,
    }  # fmt: skip
    assert [one["fate"] for one in stock["acts"]] == ["destroyed", "spoiled", "on_hand"]


FAULTY = {
    "no serial": ("blanks/spoiled", {"first": "T", "reason": "Rách"}, "blanks.serial"),
    "no reason": ("blanks/spoiled", {"first": "T1", "reason": " "}, "blanks.reason"),
    "no council": ("blanks/destroyed", {"first": "T1", "document": "2/BB", "council": ""},
                   "blanks.council"),
    "backwards": ("blanks/received", {"first": "T2", "last": "T1", "document": "a"},
                  "blanks.range"),
    "no day": ("blanks/spoiled", {"first": "T1", "reason": "Rách", "on": "31/02/2026"},
               "date.invalid"),
    "never received": ("blanks/spoiled", {"first": "T1", "reason": "Rách"}, "blanks.not_on_hand"),
}  # fmt: skip


def test_what_is_wrong_is_said(held):
    registrar = held.of(Role.REGISTRAR)
    found = {case: refused(registrar, path, **(GIVEN | body))[1]
             for case, (path, body, _) in FAULTY.items()}  # fmt: skip
    assert found == {case: code for case, (_, _, code) in FAULTY.items()}


def test_another_schools_blanks_are_not_there(held):
    other = held.of(Role.REGISTRAR, OTHER)
    assert refused(other, "blanks/stock", school=OWN, **BOOK)[0] == 404
    given = GIVEN | {"first": "T1", "last": "T9", "document": "1/QĐ"}
    assert refused(other, "blanks/received", school=OWN, **given)[0] == 404
    assert refused(held.of(Role.PRINCIPAL), "blanks/received", **given)[0] == 403
    assert held.system.blanks.stock(OWN, held.system.books.of(OWN)[0][0].type) == []
