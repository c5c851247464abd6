"""What may not be is told before anything is sent; a silent chain is named."""

import itertools
import json
from dataclasses import dataclass

import pytest

from chain.acts import Office
from chain.wallet import address_of
from tests.chain.world import OWNER
from tests.governing.conftest import SCHOOL, Department
from tests.governing.test_governing_acts import NOBODY, UNKNOWN, words
from web import messages

CODE = SCHOOL.code
WALLET = "0x" + "33" * 20


@dataclass(frozen=True)
class Case:
    """A command, its refusal in a dry run (None: another could sign it), and what is said."""

    command: str
    refusal: str | None
    said: str
    before: tuple[str, ...] = ()


REFUSED = {
    "the guardian unpauses": Case(
        "guardian unpause --key guardian", None, "is not the contract owner's",
        ("guardian pause",),
    ),
    "a stranger suspends a school": Case(
        f"school suspend {CODE} --key relayer", None, "is not the guardian's"
    ),
    "the old owner goes on": Case(
        f"key add {CODE} anchor --public {NOBODY}", None, "is not the contract owner's",
        ("owner offer {next}", "owner accept --key next"),
    ),
    "nothing was offered": Case(
        "owner accept --key next", "govern.not_next_owner", "on offer to: –"
    ),
    "an unknown key is retired": Case(
        f"key retire {UNKNOWN}", "ledger.key_unknown", "does not know the key"
    ),
    "a key is listed twice": Case(
        f"key add {CODE} suspend --public {{anchor}}", "ledger.key_used", "was registered before"
    ),
    "a retired key is listed again": Case(
        f"key add {CODE} anchor", "ledger.key_used", "was registered before",
        ("key retire {anchor}",),
    ),
    "a compromise in the future": Case(
        "key compromised {anchor} --since 01/01/2101", "ledger.not_earlier", "only move earlier"
    ),
    "the guardian goes back too far": Case(
        "key compromised {anchor} --since 01/01/2026 --key guardian", "ledger.too_long_ago",
        "seven days at most",
    ),
    "a school that is not accredited": Case(
        "school suspend 79001002", "ledger.unknown_school", "does not know school"
    ),
    "it was retired before": Case(
        f"ledger retire {WALLET}", "ledger.ledger_retired", "was retired in favour of",
        (f"ledger retire {NOBODY}",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_before_anything_is_sent(department: Department, name: str) -> None:
    case = REFUSED[name]
    for command in case.before:
        assert department.sogoc(*words(department, command)).code == 0
    command = words(department, case.command)
    before = department.standing()

    shown = department.sogoc(*command, "--dry-run", "--json")
    told = department.sogoc(*command, "--dry-run")
    (call,) = json.loads(shown.out)["calls"]
    if case.refusal is None:
        assert (shown.code, call["signed_here"], call["refusal"]) == (0, False, None)
        assert "to be signed by 0x" in told.out
    else:
        assert (shown.code, call["refusal"]["code"]) == (1, case.refusal)
        assert "the chain would refuse it" in told.out

    done = department.sogoc(*command)

    assert done.code == 1, done.err
    assert case.said in done.err
    assert department.standing() == before


def test_every_office_has_a_sentence_for_who_does_not_hold_it() -> None:
    for office, lang in itertools.product(Office, messages.LANGUAGES):
        assert messages.template(lang, f"govern.not_{office.value}")


def test_a_wallet_as_owner_gets_what_it_has_to_send(bare_department: Department) -> None:
    """Its calls are what a key would have sent; nothing here can act for it."""
    shown = bare_department.sogoc("ledger", "deploy", "--owner", WALLET, "--dry-run", "--json")
    assert shown.json["calls"][0]["arguments"] == {"owner": WALLET}  # type: ignore[index]
    assert bare_department.sogoc("ledger", "deploy", "--owner", WALLET).code == 0
    assert bare_department.sogoc("ledger", "show", "--json").json["owner"] == WALLET

    asked = bare_department.sogoc("school", "accredit", CODE, "--dry-run", "--json")
    assert asked.code == 0
    for call in asked.json["calls"]:  # type: ignore[attr-defined]
        assert call["signers"] == [WALLET]
        assert not call["signed_here"]
        assert call["refusal"] is None
        assert call["to"] == bare_department.sogoc("ledger", "show", "--json").json["contract"]
    refused = bare_department.sogoc("school", "accredit", CODE)
    assert refused.code == 1
    assert f"the contract owner's ({WALLET})" in refused.err
    assert f"0x{address_of(OWNER).hex()}" in refused.err


def test_a_key_that_is_not_there_is_named(department: Department) -> None:
    said = department.sogoc("guardian", "pause", "--key", "nobody")
    assert (said.code, "“nobody”" in said.err) == (1, True)
    shown = department.sogoc("guardian", "pause", "--key", "nobody", "--dry-run")
    assert (shown.code, "to be signed by" in shown.out) == (0, True)


def test_deploying_is_shown_first_and_done_once(bare_department: Department) -> None:
    before = bare_department.standing()
    shown = bare_department.sogoc("ledger", "deploy", "--dry-run", "--json")
    (call,) = shown.json["calls"]  # type: ignore[misc]
    assert (call["function"], call["to"], call["signed_here"]) == ("constructor", None, True)
    assert bare_department.standing() == before
    assert not (bare_department.data / "deployment.json").exists()
    first, again = (bare_department.sogoc("ledger", "deploy", "--json") for _ in "ab")
    assert (first.json["new"], again.json["new"]) == (True, False)
    assert first.json["contract"] == again.json["contract"]
    assert bare_department.sent_since(before) == [call["data"]]


@pytest.mark.parametrize("dry", [[], ["--dry-run"]], ids=["done", "dry run"])
def test_a_silent_chain_is_named_and_nothing_is_claimed(
    department: Department, dry: list[str]
) -> None:
    before = department.standing()
    department.middleman.reply = lambda body: (503, b"")
    said = department.sogoc("school", "suspend", CODE, *dry)
    assert said.code == 2
    assert "No answer from the blockchain" in said.err
    assert said.out == ""
    department.middleman.reply = department.middleman.honest
    assert department.standing() == before


def test_a_rotation_that_was_cut_off_is_completed(department: Department) -> None:
    """The chain has listed the new key and ended the old one, and then the answer was lost."""
    folder = department.data / "keys"
    with department.system() as system:
        system.keystore.make_chain_key(f"{SCHOOL.id}.anchor.next")
        new = system.address(f"{SCHOOL.id}.anchor.next")
        old = system.address(f"{SCHOOL.id}.anchor")
    assert department.sogoc("key", "add", CODE, "anchor", "--public", f"0x{new.hex()}").code == 0
    said = department.sogoc("key", "rotate", CODE, "anchor")
    assert said.code == 0, said.err
    with department.system() as system:
        assert system.address(f"{SCHOOL.id}.anchor") == new
        known = {key.key_id[-20:]: key for key in system.roster.keys(SCHOOL.id)}
    assert known[old].valid_until > 0
    assert known[new].valid_until == 0
    assert (folder / f"{SCHOOL.id}.anchor.{old[-8:].hex()}.p12").exists()
    assert not (folder / f"{SCHOOL.id}.anchor.next.p12").exists()
