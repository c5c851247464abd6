"""The transfer routes in process: limits, problems, and what a site without transfers has."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from api.site.app import Parts, create_app
from api.site.limits import Allowance, Limits
from api.site.pages import Site
from api.transfers import codes
from credential import statement, transfer
from credential.errors import RefusedError, UnavailableError
from credential.keys import b64url
from credential.transfer import TransferBundle
from store.transfer_records import Draft, Event, Transfer, TransferState
from tests.verifier import test_transferring as bundles
from tests.web.conftest import Call, calling
from tests.web.simulator import HOST, World
from verifier.transferring import TransferJudgement

STATUS, CHECK = "/api/transfers/status", "/api/transfers/check"
GOOD, SILENT = "0" * 20, "1" * 20


class Followed:
    """One transfer, one silence, nothing else."""

    def follow(self, code: str) -> Transfer:
        if codes.parse(code) == SILENT:
            raise UnavailableError("store", "silent")
        if codes.parse(code) != GOOD:
            raise RefusedError("transfer.unknown")
        draft = Draft("CT00000001", "7900000001", 1, None, "A", "B", "study", date(2026, 1, 12))
        events = (Event(TransferState.SEALED, "An", "", 1_768_460_000),)
        return Transfer(draft, TransferState.SEALED, events, bundle="{}")


@pytest.fixture
def call() -> Iterator[Call]:
    world = World()
    verifier = world.verifier()
    limits = Limits(Allowance(transfers=3, bundles=2))
    parts = Parts(verifier, world, world.readiness, transfers=Followed(), limits=limits)
    yield calling(create_app(parts, Site(world.deployment, HOST, transfers=True)))
    verifier.close()


CASES = {
    "known": ({"code": GOOD}, 200, None),
    "unknown": ({"code": "2" * 20}, 404, "transfer.unknown"),
    "no code": ({"code": "abc"}, 422, "transfer.code"),
    "empty": ({"code": ""}, 422, "request.invalid"),
    "endless": ({"code": "0" * 100}, 422, "request.invalid"),
    "a number": ({"code": 0}, 422, "request.invalid"),
    "more than a code": ({"code": GOOD, "pupil": "1"}, 422, "request.invalid"),
    "too large": ({"code": "0" * 2000}, 413, "request.too_large"),
    "a silent store": ({"code": SILENT}, 503, "source.unavailable"),
}


@pytest.mark.parametrize("case", CASES)
def test_status(call: Call, case: str) -> None:
    body, status, code = CASES[case]
    answer = call("POST", STATUS, json=body)
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    if code is not None:
        assert answer.json()["code"] == code


def test_an_address_has_so_many_questions_an_hour(call: Call) -> None:
    for _ in range(3):
        assert call("POST", STATUS, json={"code": "2" * 20}).status_code == 404
    answer = call("POST", STATUS, json={"code": GOOD})
    assert (answer.status_code, answer.json()["code"]) == (429, "request.too_many")
    assert int(answer.headers["retry-after"]) > 0


def test_outside_the_system_parents_carry_the_file_themselves(call: Call) -> None:
    found = call("POST", STATUS, json={"code": GOOD}).json()
    assert "Hãy đưa tệp đó cho B" in found["next"]["vi"]
    assert found["ask"] == "A"


class Checked:
    """Judges bundles by a simulated world."""

    world = bundles.world()

    def check(self, found: TransferBundle) -> TransferJudgement:
        return bundles.judged(self.world, found)


@pytest.fixture
def check() -> Iterator[Call]:
    world = World()
    verifier = world.verifier()
    parts = Parts(verifier, world, world.readiness, bundles=Checked())
    yield calling(create_app(parts, Site(world.deployment, HOST, transfers=True)))
    verifier.close()


def forged(call: Call, **claims: Any) -> httpx.Response:
    """A bundle whose seal says so, with a signature of zeros."""
    at = Checked.world
    texts = [at.sd_jwt(0)]
    seal = statement.sign(transfer.SEAL_TYP, bundles.claims_of(at, texts, **claims), at.key)
    seal = f"{seal.rpartition('.')[0]}.{b64url(bytes(64))}"
    file = transfer.assemble(seal, bundles.sealed(at, texts))
    return call("POST", CHECK, content=file, headers={"Content-Type": "application/json"})


LAST = 253_402_275_599  # 9999-12-31 23:59:59 in Viet Nam
TIMES = {
    "1970": (0, 200, "1970-01-01"),
    "the last second here": (LAST, 200, "9999-12-31"),
    "the year 10000 here": (LAST + 1, 422, ""),
    "the last second in UTC": (253_402_300_799, 422, ""),
    "beyond any calendar": (2**63, 422, ""),
    "before 1970": (-1, 422, ""),
}


@pytest.mark.parametrize("case", TIMES)
def test_a_forged_seal_of_any_time_is_answered(check: Call, case: str) -> None:
    time, status, day = TIMES[case]
    answer = forged(check, iat=time)
    assert answer.status_code == status
    said = answer.json()
    if day:
        assert (said["verdict"], said["transfer"]["sealed"]) == ("INVALID", day)
    else:
        assert said["code"] == "transfer.malformed"


def test_a_site_without_transfers_has_neither_page_nor_routes() -> None:
    world = World()
    verifier = world.verifier()
    bare = calling(
        create_app(Parts(verifier, world, world.readiness), Site(world.deployment, HOST))
    )
    assert bare("GET", "/transfer").status_code == 404
    for path in (STATUS, CHECK):
        assert bare("POST", path, json={}).status_code == 404
    verifier.close()
