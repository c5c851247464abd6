"""Every route of the workbench, asked by everybody: whatever is declared is covered by itself.

A route whose address has the number of something is asked for one of the other school, too, where
`tests.staff.things` can make one.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import func, select

from api.desk.policy import SCOPES, Act, Role
from registry.schema import REGISTRY
from store.schema import STORE
from store.service_keys import ServiceKeys
from store.tables import AUDIT
from tests.staff.things import OTHERS
from tests.web.conftest import problem
from tests.workbench import SCHOOLS, Desk, Worker

ENTRANCE = "/api/desk/session"
PEOPLE = (Role.OFFICER, Role.REGISTRAR, Role.PRINCIPAL, Role.AUDITOR)
PASSING = {"audit", "audit_persons", "sessions", "devices", "tries"}
"""What looking at a request writes."""
OWN_ANSWERS = {"staff.code_wrong", "password.wrong"}


class Route:
    """One route as declared."""

    def __init__(self, method: str, route: APIRoute) -> None:
        said = route.openapi_extra or {}
        self.method, self.template = method, route.path
        self.act, self.sends = Act.of(said["x-act"]), "requestBody" in said
        self.name = f"{method} {route.path}"
        content = said.get("requestBody", {}).get("content", {})
        self.schema = content.get("application/json", {}).get("schema", {})

    def path(self, **given: object) -> str:
        return re.sub(r"\{(\w+)(:\w+)?\}", lambda m: str(given.get(m[1], "1")), self.template)

    def ask(self, worker: Worker, **more: Any) -> tuple[int, str]:
        """Status and code of what it answers."""
        path = self.path(**more.pop("given", {}))
        sent = more.pop("body", {})
        body = {"json": sent} if self.sends else {}
        response = worker.ask(self.method, path, **body, **more)
        return response.status_code, problem(response).code if response.status_code >= 400 else ""


def least(schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    """The smallest value that a schema of ours takes."""
    if "$ref" in schema:
        return least(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "enum" in schema:
        return schema["enum"][0]
    made = {
        "object": lambda: {
            name: least(schema["properties"][name], whole) for name in schema.get("required", ())
        },
        "array": lambda: [least(schema["items"], whole)] * schema.get("minItems", 0),
        "string": lambda: "x" * schema.get("minLength", 1),
        "integer": lambda: schema.get("minimum", 1),
        "boolean": lambda: False,
    }
    return made[schema["type"]]() if "type" in schema else None


def routes(app: FastAPI) -> Iterator[Route]:
    for route in app.routes:
        here = isinstance(route, APIRoute) and route.path.startswith("/api/desk")
        if here and route.path != ENTRANCE:
            yield from (Route(method, route) for method in route.methods)


def held(desk: Desk) -> dict[str, int]:
    """How many rows each table has; of the log only entries that are no refusals."""
    counted = {}
    for database, schema in (
        (desk.system.store_database, STORE), (desk.system.registry_database, REGISTRY),
    ):  # fmt: skip
        with database.reading() as connection:
            for table in schema.metadata.sorted_tables:
                if table.name not in PASSING:
                    query = select(func.count()).select_from(table)
                    counted[table.name] = connection.scalar(query) or 0
    with desk.system.store_database.reading() as connection:
        acts = select(func.count()).where(AUDIT.c.act != "staff.refused")
        counted["acts"] = connection.scalar(acts) or 0
    return counted


def test_every_route_names_an_act(desk: Desk) -> None:
    assert len(list(routes(desk.app))) > 10


OF_NO_SCHOOL = {"own", "schools", "audit"}
"""Acts on one's own things, or of the city's people alone."""
OF_NOBODY = {"/api/desk/samples/{name}"}
"""What is the same for everybody: files of people who do not exist."""


def test_every_route_with_a_number_has_a_thing_of_another_school(desk: Desk) -> None:
    asked = {each.template for each in routes(desk.app) if each.act.word not in OF_NO_SCHOOL}
    assert {template for template in asked if "{" in template} <= set(OTHERS) | OF_NOBODY


def test_nobody(desk: Desk) -> None:
    nobody = Worker(desk.app, "nobody")
    for route in routes(desk.app):
        assert route.ask(nobody) == (401, "session.none"), route.name


def test_a_holders_session_opens_nothing(desk: Desk) -> None:
    holder = desk.of(Role.REGISTRAR)
    holder.cookies = {"__Host-sogoc": next(iter(holder.cookies.values()))}
    for route in routes(desk.app):
        assert route.ask(holder) == (401, "session.none"), route.name


@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_gets_what_it_may_do_and_nothing_else(role: Role, desk: Desk) -> None:
    worker, before = desk.of(role), held(desk)
    for route in routes(desk.app):
        if role not in route.act.roles:
            assert route.ask(worker) == (403, "staff.forbidden"), route.name
    assert held(desk) == before
    for route in routes(desk.app):
        if role in route.act.roles:
            status, code = route.ask(desk.entered(worker))
            assert code in OWN_ANSWERS or status not in (401, 403, 500), (route.name, status, code)
    if role is Role.AUDITOR:  # they read all and write nothing, whatever they ask
        assert held(desk) == before


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.PRINCIPAL])
def test_another_schools_things_are_not_there(role: Role, desk: Desk) -> None:
    for route in routes(desk.app):
        if route.template in OTHERS and role in route.act.roles:
            given = OTHERS[route.template](desk, SCHOOLS[1])
            worker = desk.of(role, SCHOOLS[0])
            before = held(desk)
            body = least(route.schema, route.schema)
            assert route.ask(worker, given=given, body=body)[0] == 404, route.name
            assert held(desk) == before, route.name


def test_who_has_no_second_factor_yet_sets_one_up_and_does_nothing_else(desk: Desk) -> None:
    worker = desk.entered(desk.person(Role.PRINCIPAL), "password")
    for route in routes(desk.app):
        if Role.PRINCIPAL in route.act.roles and route.act is not Act.OWN:
            assert route.ask(worker) == (403, "staff.second_factor"), route.name


def test_without_the_pages_token(desk: Desk) -> None:
    worker = desk.of(Role.REGISTRAR)
    worker.csrf = ""
    for route in routes(desk.app):
        if route.method != "GET":
            assert route.ask(worker) == (403, "session.csrf"), route.name


def test_from_another_sites_page(desk: Desk) -> None:
    worker = desk.of(Role.PRINCIPAL)
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for route in routes(desk.app):
        if route.method != "GET":
            assert route.ask(worker, headers=foreign) == (403, "session.foreign"), route.name


def test_a_services_key_opens_what_it_is_for(desk: Desk) -> None:
    keys, program = ServiceKeys(desk.system.store_database), Worker(desk.app, "program")
    for scopes in (SCOPES, ("read",)):
        key, _ = keys.make("VnEdu", SCHOOLS[0], scopes, 3600, "operator")
        for route in routes(desk.app):
            answer = route.ask(program, headers={"Authorization": f"Bearer {key}"})
            if route.act.word in scopes:
                assert answer[0] not in (401, 403, 500), route.name
            else:
                assert answer == (403, "staff.forbidden"), route.name
