"""A deployment with twelve pupils who have last year's transcripts; nothing of this year's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from api import sample
from api.accrediting import accredit
from api.demo import sample_file
from api.schoolfile import load
from api.settings import Settings
from api.wiring import System
from credential.model import CredentialType, Decision
from issuer.intake.pupil_lists import read_class_list
from issuer.intake.results import read_score_sheet
from issuer.intake.rows import PupilRow, ResultsRow
from issuer.order import Order

SCHOOL = sample.schools()[0]
PUPILS = [pupil for pupil in sample.pupils() if pupil.school == SCHOOL.id][:12]


def order(kind: CredentialType, year: int, rows: tuple[PupilRow | ResultsRow, ...]) -> Order:
    """An order of the school's, of June in that year, by two people."""
    issued = date(year, 6, 20)
    return Order(
        kind, SCHOOL.code, year, issued, rows, "Văn thư", "Hiệu trưởng",
        Decision("128/QĐ-THPT", issued),
    )  # fmt: skip


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> tuple[PupilRow, ...]:
    """The pupils as a class list has them, with serials."""
    file = tmp_path_factory.mktemp("files") / "list.xlsx"
    sample.write_class_list(file, PUPILS, serials=True)
    rows = read_class_list(file.read_bytes()).rows
    return tuple(replace(row, serial=f"T0100{n:04d}") for n, row in enumerate(rows, 1))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[ResultsRow, ...]:
    """Their results of 2025-2026, all in class 12.1."""
    file = tmp_path_factory.mktemp("files") / "scores.xlsx"
    sample.write_score_sheet(file, PUPILS)
    rows = read_score_sheet(file.read_bytes(), sample.SCHOOL_YEAR).rows
    return tuple(replace(row, class_name="12.1") for row in rows)


@pytest.fixture(scope="module")
def system(
    tmp_path_factory: pytest.TempPathFactory, results: tuple[ResultsRow, ...]
) -> Iterator[System]:
    """The deployment. Last year's results were the same as this year's."""
    with System(Settings(data=tmp_path_factory.mktemp("deployment"))) as parts:
        parts.migrate()
        parts.deploy()
        load(parts.registry_database, sample_file())
        accredit(parts, SCHOOL.id, list(CredentialType))
        before = tuple(replace(row, class_name="11.1") for row in results)
        parts.issuing(lambda *_: None).issue(order(CredentialType.TRANSCRIPT, 2025, before))
        yield parts
