"""What is answered about a receipt: a judgement as plain JSON, and as the command line prints it.

Never a verdict on a credential: the words say "receipt" everywhere, and recommend to verify anew.
"""

from collections.abc import Iterable
from typing import Any, Literal

import click
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api import presenting
from api.presenting import AnswerModel, Bilingual
from api.terminal import printable
from credential.receipt import Receipt
from verifier.auditing import Change, Finding, Judgement, Standing, changes, named
from verifier.verdict import Outcome
from verifier.verify import Answer
from web import messages

SIGNS = {Standing.GENUINE: "✔", Standing.FORGED: "✘", Standing.UNDETERMINED: "?"}
_COLOURS = {Standing.GENUINE: "green", Standing.FORGED: "red", Standing.UNDETERMINED: "yellow"}
_OUTCOMES = {Outcome.PASSED: "✔", Outcome.FAILED: "✘", Outcome.UNKNOWN: "?"}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FindingModel(_Model):
    """One check of the receipt. `code` is stable; `text` may change."""

    outcome: Literal["passed", "failed", "unknown"]
    code: str
    text: Bilingual


class ChangeModel(_Model):
    """A step of the verification that comes out differently now."""

    step: int = Field(ge=1, le=8)
    before: str
    now: str
    text: Bilingual


class AnewModel(_Model):
    """What verifying again now says of the thing that was handed in with the receipt."""

    same_document: bool
    same_result: bool
    headline: Bilingual
    changes: list[ChangeModel]
    answer: AnswerModel


class JudgementModel(_Model):
    """What a receipt is; not a verdict on the credential as it stands today."""

    standing: Literal["genuine", "forged", "undetermined"]
    reason: str
    headline: Bilingual
    next: Bilingual
    findings: list[FindingModel]
    claims: dict[str, JsonValue] = Field(
        description="what the receipt says; believe it only if it is genuine"
    )
    anew: AnewModel | None


def judgement(found: Judgement, anew: Answer | None = None) -> dict[str, Any]:
    """A judgement as `JudgementModel` describes it."""
    return {
        "standing": found.standing.value,
        "reason": found.reason,
        "headline": {lang: headline(lang, found) for lang in messages.LANGUAGES},
        "next": messages.both(f"receipt.next_{found.standing.value}"),
        "findings": [
            {
                "outcome": each.outcome.value,
                "code": each.code,
                "text": messages.both(each.code, **each.params),
            }
            for each in found.findings
        ],
        "claims": dict(found.receipt.claims),
        "anew": _anew(found.receipt, anew) if anew else None,
    }


def headline(lang: str, found: Judgement) -> str:
    """The judgement in one sentence; of a genuine receipt, what it found when and as of what."""
    claims, blocks = found.receipt.claims, named(found.receipt)
    if found.standing is not Standing.GENUINE:
        return messages.text(lang, f"receipt.{found.standing.value}")
    finding = messages.text(lang, f"headline.{claims['spoken']}")
    said = {"time": claims["iat"], "site": claims["site"], "finding": finding}
    if not blocks:
        return messages.text(lang, "receipt.genuine_no_block", **said)
    newest = max(block.number for block in blocks)
    return messages.text(lang, "receipt.genuine", block=newest, **said)


def judgement_lines(lang: str, found: Judgement, anew: Answer | None = None) -> Iterable[str]:
    """A whole judgement for a terminal."""
    sign = click.style(
        f"{SIGNS[found.standing]} {found.standing.value.upper()}", fg=_COLOURS[found.standing]
    )
    yield f"{sign} — {printable(headline(lang, found))}"
    yield messages.text(lang, f"receipt.next_{found.standing.value}")
    yield ""
    yield from map(printable, _claim_lines(lang, found.receipt))
    yield from (_finding_line(lang, each) for each in found.findings)
    if anew:
        yield ""
        yield from map(printable, _anew_lines(lang, found.receipt, anew))


def _claim_lines(lang: str, receipt: Receipt) -> Iterable[str]:
    for each in receipt.claims["artefacts"]:
        kind = messages.text(lang, f"kind.{each['type']}")
        artefact = messages.text(lang, f"artefact.{each['artefact']}")
        yield f"{kind} · {artefact}"
        for name in ("school_name", "name", "serial", "register_no"):
            if name in each:
                label = messages.text(lang, messages.label(name, each["type"]))
                yield f"  {label}: {each[name]}"


def _finding_line(lang: str, found: Finding) -> str:
    return f"  {_OUTCOMES[found.outcome]} {messages.text(lang, found.code, **found.params)}"


def _anew_lines(lang: str, receipt: Receipt, now: Answer) -> Iterable[str]:
    differing = changes(receipt, now)
    yield messages.text(lang, _compared(receipt, differing, now))
    yield "  " + messages.text(lang, f"headline.{now.spoken_reason}")
    for each in differing or ():
        yield "  " + messages.text(lang, "receipt.change", **_change(lang, each))


def _anew(receipt: Receipt, now: Answer) -> dict[str, Any]:
    differing = changes(receipt, now)
    said = _compared(receipt, differing, now)
    return {
        "same_document": differing is not None,
        "same_result": said == "receipt.same",
        "headline": messages.both(said),
        "changes": [
            {
                "step": each.now.step.value,
                "before": each.before["code"],
                "now": each.now.code,
                "text": {
                    lang: messages.text(lang, "receipt.change", **_change(lang, each))
                    for lang in messages.LANGUAGES
                },
            }
            for each in differing or ()
        ],
        "answer": presenting.answer(now),
    }


def _compared(receipt: Receipt, differing: list[Change] | None, now: Answer) -> str:
    """The code of the sentence on what a receipt said and what is found now."""
    if differing is None:
        return "receipt.other_document"
    before = receipt.claims["verdict"], receipt.claims["reason"]
    same = before == (now.conclusion.verdict.value, now.conclusion.reason)
    return "receipt.same" if same and not differing else "receipt.changed"


def _change(lang: str, change: Change) -> dict[str, object]:
    before, now = change.before, change.now
    return {
        "step": now.step.value,
        "before": messages.text(lang, before["code"], **before["params"]),
        "now": messages.text(lang, now.code, **now.params),
    }
