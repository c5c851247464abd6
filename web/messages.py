"""Sentences for people: one per code and language, from `web/messages/{vi,en}.toml`.

Codes are made everywhere, sentences only here. What a code means is decided where it is raised;
this module only looks it up and puts the parameters in, translated where they are words of ours
(field names, grounds, sources) and written as Vietnamese papers do (dates, times).
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("vi", "en")
MISSING: Final = "–"  # stands for a parameter that was not given
VIETNAM: Final = timezone(timedelta(hours=7))  # no daylight saving since 1975
_END_OF_TIME = 253_402_275_599  # 9999-12-31 23:59:59 there

# Parameters whose values are words of ours, and the table that translates them.
_WORDS: Mapping[str, str] = {
    "field": "field",
    "fields": "field",
    "ground": "ground",
    "source": "source",
    "kind": "kind",
    "reason": "reason",
    "state": "report_state",
    "stage": "transfer_state",
    "term": "term",
    "level": "level",
    "wanted": "level",
}


@cache
def _sentences(lang: str) -> Mapping[str, str]:
    tables = tomllib.loads(files("web").joinpath("messages", f"{lang}.toml").read_text("utf-8"))
    return {
        f"{table}.{name}": sentence
        for table, members in tables.items()
        for name, sentence in members.items()
    }


def codes(lang: str) -> frozenset[str]:
    """Every code that has a sentence in that language."""
    return frozenset(_sentences(lang))


def template(lang: str, code: str) -> str:
    """The sentence with its placeholders. Raises KeyError for an unknown code or language."""
    return _sentences(lang)[code]


def text(lang: str, code: str, /, **params: object) -> str:
    """The sentence for a code with its parameters put in.

    A code without a sentence is shown as it is: better than hiding what happened.
    """
    sentence = _sentences(lang).get(code)
    if sentence is None:
        return code
    if "{" not in sentence:
        return sentence
    shown = {name: _shown(lang, name, value) for name, value in params.items()}
    return sentence.format_map(_Shown(shown))


def label(name: str, kind: str) -> str:
    """The code of a field's label: some fields are called otherwise in some kinds of document."""
    own = f"field.{name}_{kind}"
    return own if own in _sentences("vi") else f"field.{name}"


def worded(params: Mapping[str, object], kind: str) -> dict[str, object]:
    """Parameters whose `fields` are called as that kind of document calls them."""
    fields = params.get("fields")
    if not isinstance(fields, Iterable):
        return dict(params)
    return {**params, "fields": [label(name, kind).partition(".")[2] for name in fields]}


def both(code: str, /, **params: object) -> dict[str, str]:
    """The sentence in every language, by language."""
    return {lang: text(lang, code, **params) for lang in LANGUAGES}


class _Shown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return MISSING


def _shown(lang: str, name: str, value: object) -> str:
    if isinstance(value, str):
        words = _WORDS.get(name)
        return _sentences(lang).get(f"{words}.{value}", value) if words else value
    if name == "time" and isinstance(value, int):
        return local_time(value)
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, Iterable):
        # Inside a sentence a label is no heading.
        return ", ".join(_lowered(_shown(lang, name, item)) for item in value)
    return str(value)


def _lowered(label: str) -> str:
    return label[:1].lower() + label[1:]


def local_day(seconds: float) -> date:
    """The day in Viet Nam at so many seconds since 1970.

    What lies beyond the calendar, which only a forgery or a key without an end names, is its end.
    """
    return _local(seconds).date()


@lru_cache(maxsize=4096)
def local_time(seconds: int) -> str:
    """Seconds since 1970 as ``dd/mm/yyyy HH:mm`` in Vietnamese time; beyond it as `local_day`."""
    return _local(seconds).strftime("%d/%m/%Y %H:%M")


def _local(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(seconds, _END_OF_TIME), UTC).astimezone(VIETNAM)
