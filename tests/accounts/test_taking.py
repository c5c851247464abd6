"""What holders take with them: files in every form, each in the log of extracts first."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from xml.etree import ElementTree

import openpyxl
import pytest

from api.site.app import Parts, create_app
from api.site.pages import Site
from api.site.sessions import digest
from credential import sdjwt
from credential.errors import UnavailableError
from credential.extracts import ExtractKind
from credential.model import CourseResult, Credential
from store.accounts import Relation
from tests.accounts.conftest import LAN, Browser, Clock, Holders, SignedIn
from tests.web.conftest import Call, calling, problem
from tests.web.simulator import HOST, World, transcript

Issue = Callable[[str, Credential], str]
NAME = "Nguyễn Thị Lan"


class Gathering:
    """Makes bundles of what it is given; silent when told to be."""

    silent = False

    def __call__(self, text: str) -> bytes:
        if self.silent:
            raise UnavailableError("chain", "silent")
        return b"bundle of " + text.encode()


@pytest.fixture
def gathering() -> Gathering:
    return Gathering()


@pytest.fixture
def call(holders: Holders, gathering: Gathering) -> Iterator[Call]:
    world = World()
    verifier = world.verifier()
    parts = Parts(verifier, world, world.readiness, holders=holders, gather=gathering)
    yield calling(create_app(parts, Site(world.deployment, HOST)))
    verifier.close()


@pytest.fixture
def lan(signed_in: SignedIn) -> Browser:
    return signed_in("lan.nguyen")


@pytest.fixture
def place(lan: Browser, issue: Issue) -> str:
    made = transcript(0, NAME)
    assert made.transcript is not None
    results = (CourseResult("literature", "Ngữ văn", "CN", mark=85),)  # a subject of the sheet
    return issue(LAN, replace(made, transcript=replace(made.transcript, results=results)))


def is_sd_jwt(content: bytes) -> bool:
    return sdjwt.parse(content.decode()).disclosed["name"] == NAME


def is_sheet(content: bytes) -> bool:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = {value for row in sheet.iter_rows(values_only=True) for value in row}
    return {NAME, LAN} <= cells


def is_table(content: bytes) -> bool:
    return any(NAME in row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))))


FORMS: dict[str, tuple[str, ExtractKind, Callable[[bytes], bool]]] = {
    "sd-jwt": ("sdjwt", ExtractKind.FILE, is_sd_jwt),
    "evidence": ("sogoc", ExtractKind.BUNDLE, lambda found: is_sd_jwt(found[len("bundle of ") :])),
    "clr": ("clr.json", ExtractKind.EXCHANGE,
            lambda found: "ClrCredential" in json.loads(found)["type"]),
    "ob": ("ob.json", ExtractKind.EXCHANGE, lambda found: "@context" in json.loads(found)),
    "elmo": ("elmo.xml", ExtractKind.EXCHANGE,
             lambda found: ElementTree.fromstring(found).tag.endswith("elmo")),
    "csv": ("csv", ExtractKind.EXCHANGE, is_table),
    "xlsx": ("xlsx", ExtractKind.EXCHANGE, is_sheet),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_each_form(form: str, lan: Browser, place: str, holders: Holders) -> None:
    ending, kind, is_right = FORMS[form]
    response = lan.ask("POST", f"/api/me/credentials/{place}/file", json={"form": form})
    assert response.status_code == 200, response.text
    name = response.headers["content-disposition"]
    assert name.startswith("attachment; filename=")
    assert name.endswith(f'.{ending}"')
    assert is_right(response.content)
    (noted,) = holders.extracts.of(LAN)
    assert noted.kind is kind
    assert f"{noted.school}-{noted.seq}-{noted.index}" == place


NUMBERS = {
    "as they usually are": ("B26/1001/00001", "B26-1001-00001"),
    "with Vietnamese letters": ("ĐB26/Số 1", "-B26-S--1"),
    "with a header's own signs": ('B26";x=\\y', "B26--x--y"),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_the_files_name_is_the_number_as_any_header_can_say_it(
    case: str, lan: Browser, issue: Issue
) -> None:
    number, name = NUMBERS[case]
    place = issue(LAN, replace(transcript(0, NAME), register_no=number))
    response = lan.ask("POST", f"/api/me/credentials/{place}/file", json={"form": "sd-jwt"})
    assert response.status_code == 200, response.text
    assert response.headers["content-disposition"] == f'attachment; filename="{name}.sdjwt"'


def test_the_holder_reads_who_took_it(lan: Browser, place: str, signed_in: SignedIn) -> None:
    parent = signed_in("me.lan", LAN, Relation.GUARDIAN)
    for browser in (lan, parent):
        path = f"/api/me/credentials/{place}/file"
        assert browser.ask("POST", path, json={"form": "sd-jwt"}).status_code == 200
    newest, first = lan.ask("GET", "/api/me/extracts").json()
    assert first["by"] == {"vi": "bạn", "en": "you"}
    assert newest["by"]["vi"] == "tài khoản khác giữ hồ sơ này"
    assert first["credential"] == newest["credential"] == place
    assert first["to"] is None


def test_what_is_read_to_be_checked_or_shared_is_noted_once_a_day(
    lan: Browser, place: str, signed_in: SignedIn, holders: Holders, clock: Clock
) -> None:
    """A stolen session that reads everything leaves a line for each, before it has it."""
    parent, path = signed_in("me.lan", LAN, Relation.GUARDIAN), f"/api/me/credentials/{place}"
    for browser in (lan, lan, parent, lan):
        assert browser.ask("GET", path).status_code == 200
    assert [each.kind for each in holders.extracts.of(LAN)] == [ExtractKind.FILE] * 2
    assert len({each.by for each in holders.extracts.of(LAN)}) == 2
    midnight = clock.now - (clock.now + 7 * 3600) % 86_400 + 86_400  # in Viet Nam
    for now, noted in ((midnight - 1, 2), (midnight, 3), (midnight + 1, 3)):
        clock.now = now
        holders.sessions.start(holders.accounts.holders(LAN)[0][0], digest(str(lan.token)), "", "")
        assert lan.ask("GET", path).status_code == 200
        assert len(holders.extracts.of(LAN)) == noted
        holders.sessions.end_all(holders.accounts.holders(LAN)[0][0])


def test_what_cannot_be_noted_is_not_read(
    lan: Browser, place: str, holders: Holders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise UnavailableError("store", "silent")

    monkeypatch.setattr(holders.extracts, "note_all", fail)
    response = lan.ask("GET", f"/api/me/credentials/{place}")
    assert (response.status_code, problem(response).code) == (503, "source.unavailable")


def test_nothing_is_noted_or_given_while_the_chain_is_silent(
    lan: Browser, place: str, gathering: Gathering, holders: Holders
) -> None:
    gathering.silent = True
    response = lan.ask("POST", f"/api/me/credentials/{place}/file", json={"form": "evidence"})
    assert (response.status_code, problem(response).code) == (503, "source.unavailable")
    assert list(holders.extracts.of(LAN)) == []


@pytest.mark.parametrize(
    "body", [{}, {"form": "pdf"}, {"form": ["sd-jwt"]}, {"form": "csv", "x": 1}]
)
def test_another_form_is_refused(body: dict[str, object], lan: Browser, place: str) -> None:
    response = lan.ask("POST", f"/api/me/credentials/{place}/file", json=body)
    assert (response.status_code, problem(response).code) == (422, "request.invalid")
