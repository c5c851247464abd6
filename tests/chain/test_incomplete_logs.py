"""A node that leaves events out, as one that lags does: a listed key must not read as unknown."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chain import acts, defaults
from chain.node import Node
from chain.provider import close, connect
from chain.reader import LedgerReader
from credential.errors import UnavailableError
from credential.keys import SoftwareKey
from tests.chain.middleman import Middleman, failed, result
from tests.chain.world import (
    ANCHOR_KEY,
    OTHER_SCHOOL,
    OWNER,
    SCHOOL,
    LedgerUnderTest,
    key_id,
)

KEY, LATER = (
    SoftwareKey(ec.derive_private_key(number, ec.SECP256R1())).public for number in (7, 8)
)
LOGS = "eth_getLogs"
# Not the thumbprint of the key that it is listed with.
FALSE_ID = b"\x99" * 32


class Lagging:
    """Answers the first `empty` questions for events with an empty list, and counts all."""

    def __init__(self, middleman: Middleman, empty: float) -> None:
        self.empty = empty
        self.asked = 0
        middleman.spoil(LOGS, self._spoil)

    def _spoil(self, answer: dict[str, Any]) -> None:
        self.asked += 1
        if self.asked <= self.empty:
            answer["result"] = []


@pytest.fixture
def reader(ledger: LedgerUnderTest, middleman: Middleman) -> Iterator[LedgerReader]:
    """A reader behind the middleman, over a ledger that lists a signing key."""
    ledger.governor().perform(acts.add_signing_key(SCHOOL, KEY))
    ledger.send(OWNER, "addKey", SCHOOL, FALSE_ID, 0, 0, 8, KEY.raw)
    ledger.net.finalise()
    web3 = connect(middleman.url)
    # Only the blocks of this ledger, so that one question for events is one reading.
    first = max(0, ledger.net.node.block("latest").number - 40)
    yield LedgerReader(
        Node(web3, ledger.net.chain_id), ledger.deployment, max_age=0.0, first_block=first
    )
    close(web3)


def found(reader: LedgerReader, prefix: bytes, school: int = SCHOOL) -> list[bytes]:
    return [key.key_id for key in reader.facts(school, prefix, None, 0).keys]


def test_a_key_is_found_although_the_first_answer_was_empty(
    reader: LedgerReader, middleman: Middleman
) -> None:
    Lagging(middleman, empty=1)
    assert found(reader, KEY.kid[:8]) == [KEY.kid]


def test_a_key_is_found_although_a_later_answer_was_empty(
    ledger: LedgerUnderTest, reader: LedgerReader, middleman: Middleman
) -> None:
    assert found(reader, KEY.kid[:8]) == [KEY.kid]
    ledger.governor().perform(acts.add_signing_key(SCHOOL, LATER))
    ledger.net.finalise()
    Lagging(middleman, empty=1)
    assert found(reader, KEY.kid[:8]) == [KEY.kid]
    assert found(reader, LATER.kid[:8]) == [LATER.kid]


def test_made_up_keys_do_not_cost_a_reading_each(
    reader: LedgerReader, middleman: Middleman
) -> None:
    lagging = Lagging(middleman, empty=0)
    for number in range(10):
        assert found(reader, bytes([number]) * 8) == []
    assert lagging.asked == 2


def test_after_a_while_all_is_read_again(
    reader: LedgerReader, middleman: Middleman, monkeypatch: pytest.MonkeyPatch
) -> None:
    Lagging(middleman, empty=2)
    assert found(reader, KEY.kid[:8]) == []
    monkeypatch.setattr(defaults, "RESCAN_PAUSE", 0.0)
    assert found(reader, KEY.kid[:8]) == [KEY.kid]


def test_a_reading_that_failed_is_no_answer_and_not_repeated_at_once(
    reader: LedgerReader, middleman: Middleman
) -> None:
    found(reader, KEY.kid[:8])
    asked: list[object] = []

    def refuse(answer: dict[str, Any]) -> None:
        asked.append(answer)
        failed(answer)

    middleman.spoil(LOGS, refuse)
    for _ in range(3):
        with pytest.raises(UnavailableError, match="limit exceeded"):
            found(reader, b"\x01" * 8)
    assert len(asked) == 1


def test_a_key_with_a_slot_but_no_event_means_that_events_are_missing(
    reader: LedgerReader, middleman: Middleman
) -> None:
    middleman.spoil(LOGS, result([]))
    for _ in range(2):
        with pytest.raises(UnavailableError, match="incomplete logs"):
            found(reader, KEY.kid)


NOT_A_SIGNING_KEY: dict[str, tuple[bytes, int]] = {
    "nobody listed it": (b"\x01" * 32, SCHOOL),
    "it is another school's": (KEY.kid, OTHER_SCHOOL),
    "it is a chain key": (key_id(ANCHOR_KEY), SCHOOL),
    "its id is not its thumbprint": (FALSE_ID, SCHOOL),
}


@pytest.mark.parametrize("case", NOT_A_SIGNING_KEY)
def test_there_is_no_such_signing_key_when(reader: LedgerReader, case: str) -> None:
    key, school = NOT_A_SIGNING_KEY[case]
    assert found(reader, key, school) == []
