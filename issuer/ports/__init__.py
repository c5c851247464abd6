"""What issuing needs from others: the registry's desk, the store, blanks and the ledger.

Each promise is stated here; `registry`, `store`, `chain` and the tests' simulator fulfil it.
All may raise `UnavailableError`; none retries on its own.
"""

from issuer.ports.book import BatchStore, ExtractLog, Outbox
from issuer.ports.ledger import LedgerDesk
from issuer.ports.register import RegistryDesk
from issuer.ports.stock import BlankStock, NoInventory

__all__ = [
    "BatchStore", "BlankStock", "ExtractLog", "LedgerDesk", "NoInventory", "Outbox", "RegistryDesk",
]  # fmt: skip
