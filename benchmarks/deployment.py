"""A real deployment in one folder, for measuring what verifying costs.

Embedded chain, SQLite store and registry, a sample school with synthetic pupils; everything is
issued through `issuer.cycle`, so links and SD-JWTs are what papers would carry.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from api import sample
from api.accrediting import accredit
from api.demo import sample_file
from api.schoolfile import load
from api.settings import Settings
from api.wiring import System
from credential import qrlink
from credential.dates import PartialDate
from credential.model import CourseResult, CredentialType, Decision, TermOutcome
from credential.records import Batch
from issuer.delivery import sd_jwt_of, token_of
from issuer.intake.rows import PupilRow, ResultsRow
from issuer.order import Order
from registry.entries import PupilEntry
from registry.loading import load_pupils

_SCHOOL = sample.schools()[0]
_DECISION = Decision("128/QĐ-THPT", date(2026, 6, 20))
_NAMES = ["Nguyễn Minh An", "Trần Thị Bảo Ngọc", "Lê Gia Huy", "Phạm Khánh Vy", "Võ Thiên Ân"]


@dataclass(frozen=True, slots=True)
class Papers:
    """What holders have of one kind of credential: the texts of QR codes, and SD-JWTs."""

    links: list[str]
    sd_jwts: list[str]


@contextmanager
def deployed(folder: Path) -> Iterator[System]:
    """A deployment with an accredited school, its data in an empty folder."""
    with System(Settings(data=folder)) as system:
        system.migrate()
        system.deploy()
        load(system.registry_database, sample_file())
        accredit(system, _SCHOOL.id, list(CredentialType))
        yield system


def diplomas(system: System, count: int, first: int) -> Order:
    """An order for synthetic pupils numbered from `first` on, whom the registry now knows."""
    order = diploma_order(count, first)
    _enrol(system, order.rows)
    return order


def diploma_order(count: int, first: int) -> Order:
    """The same order, the same each time, as a mere value."""
    rows = tuple(_pupil_row(number) for number in range(first, first + count))
    return replace(_order(rows), type=CredentialType.THPT_DIPLOMA, first_serial=f"T{first:08d}")


def transcripts(system: System, count: int, first: int, results: int) -> Order:
    """The same for transcripts with that many results each."""
    rows = tuple(_results_row(number, results) for number in range(first, first + count))
    _enrol(system, rows)
    return _order(rows)


def issue(system: System, order: Order) -> Batch:
    """Issue an order up to its final block."""
    return system.issuing(lambda _stage, _count: None).issue(order)[0]


def papers(system: System, batch: Batch) -> Papers:
    """What the papers of a batch carry."""
    issued = list(system.batches.issued(batch.id))
    url = system.settings.public_url
    return Papers(
        ["".join(qrlink.encode(token_of(one), url)) for one in issued],
        [sd_jwt_of(one) for one in issued],
    )


def _order(rows: tuple[PupilRow, ...] | tuple[ResultsRow, ...]) -> Order:
    return Order(
        type=CredentialType.TRANSCRIPT,
        school=_SCHOOL.code,
        year=2026,
        issued=_DECISION.on,
        rows=rows,
        prepared_by="Văn thư (mẫu)",
        approved_by="Hiệu trưởng (mẫu)",
        decision=_DECISION,
    )


def _enrol(system: System, rows: tuple[PupilRow, ...] | tuple[ResultsRow, ...]) -> None:
    load_pupils(
        system.registry_database,
        [PupilEntry(row.code, row.name, row.birth, _SCHOOL.id, row.class_name) for row in rows],
    )


def _name(number: int) -> str:
    return _NAMES[number % len(_NAMES)]


def _birth(number: int) -> PartialDate:
    return PartialDate.from_date(date(2008, 1, 1) + timedelta(days=number % 366))


def _pupil_row(number: int) -> PupilRow:
    return PupilRow(
        row=number + 5,
        code=f"7901{number:06d}",
        name=_name(number),
        birth=_birth(number),
        sex="Nữ",
        ethnicity="Kinh",
        birth_place="Thành phố Hồ Chí Minh",
        class_name="12.1",
        grade=12,
    )


def _results_row(number: int, results: int) -> ResultsRow:
    taken = tuple(
        CourseResult(f"mon{at // 3}", "Ngữ văn", ("HK1", "HK2", "CN")[at % 3], 50 + at)
        for at in range(results)
    )
    return ResultsRow(
        row=number + 5,
        code=f"7902{number:06d}",
        name=_name(number),
        birth=_birth(number),
        class_name="12.1",
        results=taken,
        outcomes=(TermOutcome("CN", "Tốt", "Tốt", 1),),
    )
