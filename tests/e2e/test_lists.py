"""A list through real processes: one is killed in the middle of it, another goes on."""

import csv
import io
import re
import time

import httpx
from sqlalchemy import update

from credential import qrtoken
from store.listing_tables import LIST_ROWS
from store.lists import LEASE
from store.tables import CREDENTIALS
from tests.deployed import PATIENCE, Deployment
from tests.lists.test_webhooks import Receiver, signed

UNKNOWN = 3000  # rows that find nothing, so that the list takes longer than a moment


def issued(deployment: Deployment) -> list[tuple[str, str]]:
    """Number and birth date of all that was issued."""
    with deployment.system() as system, system.store_database.reading() as connection:
        rows = connection.execute(CREDENTIALS.select()).all()
    found = []
    for row in rows:
        token = qrtoken.parse(qrtoken.assemble(row.qr_payload, bytes(32), "ES256", bytes(64)))
        found.append((row.serial or row.register_no, token.claims.birth.printed()))
    return found


def test_a_list_outlives_the_process_that_took_it(deployment: Deployment) -> None:
    receiver = Receiver()
    made = deployment.here("client", "make", "labour", "--webhook", receiver.address)
    assert made.returncode == 0, made.stderr
    key = re.findall(r"sgk_[\w-]{43}", made.stdout)[0]
    rows = issued(deployment) + [(f"X{number}", "01/01/2008") for number in range(UNKNOWN)]
    body = "Số hiệu,Ngày sinh\n" + "".join(f"{number},{born}\n" for number, born in rows)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv", "Idempotency-Key": "1"}
    with httpx.Client(timeout=60, trust_env=False, headers=headers) as client:
        with deployment.served() as (address, running):
            first = client.post(f"{address}/api/lists", content=body).json()
            place = f"/api/lists/{first['id']}"
            while (checked := client.get(address + place).json()["checked"]) == 0:
                time.sleep(0.02)
            running.kill()
        assert checked < len(rows), "it was killed in the middle"
        with deployment.system() as system, system.store_database.writing() as connection:
            connection.execute(update(LIST_ROWS).values(due=LIST_ROWS.c.due - LEASE))  # later on
        with deployment.served() as (address, _):
            assert client.post(f"{address}/api/lists", content=body).json()["id"] == first["id"]
            deadline = time.monotonic() + 2 * PATIENCE
            while not (told := client.get(address + place).json())["done"]:
                assert time.monotonic() < deadline, told
                time.sleep(0.2)
            result = client.get(f"{address}{place}/result.csv")
            while not receiver.received:
                assert time.monotonic() < deadline
                time.sleep(0.1)
    receiver.close()
    assert told["counts"]["NOT_FOUND"] == UNKNOWN
    assert told["counts"]["VALID"] == len(rows) - UNKNOWN - 1, "one was revoked"
    lines = list(csv.reader(io.StringIO(result.content.decode("utf-8-sig"))))[1:]
    assert [line[1] for line in lines] == [number for number, _ in rows], "each row once, in order"
    with deployment.system() as system:
        (client_of,) = system.api_clients.all()
    assert [signed(client_of.secret, one) for one in receiver.received] == [True]


def test_clients_are_listed_and_retired(deployment: Deployment) -> None:
    assert deployment.here("client", "make", "one").returncode == 0
    again = deployment.here("client", "make", "one")
    assert (again.returncode, "one" in again.stderr) == (1, True)
    refused = deployment.here("client", "make", "two", "--webhook", "http://example.org/")
    assert (refused.returncode, "https" in refused.stderr) == (1, True)
    assert deployment.here("client", "retire", "one").returncode == 0
    assert "one" in deployment.here("client", "list").stdout
    assert deployment.here("client", "retire", "nobody").returncode == 1
