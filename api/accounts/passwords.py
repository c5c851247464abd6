"""Passwords: Argon2id with OWASP's parameters, in a small pool with a short queue.

Whoever sends many passwords fills the queue and is told to wait; the rest of the site goes on.
A name that nobody has takes as long as one with a wrong password. (OWASP Password Storage: 19 MiB,
2 passes, 1 lane.)
"""

import asyncio
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from typing import Final, TypeVar

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from credential.errors import FormatError, RefusedError

_MEMORY, _PASSES, _LANES = 19_456, 2, 1  # KiB, passes, lanes
_SALT, _LENGTH = 16, 32  # bytes
_THREADS = 2
_QUEUE = 16  # that wait or are being worked on: 1 s at 60 ms each
LEAST: Final = 10  # characters; with a second factor eight would do (OWASP ASVS 5, V6.2.1)
MOST: Final = 128
_FEW = 4  # different characters, of which less are no password

_T = TypeVar("_T")


class Passwords:
    """Makes and checks what is kept of passwords."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")
        self._waiting = threading.Semaphore(_QUEUE)
        self._nobodys = _hashed(secrets.token_bytes(_SALT))

    async def hash(self, password: str) -> str:
        """The PHC string to be kept. Raises RefusedError ``site.crowded``."""
        return await self._run(lambda: _hashed(_bytes(password)))

    async def verify(self, password: str, kept: str | None) -> bool:
        """Whether it is that password; for None (nobody's) False, after the same work.

        Raises RefusedError ``site.crowded``.
        """
        right = await self._run(lambda: _is_right(_bytes(password), kept or self._nobodys))
        return right and kept is not None

    async def _run(self, work: Callable[[], _T]) -> _T:
        if not self._waiting.acquire(blocking=False):
            raise RefusedError("site.crowded")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting.release()


def check(password: str, *known: str) -> None:
    """Refuse what is guessed first: short, common, of few characters, or made of what is `known`.

    Raises FormatError ``password.short`` (least), ``password.long`` (most), ``password.common``
    and ``password.about_you``.
    """
    text = unicodedata.normalize("NFKC", password)
    if len(text) < LEAST:
        raise FormatError("password.short", least=LEAST)
    if len(text) > MOST:
        raise FormatError("password.long", most=MOST)
    plain = _plain(text)
    if any(len(word) > 3 and word in plain for word in map(_plain, known)):
        raise FormatError("password.about_you")
    if len(set(plain)) < _FEW or any(map(_is_common, (text.casefold(), *_cores(plain)))):
        raise FormatError("password.common")


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(char for char in letters if char.isalnum())


def _cores(plain: str) -> Iterator[str]:
    """It without what most people add to a word: digits before and behind, itself once more."""
    for core in (plain, plain.strip(_DIGITS)):
        yield core
        once = _AGAIN.sub(r"\1", core)
        yield from (once, once.strip(_DIGITS))


def _is_common(word: str) -> bool:
    return bool(word) and (word in _ROWS or any(word in listed for listed in lists()))


@cache
def lists() -> tuple[Collection[str], ...]:
    """Our own words, and zxcvbn's: 30,000 passwords, and English words and names, by frequency.

    Only its lists are asked. Its score takes seconds for some passwords, and keeps what is known
    of a person in a place that all threads share.
    """
    from zxcvbn.matching import RANKED_DICTIONARIES  # noqa: PLC0415 - 0.1 s that few commands need

    ours = files("api.accounts").joinpath("common_passwords.txt").read_text("utf-8")
    return (frozenset(ours.split()), *RANKED_DICTIONARIES.values())


_DIGITS = "0123456789"
_AGAIN = re.compile(r"\A(.+?)\1+\Z", re.DOTALL)
_ROWS = "abcdefghijklmnopqrstuvwxyz 01234567890123456789 qwertyuiopasdfghjklzxcvbnm 09876543210987"


def _bytes(password: str) -> bytes:
    # However a keyboard composes "ế", it is one password (NIST SP 800-63B-4, 3.1.1.2).
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace")


def _hashed(password: bytes) -> str:
    made: str = _argon2id(secrets.token_bytes(_SALT)).derive_phc_encoded(password)
    return made


def _argon2id(salt: bytes) -> Argon2id:
    return Argon2id(
        salt=salt, length=_LENGTH, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY
    )


def _is_right(password: bytes, kept: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password, kept)
    except InvalidKey:
        return False
    return True
