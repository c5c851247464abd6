"""The department carries acts out on the contract of a deployment, or looks at what it would send.

Decides that the chain is read first and only what is missing is sent, many transactions on their
way at a time. `plan` and `perform` see the same acts, so a dry run shows what would happen.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from eth_hash.auto import keccak
from web3 import Web3

from chain import contract, defaults
from chain.acts import Act, Invocation, Office
from chain.node import Node
from chain.plan import Plan, Proposal, Tally
from chain.sender import Outbox, Sender
from credential.chainkeys import ChainKey
from credential.errors import RefusedError, UnavailableError
from credential.model import Deployment
from credential.records import Call, Transaction

_OFFICES = {
    Office.OWNER: ("_owner",),
    Office.GUARDIAN: ("_guardian", "_owner"),
    Office.NEXT_OWNER: ("_pendingOwner",),
}


class _Due(NamedTuple):
    act: Act
    invocation: Invocation
    data: bytes
    slots: tuple[int, ...]  # what stood there

    @property
    def shape(self) -> tuple[object, ...]:
        """Calls of one shape use the same gas, but for a few hundred."""
        return self.invocation.function, len(self.data), *map(bool, self.slots)

    def name(self, counts: Mapping[str, Counter[str | None]]) -> str:
        """What the act is called in the outbox.

        One that was done before and is wanted again, or that something stands in the way of, must
        not find its earlier transaction: the name says how often it was done, or what stood there.
        """
        if self.act.event:
            return f"{self.act.purpose}:{counts[self.act.event][self.act.about]}"
        if not any(self.slots):
            return self.act.purpose
        stood = b"".join(slot.to_bytes(32, "big") for slot in self.slots)
        return f"{self.act.purpose}:{keccak(stood)[:4].hex()}"


class Governor:
    """Acts on a contract, sent from the account of `key` (None: only plans are made).

    `first_block` is where the contract was created, or any block before. Everything raises
    UnavailableError ``chain``.
    """

    def __init__(
        self,
        web3: Web3,
        deployment: Deployment,
        key: ChainKey | None,
        outbox: Outbox,
        first_block: int = 0,
        fee_cap: int = defaults.FEE_CAP,
    ) -> None:
        self._node = Node(web3, deployment.chain_id)
        self._sender = Sender(web3, deployment.chain_id, key, fee_cap) if key else None
        self._address = deployment.contract
        self._outbox = outbox
        self._first_block = first_block

    def perform(self, *acts: Act, tally: Tally | None = None) -> Tally:
        """Send what the chain does not say yet, and wait until it is mined.

        Raises RefusedError with the contract's reason, ``govern.not_owner``,
        ``govern.not_guardian`` or ``govern.not_next_owner`` before anything is sent.
        """
        tally = tally or Tally()
        for look in range(defaults.SETTLE_LOOKS):
            due = self._due(acts)
            if look == 0:
                tally.standing += len(acts) - len(due)
                tally.advance(len(acts) - len(due))
                self._check_signer(due)
            if not due:
                return tally
            self._send(due, tally)
        raise UnavailableError("chain", "state does not settle")

    def plan(self, *acts: Act, each: bool = True) -> Plan:
        """The calls that `perform` would send, and whether the chain would refuse them.

        With `each`, it is asked about every one; otherwise one of each kind, for what it costs.
        """
        due = self._due(acts)
        offices = {office: self._signers(office) for office in {one.act.office for one in due}}
        gas: dict[tuple[object, ...], int] = {}
        found = [self._proposal(one, offices[one.act.office], gas, ask=each) for one in due]
        new = {one.invocation.arguments[0] for one in due if _sets_school(one.invocation)}
        expected = [_expected(proposal, new) for proposal in found]
        ours = self._sender.sender if self._sender else None
        market = self._node.market()
        return Plan(expected, len(acts) - len(due), market.base_fee, market.tip, ours)

    # --- what is missing ---

    def _due(self, acts: Sequence[Act]) -> list[_Due]:
        now = self._node.block("latest").time
        values = iter(self._slots([slot for act in acts for slot in act.slots]))
        found = []
        for act in acts:
            slots = [next(values) for _ in act.slots]
            invocation = act.missing(slots, now)
            if invocation is not None:
                data = contract.call_data(invocation.function, *invocation.arguments)
                found.append(_Due(act, invocation, data, tuple(slots)))
        return found

    def _slots(self, slots: Sequence[int]) -> Iterable[int]:
        for start in range(0, len(slots), defaults.SLOTS_AT_ONCE):
            some = slots[start : start + defaults.SLOTS_AT_ONCE]
            yield from self._node.slots(self._address, some, None)

    # --- who signs ---

    def _signers(self, office: Office) -> tuple[bytes, ...]:
        slots = [contract.slot(name) for name in _OFFICES[office]]
        found = map(contract.address_in, self._node.slots(self._address, slots, None))
        return tuple(address for address in found if any(address))

    def _check_signer(self, due: Sequence[_Due]) -> None:
        for office in {each.act.office for each in due}:
            signers = self._signers(office)
            ours = self._sender.sender if self._sender else b""
            if ours not in signers:
                raise _stranger(office, ours, signers)

    # --- sending ---

    def _send(self, due: Sequence[_Due], tally: Tally) -> None:
        assert self._sender is not None, "the signer was checked"
        names = self._names(due)
        self._sender.flush(self._outbox)
        flying: deque[tuple[Transaction, Call]] = deque()
        for each, name in zip(due, names, strict=True):
            call = Call(self._address, each.data, defaults.GAS_GOVERN)
            flying.append((self._begun(self._sender, name, call, tally), call))
            if len(flying) >= defaults.IN_FLIGHT:
                self._land(self._sender, *flying.popleft(), tally)
        while flying:
            self._land(self._sender, *flying.popleft(), tally)

    def _begun(self, sender: Sender, name: str, call: Call, tally: Tally) -> Transaction:
        try:
            transaction = sender.begin(self._outbox, name, call)
        except UnavailableError:
            tally.handed += 1  # for all that is known: the answer may have been lost
            raise
        tally.handed += 1
        return transaction

    def _land(self, sender: Sender, transaction: Transaction, call: Call, tally: Tally) -> None:
        mined = sender.mined(sender.finish(self._outbox, transaction, call))
        if mined is None:
            raise UnavailableError("chain", "a receipt is gone")
        tally.mined += 1
        tally.gas += mined.gas_used
        tally.wei += mined.gas_used * mined.gas_price
        tally.advance(1)

    def _names(self, due: Sequence[_Due]) -> list[str]:
        events = Counter(each.act.event for each in due if each.act.event)
        counts = {event: self._count(event, due, alone=n == 1) for event, n in events.items()}
        return [each.name(counts) for each in due]

    def _count(self, event: str, due: Sequence[_Due], *, alone: bool) -> Counter[str | None]:
        """How often the event occurred, by its first indexed value, and (None) altogether."""
        about = next(each.act.about for each in due if each.act.event == event)
        topics = [contract.topic(event), about] if alone and about else [contract.topic(event)]
        head, found = self._node.block("latest"), Counter[str | None]()
        for log in self._node.history(self._address, topics, self._first_block, head):
            found[None] += 1
            if len(log.topics) > 1:
                found["0x" + log.topics[1].hex()] += 1
        return found

    # --- planning ---

    def _proposal(
        self,
        due: _Due,
        signers: tuple[bytes, ...],
        gas: dict[tuple[object, ...], int],
        *,
        ask: bool,
    ) -> Proposal:
        ours = self._sender.sender if self._sender else b""
        account = ours if ours in signers else (*signers, bytes(20))[0]
        proposal = Proposal(due.invocation, self._address, due.data, signers, account, None)
        if not signers:
            return replace(proposal, refusal=_stranger(due.act.office, ours, signers))
        try:
            if ask:
                self._node.call(self._address, due.data, account)
            if due.shape not in gas:
                gas[due.shape] = self._node.estimate(self._address, due.data, account)
        except RefusedError as error:
            return replace(proposal, refusal=error)
        return replace(proposal, gas=gas[due.shape])


def _stranger(office: Office, ours: bytes, signers: Sequence[bytes]) -> RefusedError:
    """Why an account of ours cannot sign for an office."""
    shown = ", ".join("0x" + address.hex() for address in signers) or "–"
    return RefusedError(f"govern.not_{office.value}", found="0x" + ours.hex(), expected=shown)


def _sets_school(invocation: Invocation) -> bool:
    return invocation.function == "setSchool"


def _expected(proposal: Proposal, new: set[object]) -> Proposal:
    """A key of a school that the same plan accredits first is not refused when its turn comes."""
    waits = proposal.refusal is not None and proposal.refusal.code == "ledger.unknown_school"
    if waits and proposal.invocation.arguments[0] in new:
        return replace(proposal, refusal=None, gas=defaults.GAS_KEY)
    return proposal
