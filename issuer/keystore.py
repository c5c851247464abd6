"""School keys as encrypted files: the default that works at once, and the weakest one.

Whoever can read the folder *and* knows the passphrase can act as the school. Production uses
PKCS#11 tokens; the same `Signer` stands in front of both. Files are PKCS#12, encrypted with
AES-256-CBC under PBKDF2-HMAC-SHA256 of `_ROUNDS` rounds.
"""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from credential.errors import ConfigError
from credential.keys import SoftwareKey

_ROUNDS = 600_000  # OWASP Password Storage Cheat Sheet, 2023; about 0.2 s a key


class Keystore:
    """Keys by name (``1001.sign``, ``1001.anchor``, ``owner``) in one folder, one passphrase."""

    def __init__(self, folder: Path, passphrase: str) -> None:
        self._folder, self._passphrase = folder, passphrase.encode()
        self._opened: dict[str, ec.EllipticCurvePrivateKey | Ed25519PrivateKey] = {}

    def holds(self, name: str) -> bool:
        """Whether there is a key of that name."""
        return self._path(name).exists()

    def accounts(self) -> list[str]:
        """The keys that are no school's (theirs have a full stop in the name), sorted."""
        return sorted(path.stem for path in self._folder.glob("*.p12") if "." not in path.stem)

    def signer(self, name: str) -> SoftwareKey:
        """The signing key of that name. Raises ConfigError ``key.missing``."""
        return SoftwareKey(self._open(name))

    def secret(self, name: str) -> bytes:
        """The 32 bytes of the chain key of that name. Raises ConfigError ``key.missing``."""
        key = self._open(name)
        assert isinstance(key, ec.EllipticCurvePrivateKey), "chain keys are secp256k1"
        return key.private_numbers().private_value.to_bytes(32, "big")

    def make_signer(self, name: str) -> None:
        """Make a signing key (P-256) of that name if there is none.

        Only who also lists the key on chain calls this: a key made in passing would sign papers
        that nobody can verify.
        """
        self._make(name, ec.SECP256R1())

    def make_secret(self, name: str) -> None:
        """Make a chain key (secp256k1) of that name if there is none."""
        self._make(name, ec.SECP256K1())

    def replace(self, name: str, by: str, kept: str) -> None:
        """Let the key `by` become the key `name`, which is kept under a third name.

        Killed at any point, the same call completes it; once complete it does nothing.
        """
        if not self.holds(by):
            return
        if not self.holds(kept):
            os.link(self._path(name), self._path(kept))
        self._path(by).replace(self._path(name))
        self._opened.pop(name, None)
        self._opened.pop(by, None)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.p12"

    def _make(self, name: str, curve: ec.EllipticCurve) -> None:
        path = self._path(name)
        if not path.exists():
            self._write(path, ec.generate_private_key(curve))

    def _open(self, name: str) -> ec.EllipticCurvePrivateKey | Ed25519PrivateKey:
        if name not in self._opened:
            path = self._path(name)
            if not path.exists():
                raise ConfigError("key.missing", name=name)
            self._opened[name] = self._read(path)
        return self._opened[name]

    def _read(self, path: Path) -> ec.EllipticCurvePrivateKey | Ed25519PrivateKey:
        try:
            key, _, _ = pkcs12.load_key_and_certificates(path.read_bytes(), self._passphrase)
        except ValueError as error:
            raise ConfigError("key.cannot_open", name=path.stem) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey | Ed25519PrivateKey):
            raise ConfigError("key.wrong_kind", name=path.stem)
        return key

    def _write(self, path: Path, key: ec.EllipticCurvePrivateKey) -> None:
        """Write a new key whole or not at all; the first of two writers wins."""
        encryption = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(_ROUNDS)
            .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
            .hmac_hash(SHA256())
            .build(self._passphrase)
        )
        data = pkcs12.serialize_key_and_certificates(None, key, None, None, encryption)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        draft.touch(mode=0o600)
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()


def own_passphrase(folder: Path) -> str:
    """A passphrase kept beside the keys, made on first use: fit for a trial only."""
    path = folder / "passphrase"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(24))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its passphrase is the one
        finally:
            draft.unlink()
    return path.read_text()
