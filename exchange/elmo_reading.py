"""Reading back what `exchange.elmo` wrote. Documents of others are refused: they say less."""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import (
    Element,
    ParseError,
    XMLParser,
)

from credential.errors import FormatError
from exchange.elmo import ELMO, GENDERS, OURS
from exchange.record import Record
from exchange.values import Value, outcomes_of, record_of, results_of

_MOST: Final = 4_000_000  # bytes
_NAMES = {"e": ELMO, "x": OURS}
_SEXES = {code: word for word, code in GENDERS.items()}
_REPORT = "e:report"
_INSTANCE = "e:specifies/e:learningOpportunityInstance"


def from_elmo(data: bytes) -> Record:
    """The record in an ELMO document.

    Raises FormatError ``exchange.malformed`` (kind, where) and what `record_of` raises.
    """
    root = _parsed(data)
    ours = root.find("e:extension/x:record", _NAMES)
    if ours is None:
        raise FormatError("exchange.malformed", kind="ELMO", where="extension")
    fields = dict(_native(root))
    for field in ours.findall("x:field", _NAMES):
        if fields.setdefault(field.get("name", ""), field.text or "") != (field.text or ""):
            raise FormatError("exchange.malformed", kind="ELMO", where=field.get("name", "")[:80])
    outcomes = [
        (each.get("term", ""), each.get("name", ""), each.text or "")
        for each in ours.findall("x:outcome", _NAMES)
    ]
    return record_of(fields, results_of(_values(root)), outcomes_of(outcomes))


def _parsed(data: bytes) -> Element:
    """The root, without ever reading a document type: entities grow, and fetch."""
    try:
        text = data.decode("utf-8") if len(data) <= _MOST else ""
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise FormatError("exchange.malformed", kind="ELMO", where="DOCTYPE")
        parser = XMLParser(encoding="utf-8")  # noqa: S314 — whatever the declaration says
        parser.feed(text.encode())
        root: Element = parser.close()
    except (UnicodeDecodeError, ParseError, ValueError, RecursionError) as error:
        raise FormatError("exchange.malformed", kind="ELMO", where="") from error
    if root.tag != f"{{{ELMO}}}elmo":
        raise FormatError("exchange.malformed", kind="ELMO", where="elmo")
    return root


def _native(root: Element) -> Iterator[tuple[str, str]]:
    """The fields that ELMO has elements for."""
    issuer = f"{_REPORT}/e:issuer"
    yield "school", _text(root, f"{issuer}/e:identifier[@type='sogoc-school']")
    yield "issuer", _text(root, f"{issuer}/e:identifier[@type='sogoc-issuer']")
    yield "issued", _text(root, f"{_REPORT}/e:issueDate").partition("T")[0]
    names = (_text(root, f"e:learner/e:{part}") for part in ("familyName", "givenNames"))
    gender = _text(root, "e:learner/e:gender")
    for name, text in (
        ("school_name", _text(root, f"{issuer}/e:title")),
        ("name", " ".join(filter(None, names))),
        ("birth", _text(root, "e:learner/e:bday")),
        ("birth_place", _text(root, "e:learner/e:placeOfBirth")),
        ("sex", _SEXES.get(gender, gender)),
    ):
        if text:
            yield name, text


def _values(root: Element) -> Iterator[Value]:
    path = f"{_REPORT}/e:learningOpportunitySpecification/e:hasPart"
    for part in root.findall(f"{path}/e:learningOpportunitySpecification", _NAMES):
        yield Value(
            term=_text(part, f"{_INSTANCE}/e:identifier[@type='sogoc-term']"),
            subject=_text(part, "e:identifier[@type='local']"),
            name=_text(part, "e:title"),
            scale=_text(part, f"{_INSTANCE}/e:gradingSchemeLocalId"),
            text=_text(part, f"{_INSTANCE}/e:resultLabel"),
        )


def _text(element: Element, path: str) -> str:
    found = element.find(path, _NAMES)
    return (found.text or "") if found is not None else ""
