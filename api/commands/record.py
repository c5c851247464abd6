"""`sogoc status`, `record`, `extracts`: how far batches came, who answers, what was taken out."""

from collections.abc import Sequence

import click

from api.commands.parameters import Listing
from api.session import Session
from api.terminal import printable
from credential import manifest
from credential.approval import RecordState
from credential.errors import RefusedError
from credential.records import Batch, BatchState, IssuedCredential
from credential.text import fold
from issuer.certificates import shown
from issuer.locating import named
from issuer.revoking import as_stored
from issuer.staging import manifest_of
from web import messages

_MOST = 50  # batches that are listed without being named


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEYS]")
@click.pass_obj
def status(session: Session, keys: Sequence[str]) -> None:
    """Tình trạng các đợt cấp và các bản / how far batches came, and versions of what was issued.

    Each of KEYS is a batch as its folder of papers is called (1001-0003), a look-up code or a
    register number. Of a batch: who prepared, approved and signed it, and when the school's seal
    was final. Of a credential: all its versions. Without any: the newest 50 batches.
    """
    store = session.system.batches
    for key in keys:
        batch = named(store, key)
        if batch is not None:
            _tell(session, batch)
            continue
        found = store.credential(as_stored(key))
        if found is None:
            raise RefusedError("credential.unknown", found=key)
        _versions(session, found)
    if not keys:
        for batch in store.newest(_MOST):
            _tell(session, batch)


def _tell(session: Session, batch: Batch) -> None:
    """A batch, and the states of its record with who and when."""
    about = {"count": batch.size, "state": batch.state.value, "kind": batch.type.key}
    session.say("record.batch", batch=_name(batch), **about)
    approval = session.system.batches.approval(batch.id)
    if approval is None:
        _line(session, "record.not_recorded")
        return
    for state, (who, when) in approval.states(batch).items():
        _line(session, f"record.{state.value}", name=printable(who), at=messages.local_time(when))
    for signer in ("approver", "school"):
        _certified(session, batch, signer)
    if approval.signature is None and batch.state is not BatchState.STAGED:
        _line(session, "record.not_signed", name=printable(approval.approved_by))
    if approval.reason is not None:
        _line(session, "record.amends", text=printable(approval.reason))
        if batch.block is not None and approval.settled_at is None:
            _line(session, "record.unsettled")


def _certified(session: Session, batch: Batch, signer: str) -> None:
    """Whose certificate a key had that signed a batch; nothing where it had none."""
    chain = session.system.batches.certificates(batch.id, signer)
    if chain:
        found = shown(chain[0])
        about = {"subject": printable(found.subject), "issuer": printable(found.issuer)}
        days = {"since": found.since.date(), "until": found.until.date()}
        _line(session, f"certificate.{signer}", serial=found.serial, **about, **days)


def _line(session: Session, code: str, **params: object) -> None:
    session.show(f"    {messages.text(session.lang, code, **params)}")


def _versions(session: Session, found: IssuedCredential) -> None:
    """All versions of a credential's line, oldest first."""
    line = found.line
    held = session.system.batches.versions(line.school, line.type, [line.register_no])
    for each in sorted(held, key=lambda one: one.line.version):
        session.say(
            "record.version",
            register_no=line.register_no,
            version=each.line.version,
            batch=_name(each.batch),
            index=each.staged.index,
            lane=session.word(f"record.{each.lane.name.lower()}"),
        )


def _name(batch: Batch) -> str:
    return f"{batch.school}-{batch.seq:04d}"


@click.group(cls=Listing)
def record() -> None:
    """Học bạ số: kiểm tra chữ ký cá nhân / the digital school record: check personal signatures."""


@record.command()
@click.argument("key", metavar="BATCH")
@click.pass_obj
def check(session: Session, key: str) -> int:
    """Kiểm tra chữ ký cá nhân trên một đợt cấp / check the personal signature under a batch.

    BATCH is named as its folder of papers (1001-0003). The manifest is made anew of what is stored
    and compared with what was signed; the key must be listed as the approver's.
    """
    system = session.system
    batch = named(system.batches, key)
    if batch is None:
        raise RefusedError("batch.unknown", found=key)
    approval = system.batches.approval(batch.id)
    if approval is None or approval.signature is None or approval.kid is None:
        session.say("record.missing", batch=key)
        return 1
    listed = system.persons.listed.by_id(approval.kid)
    if listed is None:
        session.say("record.key_unlisted", batch=key)
        return 1
    if (listed.school, fold(listed.name)) != (batch.school, fold(approval.approved_by)):
        about = {"found": printable(listed.name), "expected": printable(approval.approved_by)}
        session.say("record.key_of_another", batch=key, **about)
        return 1
    rows = system.batches.staged(batch.id)
    text = manifest_of(batch, rows, system.deployment)
    if not manifest.is_signed(approval.signature, text, listed.key):
        session.say("record.wrong", batch=key)
        return 1
    reached = approval.states(batch)[RecordState.PERSONALLY_SIGNED]
    name, at = printable(listed.name), messages.local_time(reached[1])
    session.say("record.right", batch=key, name=name, count=batch.size, at=at)
    return 0


@click.command()
@click.argument("pupil")
@click.pass_obj
def extracts(session: Session, pupil: str) -> None:
    """Các lần trích xuất học bạ của một học sinh / what was taken out of a pupil's record.

    PUPIL is the ministry's code. Newest first: when, in what form, of which credential, by whom
    and for whom.
    """
    found = session.system.extracts.of(pupil.strip())
    for each in found:
        session.say(
            "extract.line",
            at=messages.local_time(each.at),
            what=session.word(f"extract.{each.kind.value}"),
            batch=f"{each.school}-{each.seq:04d}",
            index=each.index,
            by=printable(each.by),
            to=printable(each.to) or session.word("extract.own"),
        )
    if not found:
        session.say("extract.none")
