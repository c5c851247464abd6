"""A deployment on either database, and an old book on its way into the register."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from api.accrediting import accredit
from api.demo import sample_file
from api.digitising import code_of
from api.schoolfile import load
from api.settings import FILE
from credential.lines import LineState
from credential.model import CredentialType
from store.tables import BATCHES, CREDENTIALS
from tests import old_book
from tests.issuer.conftest import SCHOOL, Desk, desk, template  # noqa: F401 — fixtures

BY_CLERK, BY_CHECKER = ("--by", "Lê Thị Nhập"), ("--by", "Phạm Văn Soát")
WHOSE = ("--school", SCHOOL, "--book", "Q3-85")
ASKED = ("--school", SCHOOL, "--applicant", "Trần Thị Mẹ", "--capacity", "parent",
         "--proof", "Giấy khai sinh", "--fee", "3000", "--prepared-by", "Văn thư",
         "--approved-by", "Hiệu trưởng", "--issued", "03/09/2026", "--no-pdf")  # fmt: skip
ANSWER = ("--prepared-by", "Văn thư", "--approved-by", "Hiệu trưởng", "--issued", "20/06/2026")


class Bureau(Desk):
    """The desk of a body that manages an old book, too."""

    def open(self) -> int:
        return self.sogoc("digitise", "book", SCHOOL, "Q3-85", *old_book.BOOK)

    def enter(self, rows: object = old_book.ROWS) -> int:
        file = old_book.write(self.data / "so.xlsx", rows)
        scans = old_book.scan(self.data / "quet")
        return self.sogoc("digitise", "enter", str(file), *WHOSE, "--scans", str(scans), *BY_CLERK)

    def seen(self, page: str) -> str:
        """The code of a page as it stands now."""
        with self.system() as system:
            open_ = (LineState.ENTERED, LineState.DIFFERS)
            held = system.old_books.lines(1001, "Q3-85", open_)
        return code_of([one for one in held if one.line.page == page])

    def check(
        self, page: str, *extra: str, by: tuple[str, str] = BY_CHECKER, seen: str | None = None
    ) -> int:
        code = ("--seen", seen or self.seen(page))
        return self.sogoc("digitise", "check", *WHOSE, "--page", page, *code, *extra, *by)

    def codes_of(self, kind: CredentialType) -> dict[str, str]:
        """Look-up codes of what was issued of a type, by register number: newest versions."""
        query = (
            select(CREDENTIALS.c.register_no, CREDENTIALS.c.code)
            .join_from(CREDENTIALS, BATCHES, BATCHES.c.id == CREDENTIALS.c.batch)
            .where(BATCHES.c.type == kind.value)
            .order_by(CREDENTIALS.c.register_no, CREDENTIALS.c.version)
        )
        with self.system() as system, system.store_database.reading() as connection:
            return dict(connection.execute(query).all())

    def copy_of(self, number: str, *extra: str) -> int:
        return self.sogoc("copy", "issue", "--number", number, *ASKED, *extra)

    def digitise(self, *extra: str) -> int:
        return self.sogoc("digitise", "issue", *WHOSE, *ANSWER, "--no-pdf", *extra)


@pytest.fixture
def bureau(request: pytest.FixtureRequest, tmp_path: Path) -> Bureau:
    """On SQLite."""
    found: Desk = request.getfixturevalue("desk")
    return Bureau(found.data)


@pytest.fixture
def on_postgresql(new_postgresql: Callable[[], str], tmp_path: Path) -> Bureau:
    """The same with store and registry in PostgreSQL."""
    bureau = Bureau(tmp_path / "data")
    bureau.data.mkdir()
    addresses = {"store_url": new_postgresql(), "registry_url": new_postgresql()}
    lines = [f'{name} = "{address}"\n' for name, address in addresses.items()]
    (bureau.data / FILE).write_text("".join(lines))
    assert bureau.sogoc("init") == 0
    with bureau.system() as system:
        load(system.registry_database, sample_file())
        accredit(system, 1001, list(CredentialType))
    return bureau


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Bureau:
    """The main path is shown on both."""
    name = "bureau" if request.param == "sqlite" else "on_postgresql"
    found: Bureau = request.getfixturevalue(name)
    return found
