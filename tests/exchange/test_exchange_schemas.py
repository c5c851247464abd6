"""Every document is valid by the schemas of its standard: ours always, the official ones if there.

Those in `schemas` were written here from the facts of the standards; `docs/EXCHANGE.md` says so and
how the official files are put into the folder that ``SOGOC_SCHEMAS`` names. Without them their
tests are skipped by name, also in CI: they cannot be had from a package registry.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from credential.model import CourseResult
from exchange.badge import to_badge
from exchange.clr import to_clr
from exchange.elmo import to_elmo
from exchange.record import Record
from tests.exchange.formats import AT
from tests.exchange.records import record, records, transcript, year
from tests.exchange.test_round_trips import NAMED

OURS = Path(__file__).parent / "schemas"
OFFICIAL = {
    "badge": "ob_v3p0_achievementcredential_schema.json",
    "clr": "clr_v2p0_clrcredential_schema.json",
    "elmo": "schema.xsd",
}
WRITERS = {
    "badge": lambda found: to_badge(found, SDJWT),
    "clr": lambda found: to_clr(found, SDJWT),
    "elmo": lambda found: to_elmo(found, AT, SDJWT),
}
SDJWT = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln~WyJzYWx0Il0~"


class Schema:
    """A schema of either kind."""

    def __init__(self, path: Path) -> None:
        self._xml = xmlschema.XMLSchema(path) if path.suffix == ".xsd" else None
        if self._xml is None:
            schema = json.loads(path.read_text(encoding="utf-8"))
            dialect = schema["$schema"].rstrip("#")  # 1EdTech's ends so, and is not found then
            kind: Any = validator_for({"$schema": dialect}, Draft202012Validator)
            kind.check_schema(schema | {"$schema": dialect})
            self._json = kind(schema)

    def faults(self, document: bytes) -> list[str]:
        if self._xml is not None:
            return [str(error.reason) for error in self._xml.iter_errors(document.decode())]
        return [error.message for error in self._json.iter_errors(json.loads(document))]


@pytest.fixture(scope="module", params=WRITERS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def ours(kind: str) -> Schema:
    return Schema(OURS / f"{kind}.{'xsd' if kind == 'elmo' else 'json'}")


def the_official(kind: str) -> Schema:
    folder = os.environ.get("SOGOC_SCHEMAS", "")
    found = Path(folder) / OFFICIAL[kind]
    if not folder or not found.exists():
        pytest.skip(f"official schema not here: {OFFICIAL[kind]} in the folder SOGOC_SCHEMAS")
    return Schema(found)


@pytest.fixture(scope="module")
def official(kind: str) -> Schema:
    return the_official(kind)


@pytest.mark.parametrize("case", NAMED)
def test_named_records_are_valid(case: str, kind: str, ours: Schema) -> None:
    assert ours.faults(WRITERS[kind](NAMED[case])) == []


def test_named_records_are_valid_by_the_official_schema(kind: str, official: Schema) -> None:
    for case, found in NAMED.items():
        assert official.faults(WRITERS[kind](found)) == [], case


def test_the_parts_of_a_clr_are_valid_by_the_official_schema_of_badges() -> None:
    """CLR's own schema takes any credential there, whatever is in it."""
    official = the_official("badge")
    for case, found in NAMED.items():
        for part in json.loads(to_clr(found))["credentialSubject"]["verifiableCredential"]:
            assert official.faults(json.dumps(part).encode()) == [], case


def test_any_record_is_valid(kind: str, ours: Schema) -> None:
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(found=records())
    def run(found: Record) -> None:
        assert ours.faults(WRITERS[kind](found)) == []

    run()


WRONG = {
    "badge": [("validFrom", "2026-05-29"), ("type", ["VerifiableCredential"]), ("issuer", {}),
              ("@context", ["https://www.w3.org/2018/credentials/v1"]), ("id", "not a uri")],
    "clr": [("partial", "no"), ("credentialSubject", {"type": ["ClrSubject"]})],
}  # fmt: skip


