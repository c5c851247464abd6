"""A registry with three schools, their heads and synthetic pupils; in process and over HTTP."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from fastapi import FastAPI

from credential.dates import PartialDate
from credential.model import CredentialType, Holder, Signer
from credential.records import AwardBatch, AwardEntry
from database.connections import Database
from registry import loading
from registry.access import Clients
from registry.client import HttpMatcher
from registry.desk import Desk
from registry.entries import HeadEntry, NameEntry, PupilEntry, SchoolEntry
from registry.limits import Limits
from registry.matching import Matcher
from registry.schema import REGISTRY
from registry.service import create_service
from registry.tables import METADATA
from tests.databases import NewDatabase
from tests.served import running

HCMC = "Thành phố Hồ Chí Minh"
SCHOOLS = [
    SchoolEntry(
        1,
        "79000101",
        "thpt",
        (
            NameEntry("Trường THPT Hoa Phượng", "Bình Dương", date(1990, 9, 1), date(2025, 6, 30)),
            NameEntry("Trường THPT Hoa Phượng Đỏ", HCMC, date(2025, 7, 1)),
        ),
        ward="26734",
    ),
    SchoolEntry(
        2, "79000202", "gdtx", (NameEntry("Trung tâm GDTX Sao Mai", HCMC, date(2001, 1, 1)),)
    ),
    SchoolEntry(
        3,
        "79000303",
        "thcs",
        (NameEntry("Trường THCS Bến Xưa", HCMC, date(1980, 1, 1), date(2026, 6, 30)),),
        successor=1,
    ),
]
HEADS = [
    HeadEntry(1, "Trần Văn Cũ", "Hiệu trưởng", date(2015, 8, 1), date(2026, 5, 31)),
    HeadEntry(1, "Lê Thị Thuỷ", "Hiệu trưởng", date(2026, 8, 1)),
    HeadEntry(
        1,
        "Phạm Quốc Đạt",
        "Phó Hiệu trưởng",
        date(2026, 6, 1),
        date(2026, 7, 31),
        deputy=True,
        decision_no="45/QĐ-SGDĐT",
    ),
    HeadEntry(2, "Võ Minh Khôi", "Giám đốc", date(2020, 1, 1)),
]
PUPILS = [
    PupilEntry(
        f"79{number:08d}",
        name,
        birth,
        school,
        "12.6",
        sex="Nữ",
        ethnicity="Kinh",
        birth_place="Đồng Nai",
    )
    for number, (name, birth, school) in enumerate(
        [
            ("Nguyễn Thị Hòa", PartialDate(2008, 2, 7), 1),
            ("Đặng Quốc Huy", PartialDate(2008, 11), 1),
            ("K’Brêm", PartialDate(2007), 1),
            ("Lý Mỹ Kỳ", PartialDate(2008, 1, 1), 2),
            *((f"Trần Thị {letter}", PartialDate(2008, 3, 3), 1) for letter in "ABCDEFGHIK"),
        ]
    )
]


@pytest.fixture
def database_url(new_database: NewDatabase) -> str:
    """The address of `database`."""
    return new_database(REGISTRY)


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    """A migrated registry that holds only types and rules."""
    database = REGISTRY.connect(database_url)
    loading.load_rules(database, *loading.standard_rules())
    yield database
    database.close()


@pytest.fixture
def sample_data() -> dict[str, list[object]]:
    """The lists that `database` is loaded with."""
    return {"schools": SCHOOLS, "heads": HEADS, "pupils": PUPILS}


@pytest.fixture
def database(empty: Database) -> Database:
    loading.load_department(empty, "Sở Giáo dục và Đào tạo " + HCMC, HCMC)
    loading.load_schools(empty, SCHOOLS)
    loading.load_heads(empty, HEADS)
    loading.load_pupils(empty, PUPILS)
    return empty


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database, clock=lambda: 1_780_000_000)


@pytest.fixture(params=["in process", "over HTTP"])
def matcher(request: pytest.FixtureRequest, database: Database) -> Iterator[Matcher | HttpMatcher]:
    """What a verifier asks, near and far: the same tests run on both."""
    near = Matcher(database)
    if request.param == "in process":
        yield near
        return
    clients = Clients(database)
    secret = clients.add("verifier", "the tests' verifier")
    unhindered = Limits(guesses=1000)  # tests put many claims that differ
    with running(lambda _: create_service(near, clients, limits=unhindered)) as url:
        far = HttpMatcher(url, "verifier", secret, timeout=30)  # a busy machine
        yield far
        far.close()


@pytest.fixture
def serving() -> Callable[[FastAPI], object]:
    """Serve an application on a free port: a context that gives its address."""
    return lambda app: running(lambda _: app)


def _awards(
    ref: str = "ref 1", pupils: tuple[int, ...] = (0, 1, 2), **changes: object
) -> AwardBatch:
    """Lines for these pupils (by place in PUPILS), with serials of their own."""
    values: dict[str, object] = {
        "ref": ref,
        "type": CredentialType.THPT_DIPLOMA,
        "school": 1,
        "year": 2026,
        "issued": date(2026, 6, 20),
        "signer": Signer("Phạm Quốc Đạt", "KT. Hiệu trưởng"),
        "decision_no": "1234/QĐ-SGDĐT",
        "decision_on": date(2026, 6, 18),
        "entries": tuple(
            AwardEntry(
                PUPILS[number].code,
                Holder(PUPILS[number].name, PUPILS[number].birth),
                f"T{number:08d}",
                None,
            )
            for number in pupils
        ),
    }
    return AwardBatch(**(values | changes))


@pytest.fixture
def awards() -> Callable[..., AwardBatch]:
    return _awards


@pytest.fixture
def contents() -> Callable[[Database], dict[str, list[tuple[object, ...]]]]:
    """Every row of every table, for seeing whether anything changed."""

    def read(database: Database) -> dict[str, list[tuple[object, ...]]]:
        with database.reading() as connection:
            return {
                name: sorted(map(tuple, connection.execute(table.select())), key=repr)
                for name, table in METADATA.tables.items()
            }

    return read
