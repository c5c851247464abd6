"""sd-jwt (OpenWallet Foundation) reads ours: recursive disclosures, selections, key binding."""

from typing import Any

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from credential import keybinding
from credential.keys import PublicKey
from credential.selecting import present
from tests.credential.issued import PHONE, SCHOOL, bound, issue, transcript

FULL = issue(bound(transcript()))


def jwk(key: PublicKey) -> JWK:
    return JWK(**key.jwk)


def read(text: str, *expected: str) -> Any:
    verifier = SDJWTVerifier(text, lambda _issuer, _header: jwk(SCHOOL.public), *expected)
    return verifier.get_verified_payload()["credential"]


def test_all_of_a_transcript_is_read() -> None:
    said = read(FULL)
    assert said["name"] == "Nguyễn Thị Hoàng Ngọc Khánh"
    assert said["CN"]["mathematics"] == {"mark": 51, "name": "Toán"}
    assert len(said["HK1"]) + len(said["HK2"]) + len(said["CN"]) == 40
    assert said["outcome"]["CN.study"] == "Khá"
    assert said["outcome"]["counts"] == {"HK1": 13, "HK2": 13, "CN": 14, "outcome": 11}


def test_of_a_selection_what_was_chosen_is_read() -> None:
    said = read(present(FULL, ["name", "CN/mathematics"]))
    assert said["CN"] == {"mathematics": {"mark": 51, "name": "Toán"}}
    assert not {"HK1", "HK2", "outcome", "birth_date", "class"} & said.keys()


def test_a_row_without_its_group_is_not_read_there_either() -> None:
    chosen = present(FULL, ["name", "CN/mathematics"])
    jwt, name, _, row, end = chosen.split("~")
    assert "CN" not in read("~".join([jwt, name, row, end]))


def test_a_holders_proof_is_taken_for_its_audience_and_nonce_only() -> None:
    text = keybinding.bind(present(FULL, ["name"]), PHONE, "https://a.example", "n-1", 1)
    assert read(text, "https://a.example", "n-1")["name"]
    with pytest.raises(ValueError, match="audience"):
        read(text, "https://b.example", "n-1")
    with pytest.raises(ValueError, match="nonce"):
        read(text, "https://a.example", "n-2")
