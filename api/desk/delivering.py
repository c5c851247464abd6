"""The job that makes a batch's ZIP or print sheet, and where its file is until it is fetched.

Papers that are there are not made again, so a job that was cut off goes on where it stopped; the
file itself appears whole or not at all, under the job's number.
"""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from api.desk.jobs import Report, Runner
from api.packages import Printing, check, write_sheet, write_zip
from credential.errors import RefusedError
from credential.records import Batch
from store.jobs import Asked, Job, Jobs, JobState

if TYPE_CHECKING:
    from api.wiring import System

KIND: Final = "papers"
ZIP, SHEET = "zip", "sheet"
KEPT_DAYS: Final = 7
"""Days for which a file can be fetched: it holds what people may lose, so it does not stay."""

_DAY = 86_400  # seconds
_OPEN = (JobState.WAITING, JobState.RUNNING)


def start(system: "System", batch: Batch, form: str, by: str, **how: Any) -> int:
    """Ask for a batch's ZIP or sheet; who asks twice finds the work that is under way.

    `how` are ``slips`` of a ZIP, ``blank``, ``marks`` and ``printer`` of a sheet. Raises
    RefusedError ``delivery.not_final``.
    """
    check(batch)
    what = {"seq": batch.seq, "form": form, **how}
    jobs = Jobs(system.store_database)
    for job in of_batch(jobs, batch):
        if job.state in _OPEN and job.what == what:
            return job.id
    purpose = f"papers:{batch.school}:{batch.seq}:{secrets.token_hex(8)}"
    return jobs.start(Asked(KIND, purpose, batch.school, by, what))


def of_batch(jobs: Jobs, batch: Batch) -> list[Job]:
    """The jobs of a batch's papers, newest first."""
    found = jobs.newest([batch.school])
    return [job for job in found if job.kind == KIND and job.what["seq"] == batch.seq]


def run(system: "System", job: Job, report: Report) -> Mapping[str, Any]:
    """Make the file."""
    _sweep(_folder(system))
    school, what = job.school, job.what
    batch = system.batches.numbered(school, what["seq"]) if school is not None else None
    if batch is None:
        raise RefusedError("delivery.unknown", found=f"{school}-{what['seq']:04d}")
    out = _path(system, job)
    out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if what["form"] == SHEET:
        printing = Printing(what["blank"], what["marks"], what["printer"])
        packed = write_sheet(system, batch, out, job.by, report.stage, report.advance, printing)
    else:
        packed = write_zip(
            system, batch, out, job.by, report.stage, report.advance, with_slips=what["slips"]
        )
    return {
        "form": what["form"], "count": packed.count, "left_out": packed.left_out,
        "signer": packed.signer, "bytes": out.stat().st_size, "slips": what.get("slips", False),
    }  # fmt: skip


def undo(system: "System", job: Job) -> None:
    """The file goes; papers that were written stay for the next time."""
    _path(system, job).unlink(missing_ok=True)


def file_of(system: "System", job: Job) -> Path:
    """The file of a job that is done. Raises RefusedError ``delivery.gone``."""
    path = _path(system, job)
    if job.kind != KIND or job.state is not JobState.DONE or not path.is_file():
        raise RefusedError("delivery.gone")
    return path


def _folder(system: "System") -> Path:
    return system.settings.data / "deliveries"


def _path(system: "System", job: Job) -> Path:
    ending = "pdf" if job.what.get("form") == SHEET else "zip"
    return _folder(system) / f"{job.id}.{ending}"


def _sweep(folder: Path) -> None:
    for path in folder.glob("*"):
        if path.stat().st_mtime < time.time() - KEPT_DAYS * _DAY:
            path.unlink(missing_ok=True)


RUNNER: Final = Runner(run, undo)
