"""Look-up by number: a serial or register number and the holder's birth date find a credential.

What is printed on every paper finds it only together with something that a holder knows. The store
tells candidates; the birth date inside each is compared here, in constant time; what is left is
verified as if it had been scanned. A number that nobody has and a wrong birth date give one and the
same answer, after the same work.
"""

import hmac
from collections.abc import Sequence
from datetime import date

from credential import qrlink, qrtoken
from credential.dates import PartialDate
from credential.errors import RefusedError
from credential.model import Credential, CredentialType, Deployment, Holder, Place, Signer
from verifier.ports import NumberedStore
from verifier.verdict import Verdict
from verifier.verify import Answer, Verifier

MOST = 64  # characters of a number
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_IGNORED = dict.fromkeys(map(ord, f" \u00a0\u202f{_DASHES}"))
_ORDER = (Verdict.VALID, Verdict.UNDETERMINED, Verdict.INVALID)
# Nobody's: compared where no number matched, so that this takes the same steps.
_NOBODY = qrtoken.payload(
    Credential(
        CredentialType.THPT_DIPLOMA, 0, "-", Holder("-", PartialDate(1900)), "-", 1900,
        date(1900, 1, 1), Signer("-", "-"), serial="-",
    ),
    Place(0, 0),
    Deployment(0, bytes(20)),
)  # fmt: skip
_DECOY = qrtoken.assemble(_NOBODY, bytes(32), "ES256", bytes(64))


def fold(number: str) -> str:
    """A number as the store looks it up: capitals, without spaces and dashes.

    Folding again changes nothing: guesses at a number are counted by what it folds to, so one
    number must not have many.
    """
    return number.translate(_IGNORED).strip().upper()


class Numbers:
    """Finds and verifies by number. `store` is None where only leaf files are at hand."""

    def __init__(self, verifier: Verifier, store: NumberedStore | None) -> None:
        self._verifier, self._store = verifier, store

    def verify(self, number: str, born: PartialDate) -> Sequence[Answer]:
        """One answer per credential, that which stands first, then the newest.

        Raises RefusedError ``number.unknown`` (no such number, or another birth date),
        ``number.ambiguous`` (different people of one birth date), ``number.not_here`` (no store to
        look it up in); UnavailableError ``store``.
        """
        if self._store is None:
            raise RefusedError("number.not_here")
        folded = fold(number)
        tokens = self._store.numbered(folded) if 0 < len(folded) <= MOST else ()
        found = [token for token in tokens or (_DECOY,) if _is_of(token, born)]
        if not found or not tokens:
            raise RefusedError("number.unknown")
        if len(set(_newest_names(found))) > 1:
            raise RefusedError("number.ambiguous")
        texts = [qrlink.encode(token, "")[1] for token in found]
        answers = [self._verifier.verify_texts([text]) for text in texts]
        return sorted(answers, key=lambda answer: _ORDER.index(answer.conclusion.verdict))


def _newest_names(tokens: Sequence[bytes]) -> Sequence[str]:
    """The name in the newest version of each register line; `tokens` come newest first."""
    names: dict[tuple[CredentialType, int, str], str] = {}
    for token in tokens:
        claims = qrtoken.parse(token).claims
        names.setdefault((claims.type, claims.school, claims.register_no), claims.name)
    return list(names.values())


def _is_of(token: bytes, born: PartialDate) -> bool:
    """Whether that birth date stands in it, to the same precision."""
    held, given = (
        date.number.to_bytes(4, "big") for date in (qrtoken.parse(token).claims.birth, born)
    )
    return hmac.compare_digest(held, given)
