"""Reports and counts through real processes: a site that runs, and the department's commands."""

import re
import signal
from datetime import UTC, datetime

import httpx
from sqlalchemy import update

from registry.tables import AWARDS
from tests.deployed import Deployment
from web.messages import VIETNAM


def post(address: str, path: str, **body: str) -> dict[str, object]:
    response = httpx.post(f"{address}{path}", json=body, timeout=60, trust_env=False)
    assert response.status_code == 200, response.text
    found: dict[str, object] = response.json()
    return found


def registers(deployment: Deployment) -> list[str]:
    with deployment.system() as system, system.store_database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT register_no FROM credentials ORDER BY 1").all()
    return [row[0] for row in rows if row[0].startswith("B")]


def contradict(deployment: Deployment, register_no: str) -> None:
    """Somebody edits a line of the register, so that it says otherwise than what was issued."""
    with deployment.system() as system, system.registry_database.writing() as connection:
        changed = update(AWARDS).where(AWARDS.c.register_no == register_no)
        connection.execute(changed.values(serial="T99999999"))


def test_what_is_reported_and_what_disagrees_reaches_the_department_and_all_is_counted(
    deployment: Deployment,
) -> None:
    genuine, wrong = registers(deployment)[1:3]
    contradict(deployment, wrong)
    codes = [deployment.issued(number)[0] for number in (genuine, wrong)]
    with deployment.served() as (address, running):
        for code in codes:
            post(address, "/api/verify", text=code)
        disagreeing = post(address, "/api/verify", text=codes[1])
        assert disagreeing["reason"] == "registry_disagrees"
        ticket = post(
            address, "/api/reports", key="0123456789abcdef", kind="forged", text=codes[0],
            message="Con dấu khác.", contact="a@example.vn",
        )  # fmt: skip
        running.send(signal.SIGTERM)
        assert running.ended() == 0
    listed = deployment.here("report", "list")
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.startswith("2 reports, 0 of them overdue.")
    assert genuine in listed.stdout
    assert wrong in listed.stdout
    assert listed.stdout.count("Chain and register disagree") == 1
    assert not re.search(r"a@example\.vn|Con dấu", listed.stdout)
    code = str(ticket["ticket"])
    assert deployment.here("report", "answer", code, "Là thật.", "--by", "An").returncode == 0
    assert deployment.here("report", "close", code, "--by", "An").returncode == 0
    with deployment.served() as (address, _):
        found = post(address, "/api/reports/status", code=code)
    assert (found["state"], found["answer"]) == ("closed", "Là thật.")
    counted = deployment.here("counts", "--csv").stdout.splitlines()
    today = datetime.now(UTC).astimezone(VIETNAM).date().isoformat()
    assert f"{today},thpt-diploma,VALID,valid,text,1" in counted
    assert f"{today},thpt-diploma,INVALID,registry_disagrees,text,2" in counted
    assert deployment.here("audit", "verify").returncode == 0
