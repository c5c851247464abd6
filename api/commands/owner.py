"""`sogoc owner`: the contract changes hands in two steps."""

import click

from api.commands.parameters import ADDRESS, Listing
from api.governing import Hand, governing
from chain import acts


@click.group(cls=Listing)
def owner() -> None:
    """Chủ hợp đồng: giao và nhận / owner of the contract: offer and accept."""


@owner.command()
@click.argument("address", type=ADDRESS)
@governing
def offer(hand: Hand, address: bytes) -> int:
    """Đề nghị giao hợp đồng / offer the contract to another owner.

    Nothing changes until that account accepts; offering to somebody else replaces the offer.
    """
    return hand.govern(
        [acts.offer_ownership(address)], said="govern.offered", found=f"0x{address.hex()}"
    )


@owner.command()
@click.option("--as", "wallet", type=ADDRESS,
              help="Ví nhận, để chạy thử / the wallet that accepts, for a dry run.")  # fmt: skip
@governing
def accept(hand: Hand, wallet: bytes | None) -> int:
    """Nhận hợp đồng / take the contract over.

    --key names the key of the account to which it was offered. From then on every other command
    needs that --key.
    """
    by = wallet or hand.session.system.address(hand.key)
    return hand.govern([acts.accept_ownership(by)], said="govern.owned", found=f"0x{by.hex()}")
