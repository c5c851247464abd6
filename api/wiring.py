"""The one place that puts the parts of a deployment together, as its settings say.

`System` opens each part when it is first asked for, so that verifying needs no key and looking
at the registry needs no chain. Close it to end connections and to give the embedded chain up.
"""

import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from web3 import Web3

import chain.provider
import store.audit
from api.settings import Settings
from chain.deploy import Governor, deploy
from chain.node import Node
from chain.reader import LedgerReader
from chain.sender import address_of
from chain.witnesses import Witnesses
from chain.writer import LedgerWriter
from credential.errors import ConfigError, SogocError
from credential.facts import AwardClaim
from credential.keys import SoftwareKey
from credential.model import CredentialType, Deployment, KeyRole
from database.connections import Database
from issuer.cycle import Issuing, Progress
from issuer.delivery import Style
from issuer.keystore import Keystore, own_passphrase
from issuer.revoking import Revoking
from registry.client import HttpMatcher
from registry.desk import Desk
from registry.matching import Matcher
from registry.schema import REGISTRY
from store.batches import Batches
from store.evidence import EvidenceReader
from store.schema import STORE
from verifier.ports import AwardRegistry
from verifier.verify import Verifier

_ROLE_NAMES = {
    KeyRole.ANCHOR: "anchor",
    KeyRole.SUSPEND: "suspend",
    KeyRole.REVOKE: "revoke",
    KeyRole.SIGN: "sign",
}
_NOBODY = bytes(20)
_PROBE = AwardClaim(CredentialType.THPT_DIPLOMA, 0, "-", 2000, date(2000, 1, 1))


