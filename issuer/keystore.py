"""A deployment's keys by name: in encrypted files, or in PKCS#11 tokens.

Files are the default that works at once, and the weakest one, fit for trials: whoever can read the
folder *and* knows the passphrase can act as the school, and nobody sees it happen. Production uses
tokens, whose keys cannot be copied. The same `Signer` and `ChainKey` stand in front of both. A key
file (``NAME.p12``) is PKCS#12, encrypted with AES-256-CBC under PBKDF2-HMAC-SHA256 of `_ROUNDS`
rounds; of a key in a token the folder has its place (``NAME.device``, `issuer.devicekeys`).
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)

from credential.chainkeys import ChainKey, SoftwareChainKey
from credential.errors import ConfigError, RefusedError
from credential.keys import Signer, SoftwareKey
from credential.text import fold
from issuer.devicekeys import DeviceChainKey, DeviceKey, DeviceSigner

if TYPE_CHECKING:
    from issuer.devices import Devices

_ROUNDS = 600_000  # OWASP Password Storage Cheat Sheet, 2023; about 0.2 s a key
_FILE, _DEVICE = ".p12", ".device"

SIGNING, CHAIN = ec.SECP256R1(), ec.SECP256K1()
"""The curves of signing keys and of chain keys."""


class Keystore:
    """Keys by name (``1001.sign``, ``1001.anchor``, ``owner``) in one folder.

    `passphrase` opens the key files, `devices` the tokens; neither is asked for before it is
    needed. Everything raises ConfigError ``key.missing``, ``key.cannot_open``, ``key.wrong_kind``,
    and for keys in tokens ``device.*``.
    """

    def __init__(
        self, folder: Path, passphrase: Callable[[], str], devices: "Callable[[], Devices]"
    ) -> None:
        self._folder, self._ask, self._devices = folder, passphrase, devices
        self._opened: dict[str, ec.EllipticCurvePrivateKey | Ed25519PrivateKey] = {}
        self._certificates: dict[str, tuple[bytes, ...]] = {}

    def opened_with(self, passphrase: str) -> "Keystore":
        """The same folder, its files opened with another passphrase."""
        return Keystore(self._folder, lambda: passphrase, self._devices)

    def holds(self, name: str) -> bool:
        """Whether there is a key of that name."""
        return self._path(name).exists()

    def accounts(self) -> list[str]:
        """The keys that are no school's (theirs have a full stop in the name), sorted."""
        found = {each.stem for end in (_FILE, _DEVICE) for each in self._folder.glob(f"*{end}")}
        return sorted(name for name in found if "." not in name)

    def device(self, name: str) -> DeviceKey | None:
        """Where the key of that name is, if it is in a token."""
        path = self._path(name)
        return DeviceKey.read(path) if path.suffix == _DEVICE else None

    def signer(self, name: str) -> Signer:
        """The signing key of that name, ready to sign: the login to its token is done."""
        place = self.device(name)
        if place is None:
            return SoftwareKey(self._open(name))
        devices = self._devices()
        return DeviceSigner(devices, devices.find(place))

    def chain_key(self, name: str) -> ChainKey:
        """The chain key of that name; a token is asked when it first signs."""
        place = self.device(name)
        if place is not None:
            return DeviceChainKey(self._devices(), place)
        return SoftwareChainKey(self._elliptic(name, CHAIN))

    def ready(self, name: str) -> None:
        """If the key of that name is in a token, log in and see that it is there."""
        place = self.device(name)
        if place is not None:
            self._devices().find(place)

    def public(self, name: str) -> bytes:
        """The public half: an uncompressed point (65 bytes), or an Ed25519 key (32). No PIN."""
        place = self.device(name)
        if place is not None:
            return place.point
        public = self._open(name).public_key()
        if isinstance(public, ec.EllipticCurvePublicKey):
            return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return public.public_bytes(Encoding.Raw, PublicFormat.Raw)

    def make_signer(self, name: str) -> None:
        """Make a signing key (P-256) in a file if there is no key of that name.

        Only who also lists the key on chain calls this: a key made in passing would sign papers
        that nobody can verify.
        """
        self._make(name, SIGNING)

    def make_chain_key(self, name: str) -> None:
        """Make a chain key (secp256k1) in a file if there is no key of that name."""
        self._make(name, CHAIN)

    def make_in_device(self, name: str, place: DeviceKey, curve: ec.EllipticCurve) -> DeviceKey:
        """Make a key of that name in a token. Raises RefusedError ``key.exists``."""
        self._check_free(name)
        return self._keep(name, self._devices().make(place, curve.name), curve)

    def use_device(self, name: str, place: DeviceKey, curve: ec.EllipticCurve) -> DeviceKey:
        """Let a key that is in a token be the one of that name. Raises ``key.exists``."""
        self._check_free(name)
        return self._keep(name, self._devices().find(place), curve)

    def certificates(self, name: str) -> tuple[bytes, ...]:
        """The certificate (DER) of a key and those above it, as far as token or file has them."""
        place = self.device(name)
        if place:
            return self._devices().certificates(place)
        self._open(name)
        return self._certificates[name]

    def certify(self, name: str, chain: Sequence[x509.Certificate]) -> None:
        """Keep certificates in a key file, the key's own first.

        Raises RefusedError ``certificate.other_key``.
        """
        key = self._open(name)
        if chain[0].public_key() != key.public_key():
            subject = chain[0].subject.rfc4514_string()
            raise RefusedError("certificate.other_key", subject=subject)
        data = sealed_file(key, chain, self._passphrase)
        draft = self._path(name).with_suffix(f".{os.getpid()}.tmp")
        draft.touch(mode=0o600)
        draft.write_bytes(data)
        draft.replace(self._path(name))
        self._opened.pop(name)

    def replace(self, name: str, by: str, kept: str) -> None:
        """Let the key `by` become the key `name`, which is kept under a third name.

        Killed at any point, the same call completes it; once complete it does nothing.
        """
        if not self.holds(by):
            return
        old, new = self._path(name), self._path(by)
        if not self.holds(kept):
            os.link(old, self._folder / f"{kept}{old.suffix}")
        new.replace(self._folder / f"{name}{new.suffix}")
        if old.suffix != new.suffix:
            old.unlink()
        self._opened.pop(name, None)
        self._opened.pop(by, None)

    def _path(self, name: str) -> Path:
        device = self._folder / f"{name}{_DEVICE}"
        return device if device.exists() else self._folder / f"{name}{_FILE}"

    def _check_free(self, name: str) -> None:
        if self.holds(name):
            raise RefusedError("key.exists", name=name)

    @cached_property
    def _passphrase(self) -> bytes:
        return self._ask().encode()

    # --- tokens ---

    def _keep(self, name: str, found: DeviceKey, curve: ec.EllipticCurve) -> DeviceKey:
        """Write down where a key is, once it is known to be of the right kind."""
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(curve, found.point)
        except ValueError as error:
            raise ConfigError("key.wrong_kind", name=name) from error
        self._write(self._folder / f"{name}{_DEVICE}", found.text().encode())
        return found

    # --- files ---

    def _make(self, name: str, curve: ec.EllipticCurve) -> None:
        if not self.holds(name):
            data = sealed_file(ec.generate_private_key(curve), (), self._passphrase)
            self._write(self._path(name), data)

    def _elliptic(self, name: str, curve: ec.EllipticCurve) -> ec.EllipticCurvePrivateKey:
        key = self._open(name)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != curve.name:
            raise ConfigError("key.wrong_kind", name=name)
        return key

    def _open(self, name: str) -> ec.EllipticCurvePrivateKey | Ed25519PrivateKey:
        if name not in self._opened:
            path = self._path(name)
            if not path.exists():
                raise ConfigError("key.missing", name=name)
            self._opened[name] = self._read(path)
        return self._opened[name]

    def _read(self, path: Path) -> ec.EllipticCurvePrivateKey | Ed25519PrivateKey:
        try:
            key, own, above = pkcs12.load_key_and_certificates(path.read_bytes(), self._passphrase)
        except ValueError as error:
            raise ConfigError("key.cannot_open", name=path.stem) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey | Ed25519PrivateKey):
            raise ConfigError("key.wrong_kind", name=path.stem)
        chain = [own, *above] if own else []
        self._certificates[path.stem] = tuple(each.public_bytes(Encoding.DER) for each in chain)
        return key

    def _write(self, path: Path, data: bytes) -> None:
        """Write a new file whole or not at all; the first of two writers wins."""
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


def sealed_file(
    key: pkcs12.PKCS12PrivateKeyTypes, chain: Sequence[x509.Certificate], passphrase: bytes
) -> bytes:
    """A key with its certificates as an encrypted PKCS#12 file."""
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(passphrase)
    )
    own = chain[0] if chain else None
    return pkcs12.serialize_key_and_certificates(None, key, own, list(chain[1:]), encryption)


def personal_name(school: int, name: str) -> str:
    """What the key file of a person who approves for a school is called: not by their name."""
    digest = hashlib.sha256(fold(name).encode()).hexdigest()
    return f"{school}.person-{digest[:16]}"


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
