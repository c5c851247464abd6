"""A school's register with known names, on either database."""

import dataclasses
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import date

import pytest

from credential.dates import PartialDate
from credential.model import CredentialType, Holder, Signer
from credential.records import AwardBatch, AwardEntry
from database.connections import Database
from registry import loading
from registry.book import Book, Books
from registry.desk import Desk
from registry.entries import PupilEntry
from tests.registry.conftest import database, database_url, empty  # noqa: F401 — its fixtures

BOOK = Book(CredentialType.THPT_DIPLOMA, 1, 2026)
HELD = [  # name, birth, class; in the order in which they are entered
    ("Nguyễn Thị Hòa", PartialDate(2008, 2, 7), "12.10"),
    ("Trần Hoà", PartialDate(2008, 11), "12.2"),
    ("Lê Thị Hoa", PartialDate(2007), "12.2"),
    ("Đỗ Thúy An", PartialDate(2008, 12, 31), "12.2"),
    ("Đặng Quốc Hoàng", PartialDate(2008, 3, 4), "12.10"),
    ("K’Brêm", PartialDate(2008, 1, 1), "12.2"),
    ("Nguyễn Anh", PartialDate(2008, 5, 5), "12A1"),
]


def entries(held: Sequence[tuple[str, PartialDate, str]], first: int = 1) -> list[AwardEntry]:
    """A line for each, pupils and serials numbered from `first` on."""
    return [
        AwardEntry(
            f"78{number:08d}",
            Holder(name, birth, "Đồng Nai", "Nữ", "Kinh"),
            f"T{number:08d}",
            None,
            class_name=class_name,
        )
        for number, (name, birth, class_name) in enumerate(held, first)
    ]


def batch(of: Sequence[AwardEntry], ref: str = "a", **changes: object) -> AwardBatch:
    """One decision's lines."""
    asked = AwardBatch(
        ref, CredentialType.THPT_DIPLOMA, 1, 2026, date(2026, 6, 20),
        Signer("Phạm Quốc Đạt", "KT. Hiệu trưởng"), "1234/QĐ-SGDĐT", date(2026, 6, 18), tuple(of),
    )  # fmt: skip
    return dataclasses.replace(asked, **changes)


@pytest.fixture
def enter(database: Database) -> Callable[..., tuple[str, ...]]:  # noqa: F811
    """Enters lines, of pupils whom the registry knows by then."""

    def do(of: Sequence[AwardEntry], ref: str = "a", **changes: object) -> tuple[str, ...]:
        loading.load_pupils(
            database,
            [
                PupilEntry(each.pupil, each.holder.name, each.holder.birth, 1, "12.9", "Nam")
                for each in of
            ],
        )
        return Desk(database).enter(batch(of, ref, **changes))

    return do


@pytest.fixture
def held(enter: Callable[..., tuple[str, ...]], database: Database) -> Books:  # noqa: F811
    """The books of a registry in which the lines of `HELD` are."""
    enter(entries(HELD))
    return Books(database)


@pytest.fixture
def collated() -> Callable[[Sequence[str]], list[str]]:
    """Names in Vietnamese order by another implementation: given name, surname, the rest."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here")
    script = """
      const names = JSON.parse(require("fs").readFileSync(0, "utf8"));
      const order = new Intl.Collator("vi");
      const parts = (name) => {
        const words = name.split(" "), given = words.pop();
        return [given, words.slice(0, 1).join(" "), words.slice(1).join(" ")];
      };
      const compare = (a, b) => parts(a).reduce(
        (found, part, at) => found || order.compare(part, parts(b)[at]), 0);
      console.log(JSON.stringify(names.sort(compare)));
    """

    def sort(names: Sequence[str]) -> list[str]:
        done = subprocess.run(
            [node, "-e", script],
            input=json.dumps(names),
            capture_output=True,
            text=True,
            check=True,
        )
        found: list[str] = json.loads(done.stdout)
        return found

    return sort
