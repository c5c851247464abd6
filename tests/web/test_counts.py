"""Counting, the queue of disagreements beside verifications, and what is published of the sums."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from api.lists.checking import Checker
from api.lists.reading import Row
from api.observing import FILE, LIST, NUMBER, TEXT, WAITING, Observer
from api.reporting import Intake
from api.site import counting
from api.site.app import Parts, create_app
from api.site.pages import Site
from credential.errors import UnavailableError
from store.counts import Counted, Counts
from store.reports import Finding, Reports
from store.schema import STORE
from tests.web.conftest import VERIFY, Call, calling, drawn
from tests.web.simulator import HOST, World
from tests.web.test_reports import Tokens
from verifier.numbers import Numbers
from verifier.verify import Answer, Verifier

NOW = 1_780_000_000  # 29/05/2026 in Viet Nam
TODAY = date(2026, 5, 29)


class Stage:
    """A store that can be switched off, an observer on it, a clock."""

    def __init__(self, address: str, verifier: Verifier, world: World) -> None:
        STORE.migrate(address)
        self.database = STORE.connect(address)
        self.queue = Reports(self.database, clock=lambda: NOW)
        self.counts = Counts(self.database)
        self.now = float(NOW)
        self.silent = False
        intake = Intake(verifier, Tokens(world), self.queue, 5, clock=lambda: NOW)

        def enter(found: Finding) -> object:
            if self.silent:
                raise UnavailableError("store")
            return intake.disagreement(found)

        self.observer = Observer(self.counts, enter, self.queue.erase, clock=lambda: self.now)

    def sums(self) -> Mapping[Counted, int]:
        return self.counts.between(date(2026, 1, 1), date(2027, 1, 1))


@pytest.fixture
def verifier(world: World) -> Iterator[Verifier]:
    found = world.verifier()
    yield found
    found.close()


@pytest.fixture
def stage(tmp_path: Path, verifier: Verifier, world: World) -> Iterator[Stage]:
    made = Stage(f"sqlite:///{tmp_path / 'store.sqlite'}", verifier, world)
    yield made
    made.database.close()


@pytest.fixture
def call(stage: Stage, verifier: Verifier, world: World) -> Call:
    parts = Parts(verifier, world, world.readiness, note=stage.observer.note)
    return calling(create_app(parts, Site(world.deployment, HOST)))


def disagreeing(world: World, number: int = 0) -> str:
    """A link that the chain holds and whose register line says otherwise."""
    award = world.awards[f"2026/000{number + 1}"]
    world.awards[award.register_no] = replace(award, serial="SG999999")
    return world.issued[number].link


def test_verdicts_are_counted_by_day_kind_verdict_reason_and_way_in(
    call: Call, stage: Stage, world: World
) -> None:
    for _ in range(3):
        call("POST", VERIFY, json={"text": world.issued[0].link})
    headers = {"Content-Type": "image/png"}
    call("POST", VERIFY, content=drawn(world.issued[1].link), headers=headers)
    call("POST", VERIFY, json={"text": disagreeing(world)})
    call("POST", VERIFY, json={"text": "nothing of ours"})
    assert stage.observer.flush()
    valid = Counted(TODAY, "thpt-diploma", "VALID", "valid", TEXT)
    assert stage.sums() == {
        valid: 3,
        valid._replace(way=FILE): 1,
        valid._replace(verdict="INVALID", reason="registry_disagrees"): 1,
    }


def test_look_ups_by_number_and_rows_of_lists_are_counted_as_such(
    stage: Stage, verifier: Verifier, world: World
) -> None:
    numbers = Numbers(verifier, world)
    parts = Parts(verifier, world, world.readiness, note=stage.observer.note, numbers=numbers)
    call = calling(create_app(parts, Site(world.deployment, HOST)))
    found = call("POST", "/api/verify-number", json={"number": "SG000001", "born": "07/02/2008"})
    assert found.status_code == 200
    checker = Checker(verifier, numbers, lambda _: nullcontext(), stage.observer.note)
    checker.check(Row(2, "SG000002", {"number": "SG000002", "born": "2008-02-08"}))
    assert stage.observer.flush()
    assert {key.way: number for key, number in stage.sums().items()} == {NUMBER: 1, LIST: 1}


def test_sums_go_on_over_flushes_and_days_and_nothing_is_counted_twice(
    stage: Stage, verifier: Verifier, world: World
) -> None:
    answer = verifier.verify(world.issued[0].link)
    for now in (NOW, NOW, NOW + 86_400, NOW + 86_400, NOW + 2 * 86_400):
        stage.now = now
        stage.observer.note(answer, TEXT)
        assert stage.observer.flush()
    assert [(key.day.day, number) for key, number in stage.sums().items()] == [
        (29, 2), (30, 2), (31, 1),
    ]  # fmt: skip


def test_what_was_counted_while_the_store_was_away_is_written_when_it_is_back(
    stage: Stage, verifier: Verifier, world: World, tmp_path: Path
) -> None:
    answer = verifier.verify(world.issued[0].link)
    stage.database.close()
    here, away = tmp_path / "store.sqlite", tmp_path / "away.sqlite"
    here.rename(away)
    stage.observer.note(answer, TEXT)
    assert not stage.observer.flush()
    away.rename(here)
    stage.observer.note(answer, TEXT)
    assert stage.observer.flush()
    assert sum(stage.sums().values()) == 2


def test_a_disagreement_enters_the_queue_once_with_what_was_found(
    call: Call, stage: Stage, world: World
) -> None:
    for _ in range(3):
        call("POST", VERIFY, json={"text": disagreeing(world)})
        stage.observer.flush()
    (held,) = stage.queue.listed()
    found = held.draft.finding
    assert (held.draft.kind, found.reason) == ("disagreement", "registry_disagrees")
    assert (found.school, found.register_no, held.draft.message) == (7, "2026/0001", "")


def test_another_process_does_not_enter_it_again(
    stage: Stage, verifier: Verifier, world: World, tmp_path: Path
) -> None:
    answer = verifier.verify(disagreeing(world))
    other = Stage(f"sqlite:///{tmp_path / 'store.sqlite'}", verifier, world)
    for one in (stage, other):
        one.observer.note(answer, TEXT)
        assert one.observer.flush()
    assert len(stage.queue.listed()) == 1
    other.database.close()


def test_while_the_store_is_silent_answers_come_and_disagreements_wait(
    call: Call, stage: Stage, world: World
) -> None:
    stage.silent = True
    response = call("POST", VERIFY, json={"text": disagreeing(world)})
    assert response.json()["reason"] == "registry_disagrees"
    assert not stage.observer.flush()
    assert stage.queue.listed() == []
    stage.silent = False
    assert stage.observer.flush()
    assert len(stage.queue.listed()) == 1


def test_what_finds_no_room_is_counted_and_logged_without_data(
    stage: Stage, verifier: Verifier, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    answer = verifier.verify(disagreeing(world))
    stage.silent = True
    for number in range(WAITING + 3):
        report = replace(answer.reports[0], digest=f"{number:064x}")
        stage.observer.note(Answer(answer.conclusion, (report,)), TEXT)
    assert stage.observer.lost == 3
    stop = threading.Event()
    stop.set()
    stage.observer.keep(stop)
    assert stage.observer.lost == WAITING + 3
    assert f"{WAITING + 3} so far" in caplog.text
    assert not any(word in caplog.text for word in ("2026/0001", "SG", "Minh Anh", "0" * 20))


def test_what_is_noted_when_the_site_stops_is_still_written(
    stage: Stage, verifier: Verifier, world: World
) -> None:
    stop = threading.Event()
    stop.set()
    stage.observer.note(verifier.verify(disagreeing(world)), TEXT)
    stage.observer.keep(stop)
    assert (len(stage.queue.listed()), sum(stage.sums().values())) == (1, 1)


SUMS = {
    Counted(TODAY, "thpt-diploma", "VALID", "valid", TEXT): 127,
    Counted(TODAY, "transcript", "INVALID", "forged", FILE): 9,
}


def test_what_is_published_is_rounded_and_small_numbers_are_not_told_apart() -> None:
    assert counting.public(TODAY, TODAY, SUMS) == {
        "first": "2026-05-29", "last": "2026-05-29", "total": 130,
        "verdicts": {"VALID": 120, "INVALID": "<10", "UNDETERMINED": "<10"},
        "kinds": {"thpt-diploma": 120, "transcript": "<10"},
        "ways": {"text": 120, "file": "<10"},
    }  # fmt: skip


@pytest.mark.parametrize(("number", "shown"), [(0, "<10"), (9, "<10"), (10, 10), (19, 10)])
def test_rounding(number: int, shown: object) -> None:
    assert counting.rounded(number) == shown


def test_only_whole_days_are_published_and_each_is_added_up_once(
    world: World, verifier: Verifier
) -> None:
    asked: Counter[tuple[date, date]] = Counter()

    def sums(first: date, last: date) -> Mapping[Counted, int]:
        asked[first, last] += 1
        return SUMS

    parts = Parts(verifier, world, world.readiness, sums=sums)
    call = calling(create_app(parts, Site(world.deployment, HOST)))
    answers = [call("GET", "/api/counts").json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    counting.CountsModel.model_validate(answers[0])
    ((first, last),) = asked
    assert (last - first).days == counting.DAYS - 1
    assert answers[0]["last"] == last.isoformat()
    assert asked.total() == 1


def test_while_the_store_is_silent_no_counts_are_made_up(world: World, verifier: Verifier) -> None:
    def silent(_first: date, _last: date) -> Mapping[Counted, int]:
        raise UnavailableError("store")

    parts = Parts(verifier, world, world.readiness, sums=silent)
    call = calling(create_app(parts, Site(world.deployment, HOST)))
    assert call("GET", "/api/counts").status_code == 503
