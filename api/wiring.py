"""The one place that puts the parts of a deployment together, as its settings say.

`System` adds to what a verification asks (`api.sources`) what issuing and governing need. It opens
each part when it is first asked for, so that verifying needs no key and looking at the registry
needs no chain. Close it to end connections and to give the embedded chain up.
"""

import json
import os
import socket
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from web3 import Web3

from api.keyring import Keyring
from api.observing import Observer
from api.personal import Persons
from api.receipts import ReceiptOffice, software
from api.reporting import Intake
from chain.deploy import deploy, plan
from chain.governor import Governor
from chain.indexer import Indexer
from chain.node import Node
from chain.plan import Plan
from chain.roster import Roster
from chain.wallet import address_of
from chain.writer import LedgerWriter
from credential.chainkeys import ChainKey
from credential.model import Deployment
from issuer.cycle import Issuing, Progress
from issuer.delivery import Style
from issuer.mass_revoking import MassRevoking
from issuer.revoking import Revoking
from registry.book import Books
from registry.desk import Desk
from registry.office import Department
from registry.oldbooks import OldBooks
from registry.schema import REGISTRY
from store import audit, orders
from store.batches import Batches
from store.blanks import Blanks
from store.clients import Clients
from store.counts import Counts
from store.deliveries import Deliveries
from store.extracts import Extracts
from store.holder_keys import HolderKeys
from store.indexing import Index
from store.line_acts import noting
from store.lists import Lists
from store.personal_keys import PersonalKeys
from store.reports import Reports
from store.scans import Scans
from store.schema import STORE
from store.shares import Shares
from store.uploads import Uploads
from verifier.receipting import Site


