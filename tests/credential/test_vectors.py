"""The frozen vectors: each file is one known fault, or one good artefact, with what must follow."""

import json
from pathlib import Path
from typing import Any

import pytest

from credential import merkle, qrlink, qrtoken, receipt, sdjwt
from credential.errors import FormatError
from credential.keys import PublicKey
from credential.model import Deployment

VECTORS = Path(__file__).parent.parent / "vectors"


def load(pattern: str) -> list[Any]:
    return [
        pytest.param(json.loads(path.read_text(encoding="utf-8")), id=path.stem)
        for path in sorted(VECTORS.glob(pattern))
    ]


def outcome(vector: dict[str, Any]) -> str:
    """What an auditor finds, by the formats alone."""
    key = PublicKey(bytes.fromhex(vector["public_key"]))
    deployment = Deployment(vector["chain_id"], bytes.fromhex(vector["contract"]))
    text = vector["artefact"]
    try:
        if receipt.looks_like_receipt(text):
            return receipt_outcome(receipt.parse(text), key)
        if "~" in text:
            found = sdjwt.parse(text)
            signed, covered = found.verify(key), found.committed
            if found.binding and found.holder_key and found.binding.fault(found.holder_key, None):
                return "binding"
        else:
            token = qrtoken.parse(qrlink.decode(text))
            signed, covered = token.verify(key, deployment), True
    except FormatError as error:
        return error.code
    if not signed:
        return "signature"
    return "ok" if covered else "disclosure"


def receipt_outcome(found: receipt.Receipt, key: PublicKey) -> str:
    if not found.copied:
        return "copy"
    return "ok" if found.verify(key) else "signature"


ARTEFACTS = load("qr-*.json") + load("sdjwt-*.json") + load("receipt-*.json")


@pytest.mark.parametrize("vector", ARTEFACTS)
def test_each_artefact_is_judged_as_recorded(vector: dict[str, Any]) -> None:
    assert outcome(vector) == vector["expected"]


@pytest.mark.parametrize("vector", load("path-*.json"))
def test_each_path_leads_where_recorded(vector: dict[str, Any]) -> None:
    leaf, siblings = bytes.fromhex(vector["leaf"]), [bytes.fromhex(s) for s in vector["path"]]
    root = merkle.root_of(leaf, vector["index"], vector["size"], siblings)
    assert (root == bytes.fromhex(vector["root"])) is vector["expected"]


def test_there_is_a_vector_for_every_kind_of_fault() -> None:
    expected = {json.loads(path.read_text())["expected"] for path in VECTORS.glob("*.json")}
    assert expected == {
        "ok", "signature", "disclosure", "qr.malformed", "qr.too_long", "qr.not_ours",
        "sdjwt.malformed", "sdjwt.too_long", "copy", "binding", "receipt.malformed",
        "receipt.too_long", True, False,
    }  # fmt: skip
