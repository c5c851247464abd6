"""How much one client may ask: no birth date is found by trying, honest claims are answered."""

import dataclasses
import threading
from datetime import date, timedelta

import httpx
import pytest

from credential.dates import PartialDate
from credential.errors import RefusedError, UnavailableError
from credential.facts import AwardClaim, AwardMatch, Match
from credential.model import CredentialType
from registry import limits
from registry.access import Clients, Tokens
from registry.client import HttpMatcher
from registry.limits import Limits
from registry.matching import Matcher
from registry.service import create_service

BORN = PartialDate(2008, 11)
TRUE = AwardClaim(
    CredentialType.THPT_DIPLOMA, 1, "B26/0101/00001", 2026, date(2026, 6, 20), birth=BORN
)
GUESSES = [
    dataclasses.replace(TRUE, birth=PartialDate.from_date(date(2008, 1, 1) + timedelta(days=day)))
    for day in range(400)
]


class Clock:
    """Time that goes on when it is told to."""

    now = 5000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limited(clock):
    return Limits(clock=clock)


def answer(claim):
    """What a register would say in which everybody was born in that month."""
    outcome = Match.AGREES if claim.birth == BORN else Match.DIFFERS
    return AwardMatch(True, {"year": Match.AGREES, "birth": outcome})


def refused(limited, claim, client="v"):
    with pytest.raises(RefusedError) as caught:
        limited.match(client, claim, answer)
    assert caught.value.code == "request.too_many"
    return caught.value.params["seconds"]


def test_a_birth_date_cannot_be_tried_out(limited, clock):
    told = 0
    for guess in GUESSES:
        try:
            limited.match("v", guess, answer)
        except RefusedError:
            continue
        told += 1
    assert told == limits.GUESSES
    assert refused(limited, TRUE) == 86_400, "not even the truth is told any more"
    clock.now += 86_399.5
    assert refused(limited, TRUE) == 1
    clock.now += 0.5
    assert limited.match("v", TRUE, answer).fields["birth"] is Match.AGREES


def test_what_was_told_before_is_told_again(limited):
    for guess in GUESSES[: limits.GUESSES]:
        limited.match("v", guess, answer)
    for guess in GUESSES[: limits.GUESSES]:
        assert limited.match("v", guess, answer).fields["birth"] is Match.DIFFERS
    refused(limited, GUESSES[-1])


def test_the_limit_is_each_client_s_and_each_line_s_own(limited):
    for guess in GUESSES[: limits.GUESSES]:
        limited.match("v", guess, answer)
    refused(limited, TRUE)
    assert limited.match("w", TRUE, answer).found
    for change in ({"register_no": "B26/0101/00002"}, {"school": 2}):
        assert limited.match("v", dataclasses.replace(TRUE, **change), answer).found
    transcript = dataclasses.replace(TRUE, type=CredentialType.TRANSCRIPT)
    assert limited.match("v", transcript, answer).found


def test_claims_that_agree_are_not_counted_whatever_they_hold(limited):
    for number in range(200):
        claim = dataclasses.replace(TRUE, name=f"another disclosure {number}")
        assert limited.match("v", claim, answer).found
    assert limited.match("v", GUESSES[0], answer).found


def test_a_question_that_was_not_answered_is_not_counted(limited):
    def silent(claim):
        raise UnavailableError("registry")

    for guess in GUESSES[:100]:
        with pytest.raises(UnavailableError):
            limited.match("v", guess, silent)
    assert limited.match("v", GUESSES[0], answer).found


def test_guesses_put_at_the_same_time_count_before_they_are_answered(limited):
    """Every question waits for the others: if they were counted late, all would be answered."""
    asked, all_put = [], threading.Event()

    def slow(claim):
        asked.append(claim)
        if len(asked) == limits.GUESSES:
            all_put.set()
        all_put.wait()
        return answer(claim)

    threads = [
        threading.Thread(target=limited.match, args=("v", guess, slow))
        for guess in GUESSES[: limits.GUESSES]
    ]
    for thread in threads:
        thread.start()
    all_put.wait()
    refused(limited, GUESSES[-1])
    for thread in threads:
        thread.join()
    assert len(asked) == limits.GUESSES


def test_a_client_has_its_pace(limited, clock):
    for _ in range(limits.MATCHES):
        limited.match("v", TRUE, answer)
    assert refused(limited, TRUE) == 1
    assert limited.match("w", TRUE, answer).found, "others are not held up"
    clock.now += 1
    for _ in range(limits.MATCHES // 60):
        limited.match("v", TRUE, answer)
    assert refused(limited, TRUE) == 1
    clock.now += 3600
    for _ in range(limits.MATCHES):
        limited.match("v", TRUE, answer)
    refused(limited, TRUE)


def test_memory_is_bounded_by_forgetting_the_line_not_asked_about_for_longest(
    monkeypatch, limited, clock
):
    monkeypatch.setattr(limits, "_LINES", 3)
    lines = [dataclasses.replace(GUESSES[0], register_no=f"B26/0101/{n:05d}") for n in range(4)]
    for line in lines:
        limited.match("v", line, answer)
    assert [number for _, _, number in limited._differed["v"]] == [
        line.register_no for line in lines[1:]
    ]


@pytest.fixture
def entered(desk, awards):
    desk.enter(awards("a", (1,)))


@pytest.mark.usefixtures("entered")
def test_over_http_too_many_claims_are_a_problem_that_says_when_to_come_back(database, serving):
    clients, tokens = Clients(database), Tokens()
    secret = clients.add("v", "a verifier")
    app = create_service(Matcher(database), clients, tokens)
    with serving(app) as url, httpx.Client(base_url=url) as http:
        headers = {"Authorization": f"Bearer {tokens.issue('v')}"}
        body = {
            "type": "thpt-diploma",
            "school": 1,
            "register_no": "B26/0101/00001",
            "year": 2026,
            "issued": "2026-06-20",
        }
        answers = [
            http.post("/match", json=body | {"birth": guess.birth.iso()}, headers=headers)
            for guess in GUESSES[: limits.GUESSES + 1]
        ]
        assert [given.status_code for given in answers] == [200] * limits.GUESSES + [429]
        assert answers[-1].json()["code"] == "request.too_many"
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert 86_000 < int(answers[-1].headers["retry-after"]) <= 86_400
        far = HttpMatcher(url, "v", secret)
        with pytest.raises(UnavailableError) as caught:
            far.match(TRUE)
        assert (caught.value.source, caught.value.params["reason"]) == ("registry", "HTTP 429")
        far.close()