class System(Keyring):
    """A deployment's parts over its settings. Use it as a context manager."""

    # --- first start ---

    def migrate(self) -> None:
        """Make the data folder and bring both databases up to date."""
        self.settings.data.mkdir(parents=True, exist_ok=True)
        STORE.migrate(self.settings.store_database)
        REGISTRY.migrate(self.settings.registry_database)

    def deploy(self, key: str = "owner", owner: bytes | None = None) -> tuple[Deployment, bool]:
        """The deployment, its contract created if there is none yet; says whether it is new.

        The chain key of that name pays, and owns it unless another `owner` (20 bytes) is named.
        """
        if self._is_deployed:
            return self.deployment, False
        signer = self._first_key(key)
        first_block = self.web3.eth.block_number
        made = deploy(
            self.web3, self.settings.chain_id, signer, self.batches, owner, self.settings.fee_cap
        )
        draft = self._record.with_suffix(".tmp")
        draft.write_text(
            json.dumps(
                {
                    "chain_id": made.chain_id,
                    "contract": "0x" + made.contract.hex(),
                    "first_block": first_block,
                }
            )
        )
        draft.replace(self._record)
        return made, True

    def plan_deployment(self, key: str = "owner", owner: bytes | None = None) -> Plan:
        """What `deploy` would send."""
        if self._is_deployed:
            return Plan((), 1, 0, 0, None)
        account = address_of(self._first_key(key))
        return plan(self.web3, self.settings.chain_id, account, owner)

    @property
    def _is_deployed(self) -> bool:
        return self._record.exists() or bool(self.settings.contract)

    def _first_key(self, name: str) -> ChainKey:
        for each in (name, "relayer"):
            self.make_file(each)
        return self.keystore.chain_key(name)

    @cached_property
    def web3(self) -> Web3:
        """The connection to the chain's first address; makes the embedded one if there is none.

        On a new embedded chain every account that has a key file by then has ether.
        """
        target, funded = self.settings.chain_targets[0], []
        if not self.settings.chain and not Path(target).exists() and not self._record.exists():
            funded = [self.address(name) for name in self.keystore.accounts()]
        return self._connected(target, funded)

    # --- sources ---

    @cached_property
    def desk(self) -> Desk:
        """The registry as issuing sees it."""
        return Desk(self.registry_database)

    @cached_property
    def department(self) -> Department:
        """The registry as the department works it."""
        return Department(self.registry_database)

    @cached_property
    def old_books(self) -> OldBooks:
        """Old paper registers on their way in."""
        return OldBooks(self.registry_database, log=noting(self.store_database))

    @cached_property
    def scans(self) -> Scans:
        """The scans of their pages."""
        return Scans(self.settings.data / "scans", self.settings.scan_quota)

    @cached_property
    def batches(self) -> Batches:
        """The store as issuing sees it."""
        return Batches(self.store_database)

    @cached_property
    def extracts(self) -> Extracts:
        """The log of what was taken out of pupils' records."""
        return Extracts(self.store_database)

    @cached_property
    def blanks(self) -> Blanks:
        """The inventory of blanks."""
        return Blanks(self.store_database)

    @cached_property
    def books(self) -> Books:
        """The register of awards, to be read."""
        return Books(self.registry_database)

    @cached_property
    def persons(self) -> Persons:
        """Whose signature under a batch is taken for whose."""
        return Persons(self.keystore, PersonalKeys(self.store_database))

    @cached_property
    def lists(self) -> Lists:
        """Lists to be verified."""
        return Lists(self.store_database, self.settings.list_kept_hours * 3600)

    @cached_property
    def holder_keys(self) -> HolderKeys:
        """To which pupils' new credentials are bound."""
        return HolderKeys(self.store_database)

    @cached_property
    def api_clients(self) -> Clients:
        """Who may hand in lists by API."""
        return Clients(self.store_database)

    @cached_property
    def deliveries(self) -> Deliveries:
        """What clients are to be told."""
        return Deliveries(self.store_database)

    @cached_property
    def receipts(self) -> ReceiptOffice:
        """What gives receipts of verifications."""
        about = Site(self.deployment, self.settings.public_url, software(), self.settings.specimen)
        return ReceiptOffice(self.verifier, self.auditor, about, self.receipt_signer)

    @cached_property
    def ledger(self) -> LedgerWriter:
        """The chain as issuing sees it."""
        relayer = self.keystore.chain_key("relayer")
        return LedgerWriter(
            self.web3, self.deployment, relayer, self.chain_key,
            self.settings.fee_cap, self.first_block,
        )  # fmt: skip

    @cached_property
    def indexer(self) -> Indexer:
        """What keeps the tables of the ledger's history."""
        return Indexer(
            Node(self.web3, self.deployment.chain_id),
            self.deployment,
            Index(self.store_database),
            first_block=self.first_block,
            owner=f"{socket.gethostname()}/{os.getpid()}",
        )

    def governor(self, key: str = "owner") -> Governor:
        """The department's acts on the contract, signed by the chain key of that name.

        Without such a key file nothing can be sent, but plans can be made.
        """
        signer = self.keystore.chain_key(key) if self.keystore.holds(key) else None
        outbox = Batches(self.store_database, f"key:{key}")
        return Governor(
            self.web3, self.deployment, signer, outbox, self.first_block,
            self.settings.fee_cap,
        )  # fmt: skip

    @property
    def owns_contract(self) -> bool:
        """Whether the key file ``owner`` is the contract's owner."""
        if not self.keystore.holds("owner"):
            return False
        return self.roster.offices().owner == self.address("owner")

    @cached_property
    def roster(self) -> Roster:
        """Who may do what, as the contract says."""
        return Roster(self.web3, self.deployment, self.first_block)

    # --- the public's reports ---

    @cached_property
    def reports(self) -> Reports:
        """The department's queue."""
        return Reports(self.store_database)

    @cached_property
    def counts(self) -> Counts:
        """How many verifications there were."""
        return Counts(self.store_database)

    @cached_property
    def shares(self) -> Shares:
        """What holders share in part."""
        return Shares(self.store_database)

    @cached_property
    def intake(self) -> Intake:
        """What takes reports."""
        return Intake(self.verifier, self.published, self.reports, self.settings.report_days)

    @cached_property
    def observer(self) -> Observer:
        """What verifications are noted by."""
        return Observer(self.counts, self.intake.disagreement, self.erase)

    def erase(self, closed_before: int) -> None:
        """What goes by time: contacts of reports closed before then, what shares held, uploads."""
        self.reports.erase(closed_before)
        self.shares.erase()
        Uploads(self.store_database).erase()

    # --- what a deployment is for ---

    def issuing(self, progress: Progress) -> Issuing:
        """The issuance cycle."""
        return Issuing(
            self.deployment, self.desk, self.batches, self.ledger, self.signer,
            self.persons.signer, self.settings.personal_signature, self.certificates, progress,
            before_sending=orders.Orders(self.store_database).bind, blanks=self.blanks,
        )  # fmt: skip

    @cached_property
    def revoking(self) -> Revoking:
        """Changes of status."""
        return Revoking(self.desk, self.batches, self.ledger)

    def mass_revoking(self, stage: Progress, advance: Callable[[int], None]) -> MassRevoking:
        """Revocation of many at once."""
        return MassRevoking(self.desk, self.batches, self.ledger, stage, advance)

    @property
    def style(self) -> Style:
        """What all papers have in common."""
        return Style(self.settings.public_url, self.settings.specimen)

    def audit(self) -> int | None:
        """The first entry of the audit log that does not fit its predecessor, if any."""
        return audit.verify(self.store_database)
