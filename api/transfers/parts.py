"""The transfers of a deployment, put together of its parts."""

from collections.abc import Sequence

from api import evidence
from api.transfers.checking import Checking
from api.transfers.office import Office
from api.wiring import System
from credential import bundle
from store.held import Held
from store.transfers import Transfers


def office(system: System) -> Office:
    """The acts of schools on transfers."""

    def prove(texts: Sequence[str]) -> list[bytes]:
        return list(map(bundle.encode, evidence.gather_each(system, texts)))

    return Office(
        system.deployment,
        system.desk,
        Transfers(system.store_database),
        Held(system.store_database),
        system.extracts,
        Checking(system),
        prove,
        system.signer,
    )
