"""Sharing over HTTP: who may make a share, open it, end it, and what each is told."""

from collections.abc import Callable

import pytest

from api.sharing import A_DAY
from api.site.limits import Allowance
from credential.errors import UnavailableError
from credential.jose import decode
from credential.keys import b64url
from store import extracts
from store.extracts import Extracts
from store.shares import AGAIN, TRIES
from tests.sharing.conftest import DAY, FIRST_TRANSCRIPT, NOW, Shared, pupil, selection
from tests.sharing.sealing import STEP, Link
from tests.web.conftest import VERIFY, problem

PIN = "271828"


def test_from_a_selection_to_its_verdict_on_the_recipients_side(shared: Shared) -> None:
    link, issued = Link(), shared.world.issued[FIRST_TRANSCRIPT]
    text = selection(issued.sd_jwt, ["CN/toán", "CN/vật lí"])
    made = shared.create(link, text=text).json()
    assert (made["standing"], made["left"], made["pin"], made["own"]) == ("open", 3, False, True)
    assert made["expires"] == "2026-06-04T20:26:40Z"
    assert shared.ask(link).json() == {"pin": False, "expires": made["expires"], "left": 3}
    opened = shared.open(link).json()
    assert opened["left"] == 2
    assert link.open(decode(opened["content"])) == {"shown": [text], "to": ""}
    answer = shared.call("POST", VERIFY, json={"text": text}).json()
    assert (answer["verdict"], answer["reports"][0]["partial"]) == ("VALID", True)
    assert [row["name"] for row in answer["reports"][0]["document"]["results"]] == [
        "Toán", "Vật lí",
    ]  # fmt: skip


def test_the_holder_sees_when_it_was_opened_and_wrong_pins(shared: Shared) -> None:
    link = Link()
    shared.create(link, pin=PIN)
    shared.open(link, "000000")
    shared.clock.now += 60
    shared.open(link, PIN)
    (held,) = shared.listed()
    assert held["openings"] == ["2026-05-28T20:27:40Z"]
    assert (held["wrong_pins"], held["left"], held["pin"]) == (1, 2, True)
    assert shared.listed(1) == []


def noted(shared: Shared) -> list[tuple[int, str]]:
    """When an extract was noted for whom, the first first."""
    return [(each.at, each.to) for each in reversed(Extracts(shared.database).of(pupil(0)))]


def test_it_is_noted_when_it_is_made_and_at_each_opening(shared: Shared) -> None:
    link = Link()
    shared.create(link)
    shared.create(Link(), 1)
    shared.clock.now += 60
    shared.open(link)
    problem(shared.open(Link(link.id)))
    to = f"share:{link.id[:4].hex()}"
    assert noted(shared) == [(NOW, to), (NOW + 60, to)]


def test_what_is_repeated_is_noted_once(shared: Shared) -> None:
    link, opening = Link(), b64url(Link().id)
    for _ in range(2):
        assert shared.create(link).status_code == 200
    for _ in range(3):
        assert shared.open(link, opening=opening).json()["left"] == 2
    assert len(noted(shared)) == 2
    shared.clock.now += AGAIN
    assert shared.open(link, opening=opening).json()["left"] == 1
    assert len(noted(shared)) == 3


