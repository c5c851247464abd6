"""The issuance cycle, as numbered steps that can stop anywhere and be taken up again.

    1 intake      parse the file, all faults at once           (issuer.intake)
    2 match       against the registry                          (issuer.matching)
    3 approve     by a second person                            (recorded with the batch)
    4 STAGED      register numbers, salts, indices and the bytes to be signed, in one
                  transaction, before any signature
    5 SIGNED      signatures and tree
    6 SENT        cannot be given up any more; raw transaction stored, then broadcast
    7 MINED       in a block
    8 FINAL       in a finalised block: only now issued
    9 DELIVERED   papers written                                (issuer.delivery)

What will happen is stored before it happens, and `resume` runs the very same code from whatever
state it finds, so a crash needs no repair. The contract's `seq` makes anchoring exactly-once
even if all of this were wrong.
"""

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from credential import manifest
from credential.errors import ConflictError, RefusedError, UnavailableError
from credential.keys import PublicKey, Signer
from credential.model import Credential, Deployment
from credential.records import Batch, BatchState, StagedCredential
from issuer.entering import enter
from issuer.matching import match
from issuer.order import Order, award_batch, credentials
from issuer.patience import FIRST, LONG, Patience
from issuer.ports import BatchStore, BlankStock, LedgerDesk, NoInventory, RegistryDesk
from issuer.sending import pauses, record
from issuer.settling import settle
from issuer.staging import contents, manifest_of, sign, stage

_ORDER = list(BatchState)
_OVERTAKEN = frozenset({"ledger.seq_not_next", "ledger.already_anchored"})
"""What the contract says of a batch that was anchored since it was looked for."""
_PLACEHOLDER = ("X00/0000/00000",)  # as long as a register number

Progress = Callable[[str, int], None]


def _silent(_stage: str, _count: int) -> None:
    """Progress that nobody watches."""


def _unasked(_batch: Batch) -> None:
    """Nobody wants to know before a batch is sent."""


def _nobody(_school: int, _name: str) -> Signer | None:
    """Nobody's personal key is here."""
    return None


def _uncertified(_school: int, _name: str) -> Sequence[bytes]:
    """No key has a certificate."""
    return ()


