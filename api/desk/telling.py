"""One credential's history as pages are told it: what the register, the store and the chain know.

What holders share stands there as a number, nothing of what or with whom.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from api.clock import today
from credential import sdjwt
from credential.annex import Annex
from credential.facts import Withdrawal
from credential.lines import RegisterLine
from credential.model import Credential
from credential.records import AwardLine, IssuedCredential
from issuer.delivery import credential_of, sd_jwt_of
from issuer.grounds import grounds
from registry.histories import Version
from registry.published import Withdrawn
from store.jobs import Jobs, JobState
from store.withdrawals import Asking, Withdrawals
from web import messages

if TYPE_CHECKING:
    from api.wiring import System


def history(system: "System", line: AwardLine) -> dict[str, Any]:
    """All that is known of a line; no versions where there is none."""
    held = system.batches.versions(line.school, line.type, [line.register_no])
    issued = {one.line.version: one for one in held}
    day = today()
    school = system.desk.numbered(line.school, day)
    keeper = system.desk.keeper(line.school, day)
    kept_by = system.desk.numbered(keeper, day) if keeper else None
    pupil = next(iter(issued.values())).staged.pupil if issued else ""
    unissued = None if issued else system.desk.lines([line]).get(line)
    asked = Withdrawals(system.store_database).about(line)
    return {
        "line": told_line(line),
        "school_name": school.name if school else "",
        "keeper": kept_by.name if kept_by else None,
        "versions": [
            _version(system, one, issued.get(one.version), unissued)
            for one in system.desk.history(line).versions
        ],
        "registry": _pupil(system, pupil),
        "extracts": _extracts(system, pupil, held),
        "shares": _shares(system, pupil, held),
        "asked": [told_asking(system, one) for one in asked],
        "grounds": {
            one.key: {"kind": one.kind.value, "fields": one.fields} for one in grounds().values()
        },
    }


def told_line(line: AwardLine) -> dict[str, Any]:
    """Which line of which register."""
    return {"school": line.school, "type": line.type.key, "register_no": line.register_no}


def told_asking(system: "System", one: Asking) -> dict[str, Any]:
    """A change of status that waits or waited for a second person.

    `trouble` says why its job failed: it can be begun again and, while it is not `bound`, given up.
    """
    job = Jobs(system.store_database).of(one.job) if one.job is not None else None
    code = job.code if job and job.state is JobState.FAILED else None
    params = (job.result or {}).get("params", {}) if job else {}
    return {
        "id": one.id, **told_line(one.line), "version": one.line.version,
        "lane": one.lane.name.lower(), **_cause(one.withdrawal), "state": one.state.value,
        "prepared_by": one.prepared_by.name,
        "approved_by": one.approved_by.name if one.approved_by else None,
        "sent_back": one.sent_back, "job": one.job, "changed": one.changed,
        "trouble": messages.both(code, **params) if code else None,
        "bound": job is not None and job.bound,
    }  # fmt: skip


def told_withdrawn(one: Withdrawn) -> dict[str, Any]:
    """A paper on the public list, with when it is due and when it came back."""
    return {
        **told_line(one.line), "version": one.line.version, "serial": one.serial,
        "school_name": one.school_name, "ground": one.ground, "decision": one.decision,
        "decided_on": one.decided_on.isoformat(), "due": one.due.isoformat(),
        "returned": _day(one.returned),
    }  # fmt: skip


def _version(
    system: "System", one: Version, issued: IssuedCredential | None, unissued: RegisterLine | None
) -> dict[str, Any]:
    said = credential_of(sdjwt.parse(sd_jwt_of(issued))) if issued else unissued
    return {
        "version": one.version,
        "serial": one.serial,
        "issued": one.issued.iso(),
        "signer": one.signer.name,
        "signer_title": one.signer.title,
        "lane": one.lane.name.lower(),
        "reason": one.reason,
        "approved_by": one.approved_by,
        "entered_at": one.entered_at,
        "annex": _annex(one.annex) if one.annex else None,
        "acts": [
            {"lane": act.lane.name.lower(), "at": act.entered_at, **_cause(act.withdrawal)}
            for act in one.acts
        ],
        "withdrawn": told_withdrawn(one.withdrawn) if one.withdrawn else None,
        "batch": _batch(system, issued) if issued else None,
        "says": _says(said) if said else None,
    }


def _annex(one: Annex) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "ground": one.ground,
        "evidence": one.evidence,
        "decision": one.decision.number,
        "decided_on": one.decision.on.isoformat(),
        "signed_by": one.signed_by,
        "changes": one.changes,
    }


def _batch(system: "System", issued: IssuedCredential) -> dict[str, Any]:
    batch, approval = issued.batch, system.batches.approval(issued.batch.id)
    return {
        "seq": batch.seq, "index": issued.staged.index, "state": batch.state.value,
        "block": batch.block, "final_time": batch.final_time,
        "prepared_by": approval.prepared_by if approval else None,
        "approved_by": approval.approved_by if approval else None,
        "approved_at": approval.approved_at if approval else None,
        "signed": bool(approval and approval.signature),
        "requested": _day(approval.requested if approval else None),
    }  # fmt: skip


def _says(said: Credential | RegisterLine) -> dict[str, str | None]:
    holder = said.holder
    decision = said.decision if isinstance(said, Credential) else None
    return {
        "name": holder.name,
        "birth_date": holder.birth.printed(),
        "birth_place": holder.birth_place,
        "sex": holder.sex,
        "ethnicity": holder.ethnicity,
        "classification": said.classification,
        "decision": decision.number if decision else None,
    }


def _pupil(system: "System", code: str) -> Mapping[str, str | None] | None:
    """What the registry says of the holder now, to be taken over by a correction."""
    found = system.desk.pupils([code]).get(code) if code else None
    if found is None:
        return None
    return {
        "name": found.name,
        "birth_date": found.birth.printed(),
        "birth_place": found.birth_place,
        "sex": found.sex,
        "ethnicity": found.ethnicity,
    }


def _extracts(
    system: "System", pupil: str, held: Sequence[IssuedCredential]
) -> list[dict[str, Any]]:
    places = {(one.batch.school, one.batch.seq, one.staged.index) for one in held}
    return [
        {"kind": one.kind.value, "at": one.at, "by": one.by, "to": one.to, "seq": one.seq}
        for one in (system.extracts.of(pupil) if pupil else ())
        if (one.school, one.seq, one.index) in places
    ]


def _shares(system: "System", pupil: str, held: Sequence[IssuedCredential]) -> int:
    places = {(one.batch.school, one.batch.seq, one.staged.index) for one in held}
    shares = system.shares.of([pupil]) if pupil else ()
    return sum((one.school, one.seq, one.index) in places for one in shares)


def _cause(one: Withdrawal) -> dict[str, Any]:
    return {
        "ground": one.ground, "decision": one.decision, "decided_on": one.on.isoformat(),
        "until": _day(one.until), "reason": one.reason,
    }  # fmt: skip


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None
