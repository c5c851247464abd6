"""Papers over HTTP: a batch's ZIP, print sheet and notices, and what was handed out."""

from functools import partial
from typing import Any, Final, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from api import papers
from api.desk import delivering, keeping, parsing
from api.desk.policy import Act, Member
from api.notices.ways import ways
from api.packages import check
from api.printers import Printers
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench, Number, SchoolNumber, Seq
from api.site.desk.jobs import JobModel, told
from credential.errors import ConfigError, RefusedError
from credential.records import Batch, BatchState
from issuer.paper.proofs import pictured
from store.jobs import Job, Jobs
from store.notices import Notices

_LIMIT: Final = 4096  # bytes of a body
_TABLE: Final = 5_000_000  # bytes of a table of addresses
_TABLES: Final = (
    "text/csv", "application/octet-stream", "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)  # fmt: skip
_LINES: Final = 100  # acts by which something was taken out of a batch
_READY: Final = (BatchState.FINAL, BatchState.DELIVERED)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class BatchModel(_Model):
    """A batch whose papers can be handed out; `final` in seconds since 1970."""

    school: int
    seq: int
    type: str
    size: int
    final: int | None
    delivered: bool


class BatchesModel(_Model):
    """The batches of a school, or of all, newest first."""

    batches: list[BatchModel]


class WorkModel(JobModel):
    """A job that makes a file: a ZIP or a sheet (`form`)."""

    form: str


class NoticeModel(_Model):
    """How a notice stands: no address."""

    pupil: str
    way: str
    state: str
    reason: str
    at: int


class TakenModel(_Model):
    """How many papers were taken out at once, in what form, by and for whom."""

    kind: str
    by: str
    to: str
    at: int
    count: int


class PapersModel(BatchModel):
    """A batch's papers: work on them, notices, what was handed out.

    `own_template`: the school has its own; `ways` are those by which people can be told.
    """

    own_template: bool
    printers: list[str]
    ways: list[str]
    jobs: list[WorkModel]
    notices: list[NoticeModel]
    taken: list[TakenModel]


class MakeModel(_Model):
    """What is to be made: a ZIP, with slips or not, or a sheet to print."""

    form: Literal["zip", "sheet"]
    slips: bool = False
    blank: bool = False
    marks: bool = False
    printer: str = Field("", max_length=60)


class MadeModel(_Model):
    """The job that makes it."""

    job: WorkModel


class PutModel(_Model):
    """How many notices were written down, and how many rows were of other batches' pupils."""

    put: int
    others: int


class _Office:
    """What the routes do, in threads."""

    def __init__(self, bench: Bench) -> None:
        self.system = bench.system
        self.jobs = Jobs(bench.system.store_database)
        self.notices = Notices(bench.system.store_database)

    def batches(self, member: Member) -> dict[str, Any]:
        store = self.system.batches
        own = keeping.registers(self.system, member)
        if own is None:
            held = store.newest(200)
        else:
            held = [batch for school in own for batch in reversed(store.of_school(school))]
        return {"batches": [_batch(one) for one in held if one.state in _READY]}

    def seen(self, member: Member, school: int, seq: int) -> Batch:
        own = keeping.has(self.system, member, school)
        found = self.system.batches.numbered(school, seq) if own else None
        if found is None:
            raise RefusedError("delivery.unknown", found=f"{school}-{seq:04d}")
        return found

    def whole(self, batch: Batch) -> dict[str, Any]:
        settings = self.system.settings
        taken = self.system.extracts.about(batch.school, batch.seq, _LINES)
        return _batch(batch) | {
            "own_template": papers.shelf(settings).find(batch.school, batch.type) is not None,
            "printers": list(Printers(settings.data).all()),
            "ways": [one.value for one in ways(settings)],
            "jobs": [_work(job) for job in delivering.of_batch(self.jobs, batch)[:5]],
            "notices": [
                {"pupil": one.pupil, "way": one.channel.value, "state": one.state.value,
                 "reason": one.reason, "at": one.ended or one.created}
                for one in self.notices.about(batch.school, batch.seq)
            ],
            "taken": [
                {"kind": one.kind.value, "by": one.by, "to": one.to, "at": one.at,
                 "count": one.count}
                for one in taken
            ],
        }  # fmt: skip

    def make(self, member: Member, batch: Batch, given: MakeModel) -> dict[str, Any]:
        if given.form == delivering.SHEET:
            Printers(self.system.settings.data).offset(given.printer)
            how = given.model_dump(include={"blank", "marks", "printer"})
        else:
            how = given.model_dump(include={"slips"})
        number = delivering.start(self.system, batch, given.form, member.actor, **how)
        return {"job": _work(self.jobs.of(number))}

    def work(self, member: Member, number: int) -> Job:
        job = self.jobs.of(number)
        if job.school is None or not keeping.has(self.system, member, job.school):
            raise RefusedError("job.unknown", job=number)
        return job

    def file(self, job: Job) -> FileResponse:
        path = delivering.file_of(self.system, job)
        name = f"{job.school}-{job.what['seq']:04d}{path.suffix}"
        return FileResponse(path, filename=name)

    def put(self, member: Member, batch: Batch, table: bytes) -> dict[str, int]:
        check(batch)
        open_ways = ways(self.system.settings)
        if not open_ways:
            raise ConfigError("delivery.no_ways")
        theirs = {row.pupil for row in self.system.batches.staged(batch.id)}
        given = [one for one in parsing.recipients(table) if one.channel in open_ways]
        asked = [one for one in given if one.pupil in theirs]
        number = self.notices.put(batch.school, batch.seq, asked, member.actor)
        return {"put": number, "others": len(given) - len(asked)}


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    office = _Office(bench)
    _reading(app, bench, office)

    @bench.route(
        app, "POST", "/api/desk/papers/{school}/{seq}", Act.DELIVER,
        takes=MakeModel, gives=MadeModel, status=202,
    )  # fmt: skip
    async def make_papers(
        request: Request, school: SchoolNumber, seq: Seq, member: Member
    ) -> Response:
        """Make a ZIP or a sheet; tells the job to follow."""
        batch = await bench.ask(partial(office.seen, member, school, seq))
        given = await bodies.members(request, _LIMIT, MakeModel)
        if given.slips:  # whoever has them can claim in the pupils' names
            await bench.entry.member(request, Act.DELIVER, fresh=True)
        return json_response(await bench.ask(partial(office.make, member, batch, given)), 202)

    @bench.route(
        app, "POST", "/api/desk/papers/{school}/{seq}/notices", Act.DELIVER, gives=PutModel,
        more={"requestBody": {"content": {each: {} for each in _TABLES}, "required": True}},
    )  # fmt: skip
    async def put_notices(
        request: Request, school: SchoolNumber, seq: Seq, member: Member
    ) -> Response:
        """Tell people that something is ready: a table of pupils' codes and addresses."""
        batch = await bench.ask(partial(office.seen, member, school, seq))
        table = await bodies.body(request, _TABLE, _TABLES)
        return json_response(await bench.ask(partial(office.put, member, batch, table)))


def _reading(app: FastAPI, bench: Bench, office: _Office) -> None:
    @bench.route(app, "GET", "/api/desk/papers", Act.READ, gives=BatchesModel)
    async def batches_ready(request: Request, member: Member) -> Response:  # noqa: ARG001
        """Batches whose papers can be handed out."""
        return json_response(await bench.ask(partial(office.batches, member)))

    @bench.route(app, "GET", "/api/desk/papers/{school}/{seq}", Act.READ, gives=PapersModel)
    async def papers_of(
        request: Request,  # noqa: ARG001
        school: SchoolNumber,
        seq: Seq,
        member: Member,
    ) -> Response:
        """A batch's papers."""
        batch = await bench.ask(partial(office.seen, member, school, seq))
        where = {"school": school, "seq": seq}  # notices name pupils by their codes
        await bench.ask(partial(keeping.note_look, office.system, member, "papers", **where))
        return json_response(await bench.ask(partial(office.whole, batch)))

    @bench.route(app, "GET", "/api/desk/papers/{school}/{seq}/preview", Act.READ)
    async def preview_papers(
        request: Request,  # noqa: ARG001
        school: SchoolNumber,
        seq: Seq,
        member: Member,
    ) -> Response:
        """Made-up data on the template that the batch's papers are printed on, as a picture."""
        batch = await bench.ask(partial(office.seen, member, school, seq))
        settings = office.system.settings
        pdf = await bench.ask(partial(papers.previewed, settings, school, batch.type))
        picture = await bench.ask(partial(pictured, pdf))
        return Response(picture, media_type="image/png")

    @bench.route(app, "GET", "/api/desk/deliveries/{number}", Act.DELIVER)
    async def fetch_papers(request: Request, number: Number, member: Member) -> Response:
        """The file of a job that is done; with claim slips, for who has just shown who they are."""
        job = await bench.ask(partial(office.work, member, number))
        if job.what.get("slips"):
            await bench.entry.member(request, Act.DELIVER, fresh=True)
        return await bench.ask(partial(office.file, job))


def _work(job: Job) -> dict[str, Any]:
    return told(job) | {"form": job.what["form"]}


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "school": batch.school, "seq": batch.seq, "type": batch.type.key, "size": batch.size,
        "final": batch.final_time, "delivered": batch.state is BatchState.DELIVERED,
    }  # fmt: skip
