"""What OpenAPI says of the holder's routes is true, for nobody and for somebody signed in."""

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from api.accounts.holders import Holders
from api.accounts.provider import Provider
from api.site.app import Parts, create_app
from api.site.limits import Limits
from api.site.pages import Site
from api.site.sessions import _csrf, digest
from store.accounts import Identity
from store.schema import STORE
from tests.accounts.conftest import LAN, Registry
from tests.databases import migrated
from tests.web.simulator import HOST, World

# Schemathesis drives the app through Starlette's test client, which warns about httpx.
pytestmark = pytest.mark.filterwarnings("ignore:.*httpx.*")

SILENT = Provider("http://127.0.0.1:1", "web", "secret", HOST)
ROUTES = {
    ("/api/me", "GET"), ("/api/me/claim", "POST"), ("/api/me/account", "POST"),
    ("/api/me/holdings", "POST"), ("/api/me/session", "GET"), ("/api/me/session", "POST"),
    ("/api/me/session", "DELETE"), ("/api/me/password", "PUT"), ("/api/me/provider", "POST"),
    ("/api/me/extracts", "GET"), ("/api/me/credentials", "GET"),
    ("/api/me/credentials/{place}", "GET"), ("/api/me/credentials/{place}/file", "POST"),
    ("/api/me/sessions", "DELETE"),
    ("/api/me/sessions/{number}", "DELETE"), ("/api/me/consents", "POST"),
    ("/api/me/keys", "POST"), ("/api/me/keys/{number}", "DELETE"),
}  # fmt: skip
# No schema can say which codes and passwords are right, or whether the provider answers.
UNKNOWABLE = [positive_data_acceptance, not_a_server_error]
WITH_INPUT = [route for route in sorted(ROUTES) if route[1] in ("POST", "PUT") or "{" in route[0]]
CASES = [(*route, GenerationMode.POSITIVE) for route in sorted(ROUTES)]
CASES += [(*route, GenerationMode.NEGATIVE) for route in WITH_INPUT]


@pytest.fixture(scope="module")
def holders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holders]:
    address = migrated(STORE, tmp_path_factory.mktemp("store") / "store.sqlite")
    database = STORE.connect(address)
    yield replace(Holders.over(database, Registry()), provider=SILENT)
    database.close()


@pytest.fixture(scope="module")
def schema(holders: Holders) -> Iterator[BaseSchema]:
    world = World()
    verifier = world.verifier()
    parts = Parts(verifier, world, world.readiness, holders=holders, limits=Limits())
    app = create_app(parts, Site(world.deployment, HOST))
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    verifier.close()


def test_every_route_is_tried(schema: BaseSchema) -> None:
    found = {
        (operation.path, operation.method.upper())
        for operation in (each.ok() for each in schema.get_all_operations())
        if operation.path.startswith("/api/me")
    }
    assert found == ROUTES


@pytest.mark.parametrize("who", ["nobody", "somebody"])
@pytest.mark.parametrize(("path", "method", "mode"), CASES)
def test_every_answer_is_declared(
    path: str, method: str, mode: GenerationMode, who: str, schema: BaseSchema, holders: Holders
) -> None:
    headers = signed_in(holders) if who == "somebody" else {}
    cases = schema[path][method].as_strategy(generation_mode=mode)

    @settings(max_examples=15, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def run(case: Case) -> None:
        response = case.call(headers=headers)
        assert response.status_code < 500 or (path, response.status_code) == (
            "/api/me/provider", 503,
        )  # fmt: skip
        # Too large (413) is refused, though Schemathesis does not count it so.
        too_large = [negative_data_rejection] if response.status_code == 413 else []
        case.validate_response(response, excluded_checks=UNKNOWABLE + too_large)

    run()


def signed_in(holders: Holders) -> dict[str, str]:
    """What a browser that is signed in sends along."""
    account = holders.accounts.enter(Identity("test", "lan"), LAN)
    token = secrets.token_urlsafe(32)
    holders.sessions.start(account, digest(token), "oidc", "")
    return {"Cookie": f"__Host-sogoc={token}", "X-CSRF-Token": _csrf(token)}
