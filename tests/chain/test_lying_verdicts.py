"""What a verification concludes when an endpoint lies: never another verdict than the true one.

Every lie of `test_witnesses` is told by one endpoint of three, and by one that is asked alone and
has to prove what it says; a genuine paper and file, a revoked one and a forged one are verified.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from chain import acts
from chain.reader import LedgerReader
from chain.witnesses import Witnesses
from tests.chain.test_witnesses import LIES, Endpoints
from tests.chain.world import OWNER, RELAYER, LedgerUnderTest, key_id, root_of
from tests.simulator import SCHOOL, SEQ, World
from verifier.verdict import Conclusion, Verdict
from verifier.verify import Verifier

TRUTH = {
    "genuine paper": Conclusion(Verdict.VALID, "valid"),
    "genuine file": Conclusion(Verdict.VALID, "valid"),
    "revoked": Conclusion(Verdict.INVALID, "revoked"),
    "forged": Conclusion(Verdict.INVALID, "forged"),
}
REVOKED = 1


@pytest.fixture
def endpoints(ledger: LedgerUnderTest) -> Iterator[Endpoints]:
    made = Endpoints(ledger)
    yield made
    made.close()


@pytest.fixture
def world(ledger: LedgerUnderTest, endpoints: Endpoints) -> World:
    """Store, register and papers of a school whose batch is really anchored."""
    found = World(deployment=ledger.deployment)
    ledger.send(OWNER, "setSchool", SCHOOL, 0, 0, 0b110)
    ledger.send(OWNER, "addKey", SCHOOL, key_id(RELAYER), 0, 0, 1, b"")
    ledger.governor().perform(acts.add_signing_key(SCHOOL, found.key.public))
    roots = [*(root_of(f"earlier {seq}") for seq in range(SEQ)), found.levels[-1]]
    for seq, root in enumerate(roots):
        ledger.send(RELAYER, "anchorDirect", SCHOOL, seq, root, len(found.credentials))
    ledger.send(OWNER, "revoke", SCHOOL, roots[-1], REVOKED)
    ledger.net.finalise()
    return found


@contextmanager
def verifying(endpoints: Endpoints, world: World, needed: int) -> Iterator[Verifier]:
    witnesses: Witnesses = endpoints.made(needed)
    reader = LedgerReader(witnesses, world.deployment)
    verifier = Verifier(world.deployment, reader, world, world)
    yield verifier
    verifier.close()
    witnesses.close()


def papers(world: World) -> Mapping[str, str]:
    return {
        "genuine paper": world.link(0),
        "genuine file": world.sd_jwt(0),
        "revoked": world.link(REVOKED),
        "forged": World(deployment=world.deployment).link(0),
    }


def test_no_lie_makes_a_wrong_verdict(
    endpoints: Endpoints, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    things, counts = papers(world), Counter[str]()
    wrong: list[tuple[str, str, str, Conclusion]] = []
    for name, lie in LIES.items():
        for by, needed, place in (("first", 2, 0), ("last", 2, 2), ("alone", 1, 0)):
            lie(endpoints.men[place], endpoints.ledger)
            with verifying(endpoints, world, needed) as verifier:
                found = {kind: verifier.verify(text).conclusion for kind, text in things.items()}
            endpoints.men[place].reply = endpoints.men[place].honest
            for kind, conclusion in found.items():
                silent = conclusion.verdict is Verdict.UNDETERMINED
                counts[
                    "silent" if silent else "true" if conclusion == TRUTH[kind] else "wrong"
                ] += 1
                if conclusion != TRUTH[kind] and not (silent and by == "alone"):
                    wrong.append((name, by, kind, conclusion))
    with capsys.disabled():
        sys.stderr.write(
            f"\n{endpoints.ledger.net.name}: {len(LIES)} kinds of lies, by one of three and by one"
            f" alone, {counts.total()} verdicts: {dict(counts)}\n"
        )
    assert wrong == []
    assert counts["true"] >= 2 * len(LIES) * len(things)


def test_without_a_lie_the_verdicts_are_these(endpoints: Endpoints, world: World) -> None:
    for needed in (1, 2):
        with verifying(endpoints, world, needed) as verifier:
            found = {kind: verifier.verify(text).conclusion for kind, text in papers(world).items()}
        assert found == TRUTH
