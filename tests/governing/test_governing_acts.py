"""Every act of the department: shown by a dry run, carried out, and not repeated."""

import re
from dataclasses import dataclass

import pytest

from api.schoolkeys import shown_id
from chain.wallet import address_of
from credential.model import KeyRole
from tests.chain.world import ANCHOR_KEY, GUARDIAN
from tests.governing.conftest import OTHER, SCHOOL, Department

CODE = SCHOOL.code
NOBODY = "0x" + "22" * 20
UNKNOWN = "0x" + "99" * 32


@dataclass(frozen=True)
class Case:
    """A command, the functions of the contract that it calls, and the commands before it.

    {sign}, {anchor} … stand for ids of the school's keys, {guardian} and {next} for addresses.
    """

    command: str
    calls: list[str]
    before: tuple[str, ...] = ()


ACTS = {
    "another school": Case(f"school accredit {OTHER.code}", ["setSchool", *["addKey"] * 4]),
    "suspend a school": Case(f"school suspend {CODE}", ["suspendSchool"]),
    "the guardian suspends": Case(f"school suspend {CODE} --key guardian", ["suspendSchool"]),
    "reinstate a school": Case(
        f"school reinstate {CODE}", ["reinstateSchool"], (f"school suspend {CODE}",)
    ),
    "an address may anchor": Case(f"key add {CODE} anchor --public {NOBODY}", ["addKey"]),
    "a key with a window": Case(
        f"key add {CODE} suspend --public {NOBODY} --from 01/01/2101 --until 02/01/2101T08:00"
        .replace("T", " "), ["addKey"]
    ),
    "an Ed25519 key signs": Case(f"key add {CODE} sign --public 0x{'07' * 32}", ["addKey"]),
    "retire a key": Case("key retire {anchor}", ["retireKey"]),
    "a key was lost": Case("key compromised {sign} --since 20/06/2026", ["markCompromised"]),
    "it was lost before": Case(
        "key compromised {sign} --since 19/06/2026", ["markCompromised"],
        ("key compromised {sign} --since 20/06/2026",),
    ),
    "a verifier's receipts": Case("key receipt", ["setSchool", "addKey"]),
    "another guardian": Case("guardian set {next}", ["setGuardian"]),
    "no guardian": Case(f"guardian set 0x{'00' * 20}", ["setGuardian"]),
    "the owner pauses": Case("guardian pause", ["pause"]),
    "the guardian pauses": Case("guardian pause --key guardian", ["pause"]),
    "unpause": Case("guardian unpause", ["unpause"], ("guardian pause",)),
    "offer": Case("owner offer {next}", ["transferOwnership"]),
    "accept": Case("owner accept --key next", ["acceptOwnership"], ("owner offer {next}",)),
    "retire the contract": Case(f"ledger retire {NOBODY}", ["retire"]),
}  # fmt: skip
# "Date time" has a blank, which the table's commands are split at.
_MOMENT = re.compile(r"(?<=\d{4}) (?=\d\d:\d\d)")


def words(department: Department, command: str) -> list[str]:
    with department.system() as system:
        keys = system.roster.keys(SCHOOL.id)
    names = {1: "anchor", 2: "suspend", 4: "revoke", 8: "sign"}
    known = {names[key.roles]: f"0x{shown_id(key.key_id).hex()}" for key in keys}
    known |= {
        "guardian": f"0x{address_of(GUARDIAN).hex()}",
        "next": f"0x{address_of(ANCHOR_KEY).hex()}",
    }
    return [word.replace("\0", " ") for word in _MOMENT.sub("\0", command.format(**known)).split()]


@pytest.mark.parametrize("name", ACTS)
def test_it_is_shown_then_done_then_left_alone(department: Department, name: str) -> None:
    case = ACTS[name]
    for command in case.before:
        assert department.sogoc(*words(department, command)).code == 0
    command = words(department, case.command)
    before = department.standing()

    shown = department.sogoc(*command, "--dry-run", "--json")
    told = department.sogoc(*command, "--dry-run")

    assert (shown.code, told.code) == (0, 0)
    calls = shown.json["calls"]
    assert [call["function"] for call in calls] == case.calls
    assert [call["refusal"] for call in calls] == [None] * len(calls)
    assert all(call["signed_here"] for call in calls)
    assert told.out.count("the chain would accept it") == len(calls)
    assert department.standing() == before, "a dry run sends and stores nothing"

    done = department.sogoc(*command, "--json")

    assert done.code == 0, done.err
    assert done.json["sent"] == len(calls)
    assert department.sent_since(before) == [call["data"] for call in calls]
    # What clears a slot gets a part of the gas back when it is over.
    assert done.json["gas"] <= shown.json["gas"] <= 1.25 * done.json["gas"]
    again = department.sogoc(*command)
    assert (again.code, again.out) == (0, "The chain says so already; nothing was sent.\n")


def test_the_receipt_key_stands_under_a_number_that_may_issue_nothing(
    department: Department,
) -> None:
    assert department.sogoc("key", "receipt").code == 0
    with department.system() as system:
        first, standing = system.receipt_signer, system.roster.school(0)
        assert first is not None
        assert standing is not None
        assert standing.types == 0
        (listed,) = system.roster.keys(0)
        assert (listed.key_id, listed.roles) == (first.public.kid, KeyRole.SIGN)


def test_a_receipt_key_is_replaced_and_the_old_one_ended(department: Department) -> None:
    assert department.sogoc("key", "receipt").code == 0
    with department.system() as system:
        first = system.receipt_signer
    done = department.sogoc("key", "receipt", "--replace")
    assert done.code == 0, done.err
    with department.system() as system:
        second, keys = system.receipt_signer, system.roster.keys(0)
    assert first is not None
    assert second is not None
    assert [key.key_id for key in keys] == [first.public.kid, second.public.kid]
    assert [bool(key.valid_until) for key in keys] == [True, False]
