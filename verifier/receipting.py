"""From the answer of a verification to the claims of its receipt. Pure: the clock is the caller's.

What a receipt cannot hold (a decision's number that nobody could print) is left out rather than
refused: a receipt says what was found, it does not say everything that was known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from credential import receipt, receipt_claims
from credential.errors import RefusedError
from credential.facts import Block, ChainTrust
from credential.model import Deployment
from verifier.verdict import Check, Report
from verifier.verify import Answer

_KEPT = ("serial", "name")  # of a document's fields, besides its register number


@dataclass(frozen=True, slots=True)
class Site:
    """Who verified: the ledger asked, the site's public address, its software, specimen or not."""

    deployment: Deployment
    public_url: str
    software: str
    specimen: bool


def claims_of(answer: Answer, site: Site, now: int) -> dict[str, Any]:
    """The claims at a time (seconds since 1970).

    Raises RefusedError ``receipt.too_many`` (limit) for a thing that holds too many artefacts.
    """
    if len(answer.reports) > receipt_claims.MAX_ARTEFACTS:
        raise RefusedError("receipt.too_many", limit=receipt_claims.MAX_ARTEFACTS)
    return {
        "iss": site.deployment.issuer(receipt.OPERATOR),
        "iat": now,
        "site": site.public_url,
        "software": site.software,
        "specimen": site.specimen,
        "verdict": answer.conclusion.verdict.value,
        "reason": answer.conclusion.reason,
        "spoken": answer.spoken_reason,
        "artefacts": [_artefact(report) for report in answer.reports],
    }


def _artefact(report: Report) -> dict[str, Any]:
    kept = {name: report.document.get(name) for name in _KEPT}
    optional = {"school_name": report.school_name, **kept}
    found: dict[str, Any] = {
        "artefact": report.artefact,
        "type": report.kind,
        "school": report.school,
        "digest": report.digest,
        "register_no": report.document["register_no"],
        "partial": report.partial,
        "verdict": report.conclusion.verdict.value,
        "reason": report.conclusion.reason,
        "checks": [_check(check) for check in report.checks],
    }
    found |= {name: value for name, value in optional.items() if receipt_claims.is_text(value)}
    if report.block is not None:
        found["as_of"] = _as_of(report.block, report.trust)
    if report.silence:
        found["silence"] = report.silence
    return found


def _check(check: Check) -> dict[str, Any]:
    return {
        "step": check.step.value,
        "outcome": check.outcome.value,
        "code": check.code,
        "reason": check.reason,
        "params": _params(check.params),
    }


def _params(params: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in params.items() if receipt_claims.is_param(value)}


def _as_of(block: Block, trust: ChainTrust) -> dict[str, Any]:
    return {
        "block": block.number,
        "hash": block.hash.hex(),
        "time": block.time,
        "agreed": trust.agreed,
        "endpoints": trust.endpoints,
        "proven": trust.proven,
        "indexed": trust.indexed,
    }
