"""The browser reads what we issue exactly as we do: frozen vectors, and doctored artefacts."""

import json
import random
from typing import Any

import pytest
from eth_hash.auto import keccak

from chain import contract
from contracts.artifact import ledger
from credential import merkle, qrlink
from credential.errors import FormatError
from credential.keys import PublicKey
from credential.model import Deployment
from tests.credential.test_vectors import VECTORS, load
from tests.independent.conftest import RefusedByScript, Scripts
from tests.web.simulator import World, key_from
from verifier.artefact import decode

ROUNDS = 1500


@pytest.mark.parametrize("vector", load("qr-*.json") + load("sdjwt-*.json"))
def test_each_frozen_artefact_is_judged_as_recorded(
    vector: dict[str, Any], scripts: Scripts
) -> None:
    try:
        found = scripts("vector", **vector)
    except RefusedByScript as refused:
        found = str(refused)
    assert found == vector["expected"]


@pytest.mark.parametrize("vector", load("path-*.json"))
def test_each_frozen_path_leads_where_recorded(vector: dict[str, Any], scripts: Scripts) -> None:
    assert scripts("path", **vector) is vector["expected"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 12, 33])
def test_paths_out_of_a_leaf_file_are_the_stores(size: int, scripts: Scripts) -> None:
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    tree = merkle.levels(leaves)
    expected = [[each.hex() for each in merkle.path(tree, index)] for index in range(size)]
    assert scripts("paths", leaves=[leaf.hex() for leaf in leaves]) == expected


def told(text: str, deployment: Deployment) -> Any:
    """What this side reads in a text."""
    try:
        found = decode(text, deployment)
    except FormatError as error:
        return error.code
    return {
        "kind": found.kind,
        "type": found.type.key,
        "school": found.school,
        "place": {"seq": found.place.seq, "index": found.place.index},
        "kid": found.kid.hex(),
        "leaf": found.leaf.hex(),
        "leafIndex": found.leaf_index,
        "ours": found.ours,
        "committed": found.committed,
        "partial": found.partial,
        "document": json.loads(json.dumps(found.document)),
        "sdJwt": found.sd_jwt and found.sd_jwt.hex(),
    }


def told_by_script(text: str, deployment: Deployment, scripts: Scripts) -> Any:
    try:
        return scripts(
            "decoded", text=text, chain_id=deployment.chain_id, contract=deployment.contract.hex()
        )
    except RefusedByScript as refused:
        return str(refused)


def test_every_artefact_reads_the_same_on_both_sides(scripts: Scripts) -> None:
    world = World()
    texts = [text for one in world.issued for text in (one.link, one.digits, one.sd_jwt)]
    frozen = [json.loads(path.read_text(encoding="utf-8")) for path in VECTORS.glob("*-*.json")]
    texts += [vector["artefact"] for vector in frozen if "artefact" in vector]
    for text in texts:
        assert told_by_script(text, world.deployment, scripts) == told(text, world.deployment)


def test_doctored_artefacts_read_the_same_on_both_sides(scripts: Scripts) -> None:
    """Flipped, cut and lengthened: whatever one side refuses, the other refuses, with one code."""
    world, drawn, read = World(), random.Random(3107), 0
    for number in range(ROUNDS):
        one = drawn.choice(world.issued)
        if number % 2:
            text = qrlink.encode(doctored(one.token, drawn), "")[1]
        else:
            text = doctored(one.sd_jwt.encode(), drawn).decode("latin-1")
        here, there = told(text, world.deployment), told_by_script(text, world.deployment, scripts)
        assert there == here, text
        read += isinstance(here, dict)
    print(f"{ROUNDS} doctored artefacts: {read} still well formed; both sides agree on all")  # noqa: T201
    assert read


def doctored(data: bytes, drawn: random.Random) -> bytes:
    changed = bytearray(data)
    at = drawn.randrange(len(changed))
    match drawn.randrange(4):
        case 0:
            changed[at] ^= 1 << drawn.randrange(8)
        case 1:
            del changed[at : at + drawn.randrange(1, 4)]
        case 2:
            changed[at:at] = drawn.randbytes(drawn.randrange(1, 4))
        case 3:
            changed[at] = drawn.randrange(256)
    return bytes(changed)


def test_key_ids_are_the_same(scripts: Scripts) -> None:
    raws = [key_from(number).public.raw for number in range(1, 20)] + [bytes(range(32))]
    for raw in raws:
        assert scripts("thumbprint", raw=raw.hex()) == PublicKey(raw).kid.hex()
    for none in (b"", b"\x02" + bytes(32), bytes(65)):
        assert scripts("thumbprint", raw=none.hex()) is None


def test_the_contract_is_the_compiled_one(scripts: Scripts) -> None:
    """The page carries the numbers that the compiler chose."""
    artifact, found = ledger(), scripts("constants")
    masked = bytearray(artifact.deployed)
    for start, length in artifact.immutables:
        masked[start : start + length] = bytes(length)
    assert found["slots"] == {name: artifact.slots[f"_{name}"] for name in found["slots"]}
    structs = {
        record: {name: list(place) for name, place in fields.items()}
        for record, fields in artifact.structs.items()
    }
    assert found["structs"] == structs
    assert found["code"] == {
        "length": len(artifact.deployed),
        "hash": keccak(bytes(masked)).hex(),
        "immutables": [list(each) for each in artifact.immutables],
    }
    assert found["keyAdded"] == contract.topic("KeyAdded")


@pytest.mark.parametrize("index", [0, 127, 128, 4_000])
def test_slots_are_the_same(index: int, scripts: Scripts) -> None:
    root, key_id = bytes(range(32)), bytes(range(32, 64))
    batch = contract.batch_id(1001, root)
    expected = [
        contract.school_slot(1001),
        contract.key_slot(key_id),
        contract.anchor_slot(batch),
        contract.word_slot(batch, index),
    ]
    asked = {"school": 1001, "root": root.hex(), "index": index, "key_id": key_id.hex()}
    assert scripts("slots", **asked) == [str(slot) for slot in expected]
