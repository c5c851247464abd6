"""`sogoc guardian`: who may stop anchoring quickly, and the stop itself."""

import click

from api.commands.parameters import ADDRESS, Listing
from api.governing import Hand, governing
from chain import acts


@click.group(cls=Listing)
def guardian() -> None:
    """Người giám hộ: chỉ định, tạm dừng / guardian: appoint, pause, unpause."""


@guardian.command("set")
@click.argument("address", type=ADDRESS)
@governing
def appoint(hand: Hand, address: bytes) -> int:
    """Chỉ định người giám hộ / appoint the guardian.

    The guardian may pause anchoring, suspend schools, and mark keys compromised up to seven days
    back. ADDRESS all zero: nobody.
    """
    return hand.govern(
        [acts.set_guardian(address)], said="govern.guardian_set", found=f"0x{address.hex()}"
    )


@guardian.command()
@governing
def pause(hand: Hand) -> int:
    """Tạm dừng ghi đợt cấp của mọi trường / stop anchoring everywhere.

    Guardian or owner. Revoking, suspending and verifying go on.
    """
    return hand.govern([acts.pause()], said="govern.paused")


@guardian.command()
@governing
def unpause(hand: Hand) -> int:
    """Cho ghi đợt cấp trở lại / let anchoring go on.

    The owner alone.
    """
    return hand.govern([acts.unpause()], said="govern.unpaused")
