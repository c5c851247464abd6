"""Claims with values that a forger chose: an answer or silence, never anything else.

Whoever makes an artefact chooses what the registry is asked; the signature is judged elsewhere, at
the same time.
"""

import dataclasses
import json
import sys
from datetime import date

import httpx
import pytest

from credential.dates import PartialDate
from credential.errors import UnavailableError
from credential.facts import AwardClaim, AwardMatch, Match
from credential.model import CredentialType
from registry.access import Clients, Tokens
from registry.limits import Limits
from registry.matching import Matcher
from registry.service import create_service

GENUINE = AwardClaim(
    type=CredentialType.THPT_DIPLOMA,
    school=1,
    register_no="B26/0101/00001",
    year=2026,
    issued=date(2026, 6, 20),
    serial="T00000000",
    name="Nguyễn Thị Hòa",
    birth=PartialDate(2008, 2, 7),
    signer_name="Phạm Quốc Đạt",
)
TEXTS = {
    "NUL": "B26/0101/00001\0",
    "only NUL": "\0",
    "control characters": "\x01\x1b[2J\x7f",
    "line ends": "B26/0101/00001\r\n",
    "half of a surrogate pair": "\ud800",
    "a bidi override": "\u202eB26",
    "no character": "\uffff",
    "SQL": "' OR 1=1; DROP TABLE awards; --",
    "patterns": "%_\\",
    "a format": "%s %(school)s {0} :school",
    "nothing": "",
    "very much": "B" * 1_000_000,
    "combining marks without end": "e" + "\u0301" * 10_000,
}
NUMBERS = {
    "minus one": -1,
    "just above 31 bits": 1 << 31,
    "the last of 32 bits": (1 << 32) - 1,
    "just above 32 bits": 1 << 32,
    "just above 63 bits": 1 << 63,
    "minus 2 to the 64th": -(1 << 64),
    "5000 digits": 10**5000,
}
DAYS = {"the first": date.min, "before 1900": date(1899, 12, 31), "the last": date.max}
OF_LINE = (
    {f"register number: {name}": {"register_no": text} for name, text in TEXTS.items()}
    | {f"school: {name}": {"school": number} for name, number in NUMBERS.items()}
    | {f"number, day: {name}": {"register_no": "?", "issued": day} for name, day in DAYS.items()}
)
OF_FIELDS = (
    {
        f"{field}: {name}": ({field: text}, answered)
        for field, answered in (
            ("name", "name"),
            ("serial", "serial"),
            ("classification", "classification"),
            ("signer_name", "signer"),
        )
        for name, text in TEXTS.items()
    }
    | {f"year: {name}": ({"year": number}, "year") for name, number in NUMBERS.items()}
    | {f"issued: {name}": ({"issued": day}, "issued") for name, day in DAYS.items()}
)


@pytest.fixture
def entered(desk, awards):
    desk.enter(awards("a", (0,)))
    return desk


def answers(matcher, changes):
    """What is answered to each changed claim; None for silence of the registry."""
    found = {}
    for name, change in changes.items():
        try:
            found[name] = matcher.match(dataclasses.replace(GENUINE, **change))
        except UnavailableError as silent:
            assert silent.source == "registry", name
            assert not isinstance(matcher, Matcher), f"{name}: the database was asked in vain"
            found[name] = None  # it cannot be put over HTTP
    return found


def test_a_line_that_no_register_can_hold_is_not_found(entered, matcher):
    for name, answer in answers(matcher, OF_LINE).items():
        assert answer is None or answer == AwardMatch(False, school_name=answer.school_name), name
    assert matcher.match(GENUINE).found, "and the registry still answers"


def test_a_field_with_any_value_differs_and_nothing_else_does(entered, matcher):
    changes = {name: change for name, (change, _) in OF_FIELDS.items()}
    for name, answer in answers(matcher, changes).items():
        if answer is not None:
            differing = {of for of, match in answer.fields.items() if match is not Match.AGREES}
            assert differing == {OF_FIELDS[name][1]}, name
    assert matcher.match(GENUINE).found, "and the registry still answers"


BODY = {
    "type": "thpt-diploma", "school": 1, "register_no": "B26/0101/00001", "year": 2026,
    "issued": "2026-06-20", "name": "Nguyễn Thị Hòa", "birth": "2008-02-07",
}  # fmt: skip
HUGE = "9" * 6000
TAKEN = {200, 400, 422}  # answered, or refused as what it is
BODIES = {
    "no JSON": b"{",
    "nothing": b"",
    "no UTF-8": b'{"name": "\xff\xfe"}',
    "UTF-16": json.dumps(BODY).encode("utf-16"),
    "NUL in a byte": json.dumps(BODY, ensure_ascii=False).encode().replace(b"B26", b"\0"),
    "too many digits": json.dumps(BODY).replace("2026,", f"{HUGE},").encode(),
    "not a number": json.dumps(BODY | {"year": float("nan")}).encode(),
    "without end": json.dumps(BODY | {"school": float("inf")}).encode(),
    "a day without end": json.dumps(BODY | {"issued": float("inf")}).encode(),
    "a day as a number": json.dumps(BODY | {"issued": 10**18}).encode(),
    "too deep": b"[" * 8000,
    "too deep inside": b'{"name":' + b"[" * 8000,
    "a list": json.dumps([BODY]).encode(),
    "null": b"null",
    "all members null": json.dumps(dict.fromkeys(BODY)).encode(),
    "a surrogate as a member's name": b'{"\\ud800": 1}',
    "a person as a member's name": json.dumps(BODY | {"Nguyễn Thị Hòa": 1}).encode(),
    "members twice": json.dumps(BODY).encode()[:-1] + b', "school": "x"}',
    "a digest too short": json.dumps(BODY | {"content": "00"}).encode(),
    "a digest too long": json.dumps(BODY | {"content": "00" * 33}).encode(),
    "a digest with a line end": json.dumps(BODY | {"content": "00" * 32 + "\n"}).encode(),
    "a digest in other digits": json.dumps(BODY | {"content": "٠" * 64}).encode(),
    **{
        f"{field}: {name}": json.dumps(BODY | {field: text}).encode()
        for field in (
            "type",
            "register_no",
            "name",
            "serial",
            "birth",
            "issued",
            "school",
            "content",
        )
        for name, text in TEXTS.items()
        if len(text) < 1000
    },
    **{
        f"{field}: {name}": json.dumps(BODY | {field: number}).encode()
        for field in ("school", "year", "issued", "register_no")
        for name, number in NUMBERS.items()
        if number < sys.maxsize**2
    },
}


@pytest.fixture
def post(database, entered, serving):
    tokens = Tokens()
    app = create_service(Matcher(database), Clients(database), tokens, Limits(guesses=1000))
    headers = {"Authorization": f"Bearer {tokens.issue('v')}", "Content-Type": "application/json"}
    with serving(app) as url, httpx.Client(base_url=url, headers=headers) as http:
        yield lambda body: http.post("/match", content=body)


def test_no_body_makes_the_service_fail_or_is_repeated(post):
    answers = {name: post(body) for name, body in BODIES.items()}
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert {name: status for name, status in statuses.items() if status not in TAKEN} == {}
    assert [name for name, answer in answers.items() if "Nguy" in answer.text] == []
    found = {name for name in BODIES if statuses[name] == 200 and answers[name].json()["found"]}
    assert [name for name in found if name.startswith(("register_no", "school"))] == []
