"""Issue rate of diplomas and 40-result transcripts, beside the sd-jwt library in the same run.

Ours counts more: per credential an SD-JWT *and* a QR token, both signed, two tree leaves, look-up
code, and (with rows) everything stored so that a crash loses nothing. The peer counts parsing and
one SD-JWT with every field disclosable.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer

from benchmarks.measure import rate, show
from benchmarks.samples import DEPLOYMENT, parse, record
from credential.keys import SoftwareKey
from credential.model import CredentialType
from credential.records import Batch, BatchState, StagedCredential
from issuer.delivery import sd_jwt_of
from issuer.staging import sign, stage
from store.batches import Batches
from store.schema import STORE

_KEY = SoftwareKey(ec.generate_private_key(ec.SECP256R1()))
COUNT = 2000


def staged(lines: list[bytes], seq: int) -> list[StagedCredential]:
    """Parse and stage."""
    credentials = [parse(orjson.loads(line)) for line in lines]
    pupils = [f"79{at:08d}" for at in range(len(credentials))]
    return list(stage(credentials, pupils, seq, DEPLOYMENT, _KEY.public, os.urandom))


def ours(lines: list[bytes]) -> int:
    """Parse → stage → sign → tree, nothing stored."""
    sign(staged(lines, 0), DEPLOYMENT, _KEY)
    return len(lines)


def batch_of(rows: list[StagedCredential], kind: CredentialType, seq: int) -> Batch:
    """A new batch over staged rows."""
    public = _KEY.public
    return Batch(
        0, os.urandom(32).hex(), 1001, kind, seq, len(rows), BatchState.STAGED, public.kid,
        public.alg,
    )  # fmt: skip


def ours_with_rows(lines: list[bytes], kind: CredentialType, batches: Batches) -> int:
    """The same with every row stored before and after signing (SQLite, synchronous)."""
    seq = batches.next_seq(1001)
    rows = staged(lines, seq)
    batch = batches.stage(batch_of(rows, kind, seq), rows, "bench")
    batches.sign(batch.id, *sign(batches.staged(batch.id), DEPLOYMENT, _KEY))
    return len(lines)


def peer(lines: list[bytes]) -> int:
    """sd-jwt 0.10 (Python, OpenWallet Foundation): parse and one SD-JWT, all disclosable."""
    raw = _KEY.public.raw
    numbers = _KEY._private.private_numbers()  # type: ignore[union-attr]
    key = JWK.from_pem(_pem(numbers)) if raw else None
    for line in lines:
        found = orjson.loads(line)
        claims: dict[Any, Any] = {"iss": "urn:example", "vct": "urn:example:1"}
        results = found.pop("results", None)
        claims |= {SDObj(name): value for name, value in found.items()}
        if results:
            claims["results"] = [SDObj(row) for row in results]
        assert SDJWTIssuer(claims, key, sign_alg="ES256").sd_jwt_issuance
    return len(lines)


def _pem(numbers: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization as ser  # noqa: PLC0415

    plain = ser.NoEncryption()
    return numbers.private_key().private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, plain)


def main() -> None:
    """Print the tables."""
    diplomas = [orjson.dumps(record(at)) for at in range(COUNT)]
    transcripts = [orjson.dumps(record(at, 40)) for at in range(COUNT // 4)]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        STORE.migrate(url)
        database = STORE.connect(url)
        batches = Batches(database)
        for title, lines, kind in (
            ("Issuing diplomas, one core", diplomas, CredentialType.THPT_DIPLOMA),
            ("Issuing transcripts of 40 results, one core", transcripts, CredentialType.TRANSCRIPT),
        ):
            few = lines[: len(lines) // 4]
            show(title, [
                ("sd-jwt (Python): SD-JWT only, nothing stored", rate(lambda n=few: peer(n), 3)),
                ("ours: SD-JWT + QR token + tree, nothing stored", rate(lambda n=lines: ours(n))),
                (
                    "ours: the same, all rows in SQLite",
                    rate(lambda n=lines, k=kind: ours_with_rows(n, k, batches)),
                ),
            ])  # fmt: skip
        _sizes(batches)
        _linear()
        database.close()


def _sizes(batches: Batches) -> None:
    print("\nBytes per credential")
    for name, line in (("diploma", record(1)), ("transcript, 40 results", record(1, 40))):
        seq, data = batches.next_seq(1001), orjson.dumps(line)
        kind = CredentialType.TRANSCRIPT if "results" in line else CredentialType.THPT_DIPLOMA
        rows = staged([data], seq)
        batch = batches.stage(batch_of(rows, kind, seq), rows, "bench")
        batches.sign(batch.id, *sign(rows, DEPLOYMENT, _KEY))
        (issued,) = batches.issued(batch.id)
        token = len(rows[0].qr_payload) + 16 + 64 + 6
        print(f"  {name:24} SD-JWT {len(sd_jwt_of(issued)):6,}   QR token about {token}")


def _linear() -> None:
    """Whether a batch of 100,000 costs per credential what a batch of 1,000 costs."""
    print("\nOne batch, diplomas, nothing stored (linear to 100,000)")
    for count in (1_000, 10_000, 100_000):
        lines = [orjson.dumps(record(at)) for at in range(count)]
        median, _ = rate(lambda n=lines: ours(n), 1)
        print(f"  {count:>8,} credentials {median:>8,.0f}/s")


if __name__ == "__main__":
    main()
