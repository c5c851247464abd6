"""A file that was read, kept for whoever brought it: sealed under a secret that the browser has.

Personal numbers may be in it, which are the registry's alone; so a copy of the store reads nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.desk.parsing import Asked
from api.desk.policy import Member
from credential.errors import RefusedError
from issuer.intake import kept
from issuer.intake.rows import Reading
from store.uploads import Upload, Uploads

_NONCE = bytes(12)  # a key seals one thing, once


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody brought: what for, what was read, the SHA-256 (hex) of the file."""

    asked: Asked
    reading: Reading[Any]
    digest: str


def keep(uploads: Uploads, member: Member, brought: Brought) -> str:
    """Keep it; the secret (hex) by which it is found again, which is stored nowhere."""
    secret = secrets.token_bytes(32)
    about = {
        "purpose": brought.asked.purpose, "year": brought.asked.year,
        "layout": brought.asked.layout, "columns": dict(brought.asked.columns),
        "digest": brought.digest,
    }  # fmt: skip
    said = orjson.dumps(about) + b"\n" + kept.encode(brought.reading)
    sealed = AESGCM(_derived(b"key", secret)).encrypt(_NONCE, said, None)
    uploads.keep(_derived(b"id", secret), Upload(member.own, member.owner, sealed))
    return secret.hex()


def find(uploads: Uploads, member: Member, given: str) -> Brought:
    """What that secret is of. Raises RefusedError ``upload.unknown``, also for another school's."""
    try:
        secret = bytes.fromhex(given)
        upload = uploads.of(_derived(b"id", secret))
        if upload is None or not member.sees(upload.school):
            raise RefusedError("upload.unknown")
        said = AESGCM(_derived(b"key", secret)).decrypt(_NONCE, upload.content, None)
    except (ValueError, InvalidTag) as error:
        raise RefusedError("upload.unknown") from error
    line, _, reading = said.partition(b"\n")
    about = orjson.loads(line)
    digest = about.pop("digest")
    return Brought(Asked(**about), kept.decode(reading), digest)


def _derived(what: bytes, secret: bytes) -> bytes:
    return hashlib.sha256(b"sogoc-upload-" + what + secret).digest()
