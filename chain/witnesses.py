"""Several endpoints of one chain, none of which is believed alone.

Decides what counts as known: a finalised header that `needed` of them give alike, hashed anew, and
slots and code proven from its state root, by whichever endpoint comes first. That no key is listed
no slot can prove: it counts when `needed` endpoints say so and none shows the key. An endpoint that
lies, lags or is silent costs time; less than `needed` honest ones make the chain silent.

Answers the same questions as one `chain.node.Node`, so that a reader takes either.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TypeVar

from eth_hash.auto import keccak

from chain import contract, defaults, proof
from chain.answers import Log
from chain.header import Header
from chain.node import Node
from credential.errors import ConfigError, SogocError, UnavailableError
from credential.facts import Block, ChainTrust

_T = TypeVar("_T")


class Witnesses:
    """Endpoints of one chain, of which `needed` must agree on the finalised header.

    Thread-safe. With one endpoint and `needed` 1 the header is that endpoint's word; all else is
    proven from it. Every method raises UnavailableError ``chain`` when too few answer or agree.
    """

    def __init__(self, nodes: Sequence[Node], needed: int) -> None:
        if not 1 <= needed <= len(nodes):
            raise ConfigError("chain.quorum_invalid", needed=needed, endpoints=len(nodes))
        self._nodes = list(nodes)  # those that failed last stand last
        self._needed = needed
        self.trust = ChainTrust(needed, len(nodes), proven=True)
        self._known: dict[bytes, Header] = {}  # agreed headers by block hash
        self._newest: dict[str, Block] = {}  # by tag
        self._pool = ThreadPoolExecutor(
            defaults.WITNESS_THREADS, thread_name_prefix="chain-witness"
        )

    def close(self) -> None:
        """Wait for nobody any longer."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def check_chain(self) -> None:
        """Raises ConfigError ``chain.id_differs`` unless enough endpoints serve the chain."""
        wrong: list[ConfigError] = []
        right = 0
        for node in list(self._nodes):
            try:
                node.check_chain()
            except ConfigError as error:
                wrong.append(error)
            except UnavailableError:
                continue
            else:
                right += 1
        if right >= self._needed:
            return
        if len(wrong) >= self._needed:
            raise wrong[0]
        raise UnavailableError("chain", "too few endpoints serve this chain")

    def block(self, at: int | str) -> Block:
        """The newest block that `needed` endpoints call by that tag, or that number, alike.

        A tag never goes back: what was final stays so, also when only those answer that lag.
        """
        heads = self._headers(dict.fromkeys(self._nodes, at))
        if len(heads) < self._needed:
            raise UnavailableError("chain", "too few endpoints answer")
        agreed = self._agreed(list(heads.values())) or self._passed(heads)
        if agreed is None:
            raise UnavailableError("chain", "endpoints disagree", "disagreeing")
        if len(self._known) >= defaults.WITNESSED_BLOCKS:
            self._known.pop(next(iter(self._known)), None)
        self._known[agreed.block.hash] = agreed
        return self._newest_of(at, agreed.block) if isinstance(at, str) else agreed.block

    def past(self, number: int) -> Header | None:
        """The header of a block that was passed, by the word of `needed` endpoints.

        None when enough answer and too few of them still keep it.
        """
        told = self._all(dict.fromkeys(self._nodes, lambda node: (node.past(number),)))
        if len(told) < self._needed:
            raise UnavailableError("chain", "too few endpoints answer")
        kept = [found for (found,) in told.values() if found is not None]
        agreed = self._agreed(kept)
        if agreed is None and len(kept) >= self._needed:
            raise UnavailableError("chain", "endpoints disagree", "disagreeing")
        return agreed

    def _passed(self, heads: Mapping[Node, Header]) -> Header | None:
        """The newest header that enough have passed, where some are ahead or claim to be."""
        newest = sorted({head.block.number for head in heads.values()}, reverse=True)
        for number in newest:
            asked = {node: number for node, head in heads.items() if head.block.number >= number}
            if len(asked) >= self._needed and (
                agreed := self._agreed(list(self._headers(asked).values()))
            ):
                return agreed
        return None

    def _newest_of(self, tag: str, found: Block) -> Block:
        known = self._newest.get(tag)
        if known is None or found.number > known.number:
            self._newest[tag] = known = found
        if found.number == known.number and found.hash != known.hash:
            raise UnavailableError("chain", "a final block was replaced", "disagreeing")
        return known

    def code(self, address: bytes, at: Block) -> bytes:
        """The runtime code of a contract, which hashes to what the state says."""

        def ask(node: Node) -> bytes:
            found = node.code(address, at)
            if self._proven(node, address, [], at).code_hash != keccak(found):
                raise ValueError("other code than the state's")
            return found

        return self._first(ask)

    def slots(self, address: bytes, slots: Sequence[int], at: Block | None) -> list[int]:
        """Storage slots of a contract, proven after a block.

        At the head (None) nothing can be proven: there a slot counts as empty when `needed`
        endpoints say so, which is good for telling "not yet" from "not", never for more.
        """
        if at is None:
            told = self._all(
                dict.fromkeys(self._nodes, lambda node: node.slots(address, slots, None))
            )
            if len(told) < self._needed:
                raise UnavailableError("chain", "too few endpoints answer")
            return [sorted(said)[self._needed - 1] for said in zip(*told.values(), strict=True)]
        return list(self._first(lambda node: self._proven(node, address, slots, at).slots))

    def history(
        self, address: bytes, topics: Sequence[str | None], first: int, last: Block
    ) -> Iterator[Log]:
        """What any endpoint logged, once `needed` of them have told theirs; some may be made up."""

        def ask(node: Node) -> list[Log]:
            found = list(node.history(address, topics, first, last))
            for log in found:
                contract.event_data(contract.event_of(log.topics), log.data)
            return found

        told = self._all(dict.fromkeys(self._nodes, ask))
        if len(told) < self._needed:
            raise UnavailableError("chain", "too few endpoints answer")
        return iter(dict.fromkeys(log for logs in told.values() for log in logs))

    def evidence(
        self, address: bytes, slots: Sequence[int], at: Block
    ) -> tuple[Header, tuple[bytes, ...]]:
        """An agreed header, and trie nodes that prove code hash and slots after its block."""
        found = self._header(at)

        def ask(node: Node) -> tuple[bytes, ...]:
            nodes = proof.nodes_of(node.proof(address, slots, at))
            proof.Pool(nodes).account(found.state_root, address, slots)
            return tuple(nodes)

        return found, self._first(ask)

    def _proven(self, node: Node, address: bytes, slots: Sequence[int], at: Block) -> proof.Proven:
        root = self._header(at).state_root
        return proof.check(root, address, slots, node.proof(address, slots, at))

    def _header(self, at: Block) -> Header:
        found = self._known.get(at.hash)
        if found is None:
            raise UnavailableError("chain", "a block that was not agreed on")
        return found

    def _headers(self, wanted: Mapping[Node, int | str]) -> dict[Node, Header]:
        """The headers of those that give one; once `needed` are alike, nobody is waited for."""
        asking = {self._pool.submit(node.header, at): node for node, at in wanted.items()}
        found: dict[Node, Header] = {}
        for done in as_completed(asking):
            if (header := _outcome(done)) is not None:
                found[asking[done]] = header
                if self._agreed(list(found.values())) is not None:
                    break
        return found

    def _agreed(self, headers: Sequence[Header]) -> Header | None:
        """The newest header that enough of them give."""
        alike = [each for each in headers if headers.count(each) >= self._needed]
        return max(alike, key=lambda each: each.block.number, default=None)

    def _all(self, asks: dict[Node, Callable[[Node], _T]]) -> dict[Node, _T]:
        asking = {node: self._pool.submit(ask, node) for node, ask in asks.items()}
        told = {node: _outcome(done) for node, done in asking.items()}
        return {node: answer for node, answer in told.items() if answer is not None}

    def _first(self, ask: Callable[[Node], _T]) -> _T:
        """The first answer that stands; who fails is asked last from now on."""
        reason = "silent"
        for node in list(self._nodes):
            try:
                return ask(node)
            except (SogocError, ValueError) as error:
                reason = str(error)
                self._nodes = [*(each for each in self._nodes if each is not node), node]
        raise UnavailableError("chain", f"no endpoint proves it: {reason}"[:200], "unproven")


def _outcome(done: Future[_T]) -> _T | None:
    """The answer, or None from an endpoint that failed, in whatever way: it told us nothing."""
    try:
        return done.result()
    except (SogocError, ValueError, LookupError, TypeError):
        return None
