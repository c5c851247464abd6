"""What checking a transfer bundle found: as plain JSON, and as the command line prints it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import click
from pydantic import BaseModel, ConfigDict

from api import presenting
from api.presenting import AnswerModel, Bilingual
from api.showing import SIGNS, answer_lines
from api.terminal import printable
from grading.explaining import Remark
from verifier.transferring import SealFinding, TransferJudgement
from verifier.verdict import Outcome, Verdict
from web import messages

_COLOURS = {Verdict.VALID: "green", Verdict.INVALID: "red", Verdict.UNDETERMINED: "yellow"}
OUTCOMES = {Outcome.PASSED: "✔", Outcome.FAILED: "✘", Outcome.UNKNOWN: "?"}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SealFindingModel(_Model):
    """One check of the seal. `code` is stable; `text` may change."""

    outcome: Literal["passed", "failed", "unknown"]
    code: str
    text: Bilingual


class TransferModel(_Model):
    """What the seal says of the transfer; believe it only if its findings passed.

    `from_school` is the registry's name for who sealed it, a dash where the registry told none.
    """

    id: str
    from_school: str
    to_school: str
    reason: Bilingual
    requested: str
    sealed: str


class TransferJudgementModel(_Model):
    """What a transfer bundle is: its seal, and a verdict on each credential in it.

    VALID only if the seal is genuine and every credential is VALID.
    """

    verdict: Literal["VALID", "INVALID", "UNDETERMINED"]
    headline: Bilingual
    next: Bilingual
    transfer: TransferModel
    seal: list[SealFindingModel]
    credentials: list[AnswerModel]


def judgement(found: TransferJudgement) -> dict[str, Any]:
    """A judgement as `TransferJudgementModel` describes it."""
    claims, verdict = found.bundle.seal.claims, found.verdict.value
    return {
        "verdict": verdict,
        "headline": messages.both(f"transfer.is_{verdict.lower()}"),
        "next": messages.both(f"transfer.next_{verdict.lower()}"),
        "transfer": {
            "id": claims["id"],
            "from_school": _sender(found),
            "to_school": claims["to"]["name"],
            "reason": messages.both(f"transfer_reason.{claims['reason']}"),
            "requested": claims["requested"],
            "sealed": messages.local_day(claims["iat"]).isoformat(),
        },
        "seal": [
            {
                "outcome": each.outcome.value,
                "code": each.code,
                "text": messages.both(each.code, **each.params),
            }
            for each in found.findings
        ],
        "credentials": [presenting.answer(answer) for answer in found.answers],
    }


def _sender(found: TransferJudgement) -> str:
    """The sending school as the registry calls it; a document's own word for it is never shown."""
    return found.answers[0].reports[0].school_name or messages.MISSING


def judgement_lines(lang: str, found: TransferJudgement) -> Iterable[str]:
    """A whole judgement for a terminal."""
    claims, verdict = found.bundle.seal.claims, found.verdict
    sign = click.style(f"{SIGNS[verdict]} {verdict.value}", fg=_COLOURS[verdict])
    yield f"{sign} — {messages.text(lang, f'transfer.is_{verdict.value.lower()}')}"
    yield messages.text(lang, f"transfer.next_{verdict.value.lower()}")
    reason = messages.text(lang, f"transfer_reason.{claims['reason']}")
    about = {"sender": _sender(found), "receiver": claims["to"]["name"], "reason": reason}
    yield printable(messages.text(lang, "transfer.about", name=claims["id"], **about))
    for finding in found.findings:
        yield f"  {finding_line(lang, finding)}"
    for answer in found.answers:
        yield ""
        yield from answer_lines(lang, answer)


def finding_line(lang: str, found: SealFinding) -> str:
    """One check of a school's statement."""
    return f"{OUTCOMES[found.outcome]} {messages.text(lang, found.code, **found.params)}"


def remark_lines(lang: str, remarks: Sequence[Remark]) -> Iterator[str]:
    """What the receiving school has to see to."""
    yield messages.text(lang, "transfer.to_see_to" if remarks else "transfer.nothing_to_see_to")
    for remark in remarks:
        yield printable(f"  · {messages.text(lang, remark.code, **remark.params)}")
