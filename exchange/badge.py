"""Open Badges 3.0: one ``OpenBadgeCredential`` for the whole record, and back.

The document is unsecured: no key of a school signs what is not anchored
(`docs/decisions/0022-exchange.md`). It carries the SD-JWT as evidence.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from credential.errors import FormatError
from exchange.achievements import (
    BADGE_SCHEMA,
    BADGES,
    CREDENTIALS,
    OURS,
    Json,
    achieved,
    all_outcomes,
    all_values,
    credential,
    evidence,
    extension,
    read_results,
)
from exchange.elmo import titles
from exchange.record import Record
from exchange.values import Value, outcomes_of, record_of, results_of

_MOST = 4_000_000  # bytes
VALIDATOR = "1EdTechJsonSchemaValidator2019"


def to_badge(record: Record, sdjwt: str | None = None) -> bytes:
    """The record as an Open Badge, with the SD-JWT if given."""
    context: list[Any] = [CREDENTIALS, BADGES, OURS]
    made = credential(record, ["OpenBadgeCredential"], context, titles(record)[0])
    made["credentialSubject"] = achieved(record, all_values(record), all_outcomes(record))
    return written(made, record, BADGE_SCHEMA, sdjwt)


def from_badge(data: bytes) -> Record:
    """The record in an Open Badge of ours.

    Raises FormatError ``exchange.malformed`` (kind, where) and what `record_of` raises.
    """
    return read(data, "Open Badges", "OpenBadgeCredential", lambda found: [found])


def written(made: Json, record: Record, schema: str, sdjwt: str | None) -> bytes:
    """A credential with its schema, evidence and extension, as JSON."""
    made["credentialSchema"] = [{"id": schema, "type": VALIDATOR}]
    if sdjwt is not None:
        made["evidence"] = [evidence(sdjwt)]
    return orjson.dumps(made | extension(record), option=orjson.OPT_INDENT_2)


def read(data: bytes, kind: str, wanted: str, parts: Any) -> Record:
    """A record out of a credential of type `wanted`; `parts` gives those that hold results."""
    try:
        found = orjson.loads(data[:_MOST])
        if wanted not in found["type"] or "VerifiableCredential" not in found["type"]:
            raise FormatError("exchange.malformed", kind=kind, where="type")
        subjects = [part["credentialSubject"] for part in parts(found)]
        read_of = [each for subject in subjects for each in read_results(subject)]
        fields = _fields(found, subjects[0])
        _all_text(fields.values())
        _all_text(text for each in read_of for text in each)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise FormatError("exchange.malformed", kind=kind, where="") from error
    return record_of(
        fields,
        results_of(each for each in read_of if isinstance(each, Value)),
        outcomes_of(each for each in read_of if not isinstance(each, Value)),
    )


def _fields(found: Mapping[str, Any], subject: Mapping[str, Any]) -> dict[str, str]:
    ours = found["sogoc:record"].items()
    fields = {name.removeprefix("sogoc:"): text for name, text in ours}
    fields |= {
        "issuer": found["issuer"]["id"],
        "issued": found["validFrom"].partition("T")[0],
        "register_no": subject["licenseNumber"],
    }
    if "name" in found["issuer"]:
        fields["school_name"] = found["issuer"]["name"]
    if "term" in subject:
        fields["school_year"] = subject["term"]
    for identity in subject.get("identifier", ()):
        if identity["identityType"] == "name":
            fields["name"] = identity["identityHash"]
    return fields


def _all_text(found: Iterable[Any]) -> None:
    if not all(isinstance(each, str) for each in found):
        raise TypeError