@pytest.mark.parametrize(
    ("which", "member", "value"),
    [(which, *wrong) for which, wrongs in WRONG.items() for wrong in wrongs],
)
def test_the_schemas_refuse_what_the_standards_do(which: str, member: str, value: object) -> None:
    made = json.loads(WRITERS[which](record(transcript(year(2)))))
    schema = Schema(OURS / f"{which}.json")
    assert schema.faults(json.dumps(made).encode()) == []
    assert schema.faults(json.dumps(made | {member: value}).encode()) != []


@pytest.mark.parametrize(
    ("old", "new"),
    [("elmo:bday", "elmo:birthday"), (">in-progress<", ">going<"), (">passed<", ">good<"),
     ("<elmo:familyName>", "<elmo:familyName x='1'>"), ("Course", "Lesson"), (">VN<", "> VN<"),
     (">VN<", ">VX<")],
)  # fmt: skip
def test_the_elmo_schema_refuses_other_documents(old: str, new: str) -> None:
    half = NAMED["half a year"]
    text = to_elmo(half, AT).decode()
    assert old in text
    assert Schema(OURS / "elmo.xsd").faults(text.replace(old, new).encode()) != []


@pytest.mark.parametrize(
    ("status", "said"),
    [("passed", {"promotion": "Được lên lớp"}),
     ("passed", {"promotion": None, "completion": "Hoàn thành chương trình tiểu học"}),
     ("failed", {"promotion": "Không được lên lớp"}),
     ("in-progress", {"promotion": "Kiểm tra, đánh giá lại"}),
     ("in-progress", {"promotion": None}),
     ("in-progress", {"promotion": None, "completion": "Chưa hoàn thành chương trình"})],
)  # fmt: skip
def test_a_year_is_passed_in_elmo_only_where_the_record_says_so(
    status: str, said: dict[str, str | None]
) -> None:
    made = to_elmo(record(transcript([], **said)), AT).decode()
    assert f"<elmo:status>{status}</elmo:status>" in made


def test_the_proof_is_carried_and_nothing_else_is_signed() -> None:
    found = record(transcript(year(2)))
    for write in WRITERS.values():
        assert b"data:application/dc+sd-jwt;base64," in write(found)
    assert json.loads(to_badge(found))["credentialSubject"]["licenseNumber"] == "HB.2026/0001"
    for text in (to_badge(found, SDJWT), to_clr(found, SDJWT)):
        assert "proof" not in json.loads(text)
        assert "không có chữ ký" in json.loads(text)["description"]


@pytest.mark.parametrize("case", NAMED)
def test_a_clr_never_claims_to_be_all_that_the_school_knows(case: str) -> None:
    assert json.loads(to_clr(NAMED[case]))["partial"] is True


def test_a_clr_has_a_name_and_an_association_nothing_of_ours() -> None:
    made = json.loads(to_clr(NAMED["a whole year"]))
    schema = Schema(OURS / "clr.json")
    unnamed = {member: value for member, value in made.items() if member != "name"}
    assert schema.faults(json.dumps(unnamed).encode()) == ["'name' is a required property"]
    made["credentialSubject"]["association"][0]["sogoc:note"] = "x"
    assert len(schema.faults(json.dumps(made).encode())) == 1


@pytest.mark.parametrize(
    ("rating", "allowed"),
    [("Đ", ["CĐ", "Đ"]), ("CĐ", ["CĐ", "Đ"]), ("H", ["C", "H", "T"]), ("Giỏi", None)],
)
def test_words_are_told_with_their_scale_from_low_to_high(
    rating: str, allowed: list[str] | None
) -> None:
    results = [CourseResult("music", "Âm nhạc", "CN", rating=rating)]
    subject = json.loads(to_badge(record(transcript(results))))["credentialSubject"]
    (described,) = (
        each
        for each in subject["achievement"]["resultDescription"]
        if each["id"].startswith("urn:sogoc:result:")
    )
    assert described.get("allowedValue") == allowed


def test_a_letter_is_not_taken_for_a_rating() -> None:
    results = [CourseResult("music", "Âm nhạc", "CN", letter="C")]
    assert b"allowedValue" not in to_badge(record(transcript(results)))