@dataclass(frozen=True)
class Issuing:
    """The issuance cycle over its ports. `signer(school id)` opens a school's signing key.

    `personal(school id, name)` opens the key with which a person signs what they approve, None if
    there is none here; `must_countersign` refuses to issue without it. `certificates(school id,
    name)` gives the X.509 certificates of that person's key, of the school's for an empty name; it
    refuses those that must not be used now. `before_sending(batch)` is called before anything of a
    batch is written down to be sent: what it raises is the last that can stop it.

    A source that is silent is waited for: `first` seconds while nothing is written, `patience`
    seconds once something is.
    """

    deployment: Deployment
    desk: RegistryDesk
    store: BatchStore
    ledger: LedgerDesk
    signer: Callable[[int], Signer]
    personal: Callable[[int, str], Signer | None] = field(default=_nobody)
    must_countersign: bool = False
    certificates: Callable[[int, str], Sequence[bytes]] = field(default=_uncertified)
    progress: Progress = field(default=_silent)
    before_sending: Callable[[Batch], None] = field(default=_unasked)
    first: float = FIRST
    patience: float = LONG
    blanks: BlankStock = field(default=NoInventory())

    def issue(self, order: Order) -> tuple[Batch, bool]:
        """Issue an order up to FINAL; also says whether it was new.

        The same order again finds its batch and completes it. Raises InputError, RefusedError,
        ConflictError and UnavailableError; nothing is half-written by any of them.
        """
        at_first = self._waiting(self.first)
        known = at_first.store.batch(order.ref)
        batch = known or at_first._stage(order)
        return self.resume(batch), known is None

    def resume(self, batch: Batch) -> Batch:
        """Take a batch from whatever state it is in to FINAL (steps 5 to 8).

        What it replaces is superseded on chain then.
        """
        patient = self._waiting(self.patience)
        done = patient._to_final(batch)
        settle(patient.desk, patient.store, patient.ledger, done, self.progress, self.patience)
        return done

    def _waiting(self, seconds: float) -> "Issuing":
        """The same over ports that wait so long for each answer."""

        def told(source: str) -> None:
            self.progress(f"waiting_{source}", 0)

        patience = Patience(seconds, told)
        return replace(
            self,
            desk=patience.over(self.desk),
            store=patience.over(self.store),
            ledger=patience.over(self.ledger),
            blanks=patience.over(self.blanks),
        )

    def _to_final(self, batch: Batch) -> Batch:
        if batch.state is BatchState.STAGED:
            batch = self._sign(batch)
        deadline, pause = time.monotonic() + self.patience, pauses()
        while _ORDER.index(batch.state) < _ORDER.index(BatchState.FINAL):
            before, batch = batch, self._towards_final(batch)
            if time.monotonic() > deadline:
                raise UnavailableError("chain", "not final yet")
            if batch.state is before.state:
                time.sleep(next(pause))
        return batch

    def _stage(self, order: Order) -> Batch:
        """Steps 2 to 4. All that can be refused is refused before a line enters the register."""
        matched = match(order, self.desk, self.blanks)
        school = matched.school.id
        known = matched.lines
        awards = award_batch(order, matched.school, matched.signer, known)
        self._personal(school, order.approved_by)
        self.certificates(school, "")
        seq, key = self._next_seq(school), self.signer(school).public
        self.ledger.check_standing(school, order.type, key.kid)
        rehearsal = credentials(order, matched.school, awards, _PLACEHOLDER * order.size, known)
        pupils = [entry.pupil for entry in awards.entries]
        self._rows(rehearsal, order, seq, key, pupils)

        later = self._waiting(self.patience)
        numbers = enter(order, awards, later.desk, later.blanks)
        made = credentials(order, matched.school, awards, numbers, known)
        # Shuffled, so that an index says nothing about class or alphabet.
        places = list(range(len(made)))
        random.SystemRandom().shuffle(places)
        self.progress("staged", len(made))
        ordered, holders = [made[at] for at in places], [pupils[at] for at in places]
        rows = self._rows(ordered, order, seq, key, holders)
        batch = Batch(
            id=0, ref=order.ref, school=school, type=order.type, seq=seq, size=len(made),
            state=BatchState.STAGED, kid=key.kid, alg=key.alg,
        )  # fmt: skip
        try:
            return later.store.stage(batch, rows, order.approval)
        except ConflictError:
            # Another process staged the same order, or took this school's next number.
            found = later.store.batch(order.ref)
            return found if found is not None else self._stage(order)

    def _rows(
        self,
        made: list[Credential],
        order: Order,
        seq: int,
        key: PublicKey,
        pupils: list[str],
    ) -> list[StagedCredential]:
        rows = stage(made, pupils, seq, self.deployment, key, os.urandom)
        return [replace(row, version=order.version(row.pupil)) for row in rows]

    def _next_seq(self, school: int) -> int:
        """The school's next batch number.

        A store behind the chain must not issue, unless the numbers that it lacks went to batches
        of somebody who had the school's key, and the department has said so.
        """
        # The chain first: another process may stage and anchor between the two looks.
        chain = self.ledger.next_seq(school)
        own = self.store.next_seq(school)
        if chain > own and self.ledger.disowned(school, own):
            return chain
        if chain > own:
            raise RefusedError("store.behind_chain", school=school, chain=chain, store=own)
        return own

    def _sign(self, batch: Batch) -> Batch:
        """Step 5. The register learns what each line will say before anything says it.

        Before that, whoever approved the batch signs for it with a key of their own.
        """
        signer = self.signer(batch.school)
        if signer.public.kid != batch.kid:
            raise RefusedError("key.changed", batch=batch.id)
        self.progress("signed", batch.size)
        rows = self.store.staged(batch.id)
        self._certify(batch, "school", "")
        self._countersign(batch, rows)
        self.desk.bind(batch.ref, contents(batch, rows))
        signatures, levels = sign(rows, self.deployment, signer)
        return self.store.sign(batch.id, signatures, levels)

    def _countersign(self, batch: Batch, rows: Sequence[StagedCredential]) -> None:
        """Sign the manifest with the approver's own key, once, if they have one here."""
        approval = self.store.approval(batch.id)
        if approval is None or approval.signature is not None:
            return
        own = self._personal(batch.school, approval.approved_by)
        if own is not None:
            self._certify(batch, "approver", approval.approved_by)
            text = manifest_of(batch, rows, self.deployment)
            self.store.countersign(batch.id, own.public.kid, manifest.sign(text, own))

    def _certify(self, batch: Batch, signer: str, name: str) -> None:
        """Record the certificates of a key that is about to sign."""
        chain = self.certificates(batch.school, name)
        if chain:
            self.store.certify(batch.id, signer, chain)

    def _personal(self, school: int, name: str) -> Signer | None:
        """A person's own key. Raises RefusedError ``approval.no_key`` where there must be one."""
        own = self.personal(school, name)
        if own is None and self.must_countersign:
            raise RefusedError("approval.no_key", name=name)
        return own

    def _towards_final(self, batch: Batch) -> Batch:
        """Steps 6 to 8, one look at the chain each time."""
        assert batch.root is not None, "a signed batch has a root"
        found = self.ledger.anchored(batch.school, batch.root)
        if found is None:
            return self._send(batch)
        if found.final:
            self.progress("final", batch.size)
            return self.store.advance(batch.id, BatchState.FINAL, found.block, found.time)
        if batch.state is not BatchState.MINED:
            self.progress("mined", batch.size)
            return self.store.advance(batch.id, BatchState.MINED, found.block, found.time)
        return batch

    def _send(self, batch: Batch) -> Batch:
        """Step 6. Another process may be at the same batch; whoever is faster, it is anchored.

        What a block held may be taken back, so a conflict counts only as of one and the same block.
        """
        root = batch.root
        assert root is not None, "a signed batch has a root"
        try:
            return self._send_once(batch, root)
        except ConflictError as error:
            expected = self.ledger.awaited(batch.school, root)
            if expected is None or (error.code in _OVERTAKEN and expected <= batch.seq):
                return batch
            raise

    def _send_once(self, batch: Batch, root: bytes) -> Batch:
        """Earlier batches of the school first, since the contract counts them."""
        expected = self.ledger.awaited(batch.school, root)
        if expected is None:
            return batch  # mined since it was looked for
        if expected > batch.seq:
            raise ConflictError("anchor.seq_taken", seq=batch.seq, school=batch.school)
        if expected < batch.seq:
            self._resume_earlier(batch)
        self.before_sending(batch)
        batch = self.store.send(batch)  # also what was mined and reorganised away
        self._record(batch, root)
        self.progress("sent", batch.size)
        self.ledger.flush(self.store)
        return batch

    def _record(self, batch: Batch, root: bytes) -> None:
        record(
            self.store,
            self.ledger,
            f"anchor:{batch.id}",
            lambda: self.ledger.anchor_call(
                batch.school, batch.seq, root, batch.size, self.store.audited()
            ),
        )

    def _resume_earlier(self, batch: Batch) -> None:
        for earlier in self.store.unfinished():
            if earlier.school == batch.school and earlier.seq < batch.seq:
                self._to_final(earlier)
