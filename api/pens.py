"""Personal keys that their persons opened for one approval, with a PIN or a passphrase.

What was typed opens the key at once, or is refused at once, and is forgotten. The open key waits in
the memory of this process, for the job that it was opened for and for no longer than that takes; it
is written nowhere. Ask again if the process died (`docs/decisions/0032`).
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from api.keyring import Keyring
from credential.errors import ConfigError, RefusedError
from credential.keys import Signer
from credential.text import fold
from issuer.devicekeys import DeviceKey, DeviceSigner
from issuer.keystore import personal_name
from store.personal_keys import PersonalKeys

KEPT: Final = 3600  # seconds after which an open key that nobody used is closed


@dataclass(frozen=True, slots=True)
class Pen:
    """A person's key, open. `certificates` are its own (DER) and those above it."""

    school: int
    name: str
    signer: Signer
    certificates: Sequence[bytes] = ()
    close: Callable[[], None] = lambda: None

    def is_of(self, school: int, name: str) -> bool:
        """Whether it is that person's key for that school."""
        return (self.school, fold(self.name)) == (school, fold(name))


class Pens:
    """The open keys of this process by what they were opened for. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._held: dict[str, tuple[float, Pen]] = {}
        self._lock, self._clock = threading.Lock(), clock

    def put(self, purpose: str, pen: Pen) -> None:
        """Keep a key for a purpose; one that was there is closed."""
        self.drop(purpose)
        with self._lock:
            self._held[purpose] = (self._clock() + KEPT, pen)

    def of(self, purpose: str) -> Pen | None:
        """The key that was opened for a purpose, unless that is too long ago."""
        with self._lock:
            over = [key for key, (until, _) in self._held.items() if until < self._clock()]
        for each in over:
            self.drop(each)
        with self._lock:
            found = self._held.get(purpose)
        return found[1] if found else None

    def drop(self, purpose: str) -> None:
        """Close the key of a purpose."""
        with self._lock:
            found = self._held.pop(purpose, None)
        if found:
            found[1].close()


PENS: Final = Pens()
"""The open keys of this process."""


def place_of(keys: Keyring, school: int, name: str) -> DeviceKey | bool:
    """In which token a person has a key for a school; True for one in a file, False for none."""
    file = personal_name(school, name)
    return keys.keystore.holds(file) and (keys.keystore.device(file) or True)


def open_pen(
    keys: Keyring, listed: PersonalKeys, school: int, name: str, secret: str, *, last: bool = False
) -> Pen:
    """Open a person's key with the PIN of its token, or the passphrase of its file.

    `last` says that the person knows that a wrong PIN now locks the token. Raises RefusedError
    ``pen.none``, ``pen.unlisted``, ``pen.wrong`` for a passphrase, what a token says
    (``device.*``) and ``certificate.*``.
    """
    place = place_of(keys, school, name)
    if not place:
        raise RefusedError("pen.none", name=name)
    try:
        if isinstance(place, DeviceKey):
            pen = _in_token(keys, place, school, name, _typed(secret, last=last))
        else:
            opened = keys.keystore.opened_with(secret)
            pen = Pen(school, name, opened.signer(personal_name(school, name)))
    except ConfigError as error:
        code = "pen.wrong" if error.code == "key.cannot_open" else error.code
        raise RefusedError(code, **error.params) from error
    if listed.by_id(pen.signer.public.kid) is None:
        pen.close()
        raise RefusedError("pen.unlisted", name=name)
    return pen


def _typed(secret: str, *, last: bool) -> Callable[[DeviceKey, bool], str]:
    def pin(key: DeviceKey, last_try: bool) -> str:
        if last_try and not last:
            raise ConfigError("device.pin_last_try", token=key.token)
        return secret

    return pin


def _in_token(
    keys: Keyring, place: DeviceKey, school: int, name: str, pin: Callable[[DeviceKey, bool], str]
) -> Pen:
    devices = keys.devices_by(pin)
    try:
        signer = DeviceSigner(devices, devices.find(place))
        chain = keys.checked(personal_name(school, name), devices.certificates(place))
    except BaseException:
        devices.close()
        raise
    return Pen(school, name, signer, chain, devices.close)