class System:
    """A deployment's parts over its settings. Use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    # --- first start ---

    def migrate(self) -> None:
        """Make the data folder and bring both databases up to date."""
        self.settings.data.mkdir(parents=True, exist_ok=True)
        STORE.migrate(self.settings.store_database)
        REGISTRY.migrate(self.settings.registry_database)

    def deploy(self) -> tuple[Deployment, bool]:
        """The deployment, its contract created if there is none yet; says whether it is new."""
        if self._record.exists() or self.settings.contract:
            return self.deployment, False
        for name in ("owner", "relayer"):
            self.keystore.make_secret(name)
        owner = self.keystore.secret("owner")
        first_block = self.web3.eth.block_number
        made = deploy(self.web3, self.settings.chain_id, owner, self.batches)
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

    # --- sources ---

    @cached_property
    def registry_database(self) -> Database:
        """The registry's database."""
        found = REGISTRY.connect(self.settings.registry_database)
        self._opened.callback(found.close)
        return found

    @cached_property
    def store_database(self) -> Database:
        """The store's database."""
        found = STORE.connect(self.settings.store_database)
        self._opened.callback(found.close)
        return found

    @cached_property
    def desk(self) -> Desk:
        """The registry as issuing sees it."""
        return Desk(self.registry_database)

    @cached_property
    def own_matcher(self) -> Matcher:
        """The registry asked in its own database."""
        return Matcher(self.registry_database)

    @cached_property
    def matcher(self) -> AwardRegistry:
        """The registry as verifying sees it: over HTTP if settings name a service."""
        if not self.settings.registry_service:
            return self.own_matcher
        client = HttpMatcher(
            self.settings.registry_service,
            self.settings.registry_client,
            self.settings.registry_secret.get_secret_value(),
        )
        self._opened.callback(client.close)
        return client

    @cached_property
    def batches(self) -> Batches:
        """The store as issuing sees it."""
        return Batches(self.store_database)

    @cached_property
    def evidence(self) -> EvidenceReader:
        """The store as verifying sees it."""
        return EvidenceReader(self.store_database)

    @cached_property
    def web3(self) -> Web3:
        """The connection to the chain's first address; makes the embedded one if there is none."""
        target, funded = self.settings.chain_targets[0], []
        if not self.settings.chain and not Path(target).exists() and not self._record.exists():
            funded = [address_of(self.keystore.secret(name)) for name in ("owner", "relayer")]
        found = chain.provider.connect(target, chain_id=self.settings.chain_id, funded=funded)
        self._opened.callback(chain.provider.close, found)
        return found

    @cached_property
    def deployment(self) -> Deployment:
        """Which contract on which chain. Raises ConfigError ``deployment.none``."""
        contract, chain_id = self.settings.contract, self.settings.chain_id
        if not contract:
            if not self._record.exists():
                raise ConfigError("deployment.none", data=str(self.settings.data))
            contract, chain_id = self._recorded["contract"], self._recorded["chain_id"]
        try:
            address = bytes.fromhex(contract.removeprefix("0x"))
        except ValueError:
            address = b""
        if len(address) != len(_NOBODY):
            raise ConfigError("settings.invalid", names="contract")
        return Deployment(chain_id, address)

    @cached_property
    def reader(self) -> LedgerReader:
        """The chain as verifying sees it: one endpoint believed, or proofs (see the settings)."""
        stale_after = self.settings.chain_stale_after or None
        return LedgerReader(
            self._nodes(),
            self.deployment,
            first_block=self._first_block,
            stale_after=stale_after,
        )

    def _nodes(self) -> Node | Witnesses:
        chain_id, needed = self.deployment.chain_id, self.settings.chain_needed
        links = [self.web3]
        for target in self.settings.chain_targets[1:]:
            links.append(chain.provider.connect(target))
            self._opened.callback(chain.provider.close, links[-1])
        nodes = [Node(link, chain_id) for link in links]
        if len(nodes) == 1 == needed and not self.settings.chain_strict:
            return nodes[0]
        found = Witnesses(nodes, needed)
        self._opened.callback(found.close)
        return found

    # --- keys ---

    @cached_property
    def keystore(self) -> Keystore:
        """The key files."""
        folder, given = self.settings.data / "keys", self.settings.passphrase.get_secret_value()
        return Keystore(folder, given or own_passphrase(folder))

    def signer(self, school: int) -> SoftwareKey:
        """A school's signing key."""
        return self.keystore.signer(f"{school}.{_ROLE_NAMES[KeyRole.SIGN]}")

    def make_school_keys(self, school: int) -> None:
        """Make the keys that a school has not got yet; listing them on chain comes with it."""
        self.keystore.make_signer(f"{school}.{_ROLE_NAMES[KeyRole.SIGN]}")
        for role in (KeyRole.ANCHOR, KeyRole.SUSPEND, KeyRole.REVOKE):
            self.keystore.make_secret(f"{school}.{_ROLE_NAMES[role]}")

    def chain_key(self, school: int, role: KeyRole) -> bytes:
        """A school's chain key for a role."""
        return self.keystore.secret(f"{school}.{_ROLE_NAMES[role]}")

    @cached_property
    def ledger(self) -> LedgerWriter:
        """The chain as issuing sees it."""
        relayer = self.keystore.secret("relayer")
        return LedgerWriter(self.web3, self.deployment, relayer, self.chain_key)

    @cached_property
    def governor(self) -> Governor:
        """The department's acts on the contract."""
        owner = self.keystore.secret("owner")
        return Governor(self.web3, self.deployment, owner, self.batches, self._first_block)

    # --- what a deployment is for ---

    def issuing(self, progress: Progress) -> Issuing:
        """The issuance cycle."""
        return Issuing(self.deployment, self.desk, self.batches, self.ledger, self.signer, progress)

    @cached_property
    def revoking(self) -> Revoking:
        """Changes of status."""
        return Revoking(self.desk, self.batches, self.ledger)

    @cached_property
    def verifier(self) -> Verifier:
        """The verifier over all three sources."""
        sources = (self.reader, self.evidence, self.matcher)
        at_hand = self.reader.is_fresh if self.settings.is_local else None
        found = Verifier(self.deployment, *sources, at_hand=at_hand)
        self._opened.callback(found.close)
        return found

    @property
    def style(self) -> Style:
        """What all papers have in common."""
        return Style(self.settings.public_url, self.settings.specimen)

    def audit(self) -> int | None:
        """The first entry of the audit log that does not fit its predecessor, if any."""
        return store.audit.verify(self.store_database)

    def readiness(self) -> dict[str, bool]:
        """Ask each source once; whether it answered."""
        return {
            "chain": _answers(lambda: self.reader.facts(0, b"", None, 0)),
            "registry": _answers(lambda: self.matcher.match(_PROBE)),
            "store": _answers(lambda: self.evidence.token("0" * 16)),
        }

    @property
    def _record(self) -> Path:
        return self.settings.data / "deployment.json"

    @cached_property
    def _recorded(self) -> dict[str, Any]:
        found: dict[str, Any] = (
            json.loads(self._record.read_text()) if self._record.exists() else {}
        )
        return found

    @property
    def _first_block(self) -> int:
        """A block before the first key was listed: where reading the chain's events starts."""
        return int(self._recorded.get("first_block", 0))


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except SogocError:
        return False
    return True
