"""What governing says about itself: what would be sent, and what became of what was sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chain import contract, defaults
from chain.acts import Invocation
from credential.errors import RefusedError


@dataclass(slots=True)
class Tally:
    """What became of a list of acts so far; it stays true when an error ends the work."""

    standing: int = 0  # what the chain said before already
    handed: int = 0  # transactions stored and handed to the chain
    mined: int = 0  # of these, the ones that the chain has counted
    gas: int = 0  # used by them
    wei: int = 0  # paid for them
    advance: Callable[[int], None] = field(default=lambda _: None, repr=False)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One call that would be sent.

    `signers` are the accounts from which the contract takes it, `account` the one that the plan
    asked about: ours if it is one of them. `gas` is an estimate, None when it would be refused.
    """

    invocation: Invocation
    to: bytes
    data: bytes
    signers: tuple[bytes, ...]
    account: bytes
    gas: int | None
    refusal: RefusedError | None = None

    @property
    def named(self) -> dict[str, object]:
        """The arguments by the names that the interface gives them."""
        return contract.named_arguments(self.invocation.function, self.invocation.arguments)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent, in order, and the fees of the moment in wei per gas."""

    proposals: Sequence[Proposal]
    standing: int
    base_fee: int
    tip: int
    ours: bytes | None  # the account of the local key, if there is one

    @property
    def gas(self) -> int:
        """What all calls together would use."""
        return sum(proposal.gas or 0 for proposal in self.proposals)

    @property
    def wei(self) -> int:
        """What they would cost at the fees of the moment."""
        return self.gas * (self.base_fee + self.tip)

    @property
    def most(self) -> int:
        """What they can cost at most, should fees rise while they wait."""
        return self.gas * (self.base_fee * defaults.BASE_FEE_ROOM + self.tip)
