"""From an SD-JWT to a file over HTTP: what it shows, what it hides, what is refused."""

import base64
import io
import logging
import threading
from typing import Any

import pytest
from openpyxl import load_workbook

from api import exporting
from api.exporting import lines, read_back
from api.site import exporting as site_exporting
from api.site.app import Parts, create_app
from api.site.limits import Allowance, Limits
from api.site.pages import Site
from credential import sdjwt
from credential.selecting import outline, present
from exchange.record import from_sdjwt
from exchange.table import NOT_SHOWN
from tests.exchange.records import DIPLOMA, record, transcript, year
from tests.exchange.signed import signed
from tests.web.conftest import Call, app, call, calling, problem, world
from tests.web.simulator import HOST, World
from web import messages

__all__ = ("app", "call", "world")

YEAR = transcript(year())
TEXTS = {"a transcript": signed(YEAR), "a diploma": signed(DIPLOMA)}
CREDENTIALS = {"a transcript": YEAR, "a diploma": DIPLOMA}
READABLE = ("elmo", "clr", "ob", "csv")


def without(text: str, *paths: str) -> str:
    """A selection: these fields, groups or rows left out."""
    choices = outline(sdjwt.parse(text))
    return present(text, [each.path for each in choices if not {each.path, each.group} & set(paths)
                          and not each.is_group])  # fmt: skip


def exported(call: Call, text: str, form: str, **more: object) -> bytes:
    response = call("POST", "/api/export", json={"text": text, "format": form, **more})
    assert response.status_code == 200, response.text
    assert response.headers["content-disposition"].startswith('attachment; filename="so-goc.')
    return response.content


@pytest.mark.parametrize("case", TEXTS)
def test_an_sdjwt_says_what_the_credential_does(case: str) -> None:
    assert from_sdjwt(sdjwt.parse(TEXTS[case])) == record(CREDENTIALS[case])


@pytest.mark.parametrize("form", READABLE)
@pytest.mark.parametrize("case", TEXTS)
def test_what_is_exported_reads_back(case: str, form: str, call: Call) -> None:
    content = exported(call, TEXTS[case], form)
    assert read_back(content) == record(CREDENTIALS[case])
    assert TEXTS[case].encode() not in content, "the proof is there, as a data URI"
    if form != "csv":
        assert base64.b64encode(TEXTS[case].encode()) in content


def test_a_score_sheet_has_the_code_that_was_given(call: Call) -> None:
    content = exported(call, TEXTS["a transcript"], "xlsx", code="0123456789")
    page = load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in page[2]][1:3] == ["0123456789", "Đỗ Nguyễn Quỳnh Như"]


@pytest.mark.parametrize("form", READABLE)
def test_a_selection_says_what_it_hides(form: str, call: Call) -> None:
    text = without(TEXTS["a transcript"], "name", "birth_date")
    content = exported(call, text, form)
    found = read_back(content)
    assert (found.name, found.birth, found.partial) == (None, None, True)
    assert set(found.hidden) >= {"name", "birth"}
    assert "Đỗ Nguyễn" not in content.decode()
    assert "Không trình ra: Họ và tên" in list(lines("vi", found))


def test_a_selection_of_five_courses_says_that_others_may_be_hidden(call: Call) -> None:
    text = TEXTS["a transcript"]
    rows = [each.path for each in outline(sdjwt.parse(text)) if each.group == "CN"]
    found = read_back(exported(call, present(text, rows[:5]), "elmo"))
    assert [result.term for result in found.results] == ["CN"] * 5
    assert found.hidden == ("name", "birth", "signer", "class_name", "results")
    assert found.school_year == "2025-2026"


def test_a_selection_in_a_score_sheet_says_so(call: Call) -> None:
    content = exported(call, without(TEXTS["a transcript"], "name"), "xlsx")
    page = load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in page[2]][2] == NOT_SHOWN


def test_decimals_are_as_chosen(call: Call) -> None:
    assert b",6.0\r\n" in exported(call, TEXTS["a transcript"], "csv", decimal=".")
    assert b'"6,0"\r\n' in exported(call, TEXTS["a transcript"], "csv")


def forged() -> str:
    """A disclosure that the school never signed, put in by whoever holds the file."""
    row = base64.urlsafe_b64encode(b'["c2FsdA","classification","Gioi"]').decode().rstrip("=")
    return TEXTS["a transcript"] + row + "~"


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "no SD-JWT": ({"text": "x", "format": "elmo"}, 422, "sdjwt.malformed"),
    "an unknown format": ({"text": "x", "format": "pdf"}, 422, "request.invalid"),
    "a code that is none": (
        {"text": "x", "format": "xlsx", "code": "=1"}, 422, "request.invalid"),
    "a decimal that is none": ({"text": "x", "format": "csv", "decimal": ";"}, 422,
                               "request.invalid"),
    "a member too many": ({"text": "x", "format": "csv", "by": "An"}, 422, "request.invalid"),
    "a diploma as a score sheet": (
        {"text": TEXTS["a diploma"], "format": "xlsx"}, 409, "exchange.not_in_sheet"),
    "too much": ({"text": "x" * 70_000, "format": "csv"}, 413, "request.too_large"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_converted_is_refused(case: str, call: Call) -> None:
    body, status, code = REFUSED[case]
    response = call("POST", "/api/export", json=body)
    assert (response.status_code, problem(response).code) == (status, code)


def test_what_the_school_did_not_sign_is_not_converted(call: Call) -> None:
    response = call("POST", "/api/export", json={"text": forged(), "format": "csv"})
    assert response.status_code == 422
    assert problem(response).code in ("exchange.not_signed", "sdjwt.malformed")


def test_an_address_converts_so_much_an_hour() -> None:
    world = World()
    verifier = world.verifier()
    limits = Limits(Allowance(exports=2))
    parts = Parts(verifier, world, world.readiness, limits=limits)
    call = calling(create_app(parts, Site(world.deployment, HOST)))
    for _ in range(2):
        exported(call, TEXTS["a diploma"], "csv")
    response = call("POST", "/api/export", json={"text": TEXTS["a diploma"], "format": "csv"})
    assert (response.status_code, problem(response).code) == (429, "request.too_many")
    verifier.close()


def test_other_requests_do_not_wait_for_a_conversion(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    def convert(*given: Any) -> bytes:
        threads.append(threading.current_thread().name)
        return exporting.convert(*given)

    monkeypatch.setattr(site_exporting, "convert", convert)
    exported(call, TEXTS["a diploma"], "csv")
    assert [name.partition("_")[0] for name in threads] == ["exports"], "off the event loop"


def test_nothing_that_is_converted_is_logged(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        exported(call, TEXTS["a transcript"], "elmo")
        call("POST", "/api/export", json={"text": TEXTS["a diploma"][:-9], "format": "elmo"})
    for secret in ("Quỳnh Như", "SG000001", TEXTS["a diploma"][:40]):
        assert secret not in caplog.text


def test_every_field_has_a_name_in_both_languages() -> None:
    found = record(CREDENTIALS["a diploma"])
    for lang in messages.LANGUAGES:
        assert not any(line.startswith("exchange_field.") for line in lines(lang, found))
