"""Who asks the sources: the calling thread while all are at hand, others when one may be slow.

The verdict never depends on it.
"""

import threading
from collections.abc import Iterator

import pytest

from credential.facts import AwardClaim, AwardMatch, Evidence, LedgerFacts
from tests.simulator import World
from verifier.verify import Verifier

MODES = {"all sources at hand": True, "one may be slow": False}


class Watched(World):
    """A world that notes which threads ask it."""

    threads: set[str]

    def facts(self, school: int, key_prefix: bytes, root: bytes | None, index: int) -> LedgerFacts:
        self.note()
        return super().facts(school, key_prefix, root, index)

    def evidence(self, school: int, seq: int, leaf_index: int) -> Evidence | None:
        self.note()
        return super().evidence(school, seq, leaf_index)

    def match(self, claim: AwardClaim) -> AwardMatch:
        self.note()
        return super().match(claim)

    def note(self) -> None:
        self.threads.add(threading.current_thread().name)


@pytest.fixture
def world() -> Watched:
    watched = Watched()
    watched.threads = set()
    return watched


@pytest.fixture(params=MODES.values(), ids=MODES)
def verifier(request: pytest.FixtureRequest, world: Watched) -> Iterator[Verifier]:
    made = Verifier(world.deployment, world, world, world, at_hand=lambda: request.param)
    yield made
    made.close()


def test_the_calling_thread_asks_only_while_all_sources_are_at_hand(
    world: Watched, verifier: Verifier
) -> None:
    assert verifier.verify(world.link(0)).conclusion.reason == "valid"
    own = threading.current_thread().name
    assert world.threads
    assert world.threads == {own} if verifier.at_hand() else own not in world.threads


@pytest.mark.parametrize("source", ["chain", "store", "registry"])
def test_a_silent_source_is_named_whoever_asks_it(
    source: str, world: Watched, verifier: Verifier
) -> None:
    world.silent.add(source)
    found = verifier.verify(world.link(0)).conclusion
    assert (found.verdict.value, found.reason) == ("UNDETERMINED", source)


def test_without_being_told_no_source_counts_as_at_hand(world: Watched) -> None:
    verifier = Verifier(world.deployment, world, world, world)
    assert not verifier.at_hand()
    verifier.close()
