"""The department's part: give a school of the registry its standing and its keys on chain.

Idempotent: what the chain already says is not sent again.
"""

from collections.abc import Sequence

from api.wiring import System
from chain.sender import address_of
from credential.model import CredentialType, KeyRole

_CHAIN_ROLES = (KeyRole.ANCHOR, KeyRole.SUSPEND, KeyRole.REVOKE)


def accredit(system: System, school: int, kinds: Sequence[CredentialType]) -> bool:
    """Accredit a school for these types and list its signing and chain keys.

    Returns whether anything was sent. Keys are made in the key folder if there are none: one for
    signing and one for each chain role, so that no single stolen file can do everything.
    """
    system.make_school_keys(school)
    governor = system.governor
    sent = governor.set_school(school, sum(kind.bit for kind in kinds))
    sent |= governor.add_signing_key(school, system.signer(school).public)
    for role in _CHAIN_ROLES:
        sent |= governor.add_chain_key(school, address_of(system.chain_key(school, role)), role)
    return sent
