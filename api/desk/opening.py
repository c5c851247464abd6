"""Opening a person's own key with what they type: the PIN of its token, or its file's passphrase.

What was typed opens the key at once, or is refused at once, and is forgotten.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from api.pens import Pen
from credential.errors import ConfigError, RefusedError
from issuer.devicekeys import DeviceKey, DeviceSigner
from issuer.keystore import personal_name

if TYPE_CHECKING:
    from api.wiring import System

_Ask = Callable[[DeviceKey, bool], str]


def place_of(system: "System", school: int, name: str) -> DeviceKey | bool:
    """In which token a person has a key for a school; True for one in a file, False for none."""
    file = personal_name(school, name)
    return system.keystore.holds(file) and (system.keystore.device(file) or True)


def open_pen(system: "System", school: int, name: str, secret: str, *, last: bool = False) -> Pen:
    """Open a person's key with the PIN of its token, or the passphrase of its file.

    `last` says that the person knows that a wrong PIN now locks the token. Raises RefusedError
    ``pen.none``, ``pen.unlisted``, ``pen.wrong`` for a passphrase, what a token says
    (``device.*``) and ``certificate.*``.
    """
    place = place_of(system, school, name)
    if not place:
        raise RefusedError("pen.none", name=name)
    try:
        if isinstance(place, DeviceKey):
            pen = _in_token(system, place, school, name, _typed(secret, last=last))
        else:
            opened = system.keystore.opened_with(secret)
            pen = Pen(school, name, opened.signer(personal_name(school, name)))
    except ConfigError as error:
        code = "pen.wrong" if error.code == "key.cannot_open" else error.code
        raise RefusedError(code, **error.params) from error
    if system.persons.listed.by_id(pen.signer.public.kid) is None:
        pen.close()
        raise RefusedError("pen.unlisted", name=name)
    return pen


def _typed(secret: str, *, last: bool) -> _Ask:
    def pin(key: DeviceKey, last_try: bool) -> str:
        if last_try and not last:
            raise ConfigError("device.pin_last_try", token=key.token)
        return secret

    return pin


def _in_token(
    system: "System",
    place: DeviceKey,
    school: int,
    name: str,
    pin: Callable[[DeviceKey, bool], str],
) -> Pen:
    devices = system.devices_by(pin)
    try:
        signer = DeviceSigner(devices, devices.find(place))
        chain = system.checked(personal_name(school, name), devices.certificates(place))
    except BaseException:
        devices.close()
        raise
    return Pen(school, name, signer, chain, devices.close)
