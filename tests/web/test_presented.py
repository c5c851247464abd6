"""A presentation over HTTP that must be its holder's: for an audience, in answer to a nonce."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from credential import keybinding, selecting
from credential.keys import SoftwareKey
from tests.web.conftest import VERIFY, Call, problem
from tests.web.simulator import NAMES, World, key_from, transcript

HERE = {"audience": "https://tuyensinh.example", "nonce": "n-8271"}
PHONE = key_from(11)


@pytest.fixture
def selection(world: World) -> str:
    credential = replace(transcript(0, NAMES[0]), register_no="HB-2026/9001")
    text = world.add(replace(credential, holder_key=PHONE.public)).sd_jwt
    return selecting.present(text, ["name", "birth_date", "CN/toán"])


def shown(
    text: str, key: SoftwareKey = PHONE, audience: str = HERE["audience"],
    nonce: str = HERE["nonce"], ago: int = 0,
) -> str:  # fmt: skip
    return keybinding.bind(text, key, audience, nonce, int(time.time()) - ago)


def other_selection(text: str) -> str:
    return selecting.present(text, ["name"]) + shown(text).rpartition("~")[2]


CASES: dict[str, tuple[Callable[[str], str], str, str]] = {
    "shown by its holder for this audience": (shown, "VALID", "terms.holder"),
    "made for another": (
        lambda text: shown(text, audience="https://cho.example"), "INVALID", "terms.audience",
    ),
    "in answer to another request": (
        lambda text: shown(text, nonce="n-1"), "INVALID", "terms.nonce",
    ),
    "made long ago": (lambda text: shown(text, ago=400), "INVALID", "terms.age"),
    "by another key": (lambda text: shown(text, key_from(12)), "INVALID", "terms.forged"),
    "of another selection": (other_selection, "INVALID", "terms.selection"),
    "without a proof": (lambda text: text, "INVALID", "terms.holder_missing"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_demand_is_kept_to(case: str, selection: str, call: Call) -> None:
    make, verdict, code = CASES[case]
    answer = call("POST", VERIFY, json={"text": make(selection), **HERE}).json()
    (terms,) = [one for one in answer["reports"][0]["checks"] if one["step"] == 8]
    assert (answer["verdict"], terms["code"]) == (verdict, code)


def test_what_is_bound_to_no_key_proves_nobody(world: World, call: Call) -> None:
    given = {"text": world.issued[0].sd_jwt, **HERE}
    answer = call("POST", VERIFY, json=given).json()
    assert (answer["verdict"], answer["reason"]) == ("INVALID", "holder_unproven")


def test_an_older_proof_counts_for_who_says_so(selection: str, call: Call) -> None:
    given = {"text": shown(selection, ago=90_000), **HERE, "max_age": 100_000}
    assert call("POST", VERIFY, json=given).json()["verdict"] == "VALID"


@pytest.mark.parametrize(
    "given",
    [{"audience": "a"}, {"audience": "a", "nonce": ""}, {**HERE, "max_age": 0}, {**HERE, "x": 1}],
    ids=["no nonce", "an empty nonce", "no age", "something more"],
)
def test_half_a_demand_is_refused(given: dict[str, object], selection: str, call: Call) -> None:
    response = call("POST", VERIFY, json={"text": shown(selection), **given})
    assert (response.status_code, problem(response).code) == (422, "request.invalid")
