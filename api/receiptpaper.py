"""A receipt as a PDF/A-3 page, with the receipt's file attached: what it says, in which words.

It stands here and not with the issuer's papers, because whoever verifies issues nothing; only the
press is the same. `receipt.typ` decides the layout. Everything printed is made of the signed claims
alone, so that the page cannot say anything else than the file in it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from credential.facts import ChainTrust
from credential.receipt import Receipt
from issuer.paper.press import print_pdf
from web import messages

ATTACHMENT = "receipt.json"  # the name under which the receipt's file is attached
_TEMPLATE = Path(__file__).parent / "receipt.typ"
_FIELDS = ("name", "serial", "register_no")
_WORDS = (
    "title", "not_a_diploma", "checked_at", "checked_by", "ledger", "as_of", "not_asked", "digest",
    "how_title", "how", "how_command", "print_alone", "then_only", "specimen",
)  # fmt: skip


def make_pdf(receipt: Receipt) -> bytes:
    """The page. Raises what `issuer.paper.press.print_pdf` raises."""
    made = datetime.fromtimestamp(receipt.claims["iat"], UTC)
    return print_pdf(_TEMPLATE, _content(receipt), made)


def _content(receipt: Receipt) -> dict[str, object]:
    claims = receipt.claims
    _, _, chain_id, contract, _ = claims["iss"].split(":")
    return {
        "words": {word: messages.both(f"receipt.{word}") for word in _WORDS},
        "file": receipt.text,
        "attachment": ATTACHMENT,
        "verdict": claims["verdict"],
        "headline": messages.both(f"headline.{claims['spoken']}"),
        "checked_at": messages.local_time(claims["iat"]),
        "site": claims["site"],
        "software": claims["software"],
        "chain_id": chain_id,
        "contract": f"0x{contract}",
        "key": receipt.kid.hex(),
        "specimen": claims["specimen"],
        "artefacts": [_artefact(each) for each in claims["artefacts"]],
    }


def _artefact(artefact: Mapping[str, Any]) -> dict[str, object]:
    school = {"label": messages.both("field.school_name"), "value": _school(artefact)}
    fields = [
        {"label": messages.both(messages.label(name, artefact["type"])), "value": artefact[name]}
        for name in _FIELDS
        if name in artefact
    ]
    return {
        "kind": messages.both(f"kind.{artefact['type']}"),
        "artefact": messages.both(f"artefact.{artefact['artefact']}"),
        "fields": [*fields, school],
        "digest": artefact["digest"],
        "as_of": _as_of(artefact["as_of"]) if "as_of" in artefact else None,
        "checks": [_check(check) for check in artefact["checks"]],
    }


def _school(artefact: Mapping[str, Any]) -> str:
    """By the registry's name where it was asked, else by number alone."""
    number = f"({artefact['school']})"
    return f"{artefact['school_name']} {number}" if "school_name" in artefact else number


def _as_of(found: Mapping[str, Any]) -> dict[str, object]:
    agreed, endpoints = found["agreed"], found["endpoints"]
    trust = ChainTrust(agreed, endpoints, found["proven"], found["indexed"])
    return {
        "block": str(found["block"]),
        "hash": found["hash"],
        "time": messages.local_time(found["time"]),
        "trust": messages.both(trust.code, agreed=agreed, endpoints=endpoints),
    }


def _check(check: Mapping[str, Any]) -> dict[str, object]:
    return {
        "step": check["step"],
        "outcome": check["outcome"],
        "text": messages.both(check["code"], **check["params"]),
    }
