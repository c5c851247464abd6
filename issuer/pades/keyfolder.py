"""Where a school's seal is: a key that an authority gave with its certificate, or its own key.

``NAME.seal.p12`` is a file as an authority gives it, encrypted anew; ``NAME.seal.device`` the place
of one in a token (`issuer.devicekeys`). Without either, the key that signs credentials serves if it
has a certificate.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs12

from credential.errors import ConfigError, RefusedError
from issuer.devicekeys import DeviceKey, DeviceSigner
from issuer.keystore import SIGNING, sealed_file
from issuer.pades.keys import Certified, of_signer

if TYPE_CHECKING:
    from issuer.devices import Devices

_POINT = 65  # bytes of an uncompressed point; a longer public half is RSA's


class SealFolder:
    """Seals by name in one folder. Raises ConfigError ``key.*`` and ``device.*``."""

    def __init__(
        self, folder: Path, passphrase: Callable[[], str], devices: "Callable[[], Devices]"
    ) -> None:
        self._folder, self._passphrase, self._devices = folder, passphrase, devices

    def find(self, name: str) -> tuple[Certified, bytes] | None:
        """The seal of that name with its public half: a point, or RSA's SubjectPublicKeyInfo."""
        if self._place(name).exists():
            return self._of_token(DeviceKey.read(self._place(name)))
        if self._file(name).exists():
            return _of_file(self._file(name), self._passphrase().encode())
        return None

    def take(self, name: str, data: bytes, password: str) -> None:
        """Keep a PKCS#12 file of an authority.

        Raises ConfigError ``key.cannot_open``, ``key.wrong_kind``, RefusedError
        ``certificate.none``.
        """
        key, chain = _opened(data, password.encode(), name)
        if not chain:
            raise RefusedError("certificate.none", name=name)
        _kind(key, name)
        self._write(self._file(name), sealed_file(key, chain, self._passphrase().encode()))
        self._place(name).unlink(missing_ok=True)

    def use(self, name: str, place: DeviceKey) -> DeviceKey:
        """Let a key in a token be the seal. Raises RefusedError ``certificate.none``."""
        found = self._devices().find_any(place)
        if not self._devices().certificates(found):
            raise RefusedError("certificate.none", name=name)
        self._write(self._place(name), found.text().encode())
        return found

    def _of_token(self, place: DeviceKey) -> tuple[Certified, bytes]:
        devices = self._devices()
        found = devices.find_any(place)
        chain = devices.certificates(found)
        public = bytes.fromhex(found.public)
        if len(public) == _POINT:
            return of_signer(DeviceSigner(devices, found), chain), public
        return Certified(chain, "sha256_rsa", lambda data: devices.sign_rsa(found, data)), public

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.p12"

    def _place(self, name: str) -> Path:
        return self._folder / f"{name}.device"

    def _write(self, path: Path, data: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        draft.touch(mode=0o600)
        draft.write_bytes(data)
        draft.replace(path)


def _of_file(path: Path, passphrase: bytes) -> tuple[Certified, bytes]:
    key, chain = _opened(path.read_bytes(), passphrase, path.stem)
    certificates = [each.public_bytes(Encoding.DER) for each in chain]
    if _kind(key, path.stem) == "rsa":
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return Certified(
            certificates, "sha256_rsa", lambda data: bytes(key.sign(data, PKCS1v15(), SHA256()))
        ), public
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Certified(
        certificates, "sha256_ecdsa", lambda data: bytes(key.sign(data, ECDSA(SHA256())))
    ), public


def _opened(data: bytes, password: bytes, name: str) -> tuple[Any, Sequence[Any]]:
    try:
        key, own, above = pkcs12.load_key_and_certificates(data, password)
    except ValueError as error:
        raise ConfigError("key.cannot_open", name=name) from error
    return key, [own, *above] if own else []


def _kind(key: object, name: str) -> str:
    if isinstance(key, RSAPrivateKey):
        return "rsa"
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name == SIGNING.name:
        return "ec"
    raise ConfigError("key.wrong_kind", name=name)
