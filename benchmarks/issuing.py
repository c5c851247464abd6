"""Issue rate of diplomas and 40-result transcripts, beside two other libraries in the same run.

The SD-JWT alone is measured like for like: values in memory, the same fields, groups and rows
(`benchmarks.peers`). Below it stands what ours does besides: parsing, a QR token, both signed, two
tree leaves, look-up code, and (with rows) everything stored so that a crash loses nothing.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwcrypto.jwk import JWK
from openpyxl.reader.excel import load_workbook

from api import sample
from benchmarks import peers
from benchmarks.deployment import deployed, diplomas, issue
from benchmarks.measure import Rate, Target, rate, show
from benchmarks.samples import DEPLOYMENT, parse, record
from credential import qrlink, sdjwt_issuing
from credential.approval import Approval
from credential.keys import SoftwareKey
from credential.model import Credential, CredentialType, Place
from credential.records import Batch, BatchState, StagedCredential
from issuer.delivery import sd_jwt_of, token_of
from issuer.intake import read_class_list
from issuer.order import Order
from issuer.paper import qr
from issuer.staging import sign, stage
from store.batches import Batches
from store.schema import STORE

DIPLOMAS, TRANSCRIPTS, RESULTS, SCHOOL = 2000, 500, 40, 1_800
EXCEL_ROWS = 5000
BATCH_SIZES = (1_000, 10_000, 100_000)
CYCLE_SIZES = ((1_000, 3), (8_000, 1))  # and how often

_PRIVATE = ec.generate_private_key(ec.SECP256R1())
_KEY = SoftwareKey(_PRIVATE)
_PEER_KEY = JWK.from_pem(_PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def main() -> list[Target]:
    """Print the tables; what was aimed for and reached."""
    targets = []
    with _batches() as batches:
        for kind, lines, aim in (
            (CredentialType.THPT_DIPLOMA, _lines(DIPLOMAS), 3000),
            (CredentialType.TRANSCRIPT, _lines(TRANSCRIPTS, RESULTS), 1500),
        ):
            beside = _beside_peers(lines)
            whole = rate(partial(ours, lines))
            stored = rate(partial(ours_with_rows, lines, kind, batches))
            rows = [
                *beside,
                ("ours: from JSON, SD-JWT + QR token + tree, nothing stored", whole),
                ("ours: the same, all rows in SQLite", stored),
            ]
            show(f"Issuing {kind.key}s, one core", rows)
            targets.append(Target(f"{kind.key}s, nothing stored", aim, whole.median))
            if kind is CredentialType.TRANSCRIPT:
                share = beside[0][1].median / max(found.median for _, found in beside[1:])
                targets.append(Target("transcripts, SD-JWT ÷ the better peer's", 3, share, ""))
            else:
                slower = min(stored.median, stored.wall)
                targets.append(Target(f"{kind.key}s, all rows in SQLite", 1500, slower))
        targets.append(_one_school(batches))
        _sizes(batches)
    _intake()
    return [*targets, _linear(), _whole_cycle()]


def ours(lines: list[bytes]) -> int:
    """Parse → stage → sign → tree, nothing stored."""
    sign(_staged(lines, 0), DEPLOYMENT, _KEY)
    return len(lines)


def ours_with_rows(lines: list[bytes], kind: CredentialType, batches: Batches) -> int:
    """The same with every row stored before and after signing (SQLite, synchronous)."""
    _stored(lines, kind, batches)
    return len(lines)


def sd_jwts(credentials: list[Credential]) -> list[str]:
    """The SD-JWT of each credential and nothing else."""
    header = sdjwt_issuing.header(_KEY.public.kid, _KEY.public.alg)
    made = []
    for index, credential in enumerate(credentials):
        salts = os.urandom(sdjwt_issuing.salt_bytes(credential))
        payload, disclosures = sdjwt_issuing.prepare(
            credential, Place(0, index), DEPLOYMENT, 0, salts
        )
        to_sign = sdjwt_issuing.signing_input(header, payload)
        made.append(f"{sdjwt_issuing.assemble(to_sign, _KEY.sign(to_sign))}~{disclosures}")
    return made


def _beside_peers(lines: list[bytes]) -> list[tuple[str, Rate]]:
    """Ours first; what the others are handed is read from ours."""
    credentials = [parse(orjson.loads(line)) for line in lines]
    given = list(peers.records(sd_jwts(credentials)))
    few = given[: len(given) // 4]
    rows = [
        ("ours: SD-JWT alone", rate(lambda: len(sd_jwts(credentials)))),
        ("sd-jwt (Python): the same SD-JWT", rate(lambda: peers.by_python(few, _PEER_KEY), 3)),
    ]
    if (node := peers.by_node(given)) is not None:
        rows.append(("@sd-jwt/sd-jwt-vc (Node): the same SD-JWT", Rate(node, node, node)))
    return rows


def _one_school(batches: Batches) -> Target:
    """What 1,800 transcripts take on the clock: parsed, staged, stored, signed, tree, stored."""
    lines = _lines(SCHOOL, RESULTS)
    taken = (
        SCHOOL / rate(partial(ours_with_rows, lines, CredentialType.TRANSCRIPT, batches), 3).wall
    )
    print(f"\nOne school: {SCHOOL:,} transcripts of {RESULTS} results in {taken:.2f} s on one core")
    return Target(f"{SCHOOL:,} transcripts of {RESULTS} results, all rows", 3, taken, " s", True)


def _lines(number: int, results: int = 0) -> list[bytes]:
    return [orjson.dumps(record(at, results)) for at in range(number)]


@contextmanager
def _batches() -> Iterator[Batches]:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        STORE.migrate(url)
        database = STORE.connect(url)
        yield Batches(database)
        database.close()


def _staged(lines: list[bytes], seq: int) -> list[StagedCredential]:
    credentials = [parse(orjson.loads(line)) for line in lines]
    pupils = [f"79{at:08d}" for at in range(len(credentials))]
    return list(stage(credentials, pupils, seq, DEPLOYMENT, _KEY.public, os.urandom))


def _stored(lines: list[bytes], kind: CredentialType, batches: Batches) -> Batch:
    seq = batches.next_seq(1001)
    rows, public = _staged(lines, seq), _KEY.public
    new = Batch(
        id=0, ref=os.urandom(32).hex(), school=1001, type=kind, seq=seq, size=len(rows),
        state=BatchState.STAGED, kid=public.kid, alg=public.alg,
    )  # fmt: skip
    batch = batches.stage(new, rows, Approval("bench", "marks"))
    return batches.sign(batch.id, *sign(batches.staged(batch.id), DEPLOYMENT, _KEY))


def _sizes(batches: Batches) -> None:
    print("\nBytes per credential")
    for kind, results in ((CredentialType.THPT_DIPLOMA, 0), (CredentialType.TRANSCRIPT, RESULTS)):
        (issued,) = batches.issued(_stored(_lines(1, results), kind, batches).id)
        token = token_of(issued)
        version = qr.version(qr.matrix(*qrlink.encode(token, "https://sogoc.example")))
        print(
            f"  {kind.key:16} SD-JWT {len(sd_jwt_of(issued)):6,}"
            f"   QR token {len(token):4}, a code of version {version}"
        )


def _intake() -> None:
    """The 25-column class list, beside the least that reading it takes: openpyxl alone."""
    pupils = [
        replace(pupil, code=f"7903{number:06d}")
        for number, pupil in zip(count(), islice(cycle(sample.pupils()), EXCEL_ROWS), strict=False)
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        sample.write_class_list(path, pupils)
        data = path.read_bytes()

        def floor() -> int:
            book: Any = load_workbook(path, read_only=True)  # type: ignore[no-untyped-call]
            return len(list(book.active.values))

        def intake() -> int:
            return len(read_class_list(data).rows)

        show(
            f"Reading an Excel list of {EXCEL_ROWS:,} rows ({len(data):,} bytes), rows",
            [("openpyxl: cells only", rate(floor, 3)), ("ours: checked rows", rate(intake, 3))],
        )


def _whole_cycle() -> Target:
    """What a school waits for after intake, on the embedded defaults, in small and large batches.

    The register and the store grow while it runs, as they do in life.
    """
    rows = []
    with TemporaryDirectory() as folder, deployed(Path(folder) / "data") as system:
        first = 0
        for size, rounds in CYCLE_SIZES:
            orders = [diplomas(system, size, first + at * size) for at in range(rounds)]
            first += size * rounds

            def whole(orders: list[Order] = orders) -> int:
                return issue(system, orders.pop()).size

            rows.append((f"batches of {size:,}", rate(whole, rounds)))
    show("Diplomas: match, register, rows, signatures, anchored and final", rows)
    share = rows[-1][1].median / rows[0][1].median
    name = f"whole cycle, batches of {CYCLE_SIZES[-1][0]:,} ÷ of {CYCLE_SIZES[0][0]:,}"
    return Target(name, 0.8, share, "")


def _linear() -> Target:
    """Whether a credential of a large batch costs what one of a small batch costs."""
    print("\nOne batch, diplomas, nothing stored (linear to 100,000)")
    found: list[Rate] = []
    for size in BATCH_SIZES:
        lines = _lines(size)
        found.append(rate(partial(ours, lines), 3 if size < BATCH_SIZES[-1] else 1))
        print(f"  {size:>8,} credentials {found[-1].median:>8,.0f}/s")
    share = found[-1].median / found[0].median
    return Target("nothing stored, a batch of 100,000 ÷ of 1,000", 0.8, share, "")


if __name__ == "__main__":
    main()
