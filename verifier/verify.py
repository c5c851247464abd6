"""The verifier: decode, ask the sources, check, conclude.

The shell around `verifier.checks`: it alone does I/O, through the three ports. Store and chain
are asked first; the registry only about what a listed key has signed, because a registry that
answers anybody's guesses would tell whose birthday is when (`docs/decisions/0007`). Each source
has its limit; one that fails or is slow is silent, and silence never reads as forged or valid.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from credential import lookup, qrlink
from credential.errors import FormatError, RefusedError, UnavailableError
from credential.facts import ONE_BELIEVED
from credential.keybinding import Expectation
from credential.model import CredentialType, Deployment
from verifier import asking, checks
from verifier.artefact import Artefact, decode
from verifier.ports import AwardRegistry, EvidenceStore, Ledger
from verifier.reading import read
from verifier.recomputing import observations
from verifier.verdict import Check, Conclusion, Outcome, Report, Step, Verdict, conclude

SOURCE_LIMIT = 8.0  # seconds that one source may take before it counts as silent
_WORKERS = 16  # threads that wait for sources

# Reasons that are spoken of otherwise where the thing is no diploma itself, by kind and reason.
_SPOKEN_OF = {
    (CredentialType.DIGITISED.key, "valid"): "valid_digitised",
    (CredentialType.DIGITISED.key, "chain_only"): "chain_only_digitised",
    **{
        (CredentialType.COPY.key, reason): f"{reason}_copy"
        for reason in ("valid", "chain_only", "revoked", "superseded", "suspended")
    },
}

_A = TypeVar("_A")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on what was handed in: one report per artefact found in it.

    A PDF usually holds two (its attachment and its QR code); both must be valid and must be
    the same credential.
    """

    conclusion: Conclusion
    reports: tuple[Report, ...]

    @property
    def spoken_reason(self) -> str:
        """The reason to explain to a person (``headline.*``, ``next.*``).

        ``mixed`` where no artefact for itself says so: they do not belong together;
        ``unvouched`` where the chain is silent because nobody believed says that a block is final.
        What is no diploma itself is never said to be one: ``valid_copy``, ``valid_digitised``.
        """
        if self.conclusion.reason == "chain" and self.reports[0].silence == "unvouched":
            return "unvouched"
        alone = any(report.conclusion == self.conclusion for report in self.reports)
        reason = self.conclusion.reason
        return _SPOKEN_OF.get((self.reports[0].kind, reason), reason) if alone else "mixed"


