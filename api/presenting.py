"""What the HTTP interface answers: an `Answer` and evidence as plain JSON, in one shape.

The shape is declared once as models, which OpenAPI is made of; answers themselves are plain
dictionaries, because validating what we just built would cost more than building it. A test
holds the two together. Sentences come from `web.messages`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from credential.facts import Block, ChainTrust, Evidence
from credential.model import Deployment
from grading.explaining import Remark
from verifier.verdict import Check, Outcome, Report, Step
from verifier.verify import Answer
from web import messages

_DEPTH = 4  # levels of nesting that a genuine document needs at most
_LARGEST = 2**53 - 1  # integers beyond this are not safe in JSON (RFC 8259 §6)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Bilingual(_Model):
    """One sentence or label in both languages."""

    vi: str
    en: str


class CheckModel(_Model):
    """One numbered step. `code` is stable; `text` may change."""

    step: int = Field(ge=1, le=8)
    name: Bilingual
    outcome: Literal["passed", "failed", "unknown"]
    code: str
    reason: str = Field(description="the verdict's reason if this check decides it, or empty")
    params: dict[str, JsonValue]
    text: Bilingual


class RemarkModel(_Model):
    """One step of an explanation, or one thing noticed. `code` is stable; `text` may change."""

    code: str
    params: dict[str, JsonValue]
    text: Bilingual


class AsOfModel(_Model):
    """The finalised block at which the chain was read."""

    block: int
    hash: str = Field(description="64 hex digits")
    time: str = Field(description="block time, ISO 8601 in UTC")
    agreed: int = Field(description="how many endpoints had to name the same block")
    endpoints: int = Field(description="of how many")
    proven: bool = Field(description="all was proven from that block; otherwise one was believed")
    trust: Bilingual


class ReportModel(_Model):
    """What was found for one artefact: a QR code or a signed file."""

    verdict: Literal["VALID", "INVALID", "UNDETERMINED"]
    reason: str
    artefact: Literal["qr", "sd-jwt"]
    kind: str
    kind_name: Bilingual
    school_name: str = Field(description="by the registry, never by the document; may be empty")
    partial: bool = Field(description="the holder shows a selection")
    document: dict[str, JsonValue] = Field(
        description="what the document says; proven only if VALID or withdrawn later"
    )
    as_of: AsOfModel | None
    silence: Bilingual | None = Field(description="why the chain told nothing, if it was asked")
    digest: str = Field(description="leaf hash, for /api/evidence; 64 hex digits")
    checks: list[CheckModel]
    observations: list[RemarkModel] = Field(
        description="for information: a transcript computed again by the grade rules of its year"
    )


class AnswerModel(_Model):
    """The verdict on what was sent, and one report per artefact found in it."""

    verdict: Literal["VALID", "INVALID", "UNDETERMINED"]
    reason: str
    headline: Bilingual
    next: Bilingual
    reports: list[ReportModel]


class DeploymentModel(_Model):
    """Which contract on which chain this site verifies against."""

    chain_id: int
    contract: str = Field(description="address, 0x and 40 hex digits")


class EvidenceModel(_Model):
    """A Merkle path (RFC 9162), enough to check an artefact against the chain without us.

    The leaf is SHA-256 of 0x00 and the artefact; `leaf_index` is 2 · `index` for an SD-JWT and
    2 · `index` + 1 for a QR token; the tree has 2 · `size` leaves.
    """

    school: int
    seq: int
    index: int
    size: int
    leaf_index: int
    leaf: str
    path: list[str]
    deployment: DeploymentModel


def answer(found: Answer) -> dict[str, Any]:
    """An answer as `AnswerModel` describes it."""
    shown = found.spoken_reason
    return {
        "verdict": found.conclusion.verdict.value,
        "reason": found.conclusion.reason,
        "headline": _both(f"headline.{shown}"),
        "next": _both(f"next.{shown}"),
        "reports": [_report(report) for report in found.reports],
    }


def evidence(
    school: int, seq: int, leaf_index: int, found: Evidence, deployment: Deployment
) -> dict[str, Any]:
    """Evidence as `EvidenceModel` describes it."""
    return {
        "school": school,
        "seq": seq,
        "index": leaf_index // 2,
        "size": found.size,
        "leaf_index": leaf_index,
        "leaf": found.leaf.hex(),
        "path": [sibling.hex() for sibling in found.path],
        "deployment": {
            "chain_id": deployment.chain_id,
            "contract": f"0x{deployment.contract.hex()}",
        },
    }


def remark(found: Remark) -> dict[str, Any]:
    """A remark as `RemarkModel` describes it."""
    params = plain(found.params)
    return {"code": found.code, "params": params, "text": messages.both(found.code, **params)}


def plain(value: object, depth: int = _DEPTH) -> Any:
    """A value as JSON that any reader takes, whatever a forger wrote into a document."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if -_LARGEST <= value <= _LARGEST else hex(value)
    if depth == 0:
        return "…"
    if isinstance(value, Mapping):
        return {str(name): plain(item, depth - 1) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth - 1) for item in value]
    return str(value)


def _report(report: Report) -> dict[str, Any]:
    return {
        "verdict": report.conclusion.verdict.value,
        "reason": report.conclusion.reason,
        "artefact": report.artefact,
        "kind": report.kind,
        "kind_name": _both(f"kind.{report.kind}"),
        "school_name": report.school_name,
        "partial": report.partial,
        "document": plain(report.document),
        "as_of": _as_of(report.block, report.trust) if report.block else None,
        "silence": _both(f"silence.{report.silence}") if report.silence else None,
        "digest": report.digest,
        "checks": [_check(check, report.kind) for check in report.checks],
        "observations": [remark(each) for each in report.observations],
    }


def _check(check: Check, kind: str) -> dict[str, Any]:
    params = tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in check.params.items()
    )
    return _said(check.step, check.outcome, check.code, check.reason, params, kind)


@lru_cache(maxsize=4096)
def _said(
    step: Step,
    outcome: Outcome,
    code: str,
    reason: str,
    params: tuple[tuple[str, object], ...],
    kind: str,
) -> dict[str, Any]:
    """A check in both languages; the same ones come again and again, a batch's together."""
    given = dict(params)
    return {
        "step": step.value,
        "name": _both(f"step.{step.name.lower()}"),
        "outcome": outcome.value,
        "code": code,
        "reason": reason,
        "params": plain(given),
        "text": messages.both(code, **messages.worded(given, kind)),
    }


@cache
def _both(code: str) -> dict[str, str]:
    """A sentence without parameters; such codes are few and their own."""
    return messages.both(code)


@lru_cache(maxsize=16)
def _as_of(block: Block, trust: ChainTrust) -> dict[str, Any]:
    return {
        "block": block.number,
        "hash": block.hash.hex(),
        "time": utc(block.time),
        "agreed": trust.agreed,
        "endpoints": trust.endpoints,
        "proven": trust.proven,
        "trust": messages.both(trust.code, agreed=trust.agreed, endpoints=trust.endpoints),
    }


def utc(seconds: int) -> str:
    """Seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
