"""A list of schools: all faults at once, killed and resumed, cut off from the chain, none twice."""

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chain import contract
from credential.keys import SoftwareKey
from credential.model import CredentialType
from tests.chain.middleman import Reply
from tests.chain.world import OWNER
from tests.governing.conftest import OTHER, SCHOOL, Department, address_of

ROOT = Path(__file__).parents[2]
COUNT = 20
HEADINGS = "code,types,valid_until,sign,anchor"
# What a file says is judged before the chain is asked: one chain is enough.
on_one_chain = pytest.mark.parametrize("net", ["embedded"], indirect=True)
LINES = {number: f"78{number:06d}" for number in range(COUNT)}


def address(name: str) -> str:
    return "0x" + hashlib.sha256(name.encode()).digest()[:20].hex()


def signing_key(name: str) -> str:
    scalar = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big") >> 1
    return "0x" + SoftwareKey(ec.derive_private_key(scalar, ec.SECP256R1())).public.raw.hex()


@dataclass
class Lists:
    """The department with a registry of many schools, and lists of them."""

    department: Department

    @property
    def whole(self) -> Path:
        rows = (f"{code},thpt-diploma,,,{address(code)}" for code in LINES.values())
        return self.written("\n".join([HEADINGS, *rows]))

    def written(self, text: str, encoding: str = "utf-8") -> Path:
        path = self.department.data / "list.csv"
        path.write_bytes(text.encode(encoding))
        return path

    def events(self, event: str) -> Counter[int]:
        """How often each school had that event."""
        with self.department.system() as system:
            deployment = system.deployment
        node = self.department.net.node
        logs = node.history(deployment.contract, [contract.topic(event)], 0, node.block("latest"))
        return Counter(int.from_bytes(log.topics[1], "big") for log in logs)

    def check_once(self) -> None:
        """Every school is accredited once, with one key; no nonce is missing or used twice."""
        once = dict.fromkeys((20000 + number for number in LINES), 1)
        for event in ("SchoolSet", "KeyAdded"):
            found = self.events(event)
            assert {school: found[school] for school in once} == once, event
        nonces = [nonce for _, nonce in self.department.stored()]
        assert nonces == list(range(nonces[0], nonces[0] + len(nonces)))
        assert self.department.net.node.nonce(address_of(OWNER)) == nonces[-1] + 1


@pytest.fixture
def lists(department: Department) -> Lists:
    named = {"place": "TP HCM", "since": "1999-09-05"}
    schools = [
        {"id": 20000 + number, "code": code, "names": [{"name": f"Trường {number}", **named}]}
        for number, code in LINES.items()
    ]
    path = department.data / "many.json"
    path.write_text(json.dumps({"schools": schools}))
    assert department.sogoc("school", "load", str(path)).code == 0
    return Lists(department)


def test_a_list_is_accredited_with_its_cost_before_and_after(lists: Lists) -> None:
    path = str(lists.whole)
    before = lists.department.standing()
    shown = lists.department.sogoc("school", "accredit", path, "--dry-run", "--json")
    assert lists.department.standing() == before
    assert [call["refusal"] for call in shown.json["calls"]] == [None] * 2 * COUNT

    said = lists.department.sogoc("school", "accredit", path)

    assert said.code == 0, said.err
    assert f"{COUNT} schools of the list may issue" in said.out
    foretold = re.search(r"to send: (\d+), about ([\d,]+) gas = 0\.\d+ ETH at", said.out)
    spent = re.search(r"in the chain: (\d+)\. Spent: ([\d,]+) gas = 0\.\d+ ETH", said.out)
    assert foretold is not None
    assert spent is not None
    assert int(foretold[1]) == int(spent[1]) == 2 * COUNT
    gas = [int(each[2].replace(",", "")) for each in (foretold, spent)]
    assert gas[0] == shown.json["gas"]
    assert gas[0] == pytest.approx(gas[1], rel=0.02)
    lists.check_once()

    again = lists.department.sogoc("school", "accredit", path, "--json")
    assert again.json == {"sent": 0, "standing": 2 * COUNT, "gas": 0, "wei": 0}


def test_it_is_resumed_wherever_it_was_killed(lists: Lists) -> None:
    """kill -9 of a real process at random requests to the chain, before or after the answer."""
    path, chance = str(lists.whole), random.Random(lists.department.net.name)
    outcomes = [
        killed(lists, path, chance.randrange(10, 100), early=chance.random() < 0.5)
        for _ in range(3)
    ]
    assert outcomes == [-9] * 3, "the work is long enough for every kill"
    said = lists.department.sogoc("school", "accredit", path)
    assert said.code == 0, said.err
    lists.check_once()


def killed(lists: Lists, path: str, at: int, *, early: bool) -> int:
    """The exit code of the command, killed when it sends its request number `at`."""
    command = [sys.executable, "-c", "from api.cli import main; main()", "--data",
               str(lists.department.data), "school", "accredit", path]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    middleman, left, lock = lists.department.middleman, [at], threading.Lock()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:

        def reply(body: bytes) -> Reply:
            with lock:
                left[0] -= 1
                last = left[0] == 0
            if last and early:
                process.kill()
            answer = middleman.honest(body)
            if last:
                process.kill()
            return answer

        middleman.reply = reply
        process.communicate(timeout=180)
    middleman.reply = middleman.honest
    return process.returncode


