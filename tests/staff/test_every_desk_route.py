"""Every route of the workbench, asked by everybody: whatever is declared is covered by itself."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import func, select

from api.desk.policy import Act, Role
from store.tables import AUDIT
from tests.web.conftest import problem
from tests.workbench import Desk, Worker

ENTRANCE = "/api/desk/session"
PEOPLE = (Role.OFFICER, Role.REGISTRAR, Role.PRINCIPAL, Role.AUDITOR)


def routes(app: FastAPI) -> Iterator[tuple[str, str, Act, dict[str, Any]]]:
    """Method, address with parameters filled in, act, what stands in OpenAPI."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.path.startswith("/api/desk"):
            if route.path == ENTRANCE:
                continue
            said = route.openapi_extra or {}
            path = re.sub(r"\{\w+(:\w+)?\}", "1", route.path)
            for method in route.methods:
                yield method, path, Act.of(said["x-act"]), said


def body(said: dict[str, Any]) -> dict[str, Any]:
    return {"json": {}} if "requestBody" in said else {}


def acts_written(desk: Desk) -> int:
    with desk.system.store_database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(AUDIT)) or 0


def test_every_route_names_an_act(desk: Desk) -> None:
    assert all(isinstance(act, Act) for _, _, act, _ in routes(desk.app))


def test_nobody(desk: Desk) -> None:
    nobody = Worker(desk.app, "nobody")
    for method, path, _, said in routes(desk.app):
        response = nobody.ask(method, path, **body(said))
        assert (response.status_code, problem(response).code) == (401, "session.none"), path


@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_without_the_act(role: Role, desk: Desk) -> None:
    worker = desk.of(role)
    for method, path, act, said in routes(desk.app):
        before = acts_written(desk)
        response = worker.ask(method, path, **body(said))
        if role in act.roles:
            assert response.status_code not in (401, 500), path
            assert (response.status_code != 403) or problem(response).code != "staff.forbidden"
        else:
            assert (response.status_code, problem(response).code) == (403, "staff.forbidden"), path
            assert acts_written(desk) == before, path


def test_without_the_pages_token(desk: Desk) -> None:
    worker = desk.of(Role.REGISTRAR)
    worker.csrf = ""
    for method, path, _, said in routes(desk.app):
        if method != "GET":
            response = worker.ask(method, path, **body(said))
            assert (response.status_code, problem(response).code) == (403, "session.csrf"), path
