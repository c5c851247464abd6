"""On what ground the content of a diploma may be changed, as `grounds.toml` has it of the law.

Circular 21/2019/TT-BGDĐT, articles 18 and 22, and Circular 10/2026/TT-BGDĐT.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from credential.annex import AnnexKind


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground: whether the paper stays, which fields may change, its name and source in law."""

    key: str
    kind: AnnexKind
    fields: tuple[str, ...]
    name: str
    source: str


@cache
def grounds() -> Mapping[str, Ground]:
    """All grounds by key."""
    found = tomllib.loads(files("issuer").joinpath("grounds.toml").read_text("utf-8"))["grounds"]
    return {
        each["key"]: Ground(
            each["key"], AnnexKind(each["kind"]), tuple(each["fields"]),
            each["name"], each["source"],
        )
        for each in found
    }  # fmt: skip
