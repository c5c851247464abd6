"""Who may ask for a copy, by which article, and what shows it: `capacities.toml`, as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from credential.requests import Capacity


@dataclass(frozen=True, slots=True)
class Rule:
    """By which article somebody may ask, and the paper that shows that they are that."""

    article: str
    proof: str


@cache
def rules() -> Mapping[Capacity, Rule]:
    """The rule for each capacity."""
    found = tomllib.loads(files("issuer").joinpath("capacities.toml").read_text("utf-8"))
    return {capacity: Rule(**found[capacity.value]) for capacity in Capacity}
