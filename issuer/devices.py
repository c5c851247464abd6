"""PKCS#11 tokens: USB tokens, HSMs, SoftHSM.

Decides how many sessions there are (one for each token, kept as long as this process, because a
login costs more than hundreds of signatures), that a wrong PIN is never tried again (a token locks
after a few), and what each failure is called. Everything here is ConfigError ``device.*``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, TokenFlag
from pkcs11 import exceptions as failures
from pkcs11.util.ec import encode_named_curve_parameters

from credential.errors import ConfigError
from issuer import deviceobjects as objects
from issuer.devicekeys import DeviceKey

AskPin = Callable[[DeviceKey, bool], str]
"""The PIN of a token; told whether it is the last try before the token locks."""

_CODES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((failures.PinIncorrect, failures.PinInvalid, failures.PinLenRange), "device.pin_wrong"),
    ((failures.PinLocked,), "device.pin_locked"),
    ((failures.PinExpired, failures.UserPinNotInitialized), "device.pin_unset"),
    (
        (
            failures.MechanismInvalid,
            failures.DomainParamsInvalid,
            failures.AttributeValueInvalid,
            failures.FunctionNotSupported,
        ),
        "device.unable",
    ),
    ((failures.TokenWriteProtected, failures.SessionReadOnly), "device.read_only"),
    (
        (  # what modules say of a token that is not there any more
            failures.DeviceRemoved,
            failures.DeviceError,
            failures.TokenNotPresent,
            failures.TokenNotRecognised,
            failures.SessionHandleInvalid,
            failures.SessionClosed,
            failures.ObjectHandleInvalid,
            failures.KeyHandleInvalid,
            failures.UserNotLoggedIn,
            failures.SlotIDInvalid,
        ),
        "device.removed",
    ),
)


@dataclass
class _Opened:
    """A session in which somebody is logged in, and the keys found in it by label."""

    session: Any
    serial: str
    keys: dict[str, tuple[Any, bytes]] = field(default_factory=dict)


class Devices:
    """The tokens that this process signs with. Close it to log out. Thread-safe.

    Those `beside` it are in use at the same time, by whoever logged into them.
    """

    def __init__(self, ask_pin: AskPin, beside: "Devices | None" = None) -> None:
        self._ask_pin, self._beside = ask_pin, beside
        self._opened: dict[tuple[str, str], _Opened] = {}
        self._refused: set[tuple[str, str]] = set()  # tokens that had a wrong PIN
        self._lock = RLock()

    def close(self) -> None:
        """Log out everywhere."""
        for each in self._opened.values():
            with suppress(pkcs11.PKCS11Error):
                each.session.close()
        self._opened.clear()

    def sign(self, key: DeviceKey, digest: bytes) -> bytes:
        """The signature of a digest: r and s, 32 bytes each."""
        with self._lock, self._failing(key):
            private, _ = self._elliptic(key)
            return bytes(private.sign(digest, mechanism=Mechanism.ECDSA))

    def sign_rsa(self, key: DeviceKey, data: bytes) -> bytes:
        """The signature of data by an RSA key: PKCS #1 v1.5 with SHA-256, hashed by the token."""
        with self._lock, self._failing(key):
            private, _ = self._private(key)
            return bytes(private.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))

    def find_any(self, key: DeviceKey) -> DeviceKey:
        """`find` for a key on P-256 or of RSA; of the latter `public` is SubjectPublicKeyInfo."""
        with self._lock, self._failing(key):
            _, public = self._private(key)
            return key.found(self._session(key).serial, public)

    def find(self, key: DeviceKey) -> DeviceKey:
        """The key with its token's serial number and its public half; logs in.

        Raises ``device.key_absent``, ``device.key_ambiguous``, ``device.key_kind``, and
        ``device.key_differs`` when a public half was known and is another.
        """
        with self._lock, self._failing(key):
            _, point = self._elliptic(key)
            return key.found(self._session(key).serial, point)

    def make(self, key: DeviceKey, curve: str) -> DeviceKey:
        """A new key on the token that cannot be taken out of it. Raises ``device.key_exists``."""
        with self._lock, self._failing(key):
            session = self._session(key).session
            if objects.private_keys(session, key.label):
                raise ConfigError("device.key_exists", token=key.token, label=key.label)
            objects.generate(session, key.label, encode_named_curve_parameters(curve))
            return self.find(key)

    def certificates(self, key: DeviceKey) -> tuple[bytes, ...]:
        """The key's certificate (DER) and those above it, as far as the token has them."""
        with self._lock, self._failing(key):
            _, point = self._private(key)
            return objects.chain(self._session(key).session, point)

    # --- keys ---

    def _elliptic(self, key: DeviceKey) -> tuple[Any, bytes]:
        private, public = self._private(key)
        if private[Attribute.KEY_TYPE] is not KeyType.EC:
            raise _other_kind(key, private)
        return private, public

    def _private(self, key: DeviceKey) -> tuple[Any, bytes]:
        opened = self._session(key)
        if key.label not in opened.keys:
            opened.keys[key.label] = self._found(opened.session, key)
        private, point = opened.keys[key.label]
        if key.public and point != key.point:
            raise ConfigError("device.key_differs", token=key.token, label=key.label)
        return private, point

    def _found(self, session: Any, key: DeviceKey) -> tuple[Any, bytes]:
        held = objects.private_keys(session, key.label)
        if len(held) != 1:
            code = "device.key_ambiguous" if held else "device.key_absent"
            raise ConfigError(code, token=key.token, label=key.label)
        kind = held[0][Attribute.KEY_TYPE]
        if kind is KeyType.RSA:
            return held[0], objects.rsa_public(held[0])
        if kind is not KeyType.EC:
            raise _other_kind(key, held[0])
        point = objects.point_of(session, held[0])
        if point is None:
            raise ConfigError("device.no_public", token=key.token, label=key.label)
        return held[0], point

    # --- sessions ---

    def _session(self, key: DeviceKey) -> _Opened:
        where = (key.module, key.serial or key.token)
        if where not in self._opened:
            token = self._token(key)
            self._opened[where] = self._logged_in(token, key)
        return self._opened[where]

    def _logged_in(self, token: Any, key: DeviceKey) -> _Opened:
        serial = objects.serial_of(token)
        where = (key.module, serial)
        for opened in self._opened.values():
            if opened.serial == serial:  # known by its label before
                return opened
        if where in self._refused:
            raise ConfigError("device.pin_wrong", token=key.token)
        if TokenFlag.USER_PIN_LOCKED in token.flags:
            raise ConfigError("device.pin_locked", token=key.token)
        try:
            writable = TokenFlag.WRITE_PROTECTED not in token.flags
            session = token.open(rw=writable, user_pin=self._pin(token, key))
        except (failures.PinIncorrect, failures.PinLenRange, failures.PinInvalid):
            self._refused.add(where)
            raise
        return _Opened(session, serial)

    def _pin(self, token: Any, key: DeviceKey) -> Any:
        if TokenFlag.PROTECTED_AUTHENTICATION_PATH in token.flags:
            return pkcs11.PROTECTED_AUTH  # typed at the device
        return self._ask_pin(key, TokenFlag.USER_PIN_FINAL_TRY in token.flags)

    def _token(self, key: DeviceKey) -> Any:
        library = self._library(key.module)
        found = objects.tokens(library, key)
        if not found and not self._uses(key.module):
            library.reinitialize()  # some modules look for tokens only when they begin
            found = objects.tokens(library, key)
        if not found:
            raise ConfigError("device.absent", token=key.token)
        if len(found) > 1:
            serials = ", ".join(map(objects.serial_of, found))
            raise ConfigError("device.ambiguous", token=key.token, serials=serials)
        return found[0]

    def _uses(self, module: str) -> bool:
        here = any(module == each for each, _ in self._opened)
        return here or (self._beside is not None and self._beside._uses(module))

    def _library(self, module: str) -> Any:
        try:
            return pkcs11.lib(module)
        except pkcs11.PKCS11Error as error:
            raise ConfigError("device.no_module", module=module) from error

    @contextmanager
    def _failing(self, key: DeviceKey) -> Iterator[None]:
        try:
            yield
        except pkcs11.PKCS11Error as error:
            code = next((code for kinds, code in _CODES if isinstance(error, kinds)), None)
            if code == "device.removed":
                self._forget(key.module)
            if code is None:
                kind = type(error).__name__
                raise ConfigError("device.failed", token=key.token, reason=kind) from error
            raise ConfigError(code, token=key.token) from error

    def _forget(self, module: str) -> None:
        """Give up all sessions of a module: the next use looks for the token anew."""
        for where in [each for each in self._opened if each[0] == module]:
            with suppress(pkcs11.PKCS11Error):
                self._opened.pop(where).session.close()


def _other_kind(key: DeviceKey, private: Any) -> ConfigError:
    kind = getattr(private[Attribute.KEY_TYPE], "name", "?")
    return ConfigError("device.key_kind", token=key.token, label=key.label, kind=kind)
