"""The job that an approved change of status asks for: the registry first, then the chain."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.desk.jobs import Report, Runner
from credential.errors import ConflictError
from credential.records import AwardLine
from store.jobs import Job
from store.withdrawals import State, Withdrawals

if TYPE_CHECKING:
    from api.wiring import System


def run(system: "System", job: Job, report: Report) -> Mapping[str, Any]:
    """Carry it out up to the finalised block; begun again, it completes what is missing."""
    records = Withdrawals(system.store_database)
    asked = records.of(job.what["withdrawal"])
    by = asked.approved_by
    assert by is not None, "a job is asked for by an approval"
    if asked.state is not State.DONE:
        newest = newest_version(system, asked.line)
        if newest != asked.line:
            raise ConflictError(
                "withdrawal.overtaken",
                register_no=asked.line.register_no,
                version=newest.version if newest else 0,
            )
        # the register may refuse it: then nothing has happened, and it can be given up
        system.desk.set_status(asked.line, asked.lane, asked.withdrawal)
        report.bind()
        report.stage("withdraw", 1)
        system.revoking.change_version(asked.line, asked.lane, asked.withdrawal, by.name)
        records.done(asked.id, by)
    return {"register_no": asked.line.register_no, "lane": asked.lane.name.lower()}


def newest_version(system: "System", line: AwardLine) -> AwardLine | None:
    """The newest version of a line that was signed here; of an old book's line not issued, that."""
    held = system.batches.versions(line.school, line.type, [line.register_no])
    if not held and system.desk.is_unissued(line):
        return line
    return max((one.line for one in held), key=lambda one: one.version, default=None)


RUNNER = Runner(run)
