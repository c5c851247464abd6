"""What docs/ASVS.md says is shown: each named test is there, and what no other test shows."""

import re
from pathlib import Path

from api.desk.policy import Role
from tests.staff.test_every_desk_route import routes
from tests.workbench import COOKIE, PASSWORD, Desk

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "docs" / "ASVS.md").read_text("utf-8").splitlines()
CLAUSES = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES
           if re.match(r"\| \d", line)]  # fmt: skip
STATES = ("met", "partly", "not met", "—")
CODE_OF_TEXT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|"
    r"createContextualFragment|window\.addEventListener\(\"message\""
)


def test_each_clause_is_judged_and_what_is_met_is_shown() -> None:
    assert len(CLAUSES) > 90
    for number, _, how, shown in CLAUSES:
        assert how.startswith(STATES), number
        assert shown or how.startswith(("—", "not met", "partly")), number
        if shown:
            module, _, test = shown.partition("::")
            assert f"\ndef {test}(" in (ROOT / module).read_text("utf-8"), shown


def test_no_script_makes_html_or_code_of_a_text() -> None:
    static = ROOT / "web" / "static"
    for script in (*static.glob("*.js"), *static.glob("desk/*.js")):
        assert not CODE_OF_TEXT.search(script.read_text("utf-8")), script.name


def test_the_cookie_is_this_hosts_alone_and_no_scripts(desk: Desk) -> None:
    worker = desk.person(Role.REGISTRAR)
    given = {"name": worker.login, "password": PASSWORD, "code": worker.code}
    response = worker.ask("POST", "/api/desk/session", json=given)
    (said,) = [
        each for each in response.headers.get_list("set-cookie") if each.startswith(f"{COOKIE}=")
    ]
    token, *attributes = said.split("; ")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(attributes)
    assert not any(each.startswith("Domain") for each in attributes)
    assert token.partition("=")[2] not in worker.ask("GET", "/api/desk/session").text


def test_every_answer_is_private(desk: Desk) -> None:
    worker = desk.of(Role.AUDITOR)
    for route in routes(desk.app):
        headers = worker.ask(route.method, route.path()).headers
        assert "access-control-allow-origin" not in headers, route.name
        assert headers["cache-control"] == "no-store", route.name
        assert headers["x-content-type-options"] == "nosniff", route.name
        assert headers["referrer-policy"] == "no-referrer", route.name
        for each in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert each in headers["content-security-policy"], route.name
