"""What a verification asks, put together as the settings say: chain, evidence, registry.

`Sources` is the reading half of a deployment. It needs no key and, where the settings name a
registry's service, no database of the registry; a part is imported when it is first asked for,
because the distribution that only verifies has fewer of them.
"""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from web3 import Web3

import chain.provider
from api.settings import Settings
from chain.node import Node
from chain.reader import LedgerReader
from chain.witnesses import Witnesses
from credential.errors import ConfigError, SogocError
from credential.facts import AwardClaim
from credential.model import CredentialType, Deployment
from verifier.auditing import Auditor
from verifier.mirror import Mirror
from verifier.numbers import Numbers
from verifier.ports import AwardRegistry, EvidenceStore
from verifier.verify import Verifier

if TYPE_CHECKING:
    from chain.indexed import IndexedLedger, Lag
    from database.connections import Database
    from registry.matching import Matcher
    from store.evidence import EvidenceReader
    from store.history import History

_ADDRESS = 20  # bytes
_PROBE = AwardClaim(CredentialType.THPT_DIPLOMA, 0, "-", 2000, date(2000, 1, 1))


class Sources:
    """The sources of a deployment over its settings. Use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    # --- the chain ---

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
        if len(address) != _ADDRESS:
            raise ConfigError("settings.invalid", names="contract")
        return Deployment(chain_id, address)

    @cached_property
    def web3(self) -> Web3:
        """The connection to the chain's first address."""
        return self._connected(self.settings.chain_targets[0])

    def _connected(self, target: str, funded: Sequence[bytes] = ()) -> Web3:
        found = chain.provider.connect(target, chain_id=self.settings.chain_id, funded=funded)
        self._opened.callback(chain.provider.close, found)
        return found

    @cached_property
    def witnesses(self) -> Witnesses:
        """All addresses of the chain, of which enough must agree; what they say is proven."""
        links = [self.web3, *map(self._connected, self.settings.chain_targets[1:])]
        nodes = [Node(link, self.deployment.chain_id) for link in links]
        found = Witnesses(nodes, self.settings.chain_needed)
        self._opened.callback(found.close)
        return found

    @cached_property
    def reader(self) -> LedgerReader:
        """The chain itself: one endpoint believed, or proofs (see the settings)."""
        believed = self.settings.chain_believed
        return self._read_by(Node(self.web3, self.deployment.chain_id) if believed else None)

    @cached_property
    def quick_reader(self) -> "LedgerReader | IndexedLedger":
        """The chain as verifying sees it: the index, where a single endpoint is believed.

        What has to be proven is proven from the chain, and a mirror has no index beside it.
        """
        indexed = self.settings.chain_index and self.settings.mirror is None
        if not (indexed and self.settings.chain_believed):
            return self.reader
        from chain.indexed import IndexedLedger  # noqa: PLC0415 — see the module

        return IndexedLedger(
            self.history,
            self.reader,
            self.deployment,
            stale_after=self.settings.chain_stale_after or None,
        )

    @cached_property
    def history(self) -> "History":
        """What the indexer saw of the ledger."""
        from store.history import History  # noqa: PLC0415 — see the module

        return History(self.store_database)

    @property
    def index_lag(self) -> "Lag | None":
        """How far the index is behind the newest block that it knew of; None without an index.

        Raises UnavailableError ``store``.
        """
        if not self.settings.chain_index:
            return None
        from chain.indexed import lag  # noqa: PLC0415 — see the module

        state = self.history.state()
        return lag(state, time.time(), state.head) if state else None

    @cached_property
    def strict_reader(self) -> LedgerReader:
        """The chain by proofs alone, whatever the settings say."""
        return self._read_by(None)

    def _read_by(self, node: Node | None) -> LedgerReader:
        return LedgerReader(
            node or self.witnesses,
            self.deployment,
            first_block=self.first_block,
            stale_after=self.settings.chain_stale_after or None,
        )

    # --- evidence and registry ---

    @property
    def evidence(self) -> EvidenceStore:
        """Where a verification has paths from: a mirror if the settings name one, or the store."""
        return self.published if self.mirror is None else self.mirror

    @cached_property
    def mirror(self) -> Mirror | None:
        """The folder of leaf files that the settings name, if any."""
        folder = self.settings.mirror
        return None if folder is None else Mirror(folder)

    @cached_property
    def published(self) -> "EvidenceReader":
        """The store as verifying sees it."""
        from store.evidence import EvidenceReader  # noqa: PLC0415 — see the module

        return EvidenceReader(self.store_database)

    @cached_property
    def matcher(self) -> AwardRegistry | None:
        """The registry as verifying sees it: over HTTP if settings name a service.

        None for a verifier over a mirror with neither a service nor a database to ask.
        """
        if not self.settings.registry_service:
            independent = self.settings.mirror is not None and not self.settings.registry_url
            return None if independent else self.own_matcher
        from registry.client import HttpMatcher  # noqa: PLC0415 — see the module

        client = HttpMatcher(
            self.settings.registry_service,
            self.settings.registry_client,
            self.settings.registry_secret.get_secret_value(),
        )
        self._opened.callback(client.close)
        return client

    @cached_property
    def own_matcher(self) -> "Matcher":
        """The registry asked in its own database."""
        from registry.matching import Matcher  # noqa: PLC0415 — see the module

        return Matcher(self.registry_database)

    @cached_property
    def store_database(self) -> "Database":
        """The store's database."""
        from store.schema import STORE  # noqa: PLC0415 — see the module

        found = STORE.connect(self.settings.store_database)
        self._opened.callback(found.close)
        return found

    @cached_property
    def registry_database(self) -> "Database":
        """The registry's database."""
        from registry.schema import REGISTRY  # noqa: PLC0415 — see the module

        found = REGISTRY.connect(self.settings.registry_database)
        self._opened.callback(found.close)
        return found

    # --- all three ---

    @cached_property
    def verifier(self) -> Verifier:
        """The verifier over all three sources."""
        sources = (self.quick_reader, self.evidence, self.matcher)
        at_hand = self.quick_reader.is_fresh if self.settings.is_local else None
        found = Verifier(self.deployment, *sources, at_hand=at_hand)
        self._opened.callback(found.close)
        return found

    @cached_property
    def numbers(self) -> Numbers:
        """Look-up by number; a mirror has none to look up in, and says so."""
        return Numbers(self.verifier, self.published if self.mirror is None else None)

    @cached_property
    def auditor(self) -> Auditor:
        """What judges receipts, by the chain alone."""
        found = Auditor(self.deployment, self.quick_reader)
        self._opened.callback(found.close)
        return found

    def readiness(self) -> dict[str, bool]:
        """Ask each source once; whether it answered."""
        return {
            "chain": _answers(lambda: self.reader.facts(0, b"", None, 0)),
            "registry": _answers(lambda: self.matcher and self.matcher.match(_PROBE)),
            "store": _answers(lambda: self.evidence.evidence(0, 0, 0)),
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
    def first_block(self) -> int:
        """A block before the first key was listed: where reading the chain's events starts."""
        return self.settings.first_block or int(self._recorded.get("first_block", 0))


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except SogocError:
        return False
    return True
