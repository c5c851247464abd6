"""The frozen EIP-712 vectors (`eip712.json`): eth-account and the project agree with them.

That the contract agrees is tested in `Vectors.t.sol`, which reads the same file. School number,
index, size and deadline are at their largest somewhere; the contract's address is made up.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_utils import keccak

from chain import typed
from credential.model import Deployment

FILE: dict[str, Any] = json.loads(Path(__file__).with_name("eip712.json").read_text("utf-8"))
FIELDS = {
    "Anchor": "uint32 school,uint32 seq,bytes32 root,uint24 size,uint40 deadline",
    "SetStatus": "uint32 school,bytes32 root,uint32 index,uint8 lane,uint32 nonce,uint40 deadline",
    "RevokeWord": "uint32 school,bytes32 root,uint32 word,uint256 mask,uint40 deadline",
    "Supersede": "uint32 school,bytes32 root,uint32 index,bytes32 successorRoot,"
    "uint32 successorIndex,uint40 deadline",
}
vector = pytest.mark.parametrize(
    "vector",
    FILE["vectors"],
    ids=[f"{place}-{each['kind']}" for place, each in enumerate(FILE["vectors"])],
)


def plain(message: dict[str, Any]) -> dict[str, Any]:
    """A vector's message with a number for its mask and bytes for its roots."""
    read = {"mask": lambda text: int(text, 16), "root": from_hex, "successorRoot": from_hex}
    return {name: read.get(name, lambda value: value)(value) for name, value in message.items()}


def from_hex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def signable(kind: str, message: dict[str, Any]) -> SignableMessage:
    """The message as eth-account encodes it, from the types written above."""
    domain = {
        "name": "So Goc Ledger",
        "version": "1",
        "chainId": FILE["chainId"],
        "verifyingContract": FILE["contract"],
    }
    pairs = [field.split(" ") for field in FIELDS[kind].split(",")]
    types = {kind: [{"type": type_, "name": name} for type_, name in pairs]}
    return encode_typed_data(domain, types, plain(message))


def test_every_kind_of_message_has_vectors() -> None:
    assert {each["kind"] for each in FILE["vectors"]} == FIELDS.keys()


@vector
def test_eth_account_makes_the_same_digest_and_signature(vector: dict[str, Any]) -> None:
    message = signable(vector["kind"], vector["message"])
    assert message.header == from_hex(FILE["separator"])
    digest = keccak(b"\x19" + message.version + message.header + message.body)
    assert digest == from_hex(vector["digest"])
    signed = Account.sign_message(message, FILE["secret"])
    assert bytes(signed.signature) == from_hex(vector["signature"])
    assert Account.recover_message(message, signature=signed.signature) == FILE["signer"]


@vector
def test_the_project_signs_the_same_digest(vector: dict[str, Any]) -> None:
    deployment = Deployment(FILE["chainId"], from_hex(FILE["contract"]))
    digest = typed.digest(deployment, vector["kind"], plain(vector["message"]))
    assert digest == from_hex(vector["digest"])
