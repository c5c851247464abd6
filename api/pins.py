"""Where the PIN of a signing token comes from: a file, a setting, or the person at the terminal.

Never an argument of a command, which every user of the machine could see. It is not kept anywhere.
Before the last try no file is believed: only a person may risk that the token locks.
"""

import sys
from pathlib import Path

import click

from api.settings import Settings
from credential.errors import ConfigError
from issuer.devicekeys import DeviceKey


def pin_of(settings: Settings, key: DeviceKey, last_try: bool) -> str:
    """The PIN for a key's token.

    Raises ConfigError ``device.pin_missing`` where there is none and nobody to ask,
    ``device.pin_last_try`` when only a person may give it, ``device.pin_unreadable``.
    """
    kept = _kept(settings, key)
    if kept and not last_try:
        return kept
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        code = "device.pin_last_try" if kept else "device.pin_missing"
        raise ConfigError(code, token=key.token)
    warning = " (lần cuối trước khi bị khóa / last try before it locks)" if last_try else ""
    asked = f"\nPIN: {key.token}{warning}"
    return str(click.prompt(asked, hide_input=True, err=True, prompt_suffix=": "))


def _kept(settings: Settings, key: DeviceKey) -> str:
    path = Path(key.pin_file) if key.pin_file else settings.token_pin_file
    if path is None:
        return settings.token_pin.get_secret_value()
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("device.pin_unreadable", path=str(path)) from error
