"""Keys that never leave their device: where each one is, and how signing looks from outside.

Decides what is written down of a key in a PKCS#11 token: its place and its public half. So whoever
only needs the public half asks no device and no PIN, and a device that holds another key under the
same label is found out.
"""

import json
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol, Self

from credential.errors import ConfigError
from credential.keys import PublicKey


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A key in a PKCS#11 token: by module (path of the library), token and key label.

    `serial` is the token's serial number; `public` the uncompressed point (hexadecimal), empty
    while it is not known; `pin_file` a file that holds the PIN, empty for the deployment's.
    """

    module: str
    token: str
    label: str
    serial: str = ""
    public: str = ""
    pin_file: str = ""

    @classmethod
    def read(cls, path: Path) -> Self:
        """What a file says. Raises ConfigError ``key.cannot_open``."""
        try:
            found = cls(**json.loads(path.read_text(encoding="utf-8")))
            bytes.fromhex(found.public)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError("key.cannot_open", name=path.stem) from error
        return found

    def text(self) -> str:
        """What `read` reads."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    def found(self, serial: str, point: bytes) -> "DeviceKey":
        """The same key with what the device says of it."""
        return replace(self, serial=serial, public=point.hex())

    @property
    def point(self) -> bytes:
        """The public half as an uncompressed point (65 bytes)."""
        return bytes.fromhex(self.public)


class Devices(Protocol):
    """What signs with such keys; `issuer.devices.Devices` does."""

    def sign(self, key: DeviceKey, digest: bytes) -> bytes:
        """The signature of a digest: r and s, 32 bytes each."""
        ...


class DeviceSigner:
    """A `credential.keys.Signer` in a device (P-256)."""

    def __init__(self, devices: Devices, key: DeviceKey) -> None:
        self._devices, self._key = devices, key
        self._public = PublicKey(key.point)

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return self._public

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature. A wrong one, as of a faulty device, never gets out."""
        made = self._devices.sign(self._key, sha256(data).digest())
        if not self._public.verify(made, data):
            raise ConfigError("device.wrong_signature", token=self._key.token)
        return made


class DeviceChainKey:
    """A `credential.chainkeys.ChainKey` in a device (secp256k1)."""

    def __init__(self, devices: Devices, key: DeviceKey) -> None:
        self._devices, self._key = devices, key

    @property
    def point(self) -> bytes:
        """The public half as an uncompressed point."""
        return self._key.point

    def sign(self, digest: bytes) -> bytes:
        """The signature of 32 bytes; `chain.wallet` finds out whether it is right."""
        return self._devices.sign(self._key, digest)
