"""A migrated store, and batches of synthetic credentials to put into it."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from credential import lookup, merkle, qrtoken
from credential.approval import Approval
from credential.dates import PartialDate
from credential.model import Credential, CredentialType, Deployment, Holder, Place, Signer
from credential.records import Batch, BatchState, Signatures, StagedCredential
from database.connections import Database
from store.batches import Batches
from store.schema import STORE
from store.tables import METADATA
from tests.databases import NewDatabase


@pytest.fixture
def database_url(new_database: NewDatabase) -> str:
    """The address of `database`."""
    return new_database(STORE)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = STORE.connect(database_url)
    yield database
    database.close()


@pytest.fixture
def book(database: Database) -> Batches:
    return Batches(database, clock=lambda: 1_780_000_000)


DEPLOYMENT = Deployment(31337, bytes(20))
DIPLOMA = Credential(
    type=CredentialType.THPT_DIPLOMA,
    school=7,
    school_name="Trường THPT Hoa Phượng Đỏ",
    holder=Holder("Nguyễn Thị Hòa", PartialDate(2008, 2, 7)),
    register_no="B26/0101/00001",
    year=2026,
    issued=date(2026, 6, 20),
    signer=Signer("Phạm Quốc Đạt", "KT. Hiệu trưởng"),
)


class Sample:
    """A batch with everything that is stored of it, made from a name."""

    def __init__(self, name: str, size: int = 3, school: int = 7, seq: int = 0) -> None:
        digest = hashlib.sha256(name.encode())
        self.batch = Batch(
            id=0,
            ref=digest.hexdigest(),
            school=school,
            type=CredentialType.THPT_DIPLOMA,
            seq=seq,
            size=size,
            state=BatchState.STAGED,
            kid=digest.digest(),
            alg="ES256",
        )
        self.rows = [self._row(name, index) for index in range(size)]
        self.signatures = [Signatures(bytes([1]) * 64, bytes([2]) * 64) for _ in range(size)]
        leaves = [merkle.leaf_hash(f"{name}/{leaf}".encode()) for leaf in range(2 * size)]
        self.leaves = leaves
        self.levels = merkle.levels(leaves)

    def _row(self, name: str, index: int) -> StagedCredential:
        random = hashlib.sha256(f"{name}#{index}".encode()).digest()[:10]
        return StagedCredential(
            index=index,
            pupil=f"79{index:08d}",
            register_no=f"B26/{name}/{index + 1:05d}",
            serial=f"T-{index:08d}" if index % 2 else None,
            code=lookup.encode(random),
            sd_payload=f'{{"tên":"Nguyễn Thị Hòa {index}"}}'.encode(),
            disclosures="WyJhIl0~WyJiIl0~",
            qr_payload=qrtoken.payload(DIPLOMA, Place(self.batch.seq, index), DEPLOYMENT),
        )

    def stage(self, book: Batches) -> Batch:
        return book.stage(self.batch, self.rows, Approval("người lập", "người duyệt"))

    def sign(self, book: Batches) -> Batch:
        return book.sign(self.stage(book).id, self.signatures, self.levels)

    def finalise(self, book: Batches) -> Batch:
        return book.advance(self.sign(book).id, BatchState.FINAL, block=9, time=1_780_000_100)


@pytest.fixture
def sample() -> type[Sample]:
    return Sample


@pytest.fixture
def contents() -> Callable[[Database], dict[str, list[tuple[object, ...]]]]:
    return _contents


def _contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, for seeing whether anything changed."""
    with database.reading() as connection:
        return {
            name: sorted(map(tuple, connection.execute(table.select())), key=repr)
            for name, table in METADATA.tables.items()
        }