@pytest.mark.parametrize("method", ["eth_sendRawTransaction", "eth_getTransactionReceipt"])
def test_cut_off_in_the_middle_it_says_what_is_known(lists: Lists, method: str) -> None:
    path, middleman, left = str(lists.whole), lists.department.middleman, [12]
    honest = middleman.honest

    def reply(body: bytes) -> Reply:
        left[0] -= json.loads(body)["method"] == method if body[:1] == b"{" else 0
        return (503, b"") if left[0] <= 0 else honest(body)

    middleman.reply = reply
    said = lists.department.sogoc("school", "accredit", path)
    middleman.reply = honest

    assert said.code == 2, "a source was silent"
    told = re.search(r"transactions in the chain: (\d+); sent, outcome not known: (\d+)", said.err)
    assert told is not None, said.err
    assert "The same command goes on from here" in said.err
    known = sum(lists.events("SchoolSet")[20000 + number] for number in LINES)
    assert int(told[1]) <= known <= int(told[1]) + int(told[2])
    assert lists.department.sogoc("school", "accredit", path).code == 0
    lists.check_once()


FAULTY = f"""code;types;valid_until;sign;anchor
78000000;thpt-diploma;;;{address("a")}
79999999;;;;
78000001;phd;;;
78000002;;31/02/2030;;
78000003;;01/01/2020;;
78000004;;;0x1234;
78000005;;;0x04{"00" * 64};
78000006;;;;{address("a")}
78000000;;;;{address("b")[:-2]}

;;;;{address("c")}
"""
FAULTS = [
    "Row 3, code: There is no school with code “79999999”.",
    "Row 4, types: “phd” is not one of: " + ", ".join(kind.key for kind in CredentialType) + ".",
    "Row 5, valid_until: “31/02/2030” is not a date that exists.",
    "Row 6, valid_until: The end “01/01/2020” has passed",
    "Row 7, sign: The key “0x1234” is not valid; wanted are 0x and 65 / 32 bytes",
    "Row 8, sign: The key “0x04",
    "Row 9, anchor: The key “0x",
    "Row 10, code: The school code “78000000” occurs twice; first in row 2.",
    "Row 10, anchor: The key “0x",
    "Row 12, code: This cell must not be empty.",
]


@on_one_chain
def test_all_faults_are_named_at_once_and_nothing_is_sent(lists: Lists) -> None:
    path = str(lists.written(FAULTY))
    before = lists.department.standing()
    said = lists.department.sogoc("school", "accredit", path)
    assert said.code == 1
    first, *lines = said.err.splitlines()
    assert first == f"{len(FAULTS)} things need mending; nothing was accepted."
    for line, expected in zip(lines, FAULTS, strict=True):
        assert line.strip().startswith(expected)
    assert lists.department.standing() == before
    vi = lists.department.sogoc("school", "accredit", path, lang="vi").err
    assert "Dòng 10, code: Mã trường “78000000” có hai lần; lần đầu ở dòng 2." in vi


HEADERS = {
    "a column that is not understood": ("code,colour\n1,2", 1, "Row 1, colour: This column is not"),
    "no code": ("types\nphd", 1, "Row 1: The column “code” is missing."),
    "a column twice": ("code,mã trường\n1,2", 1, "Row 1: The column “mã trường” occurs twice."),
    "no row": ("code,types\n", 1, "Row 1: The sheet has no rows of data."),
    "nothing": ("", 64, "The file is empty."),
    "a line break in quotes that never ends": ('code\n"1', 1, "There is no school with code “1”"),
}


@on_one_chain
@pytest.mark.parametrize("name", HEADERS)
def test_it_is_no_list_when(lists: Lists, name: str) -> None:
    text, code, words = HEADERS[name]
    said = lists.department.sogoc("school", "accredit", str(lists.written(text)))
    assert (said.code, words in said.err) == (code, True), said.err


@on_one_chain
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_spreadsheet_program_may_have_written_it(lists: Lists, encoding: str) -> None:
    text = (
        "\ufeffMã trường;Loại được cấp;Khóa ký\r\n78000003;transcript;" + signing_key("x") + "\r\n"
    )
    if encoding == "utf-16":  # as "Unicode text", which brings a mark of its own
        text = text.lstrip("\ufeff")
    said = lists.department.sogoc("school", "accredit", str(lists.written(text, encoding)))
    assert said.code == 0, said.err
    with lists.department.system() as system:
        found = system.roster.school(20003)
        keys = system.roster.keys(20003)
    assert found is not None
    assert found.types == 1 << 2
    assert [(key.roles, key.key_id) for key in keys] == [(8, key.key_id) for key in keys]
    assert len(keys) == 1


@on_one_chain
@pytest.mark.parametrize("ended", [False, True], ids=["another school's", "its own, but ended"])
def test_a_key_that_cannot_be_listed_is_a_fault(lists: Lists, ended: bool) -> None:
    with lists.department.system() as system:
        anchor = next(key for key in system.roster.keys(SCHOOL.id) if key.roles == 1)
    key = f"0x{anchor.key_id[-20:].hex()}"
    if ended:
        assert lists.department.sogoc("key", "retire", key).code == 0
    path = lists.written(
        f"code,anchor\n{OTHER.code},\n{SCHOOL.code if ended else LINES[0]},{key}\n"
    )
    before = lists.department.standing()
    said = lists.department.sogoc("school", "accredit", str(path))
    assert said.code == 1
    assert f"Row 3, anchor: The key {key} is listed for school {SCHOOL.id}" in said.err
    assert lists.department.standing() == before
