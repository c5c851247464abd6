"""`sogoc ledger`: the contract as a whole."""

import json

import click

from api.commands.parameters import ADDRESS, Listing
from api.governing import Hand, governing
from api.session import Session
from chain import acts
from chain.roster import Offices


@click.group(cls=Listing)
def ledger() -> None:
    """Hợp đồng: đưa lên chuỗi, xem, kết thúc / the contract: deploy, show, retire."""


@ledger.command()
@click.option("--owner", "wallet", type=ADDRESS,
              help="Ví làm chủ / the wallet that owns it. [default: that of --key]")  # fmt: skip
@governing
def deploy(hand: Hand, wallet: bytes | None) -> int:
    """Đưa hợp đồng lên chuỗi khối / create the contract and note its address.

    --key pays. Repeating it changes nothing; "sogoc init" does the same for an owner with a key
    file.
    """
    session = hand.session
    session.founding.migrate()
    if hand.dry_run:
        return hand.show(session.founding.plan_deployment(hand.key, wallet))
    made, new = session.founding.deploy(hand.key, wallet)
    where = f"0x{made.contract.hex()}"
    if hand.as_json:
        session.show(json.dumps({"new": new, "chain_id": made.chain_id, "contract": where}))
    else:
        session.say("cli.deployed" if new else "cli.deployed_before", contract=where)
    return 0


@ledger.command()
@click.option("--json", "as_json", is_flag=True,
              help="In kết quả dạng JSON / print the answer as JSON.")  # fmt: skip
@click.pass_obj
def show(session: Session, as_json: bool) -> None:
    """Ai làm chủ, ai giám hộ, có tạm dừng không / who owns and guards it, whether it is paused."""
    deployment = session.system.deployment
    found = _shown(session.system.roster.offices())
    found = {"chain_id": deployment.chain_id, "contract": f"0x{deployment.contract.hex()}", **found}
    if as_json:
        session.show(json.dumps(found))
        return
    for name, value in found.items():
        session.show(f"{name} = {'–' if value is None else json.dumps(value)}")


@ledger.command()
@click.argument("successor", type=ADDRESS)
@governing
def retire(hand: Hand, successor: bytes) -> int:
    """Kết thúc hợp đồng, chỉ sang hợp đồng mới / end anchoring here for good.

    SUCCESSOR is the contract that follows. This cannot be undone; what was anchored stays valid,
    and revoking goes on.
    """
    return hand.govern(
        [acts.retire(successor)], said="govern.retired", found=f"0x{successor.hex()}"
    )


def _shown(found: Offices) -> dict[str, object]:
    named = {
        "owner": found.owner,
        "next_owner": found.next_owner,
        "guardian": found.guardian,
        "successor": found.successor,
    }
    shown = {name: f"0x{value.hex()}" if any(value) else None for name, value in named.items()}
    return {**shown, "paused": found.paused}
