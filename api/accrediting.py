"""The department's part: give a school of the registry its standing and its keys on chain.

Idempotent: what the chain already says is not sent again.
"""

from collections.abc import Sequence

from api.wiring import System
from chain import acts
from chain.acts import Act
from credential.keys import PublicKey
from credential.model import CredentialType, KeyRole
from credential.receipt import OPERATOR

_CHAIN_ROLES = (KeyRole.ANCHOR, KeyRole.SUSPEND, KeyRole.REVOKE)


def accredit(system: System, school: int, kinds: Sequence[CredentialType]) -> bool:
    """Accredit a school for these types and list its signing and chain keys.

    Returns whether anything was sent. Keys are made in the key folder if there are none: one for
    signing and one for each chain role, so that no single stolen file can do everything.
    """
    system.make_school_keys(school)
    governor, (first, then) = system.governor(), standing(system, school, kinds)
    return bool(governor.perform(first).mined + governor.perform(*then).mined)


def standing(system: System, school: int, kinds: Sequence[CredentialType]) -> tuple[Act, list[Act]]:
    """What gives a school its standing, and then each of its keys, once that is mined."""
    chain_keys = [
        acts.add_chain_key(school, system.address(system.key_name(school, role)), role)
        for role in _CHAIN_ROLES
    ]
    signing = PublicKey(system.keystore.public(system.key_name(school, KeyRole.SIGN)))
    return (
        acts.set_school(school, sum(kind.bit for kind in kinds)),
        [acts.add_signing_key(school, signing), *chain_keys],
    )


def list_receipt_key(system: System) -> bool:
    """List the key with which this deployment signs receipts, made if there is none.

    Returns whether anything was sent. It stands under the number of those who verify, which is
    accredited for nothing, so that no such key can sign a credential.
    """
    governor, (first, then) = system.governor(), receipt_standing(system)
    return bool(governor.perform(first).mined + governor.perform(then).mined)


def receipt_standing(system: System) -> tuple[Act, Act]:
    """What gives the number of those who verify its standing, and then the key its own."""
    name = system.key_name(OPERATOR, KeyRole.SIGN)
    system.make_file(name, KeyRole.SIGN)
    public = PublicKey(system.keystore.public(name))
    return acts.set_school(OPERATOR, 0), acts.add_signing_key(OPERATOR, public)
