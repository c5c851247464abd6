"""Clients of the API: what a key lifts, and that repeating is harmless."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from api.lists import desk
from tests.lists.conftest import CSV, ZIP, Office, archive
from tests.web.conftest import problem
from tests.web.simulator import HOST, World

LIST = b"serial,born\nSG000001,07/02/2008\n"
LONG = b"serial,born\n" + b"".join(b"SG%06d,07/02/2008\n" % number for number in range(600))


def bearing(key: str, request: str = "") -> dict[str, str]:
    more = {"Idempotency-Key": request} if request else {}
    return {**CSV, "Authorization": f"Bearer {key}", **more}


def of_files(key: str) -> dict[str, str]:
    return bearing(key) | ZIP


def test_a_key_lifts_the_limit_on_rows(office: Office) -> None:
    refused = office.post(LONG)
    assert (refused.status_code, problem(refused).faults[0].code) == (422, "file.too_many_rows")
    key, _ = office.clients.make("viec-lam")
    assert office.hand_in(LONG, bearing(key)).total == 600


def test_a_client_s_key_opens_its_lists_and_nobody_else_s(office: Office) -> None:
    ours, _ = office.clients.make("ours")
    theirs, _ = office.clients.make("theirs")
    made = office.hand_in(LIST, bearing(ours))
    office.work()
    assert office.ask("GET", made, token=ours).status_code == 200
    assert office.ask("GET", made, "/result.csv", made.secret or "").status_code == 200
    assert office.ask("GET", made, token=theirs).status_code == 404


def test_the_same_request_makes_one_list_whatever_became_of_the_first_answer(
    office: Office,
) -> None:
    key, _ = office.clients.make("ours")
    first = office.hand_in(LIST, bearing(key, "once"))
    assert office.hand_in(LIST, bearing(key, "once")) == first, "the secret is told again"
    other = office.post(LONG, bearing(key, "once"))
    assert (other.status_code, problem(other).code) == (422, "list.other_body")
    assert office.hand_in(LIST, bearing(key, "twice")).id != first.id
    another, _ = office.clients.make("another")
    assert office.hand_in(LIST, bearing(another, "once")).id != first.id, (
        "keys are each client's own"
    )


def test_a_key_that_is_not_ours_is_refused_and_so_is_one_that_was_retired(office: Office) -> None:
    key, _ = office.clients.make("ours")
    office.clients.retire("ours")
    for token in (key, "sgk_" + "x" * 43, "something", "sgk_"):
        refused = office.post(LIST, bearing(token))
        assert (refused.status_code, problem(refused).code) == (401, "client.key")
        assert refused.headers["www-authenticate"] == "Bearer"
    for header in ("Basic eDp5", "Bearer", "Bearer  ", ""):
        refused = office.post(LIST, {**CSV, "Authorization": header})
        assert (refused.status_code, problem(refused).code) == (401, "list.secret")


def test_without_a_key_there_is_no_repeating(office: Office) -> None:
    refused = office.post(LIST, {**CSV, "Idempotency-Key": "once"})
    assert (refused.status_code, problem(refused).code) == (422, "request.invalid")


def test_of_a_key_only_its_digest_is_kept(office: Office) -> None:
    key, _ = office.clients.make("ours")
    with office.database.reading() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM api_clients").all())
    assert len(key) == 47
    assert key[4:] not in kept


def test_lists_without_a_key_leave_room_for_those_with_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "OPEN", 3)
    monkeypatch.setattr(desk, "OPEN_ARCHIVES", 1)
    key, _ = office.clients.make("agency")
    files = archive(a__txt=b"a")
    assert office.post(files, ZIP).status_code == 202
    assert problem(office.post(files, ZIP)).code == "reading.busy"
    assert office.post(files, of_files(key)).status_code == 202
    office.hand_in(LIST)
    office.hand_in(LIST)
    assert problem(office.post(LIST)).code == "reading.busy"
    assert office.post(LIST, bearing(key)).status_code == 202
    office.work()
    office.hand_in(LIST)


def test_a_list_that_found_no_room_costs_none(
    office: Office, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Office(world, office.verifier, office.database, office.clock, a_day=1)
    with monkeypatch.context() as busy:
        busy.setattr(desk, "OPEN", 0)
        for _ in range(4):
            assert problem(one.post(LIST)).code == "reading.busy"
    one.hand_in(LIST)


def test_whoever_sends_slowly_without_a_key_keeps_no_client_out(office: Office) -> None:
    key, _ = office.clients.make("agency")

    async def slowly(go: asyncio.Event) -> AsyncIterator[bytes]:
        yield LIST
        await go.wait()

    async def ask_together() -> list[int]:
        go = asyncio.Event()
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(office.app()), base_url=HOST, timeout=None
        ) as client:

            async def post(content: AsyncIterator[bytes] | bytes, headers: dict[str, str]) -> int:
                sent = await client.post("/api/lists", content=content, headers=headers)
                return sent.status_code

            slow = [asyncio.ensure_future(post(slowly(go), CSV)) for _ in range(3)]
            found = 0
            while found != 503:  # until all three are being read
                found = await post(LIST, CSV)
            theirs = await post(LIST, bearing(key))
            go.set()
            return [theirs, *[await each for each in slow]]

    assert asyncio.run(ask_together()) == [202] * 4
