"""What a transfer bundle takes along, and how that is noted as extracts of the pupil's record."""

from collections.abc import Sequence
from datetime import date

from credential import sdjwt, transfer
from credential.errors import RefusedError
from credential.extracts import Extract, ExtractKind
from credential.model import CredentialType, Lane
from credential.records import IssuedCredential, Move
from issuer.delivery import credential_of, sd_jwt_of
from store.held import Held
from store.transfer_records import Draft

_YEAR_ENDS = (5, 31)  # month and day


def standing(held: Held, draft: Draft, came: Move | None) -> Sequence[IssuedCredential]:
    """The record of the sending school, then what else of the pupil's is active.

    `came` is the pupil's last move: what was issued before it of a school year that was over by
    then is of an earlier stay. Raises RefusedError ``transfer.no_record_yet``.
    """
    active = [each for each in held.of(draft.pupil) if each.lane is Lane.ACTIVE]
    records = [
        each
        for each in active
        if each.batch.type is CredentialType.TRANSFER
        and each.batch.school == draft.from_school
        and (came is None or _is_of_stay(each, came.on))
    ]
    if not records:
        raise RefusedError("transfer.no_record_yet")
    others = [each for each in active if each is not records[0]]
    return [records[0], *others][: transfer.MAX_CREDENTIALS]


def _is_of_stay(record: IssuedCredential, since: date) -> bool:
    found = credential_of(sdjwt.parse(sd_jwt_of(record)))
    return found.issued >= since or date(found.year, *_YEAR_ENDS) >= since


def extracts(issued: Sequence[IssuedCredential], draft: Draft, actor: str) -> list[Extract]:
    """One extract for each, taken by `actor` for the receiving school."""
    return [
        Extract(
            draft.pupil, each.batch.school, each.batch.seq, each.staged.index,
            ExtractKind.TRANSFER, actor, draft.to_name,
        )
        for each in issued
    ]  # fmt: skip
