"""Look-up by number: what finds a credential, what does not, and that nobody can guess."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import httpx
import pytest
from starlette.requests import Request

from api.site.app import Parts, create_app
from api.site.limits import WRONG, Allowance, Limits
from api.site.numbering import FoundModel
from api.site.pages import Site
from credential import receipt
from credential.dates import PartialDate
from credential.errors import RefusedError
from credential.facts import Withdrawal
from credential.model import Holder, Lane
from tests.web.conftest import Call, calling, problem
from tests.web.simulator import HOST, SCHOOL, World, diploma
from verifier.numbers import Numbers

BORN = "07/02/2008"


class Clock:
    """Time that goes on when it is told to."""

    now = 5000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(world: World, clock: Clock) -> Iterator[Callable[..., Call]]:
    """Makes a site, with a store of numbers or without."""
    verifier = world.verifier()

    def make(store: World | None = world, lookups: int = 1000) -> Call:
        limits = Limits(Allowance(lookups=lookups), clock)
        parts = Parts(
            verifier, world, world.readiness, numbers=Numbers(verifier, store), limits=limits,
            receipts=world.office(verifier),
        )  # fmt: skip
        return calling(create_app(parts, Site(world.deployment, HOST)))

    yield make
    verifier.close()


def look_up(call: Call, number: str = "SG000001", born: str = BORN) -> FoundModel:
    response = call("POST", "/api/verify-number", json={"number": number, "born": born})
    assert response.status_code == 200, response.text
    return FoundModel.model_validate_json(response.content)


def refused(call: Call, number: str = "SG000001", born: str = BORN) -> tuple[int, str]:
    response = call("POST", "/api/verify-number", json={"number": number, "born": born})
    return response.status_code, problem(response).code


SPELLINGS = {
    "as printed": ("SG000001", BORN),
    "with spaces, dashes and small letters": (" sg-000 001 ", BORN),
    "with a long dash": ("SG\N{EN DASH}000001", BORN),
    "the register number": ("2026/0001", BORN),
    "born in ISO 8601": ("SG000001", "2008-02-07"),
    "born without zeros": ("SG000001", "7/2/2008"),
}


@pytest.mark.parametrize("case", SPELLINGS)
def test_number_and_birth_date_find_a_credential_and_it_is_verified_as_scanned(
    case: str, site: Callable[..., Call]
) -> None:
    found = look_up(site(), *SPELLINGS[case])
    assert (found.verdict, found.others) == ("VALID", [])
    (report,) = found.reports
    assert report.document["name"] == "Nguyễn Thị Minh Anh"
    assert [check.outcome for check in report.checks] == ["passed"] * 8


NOT_FOUND = {
    "no such number": ("SG999999", BORN),
    "another's birth date": ("SG000001", "08/02/2008"),
    "only the year of a birth known to the day": ("SG000001", "2008"),
    "a number of other letters": ("%' OR 1=1 --", BORN),
    "nothing but dashes": ("---", BORN),
    "a control character": ("SG\x01000001", BORN),
}


@pytest.mark.parametrize("case", NOT_FOUND)
def test_what_is_not_found_has_one_answer(case: str, site: Callable[..., Call]) -> None:
    """The bytes of the answer do not tell whether there is such a number."""
    call = site()
    asked = [NOT_FOUND[case], ("SG999999", BORN)]
    answers = [
        call("POST", "/api/verify-number", json={"number": number, "born": born})
        for number, born in asked
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert problem(answers[0]).code == "number.unknown"
    assert answers[0].content == answers[1].content
    assert answers[0].headers == answers[1].headers


def test_a_birth_known_by_its_year_is_found_by_its_year_alone(
    site: Callable[..., Call], world: World
) -> None:
    old = replace(diploma(8, "x"), holder=Holder("Lý Văn Xưa", PartialDate(1960)), serial="A1")
    world.add(old)
    assert look_up(site(), "A1", "1960").reports[0].document["name"] == "Lý Văn Xưa"
    assert refused(site(), "A1", "01/01/1960") == (404, "number.unknown")


BAD = {
    "no such day": ({"number": "SG000001", "born": "31/02/2008"}, 422, "date.invalid"),
    "day and month swapped": ({"number": "SG000001", "born": "02/27/2008"}, 422, "date.swapped"),
    "no birth date": ({"number": "SG000001"}, 422, "request.invalid"),
    "no number": ({"number": "", "born": BORN}, 422, "request.invalid"),
    "a number too long": ({"number": "1" * 65, "born": BORN}, 422, "request.invalid"),
    "a member too many": ({"number": "1", "born": BORN, "x": 1}, 422, "request.invalid"),
    "a NUL, which no database keeps": ({"number": "1\0", "born": BORN}, 422, "request.invalid"),
    "a list": ([], 422, "request.invalid"),
    "too much": ({"number": "1" * 5000, "born": BORN}, 413, "request.too_large"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_request_is_told_what_is_wrong(case: str, site: Callable[..., Call]) -> None:
    body, status, code = BAD[case]
    response = site()("POST", "/api/verify-number", json=body)
    assert (response.status_code, problem(response).code) == (status, code)


def test_of_several_versions_the_one_that_stands_is_told_first(
    site: Callable[..., Call], world: World
) -> None:
    """A reissue that is being withdrawn again does not hide the diploma that stands."""
    again = replace(diploma(0, "Nguyễn Thị Minh Anh"), register_no="2026/0900")
    world.add(again)
    world.withdrawn["2026/0900"] = Withdrawal("fraud", "55/QĐ-SGDĐT", date(2026, 9, 1))
    found = look_up(site())
    assert found.verdict == "VALID"
    assert [other.verdict for other in found.others] == ["INVALID"]


def test_a_number_and_birth_date_of_several_people_tells_about_none(
    site: Callable[..., Call], world: World
) -> None:
    """Of two schools; in one school the same number is one line, whose name was corrected."""
    other = replace(diploma(0, "Người Khác"), serial="SG000900", school=SCHOOL + 1)
    world.add(other)
    assert refused(site(), "2026/0001") == (409, "number.ambiguous")
    assert look_up(site(), "SG000001").verdict == "VALID"


def test_what_was_withdrawn_is_found_and_said(site: Callable[..., Call], world: World) -> None:
    world.lanes[0] = Lane.REVOKED
    found = look_up(site())
    assert (found.verdict, found.reason) == ("INVALID", "revoked")


def test_a_silent_store_is_no_answer_and_a_mirror_has_no_numbers(
    site: Callable[..., Call], world: World
) -> None:
    assert refused(site(store=None)) == (409, "number.not_here")
    world.silent.add("store")
    assert refused(site()) == (503, "source.unavailable")


def test_nobody_tries_out_a_birth_date(site: Callable[..., Call], clock: Clock) -> None:
    """From however many addresses; an unknown number wears out alike, so this tells nothing."""
    call = site()
    for number in ("SG000002", "SG999999"):
        tries = [refused(call, number, f"{day:02d}/03/2008") for day in range(1, WRONG + 3)]
        assert tries == [(404, "number.unknown")] * WRONG + [(429, "request.too_many")] * 2
    assert refused(call, "sg-000002", "08/02/2008") == (429, "request.too_many")
    clock.now += 86_400
    assert look_up(call, "SG000002", "08/02/2008").verdict == "VALID"


def test_those_who_know_the_birth_date_do_not_wear_a_number_out(site: Callable[..., Call]) -> None:
    call = site()
    assert {look_up(call).verdict for _ in range(3 * WRONG)} == {"VALID"}


def test_an_address_has_so_many_look_ups_and_is_told_when_to_come_again(
    site: Callable[..., Call], clock: Clock
) -> None:
    call = site(lookups=3)
    for _ in range(3):
        look_up(call)
    response = call("POST", "/api/verify-number", json={"number": "SG000001", "born": BORN})
    assert (response.status_code, response.headers["retry-after"]) == (429, "1200")
    clock.now += 1200
    assert look_up(call).verdict == "VALID"


def receipt_of(call: Call, number: str = "SG000001", born: str = BORN) -> httpx.Response:
    return call("POST", "/api/receipts", json={"number": number, "born": born})


def test_what_is_found_gets_a_receipt(site: Callable[..., Call], world: World) -> None:
    """Of the one that stands, as the look-up tells it first."""
    again = replace(diploma(0, "Nguyễn Thị Minh Anh"), register_no="2026/0900")
    world.add(again)
    world.withdrawn["2026/0900"] = Withdrawal("fraud", "55/QĐ-SGDĐT", date(2026, 9, 1))
    answer = receipt_of(site())
    claims = receipt.parse(answer.text).claims
    assert claims["verdict"] == "VALID"
    assert [found["register_no"] for found in claims["artefacts"]] == ["2026/0001"]
    assert BORN not in answer.text
    checked = site()("POST", "/api/receipts/check", content=answer.content,
                     headers={"Content-Type": "application/json"})  # fmt: skip
    assert checked.json()["standing"] == "genuine"


@pytest.mark.parametrize("case", NOT_FOUND)
def test_a_receipt_of_what_is_not_found_is_refused_as_the_look_up_is(
    case: str, site: Callable[..., Call]
) -> None:
    call = site()
    looked_up = call("POST", "/api/verify-number",
                     json=dict(zip(("number", "born"), NOT_FOUND[case], strict=True)))  # fmt: skip
    assert receipt_of(call, *NOT_FOUND[case]).content == looked_up.content


def test_receipts_and_look_ups_wear_out_the_same_limits(site: Callable[..., Call]) -> None:
    """No second way to guess a birth date, none round the look-ups of an address."""
    call = site()
    for day in range(1, WRONG + 1):
        ask = receipt_of if day % 2 else refused
        ask(call, "SG000002", f"{day:02d}/03/2008")
    for answer in (refused(call, "SG000002"), receipt_of(call, "SG000002").status_code):
        assert answer in (429, (429, "request.too_many"))
    call = site(lookups=2)
    assert [receipt_of(call).status_code for _ in range(3)] == [200, 200, 429]
    assert refused(call) == (429, "request.too_many")


@pytest.mark.parametrize("case", BAD)
def test_a_bad_request_for_a_receipt_is_told_what_is_wrong(
    case: str, site: Callable[..., Call]
) -> None:
    body, status, _ = BAD[case]
    response = site()("POST", "/api/receipts", json=body)
    assert response.status_code == (422 if status == 413 else status), "texts may be longer"
    problem(response)


def test_where_nothing_is_found_by_number_no_receipt_is(world: World) -> None:
    verifier = world.verifier()
    parts = Parts(verifier, world, world.readiness, receipts=world.office(verifier))
    answer = receipt_of(calling(create_app(parts, Site(world.deployment, HOST))))
    assert (answer.status_code, problem(answer).code) == (409, "number.not_here")


ADDRESSES = {
    "one address, twice": ("203.0.113.7", "203.0.113.7", True),
    "two addresses": ("203.0.113.7", "203.0.113.8", False),
    "two of one subscriber's IPv6 addresses": ("2001:db8::1", "2001:db8::2:3", True),
    "two subscribers": ("2001:db8::1", "2001:db8:0:1::1", False),
    "an IPv4 address written as IPv6": ("203.0.113.7", "::ffff:203.0.113.7", True),
    "no address at all": ("", "", True),
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_who_shares_a_limit(case: str, clock: Clock) -> None:
    first, second, shared = ADDRESSES[case]
    limits = Limits(Allowance(lookups=1), clock)

    def asking(host: str) -> Request:
        return Request({"type": "http", "client": (host, 1), "headers": []})

    limits.look_up(asking(first))
    if shared:
        with pytest.raises(RefusedError, match=r"request\.too_many"):
            limits.look_up(asking(second))
    else:
        limits.look_up(asking(second))
