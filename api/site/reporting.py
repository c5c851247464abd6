"""Reports over HTTP: one in, a ticket out; the state of a report by its ticket code.

The code stands in the body of a request, never in an address.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, Protocol

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.presenting import Bilingual
from api.reporting import CONTACT_LIMIT, MESSAGE_LIMIT, SAID_LIMIT, Given
from api.site import bodies, problems
from api.site.answering import in_pool, json_response
from api.site.limits import Limits
from credential import lookup
from store.reports import Report
from web import messages

PATH = "/api/reports"
STATUS_PATH = "/api/reports/status"
_LIMIT = bodies.TEXT_LIMIT + 16_384  # bytes: a thing to verify and what is said of it
_STATUS_LIMIT = 1024  # bytes


class Receiving(Protocol):
    """What takes reports; `api.reporting.Intake` does. Both methods block."""

    def receive(self, given: Given) -> Report:
        """Enter a report, or find the one that was entered with the same key and content."""
        ...

    def find(self, code: str) -> Report:
        """The report with that ticket code; RefusedError ``report.unknown``."""
        ...


class ReportModel(BaseModel):
    """A report. `text` or `digest` says about what; all but `kind` and `key` may be left out."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: str = Field(
        min_length=16, max_length=64, pattern="^[0-9A-Za-z_-]+$",
        description="drawn at random; the same key and content give the same ticket",
    )  # fmt: skip
    kind: Literal["forged", "mistake", "other"]
    text: str = Field("", max_length=bodies.TEXT_LIMIT, description="as for /api/verify; not kept")
    digest: str = Field("", pattern="^([0-9a-f]{64})?$", description="leaf hash, as in a verdict")
    reason: str = Field("", pattern="^[a-z_]{0,40}$", description="the verdict's reason as shown")
    number: str = Field("", max_length=64, description="serial or register number on the paper")
    school: str = Field("", max_length=SAID_LIMIT, description="school named on the paper")
    message: str = Field(
        "", max_length=3 * MESSAGE_LIMIT, description=f"at most {MESSAGE_LIMIT} characters in NFC"
    )
    contact: str = Field("", max_length=CONTACT_LIMIT, description="phone or e-mail, if wanted")


class CodeModel(BaseModel):
    """A ticket code, however it is typed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str = Field(max_length=64)


class TicketModel(BaseModel):
    """A report as its reporter may see it: nothing of what was reported or who did."""

    model_config = ConfigDict(extra="forbid")

    ticket: str = Field(description="16 characters, for /api/reports/status")
    grouped: str = Field(description="the same in groups of four, as people write it")
    kind: str
    kind_name: Bilingual
    state: Literal["received", "looking", "asked_school", "closed"]
    state_name: Bilingual
    received: str = Field(description="day in Viet Nam, ISO 8601")
    changed: str = Field(description="day of the last change, ISO 8601")
    deadline: str = Field(description="the day by which an answer is due, ISO 8601")
    answer: str = Field(description="the department's public answer, or empty")
    how: Bilingual = Field(description="how to ask for the state")


def install(app: FastAPI, reports: Receiving, limits: Limits, waiting: ThreadPoolExecutor) -> None:
    """Add the routes."""

    @app.post(
        PATH,
        response_model=TicketModel,
        responses=problems.declared(400, 413, 415, 422, 429, 503),
        openapi_extra=bodies.described(ReportModel),
        operation_id="report",
    )
    async def report(request: Request) -> Response:
        """Enter a report into the department's queue; it is verified anew, and not kept itself."""
        limits.report(request)
        given = _given(await bodies.members(request, _LIMIT, ReportModel))
        return json_response(_ticket(await in_pool(waiting, lambda: reports.receive(given))))

    @app.post(
        STATUS_PATH,
        response_model=TicketModel,
        responses=problems.declared(400, 404, 413, 415, 422, 429, 503),
        openapi_extra=bodies.described(CodeModel),
        operation_id="reportStatus",
    )
    async def status(request: Request) -> Response:
        """How far a report has come, and the department's answer."""
        limits.ticket(request)
        code = (await bodies.members(request, _STATUS_LIMIT, CodeModel)).code
        return json_response(_ticket(await in_pool(waiting, lambda: reports.find(code))))


def _given(model: ReportModel) -> Given:
    return Given(
        key=model.key,
        kind=model.kind,
        thing=model.text,
        digest=model.digest,
        shown=model.reason,
        number=model.number,
        school=model.school,
        message=model.message,
        contact=model.contact,
    )


def _ticket(report: Report) -> dict[str, Any]:
    draft, state = report.draft, report.state
    return {
        "ticket": draft.ticket,
        "grouped": lookup.grouped(draft.ticket),
        "kind": draft.kind,
        "kind_name": messages.both(f"report_kind.{draft.kind}"),
        "state": state.value,
        "state_name": messages.both(f"report_state.{state.value}"),
        "received": messages.local_day(report.received).isoformat(),
        "changed": messages.local_day(report.changed).isoformat(),
        "deadline": draft.deadline.isoformat(),
        "answer": report.answer,
        "how": messages.both("report.how", deadline=draft.deadline),
    }
