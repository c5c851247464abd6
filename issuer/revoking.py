"""Suspend, reinstate, supersede and revoke: the registry first, then the chain.

The registry's word is effective at once and reaches every verifier that asks it; the chain's is
slower and reaches everyone else. Either alone stops a credential, so a crash between the two
leaves it stopped; running the same command again completes the rest.
"""

from dataclasses import dataclass

from credential import lookup
from credential.dates import PartialDate
from credential.errors import ConflictError, RefusedError
from credential.facts import Withdrawal
from credential.model import CredentialType, Lane
from credential.records import AwardLine, IssuedCredential
from credential.text import check_message, check_text
from issuer.following import Following, copies_of
from issuer.patience import LONG, Patience
from issuer.ports import BatchStore, LedgerDesk, RegistryDesk
from issuer.sending import Intent, ensure

# The six grounds for revoking (Circular 21/2019/TT-BGDĐT, article 25).
GROUNDS = {
    "fraud": "Gian lận trong tuyển sinh, học tập, thi hoặc làm hồ sơ",
    "ineligible": "Cấp cho người không đủ điều kiện",
    "no_authority": "Người cấp không có thẩm quyền",
    "altered": "Bị tẩy xóa, sửa chữa",
    "lent": "Để cho người khác sử dụng",
    "issuer_error": "Lỗi của cơ quan cấp",
}

_LONGEST = 500  # characters of a reason


@dataclass(frozen=True)
class Revoking:
    """Status changes over the same ports as issuing.

    Sources that are silent are waited for `patience` seconds once the registry has the change.
    """

    desk: RegistryDesk
    store: BatchStore
    ledger: LedgerDesk
    patience: float = LONG

    def change(self, key: str, lane: Lane, withdrawal: Withdrawal, actor: str) -> IssuedCredential:
        """Change the status of the credential with that look-up code or register number.

        Returns once the change is final on chain, of its copies too (`issuer.following`). Repeating
        it is harmless. Raises RefusedError
        ``credential.unknown``, ``ground.unknown``, ``award.terminal``; UnavailableError when
        the chain does not answer (the registry has it by then).
        """
        found = self.store.credential(as_stored(key))
        if found is None:
            raise RefusedError("credential.unknown", found=key)
        return self._change(found, lane, withdrawal, actor)

    def change_version(
        self, line: AwardLine, lane: Lane, withdrawal: Withdrawal, actor: str
    ) -> None:
        """The same for that version of a line; of an old book's it may be that nothing was issued.

        Raises ConflictError ``withdrawal.being_issued`` for one that an order has taken and not
        signed yet: the register has the change by then, repeating it later completes it.
        """
        for found in self.store.versions(line.school, line.type, [line.register_no]):
            if found.line == line:
                self._change(found, lane, withdrawal, actor)
                return
        if line.type is not CredentialType.DIGITISED:
            raise RefusedError("credential.unknown", found=line.register_no)
        self._change_unissued(line, lane, withdrawal, actor)

    def _change(
        self, found: IssuedCredential, lane: Lane, withdrawal: Withdrawal, actor: str
    ) -> IssuedCredential:
        check_cause(withdrawal, lane)
        batch, staged = found.batch, found.staged
        self.desk.set_status(found.line, lane, withdrawal)
        patience = Patience(self.patience)
        store, ledger = patience.over(self.store), patience.over(self.ledger)
        change = store.set_lane(batch.id, staged.index, lane, actor, withdrawal.decision)
        following = self._following(store, ledger, found.line, lane, withdrawal, actor)
        assert batch.root is not None, "an issued batch has a root"
        place = (batch.school, batch.root, staged.index)
        intent = Intent(
            f"status:{batch.id}:{staged.index}:{change}", lambda: ledger.status_call(*place, lane)
        )

        def missing(final: bool) -> list[Intent]:
            own = [] if ledger.lane(*place, final=final) is lane else [intent]
            return own + following.missing(final)

        ensure(store, ledger, missing, self.patience)
        return found

    def _change_unissued(
        self, line: AwardLine, lane: Lane, withdrawal: Withdrawal, actor: str
    ) -> None:
        """The register's line alone, and on chain the copies that were made of it.

        Whether an order has taken it is asked once the register has the change: none does later.
        """
        check_cause(withdrawal, lane)
        self.desk.set_status(line, lane, withdrawal)
        if not self.desk.is_unissued(line):
            raise ConflictError("withdrawal.being_issued", register_no=line.register_no)
        patience = Patience(self.patience)
        store, ledger = patience.over(self.store), patience.over(self.ledger)
        following = self._following(store, ledger, line, lane, withdrawal, actor)
        ensure(store, ledger, following.missing, self.patience)

    def _following(
        self, store: BatchStore, ledger: LedgerDesk, line: AwardLine, lane: Lane,
        withdrawal: Withdrawal, actor: str,
    ) -> Following:  # fmt: skip
        copies = copies_of(self.desk, store, [line], lane)
        return Following.begin(store, ledger, copies, lane, actor, withdrawal.decision)


def check_cause(withdrawal: Withdrawal, lane: Lane) -> None:
    """Whether the register can hold it and the public list say it.

    Raises RefusedError ``ground.unknown`` for what the circular does not name, FormatError
    ``text.*`` and ``date.invalid``.
    """
    check_text(withdrawal.decision)
    if withdrawal.reason is not None:
        check_message(withdrawal.reason, _LONGEST)
    for day in filter(None, (withdrawal.on, withdrawal.until)):
        PartialDate.from_date(day)
    if lane is Lane.REVOKED and withdrawal.ground not in GROUNDS:
        raise RefusedError("ground.unknown", found=withdrawal.ground, expected=", ".join(GROUNDS))


def as_stored(key: str) -> str:
    """A look-up code in its one spelling; anything else as it is.

    Raises FormatError ``code.check`` for a mistyped one.
    """
    return lookup.parse(key) if lookup.looks_like_code(key) else key.strip()
