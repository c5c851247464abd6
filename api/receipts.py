"""Giving receipts: a thing is verified anew, what was found is signed. Nothing is kept.

Decides that no receipt leaves which this deployment would itself call forged: its key must be
listed on chain for whoever verifies, as of the very block that the receipt names.
"""

import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Protocol

from api import receiptpaper
from credential import receipt
from credential.errors import RefusedError
from credential.keys import Signer
from verifier.auditing import Auditor, Judgement, Standing, named
from verifier.receipting import Site, claims_of
from verifier.verify import Answer


class Verifying(Protocol):
    """What answers a verification; `verifier.verify.Verifier` does."""

    def verify(self, thing: str | bytes) -> Answer:
        """The verdict on a text or a file's bytes; blocks while sources are asked."""
        ...


def software() -> str:
    """What this deployment runs, as receipts name it."""
    return f"sogoc {version('sogoc')}"


class ReceiptOffice:
    """Gives receipts of one deployment and judges anybody's. Thread safe; every method may block.

    `signer` is None where this deployment has no receipt key.
    """

    def __init__(
        self,
        verifier: Verifying,
        auditor: Auditor,
        site: Site,
        signer: Signer | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._verifier, self._auditor, self._site = verifier, auditor, site
        self._signer, self._clock = signer, clock

    def give(self, thing: str | bytes) -> str:
        """Verify a thing and sign what was found: the receipt's file.

        Raises what `verifier.verify.Verifier.verify` raises, RefusedError ``receipt.no_key`` and
        ``receipt.key_unlisted`` (the chain does not list the key yet, or no longer),
        ``receipt.too_many`` (limit) and FormatError ``receipt.too_long``.
        """
        self.check_key()
        return self.sign(self._verifier.verify(thing))

    def sign(self, answer: Answer) -> str:
        """The receipt of an answer that was just given. Raises as `give` does."""
        signer = self.check_key()
        claims = claims_of(answer, self._site, int(self._clock()))
        signed = receipt.signing_input(signer.public.kid, claims)
        text = receipt.assemble(claims, signed, signer.sign(signed))
        made = receipt.parse(text)
        # Where the chain was silent it would only be waited for once more.
        if named(made) and self._auditor.judge(made).standing is Standing.FORGED:
            raise RefusedError("receipt.key_unlisted")
        return text

    def check_key(self) -> Signer:
        """The receipt key. Raises RefusedError ``receipt.no_key``."""
        if self._signer is None:
            raise RefusedError("receipt.no_key")
        return self._signer

    def verify(self, thing: str | bytes) -> Answer:
        """The verdict on a thing now, to compare a receipt with. Raises what verifying raises."""
        return self._verifier.verify(thing)

    def print(self, text: str) -> bytes:
        """A receipt as a PDF."""
        return receiptpaper.make_pdf(receipt.parse(text))

    def judge(self, text: str) -> Judgement:
        """What a receipt is. Raises FormatError ``receipt.too_long``, ``receipt.malformed``."""
        return self._auditor.judge(receipt.parse(text))
