"""The department's part: give a school of the registry its standing and its keys on chain.

Idempotent: what the chain already says is not sent again.
"""

from collections.abc import Sequence

from api.wiring import System
from chain import acts
from chain.acts import Act
from chain.wallet import address_of
from credential.model import CredentialType, KeyRole

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
        acts.add_chain_key(school, address_of(system.chain_key(school, role)), role)
        for role in _CHAIN_ROLES
    ]
    return (
        acts.set_school(school, sum(kind.bit for kind in kinds)),
        [acts.add_signing_key(school, system.signer(school).public), *chain_keys],
    )
