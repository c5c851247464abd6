"""What each act costs, against the committed table and the bars of the design."""

import json
import sys
from pathlib import Path

import pytest

from credential.chainkeys import ChainKey
from credential.model import Lane
from tests.chain.world import (
    ANCHOR_KEY,
    GUARDIAN,
    OWNER,
    RELAYER,
    REVOKE_KEY,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    key_id,
    root_of,
)

TABLE = Path(__file__).with_name("gas_table.json")
# A deadline, time or signature with a zero byte in it makes a call a little cheaper.
SLACK = 400
# What was promised; the table's other bars are ours, to notice a change.
PROMISED = {
    "anchor a school's first batch": 75_000,
    "anchor the largest batch": 75_000,
    "anchor, relayed": 82_000,
    "anchor, relayed, with the audit head": 82_000,
    "revoke one": 56_000,
    "revoke one in a used word": 40_000,
    "revoke 128 in one word": 60_000,
}


def test_the_table_holds_what_was_promised_within_two_per_cent() -> None:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    assert {name: table[name]["bar"] for name in PROMISED} == PROMISED
    assert min(entry["gas"] for entry in table.values()) * 0.02 >= SLACK
    assert [name for name, entry in table.items() if entry["gas"] > entry["bar"]] == []


def measured(ledger: LedgerUnderTest) -> dict[str, int]:
    """Gas of every act, by the names of the table."""
    gas, writer, root = {}, ledger.writer(), root_of("gas 0")

    def note(name: str, key: ChainKey, function: str, *arguments: object) -> None:
        gas[name] = ledger.send(key, function, *arguments).gas_used

    note("accredit a school", OWNER, "setSchool", 99, 0, 0, TYPES)
    note("add a chain key", OWNER, "addKey", SCHOOL, key_id(GUARDIAN), 0, 0, 1, b"")
    signing = (SCHOOL, b"\x99" * 32, 0, 0, 8, b"\x04" * 65)
    note("add a signing key", OWNER, "addKey", *signing)
    note("anchor a school's first batch", ANCHOR_KEY, "anchorDirect", SCHOOL, 0, root, 300)
    last = (SCHOOL, 1, root_of("gas 1"), 2**24 - 1)
    note("anchor the largest batch", ANCHOR_KEY, "anchorDirect", *last)
    relayed = writer.anchor_call(SCHOOL, 2, root_of("gas 2"), 300)
    gas["anchor, relayed"] = ledger.send_call(RELAYER, relayed).gas_used
    audited = writer.anchor_call(SCHOOL, 3, root_of("gas 3"), 300, (2**40, b"\x99" * 32))
    gas["anchor, relayed, with the audit head"] = ledger.send_call(RELAYER, audited).gas_used
    note("revoke one", REVOKE_KEY, "revoke", SCHOOL, root, 0)
    note("revoke one in a used word", REVOKE_KEY, "revoke", SCHOOL, root, 1)
    note("suspend one in a used word", ANCHOR_KEY, "suspend", SCHOOL, root, 2)
    note("reinstate one", ANCHOR_KEY, "reinstate", SCHOOL, root, 2)
    note("revoke 128 in one word", REVOKE_KEY, "revokeWord", SCHOOL, root, 1, 2**256 - 1)
    note("supersede one", REVOKE_KEY, "supersede", SCHOOL, root, 3, root_of("gas 1"), 0)
    revoked = writer.status_call(SCHOOL, root, 5, Lane.REVOKED)
    gas["revoke one in a used word, relayed"] = ledger.send_call(RELAYER, revoked).gas_used
    word = writer.revoke_word_call(SCHOOL, root_of("gas 1"), range(128, 256))
    gas["revoke 128 in one word, relayed"] = ledger.send_call(RELAYER, word).gas_used
    one = writer.revoke_word_call(SCHOOL, root, [7])
    gas["revoke one by its word, relayed"] = ledger.send_call(RELAYER, one).gas_used
    suspended = writer.status_call(SCHOOL, root, 6, Lane.SUSPENDED)
    gas["suspend one in a used word, relayed"] = ledger.send_call(RELAYER, suspended).gas_used
    return gas


def test_every_act_costs_what_the_table_says_and_no_more_than_its_bar(
    ledger: LedgerUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    gas = measured(ledger)
    lines = [f"gas on {ledger.net.name:31}{'used':>9}{'table':>9}{'bar':>9}"]
    for name, used in gas.items():
        entry = table.get(name, {"gas": 0, "bar": 0})
        lines.append(f"{name:38}{used:9,}{entry['gas']:9,}{entry['bar']:9,}")
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert gas.keys() == table.keys()
    assert {name: used for name, used in gas.items() if used > table[name]["bar"]} == {}
    moved = {name: used for name, used in gas.items() if abs(used - table[name]["gas"]) > SLACK}
    assert moved == {}