def test_an_opening_that_cannot_be_noted_is_not_given_and_can_be_repeated(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, opening = Link(), b64url(Link().id)
    shared.create(link, views=1)

    def silent(*_: object) -> None:
        raise UnavailableError("store")

    with monkeypatch.context() as broken:
        broken.setattr(extracts, "write", silent)
        assert shared.open(link, opening=opening).status_code == 503
    assert (shared.ask(link).json()["left"], len(noted(shared))) == (1, 1)
    assert shared.open(link, opening=opening).json()["left"] == 0
    assert len(noted(shared)) == 2


def test_an_address_asks_and_opens_so_often_an_hour(shared: Shared) -> None:
    link = Link()
    shared.create(link)
    most = Allowance().shares
    for _ in range(most - 1):
        assert shared.ask(link).status_code == 200
    assert shared.open(link).status_code == 200
    for response in (shared.ask(link), shared.open(link)):
        assert (response.status_code, problem(response).code) == (429, "request.too_many")
        assert int(response.headers["retry-after"]) > 0
    assert shared.listed()[0]["left"] == 2, "and it stays the holder's own"


REFUSED: dict[str, tuple[Callable[[Shared, Link], object], int, str]] = {
    "another's credential": (
        lambda shared, link: shared.create(link, index=FIRST_TRANSCRIPT + 1),
        404, "credential.unknown",
    ),
    "another's credential as another's": (
        lambda shared, link: shared.create(link, index=FIRST_TRANSCRIPT + 1, pupil=pupil(1)),
        404, "credential.unknown",
    ),
    "no such credential": (
        lambda shared, link: shared.create(link, index=999), 404, "credential.unknown",
    ),
    "a ciphertext whose length tells": (
        lambda shared, link: shared.create(link, content=b64url(bytes(5000))), 422, "share.size",
    ),
    "a ciphertext of five steps": (
        lambda shared, link: shared.create(link, content=b64url(bytes(28 + 5 * STEP))),
        413, "request.too_large",
    ),
    "an id in another spelling": (
        lambda shared, link: shared.create(link, id="A" * 21 + "B"), 422, "request.invalid",
    ),
    "another's share withdrawn": (
        lambda shared, link: (shared.create(link), shared.withdraw(link, 1))[1],
        404, "share.unknown",
    ),
    "another's id taken": (
        lambda shared, link: (shared.create(link), shared.create(link, 1))[1],
        409, "share.exists",
    ),
    "an id without its key": (
        lambda shared, link: (shared.create(link), shared.open(Link(link.id)))[1],
        404, "share.unknown",
    ),
    "no PIN where one is needed": (
        lambda shared, link: (shared.create(link, pin=PIN), shared.open(link))[1],
        409, "share.pin_needed",
    ),
    "no view at all": (lambda shared, link: shared.create(link, views=0), 422, "request.invalid"),
    "for ever": (lambda shared, link: shared.create(link, days=367), 422, "request.invalid"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, shared: Shared) -> None:
    act, status, code = REFUSED[case]
    response = act(shared, Link())
    assert (response.status_code, problem(response).code) == (status, code)


def test_an_account_makes_so_many_shares_a_day_withdrawn_ones_included(shared: Shared) -> None:
    for _ in range(A_DAY):
        link = Link()
        shared.create(link)
        shared.withdraw(link)
    response = shared.create(Link())
    assert (response.status_code, problem(response).code) == (429, "request.too_many")
    assert shared.create(Link(), 1).status_code == 200


def test_without_consent_nothing_is_made_and_nothing_opened_until_it_is_given_again(
    shared: Shared,
) -> None:
    link = Link()
    shared.create(link)
    shared.consents.missing.add(pupil(0))
    assert problem(shared.create(Link())).code == "consent.missing"
    for response in (shared.ask(link), shared.open(link)):
        said = problem(response)
        assert said.code == "share.closed"
        assert "consent" not in said.detail_en  # nobody's business but the family's
    shared.consents.missing.clear()
    assert shared.open(link).json()["left"] == 2


def ends(shared: Shared, how: str, link: Link) -> None:
    if how == "expired":
        shared.clock.now += 7 * DAY
    elif how == "withdrawn":
        shared.withdraw(link)
    elif how == "used_up":
        for _ in range(3):
            shared.open(link, PIN)
    else:
        for _ in range(TRIES):
            shared.open(link, "123456")


@pytest.mark.parametrize("how", ["expired", "withdrawn", "used_up", "locked"])
def test_the_links_end_is_told_with_its_time_and_never_as_the_diplomas(
    how: str, shared: Shared
) -> None:
    link = Link()
    shared.create(link, pin=PIN)
    ends(shared, how, link)
    for response in (shared.ask(link), shared.open(link, PIN)):
        said = problem(response)
        assert (response.status_code, said.code) == (409, f"share.{how}")
        assert "không nói gì về văn bằng" in said.detail
        assert "2026" in said.detail
        assert "nothing about the diploma" in said.detail_en
    assert shared.listed()[0]["standing"] == how


def test_without_the_key_all_that_there_is_or_is_not_has_one_answer(shared: Shared) -> None:
    links = [Link() for _ in range(5)]
    for link in links[:4]:
        shared.create(link, pin=PIN)
    for how, link in zip(("withdrawn", "used_up", "locked"), links[1:4], strict=True):
        ends(shared, how, link)
    answers = set()
    for link in links:
        other = Link(link.id)
        for response in (shared.ask(other), shared.open(other), shared.open(other, PIN)):
            answers.add((response.status_code, response.content))
    assert len(answers) == 1