class Verifier:
    """Verifies things against one deployment. Thread safe; holds no key.

    `registry` is None where there is none to ask: then nothing is VALID.
    Store and chain together get `2 * limit` seconds, the registry `limit`: other threads ask them,
    and the calling one stops waiting. While `at_hand` says that all sources answer out of memory
    and files of this machine, the calling thread asks and only the ports' own limits count:
    handing over to other threads takes longer than such answers do.
    """

    def __init__(
        self,
        deployment: Deployment,
        ledger: Ledger,
        store: EvidenceStore,
        registry: AwardRegistry | None,
        limit: float = SOURCE_LIMIT,
        *,
        at_hand: Callable[[], bool] | None = None,
    ) -> None:
        self._deployment, self._limit, self._at_hand = deployment, limit, at_hand
        self._ledger, self._store, self._registry = ledger, store, registry
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="verify")

    def close(self) -> None:
        """Stop waiting for sources; running requests end by their own limits."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def at_hand(self) -> bool:
        """Whether no source has to be waited for just now: a text takes about a millisecond."""
        return self._at_hand is not None and self._at_hand()

    def verify(self, thing: str | bytes, expected: Expectation | None = None) -> Answer:
        """Verify a link, digits, an SD-JWT, a look-up code, or the bytes of a PDF or image.

        `expected` demands proof that whoever shows it has the holder's key. Raises as `texts`.
        """
        return self.verify_texts(self.texts(thing), expected)

    def texts(self, thing: str | bytes) -> Sequence[str]:
        """The artefacts in a thing: texts of QR codes and SD-JWTs.

        Raises FormatError when nothing of ours can be read in it, or ``receipt.given`` for a
        receipt and ``transfer.given`` for a transfer bundle, which are no credentials;
        RefusedError ``code.unknown``
        for a look-up code that stands for nothing, UnavailableError when a look-up code cannot
        be looked up.
        """
        if isinstance(thing, str) and lookup.looks_like_code(thing):
            return [self._look_up(thing)]
        found = read(thing)
        if found.kind in ("receipt", "transfer"):
            raise FormatError(f"{found.kind}.given")
        return found.texts

    def verify_texts(self, texts: Sequence[str], expected: Expectation | None = None) -> Answer:
        """Verify artefacts that were found in one thing. Raises FormatError for none of ours."""
        artefacts = [decode(text, self._deployment) for text in texts]
        reports = tuple(self._report(artefact, expected) for artefact in artefacts)
        return Answer(_combined(artefacts, reports), reports)

    def _look_up(self, text: str) -> str:
        token = self._store.token(lookup.parse(text))
        if token is None:
            raise RefusedError("code.unknown")
        return qrlink.encode(token, "")[1]

    def _report(self, artefact: Artefact, expected: Expectation | None) -> Report:
        answers = self._gather(artefact) if artefact.ours else checks.Answers(None, None, None)
        found = tuple(run_checks(artefact, answers, expected))
        return Report(
            conclusion=conclude(found),
            checks=found,
            artefact=artefact.kind,
            kind=artefact.type.key,
            document=artefact.document,
            partial=artefact.partial,
            school_name=answers.match.school_name if answers.match else "",
            block=answers.facts.block if answers.facts else None,
            trust=answers.facts.trust if answers.facts else ONE_BELIEVED,
            silence=answers.silence,
            digest=artefact.leaf.hex(),
            school=artefact.school,
            observations=observations(artefact) if checks.is_signed(artefact, answers) else (),
        )

    def _gather(self, artefact: Artefact) -> checks.Answers:
        unasked = checks.Answers(None, None, None, registry_asked=False, silence="silent")
        answers = self._ask(self._ask_chain, artefact, 2 * self._limit) or unasked
        if self._registry is None:
            return replace(answers, no_registry=True)
        if not checks.is_signed(artefact, answers):
            return answers
        match = self._ask(self._registry.match, artefact.claim, self._limit)
        return replace(answers, match=match, registry_asked=True)

    def _ask(self, source: Callable[[_A], _T], about: _A, limit: float) -> _T | None:
        """The source's answer, or None if it failed or took longer than the limit."""
        if self.at_hand():
            return asking.answer(lambda: source(about))
        return asking.within(self._pool.submit(source, about), limit)

    def _ask_chain(self, artefact: Artefact) -> checks.Answers:
        """Evidence first, since the chain is asked about the root that it leads to."""
        place, no_evidence = artefact.place, False
        try:
            evidence = self._store.evidence(artefact.school, place.seq, artefact.leaf_index)
            no_evidence = evidence is None
        except Exception as error:  # noqa: BLE001 — see verifier.asking
            asking.note(error)
            evidence = None
        root = checks.root_of(artefact, evidence) if evidence else None
        facts, silence = None, ""
        try:
            facts = self._ledger.facts(artefact.school, artefact.kid, root, place.index)
        except Exception as error:  # noqa: BLE001 — see verifier.asking
            asking.note(error)
            silence = error.kind if isinstance(error, UnavailableError) else "silent"
        return checks.Answers(
            facts, evidence, None, no_evidence, registry_asked=False, silence=silence
        )


def run_checks(
    artefact: Artefact, answers: checks.Answers, expected: Expectation | None = None
) -> list[Check]:
    """Steps 1–8 in order. What is not ours to judge is not judged further."""
    first = checks.decode(artefact)
    if first.outcome is Outcome.FAILED:
        return [first, *(Check(step, Outcome.UNKNOWN, "step.not_run") for step in list(Step)[1:])]
    return [
        first,
        checks.signature(artefact, answers),
        checks.inclusion(artefact, answers),
        checks.anchor(artefact, answers),
        checks.accreditation(artefact, answers),
        checks.status(artefact, answers),
        checks.registry(answers),
        checks.terms(artefact, expected),
    ]


def _combined(artefacts: list[Artefact], reports: tuple[Report, ...]) -> Conclusion:
    """The worst of the reports; artefacts of different credentials do not belong together."""
    places = {(artefact.school, artefact.place, artefact.type) for artefact in artefacts}
    digests = {artefact.sd_jwt for artefact in artefacts if artefact.sd_jwt}
    transcripts = all(artefact.type.has_results for artefact in artefacts)
    if len(places) > 1 or (transcripts and len(digests) > 1):
        return Conclusion(Verdict.INVALID, "forged")
    return min((report.conclusion for report in reports), key=_badness)


def _badness(found: Conclusion) -> tuple[int, bool]:
    """Order from worst to best: that only the register is missing is the best of what is open."""
    order = [Verdict.INVALID, Verdict.UNDETERMINED, Verdict.VALID]
    return order.index(found.verdict), found.reason == "chain_only"
