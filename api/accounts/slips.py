"""Claim codes for many pupils at once, and the slips on which a school gives them out.

A code is confirmed by the pupil's personal number where the registry knows it, unless the school
wants the birth date: classmates know birthdays. The slip says which, and never the number itself.

A code is drawn here, shown on its slip, and kept as a digest alone: who loses a slip gets another
one, which takes the place of the first.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api import spreadsheet
from credential import claimcode, crockford
from credential.records import PupilRecord
from issuer.paper.press import print_pdf
from store.accounts import Holding, Relation
from store.claims import Claim, Claims, Confirmation
from web import messages

_TEMPLATE = Path(__file__).parent / "slips.typ"
_WORDS = (
    "title", "for_self", "for_guardian", "class_name", "code", "until", "how_birth",
    "how_personal_no", "secret", "once",
)  # fmt: skip
_COLUMNS = ("class_name", "name", "pupil", "relation", "code", "confirmation", "until")


@dataclass(frozen=True, slots=True)
class Slip:
    """What one slip says. `code` is grouped, `until` a day as dd/mm/yyyy."""

    pupil: PupilRecord
    relation: Relation
    confirmation: Confirmation
    code: str
    until: str


def make(
    claims: Claims,
    pupils: Sequence[PupilRecord],
    relation: Relation,
    seconds: int,
    actor: str,
    *,
    by_birth: bool,
) -> list[Slip]:
    """A fresh code for each pupil, that can be used for so long; all `by_birth` where wanted."""
    confirmations = [_confirmation(pupil, by_birth=by_birth) for pupil in pupils]
    codes = [claimcode.encode(secrets.token_bytes(claimcode.RANDOM_BYTES)) for _ in pupils]
    made = [
        Claim(claimcode.digest(code), Holding(pupil.code, relation), confirmation)
        for code, pupil, confirmation in zip(codes, pupils, confirmations, strict=True)
    ]
    until = messages.local_day(claims.make(made, seconds, actor)).strftime("%d/%m/%Y")
    return [
        Slip(pupil, relation, confirmation, crockford.grouped(code), until)
        for code, pupil, confirmation in zip(codes, pupils, confirmations, strict=True)
    ]


def _confirmation(pupil: PupilRecord, *, by_birth: bool) -> Confirmation:
    by_birth = by_birth or pupil.personal_no is None
    return Confirmation.BIRTH if by_birth else Confirmation.PERSONAL_NO


def as_csv(slips: Sequence[Slip]) -> bytes:
    """One line for each slip."""
    headings = [messages.text("vi", f"slip.{name}") for name in _COLUMNS]
    return spreadsheet.as_csv(headings, map(_row, slips))


def as_pdf(slips: Sequence[Slip], school: str, address: str) -> bytes:
    """Eight slips on a page, to be cut. `school` is its name, `address` that of the holder's page.

    Raises FormatError ``paper.unprintable``.
    """
    content: Mapping[str, object] = {
        "words": {word: messages.both(f"slip.{word}") for word in _WORDS},
        "school": school,
        "address": address,
        "slips": [
            {
                "name": slip.pupil.name, "class_name": slip.pupil.class_name, "code": slip.code,
                "relation": slip.relation.value, "until": slip.until,
                "confirmation": slip.confirmation.value,
            }
            for slip in slips
        ],
    }  # fmt: skip
    return print_pdf(_TEMPLATE, content, datetime.now(UTC).replace(microsecond=0))


def _row(slip: Slip) -> list[spreadsheet.Cell]:
    relation = messages.text("vi", f"me.{slip.relation.value}")
    confirmation = messages.text("vi", f"slip.{slip.confirmation.value}")
    pupil = slip.pupil
    about = [pupil.class_name, pupil.name, pupil.code, relation]
    return [*about, slip.code, confirmation, slip.until]
