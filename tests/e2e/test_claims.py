"""`sogoc claims`: codes for a class, a batch or a pupil, and the slips that give them out."""

import csv
import io
import stat
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pypdfium2
import pytest
from sqlalchemy import update

from credential import claimcode
from registry.tables import PUPILS
from store.accounts import Accounts, Password, Relation
from store.claims import Claims
from tests.deployed import Deployment

SCHOOL, CLASS, OTHER = "79001001", "12.1", "12.10"


def slips(deployment: Deployment, *more: str, name: str = "slips.csv") -> list[dict[str, str]]:
    out = deployment.data / name
    done = deployment.here(
        "claims", "make", "--school", SCHOOL, *more, "-o", str(out), "--by", "Văn thư"
    )
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))


def code_of(slip: dict[str, str]) -> bytes:
    return claimcode.digest(claimcode.parse(slip["Mã nhận hồ sơ"]))


def test_codes_for_a_class_are_fresh_and_replace_the_former(deployment: Deployment) -> None:
    first = slips(deployment, "--class", CLASS)
    again = slips(deployment, "--class", CLASS)
    assert len(first) == len(again) > 5
    names = [slip["Họ và tên học sinh"] for slip in first]
    assert names == [slip["Họ và tên học sinh"] for slip in again]
    codes = [slip["Mã nhận hồ sơ"] for slip in first + again]
    assert len(set(codes)) == len(codes)
    with deployment.system() as system:
        claims = Claims(system.store_database)
        assert [claims.find(code_of(slip)) for slip in first] == [None] * len(first)
        found = [claims.find(code_of(slip)) for slip in again]
    assert [claim and claim.holding.pupil for claim in found] == [
        slip["Mã học sinh"] for slip in again
    ]
    mode = (deployment.data / "slips.csv").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_guardians_have_codes_of_their_own_and_adults_none(deployment: Deployment) -> None:
    with deployment.system() as system, system.registry_database.writing() as connection:
        for class_name, birth in ((CLASS, 19900101), (OTHER, datetime.now(UTC).year * 10000 + 101)):
            theirs = PUPILS.c.class_name == class_name
            connection.execute(update(PUPILS).where(theirs).values(birth=birth))
    own, theirs = slips(deployment, "--class", OTHER), slips(deployment, "--class", OTHER,
                                                             "--guardian")  # fmt: skip
    assert len(own) == len(theirs)
    with deployment.system() as system:
        claims = Claims(system.store_database)
        found = [claims.find(code_of(slip)) for slip in [*own, *theirs]]
    relations = [claim.holding.relation for claim in found if claim]
    assert relations == [Relation.SELF] * len(own) + [Relation.GUARDIAN] * len(theirs)
    out = deployment.data / "none.csv"
    command = ("claims", "make", "--school", SCHOOL, "--class", CLASS, "-o", str(out), "--by", "x")
    assert deployment.here(*command, "--guardian").returncode == 1
    assert deployment.here(*command).returncode == 0


def test_codes_for_a_batch(deployment: Deployment) -> None:
    assert len(slips(deployment, "--batch", "0")) > 5


def test_slips_are_printed_eight_to_a_page(deployment: Deployment) -> None:
    out = deployment.data / "slips.pdf"
    done = deployment.here(
        "claims", "make", "--school", SCHOOL, "--class", CLASS, "-o", str(out), "--by", "Văn thư"
    )
    assert done.returncode == 0, done.stderr
    document = pypdfium2.PdfDocument(out)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    number = text.count("Phiếu nhận hồ sơ")
    assert len(document) == -(-number // 8)
    assert "/me" in text
    document.close()


def test_records_are_taken_back(deployment: Deployment) -> None:
    (slip,) = slips(deployment, "--pupil", slips(deployment, "--class", CLASS)[0]["Mã học sinh"])
    pupil = slip["Mã học sinh"]
    with deployment.system() as system:
        accounts = Accounts(system.store_database)
        account = accounts.claim(code_of(slip), Password("lan.nguyen", "x"))
        assert len(accounts.holdings(account)) == 1
        done = deployment.here("claims", "withdraw", pupil, "--by", "Văn thư")
        assert (done.returncode, "1 accounts" in done.stdout) == (0, True)
        assert accounts.holdings(account) == ()
        assert system.audit() is None


REFUSED = {
    "a school that is not there": (["--school", "0", "--class", CLASS], 1, "no school"),
    "a class that is not there": (["--school", SCHOOL, "--class", "99Z"], 1, "no such pupil"),
    "a batch that is not there": (["--school", SCHOOL, "--batch", "99"], 1, "no such pupil"),
    "a pupil of nobody": (["--school", SCHOOL, "--pupil", "0000000000"], 1, "0000000000"),
    "nobody named": (["--school", SCHOOL], 64, "exactly one"),
    "two ways at once": (["--school", SCHOOL, "--class", CLASS, "--batch", "0"], 64, "exactly one"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_writes_nothing(case: str, demo: Deployment, tmp_path: Path) -> None:
    given, code, said = REFUSED[case]
    out = tmp_path / "slips.pdf"
    done = demo.here("claims", "make", *given, "-o", str(out), "--by", "x")
    assert (done.returncode, out.exists()) == (code, False)
    assert said in done.stderr


def test_from_a_slip_to_a_verified_diploma(deployment: Deployment) -> None:
    """Over a real server: claim, list, take the signed file, have it checked, sign out."""
    slip = slips(deployment, "--batch", "0")[0]
    with deployment.system() as system:
        number = system.desk.pupils([slip["Mã học sinh"]])[slip["Mã học sinh"]].personal_no
        assert number
        assert not system.desk.has_personal_no(slip["Mã học sinh"], number[::-1])
    assert (slip["Nhập kèm mã"], number in slip.values()) == ("Số định danh cá nhân", False)
    with deployment.served() as (address, running), httpx.Client(base_url=address) as client:
        client.headers["Origin"] = address
        given = {
            "code": slip["Mã nhận hồ sơ"], "personal_no": number, "name": "hoc.sinh",
            "password": "con mèo nhà hàng xóm",
        }  # fmt: skip
        made = client.post("/api/me/account", json=given)
        assert made.status_code == 204, made.text
        listed = client.get("/api/me/credentials").json()
        assert {one["kind"] for one in listed} == {"thpt-diploma", "transcript"}
        for one in listed:
            text = client.get(f"/api/me/credentials/{one['id']}").text
            answer = client.post("/api/verify", json={"text": text}).json()
            expected = "INVALID" if one["state"] == "revoked" else "VALID"
            assert answer["verdict"] == expected, answer
        client.headers["X-CSRF-Token"] = client.get("/api/me/session").json()["csrf"]
        assert client.delete("/api/me/session").status_code == 204
        assert client.get("/api/me/credentials").status_code == 401
        for secret in (*given.values(), slip["Mã học sinh"]):
            assert secret not in running.said
