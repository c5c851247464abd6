"""Plans and outcomes of governing in words and as JSON: calls, who signs, gas and money."""

from collections.abc import Iterator

from chain.plan import Plan, Proposal, Tally
from web import messages
from web.messages import MISSING

_SHOWN = 12  # calls printed; --json prints all
_DATA = 400  # bytes of a call printed; the creation of a contract has thousands


def plan_lines(lang: str, plan: Plan, key: str) -> Iterator[str]:
    """A plan for people."""
    yield messages.text(lang, "govern.dry_run")
    for number, proposal in enumerate(plan.proposals[:_SHOWN], 1):
        yield f"{number}. {proposal.invocation.function}({_arguments(proposal)})"
        yield from (f"   {line}" for line in _proposal_lines(lang, proposal, plan, key))
    if len(plan.proposals) > _SHOWN:
        yield messages.text(lang, "govern.more", count=len(plan.proposals) - _SHOWN)
    if plan.standing:
        yield messages.text(lang, "govern.standing_count", count=plan.standing)
    yield cost_line(lang, plan)


def cost_line(lang: str, plan: Plan) -> str:
    """What a plan would cost."""
    return messages.text(
        lang,
        "govern.cost_before",
        count=len(plan.proposals),
        gas=f"{plan.gas:,}",
        ether=ether(plan.wei),
        price=ether(plan.base_fee + plan.tip, 9),
        most=ether(plan.most),
    )


def tally_line(lang: str, tally: Tally) -> str:
    """What was sent and what it cost."""
    return messages.text(
        lang, "govern.cost_after", count=tally.mined, gas=f"{tally.gas:,}", ether=ether(tally.wei)
    )


def partly_line(lang: str, tally: Tally) -> str:
    """How far the work came before an error, and what nobody knows yet."""
    return messages.text(
        lang, "govern.partly", mined=tally.mined, unknown=tally.handed - tally.mined
    )


def plan_json(lang: str, plan: Plan) -> dict[str, object]:
    """A plan for programs; `to`, `value` and `data` are what a wallet has to send."""
    return {
        "sent": 0,
        "standing": plan.standing,
        "calls": [_proposal_json(lang, proposal, plan) for proposal in plan.proposals],
        "base_fee": plan.base_fee,
        "tip": plan.tip,
        "gas": plan.gas,
        "wei": plan.wei,
    }


def tally_json(tally: Tally) -> dict[str, int]:
    """What was sent, for programs."""
    return {
        "sent": tally.mined,
        "standing": tally.standing,
        "gas": tally.gas,
        "wei": tally.wei,
    }


def ether(wei: int, decimals: int = 18) -> str:
    """An amount in ether (with 9 decimals: in gwei), written out without trailing zeros."""
    whole, rest = divmod(wei, 10**decimals)
    return f"{whole:,}.{rest:0{decimals}d}".rstrip("0").rstrip(".")


def _proposal_lines(lang: str, proposal: Proposal, plan: Plan, key: str) -> Iterator[str]:
    target = _hex(proposal.to) if proposal.to else MISSING
    yield messages.text(lang, "govern.call", contract=target, data=_shortened(proposal.data))
    signers = [_hex(signer) for signer in proposal.signers]
    if plan.ours in proposal.signers:
        yield messages.text(lang, "govern.signed_here", key=key, account=_hex(proposal.account))
    else:
        yield messages.text(lang, "govern.signed_elsewhere", key=key, signers=signers)
    if proposal.refusal is not None:
        words = messages.text(lang, proposal.refusal.code, **proposal.refusal.params)
        yield messages.text(lang, "govern.refused", words=words)
    else:
        yield messages.text(lang, "govern.accepted", gas=f"{proposal.gas:,}")


def _proposal_json(lang: str, proposal: Proposal, plan: Plan) -> dict[str, object]:
    refusal = proposal.refusal
    return {
        "function": proposal.invocation.function,
        "arguments": {name: _plain(value) for name, value in proposal.named.items()},
        "to": _hex(proposal.to) if proposal.to else None,
        "value": "0",
        "data": _hex(proposal.data),
        "signers": [_hex(signer) for signer in proposal.signers],
        "signed_here": plan.ours in proposal.signers,
        "gas": proposal.gas,
        "refusal": refusal
        and {"code": refusal.code, "text": messages.text(lang, refusal.code, **refusal.params)},
    }


def _arguments(proposal: Proposal) -> str:
    return ", ".join(f"{name} = {_plain(value)}" for name, value in proposal.named.items())


def _plain(value: object) -> object:
    return _hex(value) if isinstance(value, bytes) else value


def _shortened(data: bytes) -> str:
    return _hex(data) if len(data) <= _DATA else f"{_hex(data[:16])}… ({len(data):,} bytes)"


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
