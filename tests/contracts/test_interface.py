"""The sources keep their form: all is said in the interface, and nothing goes round the checks."""

import re
from pathlib import Path

import pytest

from contracts.artifact import ledger

FOLDER = Path(__file__).resolve().parents[2] / "contracts"
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.sol")}
_ITEM = re.compile(
    r"((?:^    ///.*\n)*)^    (function|event|error|struct|enum) (\w+)", re.MULTILINE
)


def test_everything_in_the_interface_says_what_it_means() -> None:
    items = _ITEM.findall(SOURCES["ILedger.sol"])
    assert len(items) > 70
    assert [name for comment, _, name in items if "@notice" not in comment] == []


def test_the_interface_names_every_event_and_error_of_ours() -> None:
    for name in ("Governance.sol", "Ledger.sol"):
        assert not re.search(r"^\s*(?:event|error) ", SOURCES[name], re.MULTILINE)


def test_what_the_contract_offers_is_in_the_interface_or_is_ownership() -> None:
    inherited = {
        "owner", "pendingOwner", "transferOwnership", "acceptOwnership", "renounceOwnership",
        "eip712Domain",
    }  # fmt: skip
    told = {name for _, kind, name in _ITEM.findall(SOURCES["ILedger.sol"]) if kind == "function"}
    offered = {item["name"] for item in ledger().abi if item["type"] == "function"}
    assert offered == told | inherited


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"delegatecall|\bproxy\b(?!\.)|Upgradeable|initializer", "no proxy: code never changes"),
        (r"\bpayable\b|\.transfer\(|\.send\(|\.call\b", "no ether, no call of another contract"),
        (r"\bassembly\b|selfdestruct|\bunchecked\b", "no code that goes round the checks"),
        (r"\brequire\(|revert\(\"|\bassert\(", "a refusal is a custom error"),
        (r"\bfor \(|\bwhile \(", "no loop: the price of a call does not grow with what is stored"),
        (r"\btx\.origin\b|blockhash|prevrandao", "nothing that only seems to name a person"),
    ],
)
def test_what_the_contract_never_uses(pattern: str, why: str) -> None:
    for name, text in SOURCES.items():
        code = re.sub(r"//.*", "", text)
        assert not re.search(pattern, code), f"{name}: {why}"
