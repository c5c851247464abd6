"""A batch or a status is mined between two looks at the chain, and taken back before the third.

What was seen in one block and not in another is no contradiction: the work goes on. These are the
interleavings that the reorganisations of `tests.faults.test_reorganisations` hit by chance, if
ever.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from credential.errors import ConflictError, RefusedError
from credential.facts import Withdrawal
from credential.model import Lane
from credential.records import Batch
from issuer.ports import LedgerDesk
from tests.chain.world import Net, rpc
from tests.faults.deployments import Count, Site, count, enrol, order
from tests.faults.test_reorganisations import DEEPEST, deployed

pytestmark = pytest.mark.anvil
SIZE = 3


class Interrupted:
    """A ledger that calls `then(look)` after each look at what is anchored, or at the next seq."""

    def __init__(self, ledger: LedgerDesk, then: Callable[[str], None]) -> None:
        self._ledger, self._then = ledger, then

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._ledger, name)
        if name not in ("anchored", "awaited"):
            return found

        def looked(*given: object) -> object:
            answer = found(*given)
            self._then(name)
            return answer

        return looked


class TakenBack:
    """Mines after the second look for the batch, takes the block back after the next look at all.

    From the fourth look for the batch on every transaction is mined at once and soon final.
    """

    def __init__(self, net: Net) -> None:
        self._net, self._looks, self.taken = net, 0, False

    def __call__(self, look: str) -> None:
        if look == "anchored":
            self._looks += 1
        if look == "anchored" and self._looks == 2:
            rpc(self._net.web3, "anvil_mine", "0x1")
        elif self._looks == 2 and not self.taken:
            rpc(self._net.web3, "anvil_reorg", 1, [])
            self.taken = True
        elif self._looks > 3:
            rpc(self._net.web3, "anvil_mine", hex(DEEPEST))


def issued(site: Site, net: Net, number: int, then: Callable[[str], None]) -> Batch:
    enrol(site, number, SIZE)
    with site.system() as system:
        issuing = system.issuing(lambda _stage, _count: None)
        shaken: Any = Interrupted(system.ledger, then)
        batch, _ = replace(issuing, ledger=shaken).issue(order(number, SIZE))
        return batch


def test_a_batch_mined_between_two_looks_and_taken_back_is_anchored_all_the_same(
    tmp_path: Path,
) -> None:
    with deployed(tmp_path) as (net, site):
        taken = TakenBack(net)
        issued(site, net, 0, taken)
        assert taken.taken
        with site.system() as system:
            assert count(system, order(0, SIZE)) == Count()


def test_what_the_contract_said_of_a_block_that_is_gone_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal of a call is judged at the head, too: it may be of that block."""
    with deployed(tmp_path) as (net, site), site.system() as system:
        rpc(net.web3, "evm_setAutomine", True)
        refuse_once(
            monkeypatch, system.ledger, "anchor_call", ConflictError("ledger.already_anchored")
        )
        enrol(site, 0, SIZE)
        issuing = system.issuing(lambda _stage, _count: None)
        shaken: Any = Interrupted(system.ledger, lambda _look: mine(net))
        replace(issuing, ledger=shaken).issue(order(0, SIZE))
        assert count(system, order(0, SIZE)) == Count()


def test_a_status_refused_once_is_tried_again_and_refused_twice_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deployed(tmp_path) as (net, site):
        rpc(net.web3, "evm_setAutomine", True)
        batch = issued(site, net, 0, lambda _look: mine(net))
        with site.system() as system:
            asked = system.batches.issued(batch.id)
            first, second = [one.staged.code for one in asked][:2]
            why = Withdrawal("issuer_error", "9/QĐ", date(2026, 9, 1))
            unchanged = RefusedError("ledger.lane_unchanged")
            monkeypatch.setattr(system.ledger, "lane", mined_first(net, system.ledger.lane))
            refuse_once(monkeypatch, system.ledger, "status_call", unchanged)
            system.revoking.change(first, Lane.REVOKED, why, "A")
            monkeypatch.setattr(system.ledger, "status_call", always(unchanged))
            with pytest.raises(RefusedError, match="lane_unchanged"):
                system.revoking.change(second, Lane.REVOKED, why, "A")


def mine(net: Net) -> None:
    rpc(net.web3, "anvil_mine", hex(DEEPEST))


def mined_first(net: Net, look: Callable[..., Lane]) -> Callable[..., Lane]:
    def looked(*given: Any, **named: Any) -> Lane:
        mine(net)
        return look(*given, **named)

    return looked


def always(error: RefusedError) -> Callable[..., object]:
    def call(*_given: object, **_named: object) -> object:
        raise error

    return call


def refuse_once(
    monkeypatch: pytest.MonkeyPatch, ledger: LedgerDesk, name: str, error: RefusedError
) -> None:
    answers, real = iter([error]), getattr(ledger, name)

    def call(*given: object, **named: object) -> object:
        for refusal in answers:
            raise refusal
        return real(*given, **named)

    monkeypatch.setattr(ledger, name, call)
