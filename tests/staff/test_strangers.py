"""Every route of the workbench, asked by those who are somebody, but not here.

What belongs to another school is answered word for word as what nobody has, and nothing that is
done there changes an answer here: no list, no count, no order of rows, no entity tag.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import update

from api.demo import sample_file
from api.desk.policy import SCOPES, Act, Role
from api.schoolfile import load
from credential.model import Decision
from store.service_keys import ServiceKeys
from store.staff import Staff
from store.staff_tables import SERVICE_KEYS
from tests.staff.test_every_desk_route import Route, held, least, routes
from tests.staff.things import OTHERS
from tests.web.conftest import problem
from tests.workbench import SCHOOLS, Desk, Worker

HERE, THERE, THIRD = *SCHOOLS, 1003
NOBODYS = 2_000_000_000
WHY = Decision("500/QĐ-UBND", date(2026, 6, 25))
MERGED_ON = date(2026, 7, 1)


@dataclass(frozen=True)
class Stranger:
    """Who asks, in which role, and with what beside the cookie."""

    worker: Worker
    role: Role
    headers: dict[str, str]

    def may(self, route: Route) -> bool:
        return self.role in route.act.roles

    def told(self, route: Route, given: dict[str, object]) -> tuple[int, str]:
        """The whole answer, without the numbers that were asked for."""
        body = {"json": least(route.schema, route.schema)} if route.sends else {}
        response = self.worker.ask(route.method, route.path(**given), **body, headers=self.headers)
        text = response.text
        for number in sorted({str(each) for each in given.values()}, key=len, reverse=True):
            text = re.sub(rf"(?<!\d)0*{number}(?!\d)", "#", text)
        assert "etag" not in response.headers, route.name
        assert response.headers["cache-control"] == "no-store", route.name
        return response.status_code, text


def person(role: Role) -> Callable[[Desk], Stranger]:
    return lambda desk: Stranger(desk.of(role, HERE), role, {})


def program(desk: Desk) -> Stranger:
    key, _ = ServiceKeys(desk.system.store_database).make("VnEdu", HERE, SCOPES, 3600, "operator")
    bearer = {"Authorization": f"Bearer {key}"}
    return Stranger(Worker(desk.app, "program"), Role.SERVICE, bearer)


def of_a_merged_school(desk: Desk) -> Stranger:
    desk.system.department.close(HERE, THERE, MERGED_ON, "merged", WHY)
    return person(Role.REGISTRAR)(desk)


def of_another_ones_successor(desk: Desk) -> Stranger:
    file = sample_file()
    names = file.schools[0].names[1:]
    third = file.schools[0].model_copy(
        update={"id": THIRD, "code": "79001003", "names": names, "heads": []}
    )
    load(desk.system.registry_database, file.model_copy(update={"schools": [third], "pupils": []}))
    desk.system.department.close(THIRD, HERE, MERGED_ON, "merged", WHY)
    return person(Role.PRINCIPAL)(desk)


STRANGERS: dict[str, Callable[[Desk], Stranger]] = {
    "registrar": person(Role.REGISTRAR),
    "principal": person(Role.PRINCIPAL),
    "auditor of a school": person(Role.AUDITOR),
    "program": program,
    "registrar of a school that was merged into it": of_a_merged_school,
    "principal of a third school's successor": of_another_ones_successor,
}


def lists(desk: Desk, stranger: Stranger) -> Iterator[Route]:
    """Routes that tell what there is, as far as they need no number."""
    for route in routes(desk.app):
        looks = route.method == "GET" or route.act is Act.READ
        if looks and "{" not in route.template and stranger.may(route) and route.act is not Act.OWN:
            yield route


PARTLY = ("program", "registrar of a school that was merged into it")
"""Who are refused some acts whatever they are asked for."""


@pytest.mark.parametrize("who", STRANGERS)
def test_another_schools_things_are_nobodys_and_change_no_answer(who: str, desk: Desk) -> None:
    stranger = STRANGERS[who](desk)
    told = {each.name: stranger.told(each, {}) for each in lists(desk, stranger)}
    assert any(status == 200 for status, _ in told.values())
    things = {make: dict(make(desk, THERE)) for make in set(OTHERS.values())}
    before = held(desk)
    for route in routes(desk.app):
        if route.template in OTHERS and stranger.may(route):
            given = things[OTHERS[route.template]]
            answer = stranger.told(route, given)
            assert answer == stranger.told(route, given | {[*given][-1]: NOBODYS}), route.name
            assert answer[0] in (403, 404), route.name
            assert answer[0] == 404 or who in PARTLY, route.name
    assert held(desk) == before
    assert {each.name: stranger.told(each, {}) for each in lists(desk, stranger)} == told


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.PRINCIPAL])
def test_people_of_a_school_that_is_no_more_look_and_do_nothing(role: Role, desk: Desk) -> None:
    worker = desk.of(role, HERE)
    desk.system.department.close(HERE, THERE, MERGED_ON, "merged", WHY)
    before = held(desk)
    for route in routes(desk.app):
        if role in route.act.roles and route.act is not Act.OWN:
            refused = route.ask(worker)[1] == "staff.school_closed"
            assert refused == (route.act is not Act.READ), route.name
    assert held(desk) == before


def ended(desk: Desk) -> Stranger:
    worker, people = desk.of(Role.PRINCIPAL), Staff(desk.system.store_database)
    found = people.named(worker.login)
    assert found is not None
    people.end(found[0].account, "operator")
    return Stranger(worker, Role.PRINCIPAL, {})


def over(column: str) -> Callable[[Desk], Stranger]:
    def of(desk: Desk) -> Stranger:
        found = program(desk)
        with desk.system.store_database.writing() as connection:
            connection.execute(update(SERVICE_KEYS).values({column: SERVICE_KEYS.c.made}))
        return found

    return of


NO_MORE: dict[str, tuple[Callable[[Desk], Stranger], str]] = {
    "somebody who left": (ended, "session.none"),
    "a program whose key's day is over": (over("expires"), "service_key.wrong"),
    "a program whose key was ended": (over("ended"), "service_key.wrong"),
}


@pytest.mark.parametrize("who", NO_MORE)
def test_who_is_nobody_any_more(who: str, desk: Desk) -> None:
    make, code = NO_MORE[who]
    stranger, before = make(desk), held(desk)
    for route in routes(desk.app):
        answer = route.ask(stranger.worker, headers=stranger.headers)
        assert answer == (401, code), route.name
    assert held(desk) == before


def test_a_token_of_another_session_is_none(desk: Desk) -> None:
    worker = desk.of(Role.REGISTRAR)
    worker.csrf = desk.of(Role.REGISTRAR).csrf
    for route in routes(desk.app):
        if route.method != "GET":
            assert route.ask(worker) == (403, "session.csrf"), route.name


def test_who_may_not_do_it_does_not_learn_whether_it_is_there(desk: Desk) -> None:
    auditor = desk.of(Role.AUDITOR)
    for route in routes(desk.app):
        if route.template in OTHERS and Role.AUDITOR not in route.act.roles:
            for given in (OTHERS[route.template](desk, THERE), {}):
                response = auditor.ask(route.method, route.path(**given))
                assert problem(response).code == "staff.forbidden", route.name
