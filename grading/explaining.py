"""How a result explains itself: remarks, each a stable code with parameters.

A remark has a sentence in both languages in `web.messages`; whoever shows it looks it up there.
Marks stand in parameters as papers write them (``8,5``), subjects by their printed names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Remark:
    """One step of an explanation, or one thing that was found."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands: `article` of `circular`, and what it settles.

    `verified` says that the text of that article was read (as quoted in public). Otherwise the
    rule is how it is commonly described, and `note` says what is open; `docs/GRADES.md` lists
    every such source, and a test holds the two together. `about` is the result that rests on it
    (``average``, ``study``, ``conduct``, ``promotion``, ``title``, ``graduation``, ``class``), or
    empty.
    """

    circular: str
    article: str
    settles: str
    verified: bool = True
    note: str = ""
    about: str = ""


def citations(sources: Iterable[Source], about: str) -> tuple[Remark, ...]:
    """The articles on which a result rests, and whether their text was read."""
    return tuple(
        Remark(
            "grading.cited" if source.verified else "grading.cited_unread",
            {"circular": source.circular, "article": source.article},
        )
        for source in sources
        if source.about == about
    )
