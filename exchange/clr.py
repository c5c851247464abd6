"""Comprehensive Learner Record 2.0: a credential for each subject and one for the whole, and back.

Always ``partial``: by the standard, false says that the publisher knows of nothing else about the
learner, and one credential is never all that a school knows. What a selection hides is said by
``sogoc:hidden``. Unsecured like the badges (`exchange.badge`).
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

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
    subject,
)
from exchange.badge import VALIDATOR, read, written
from exchange.elmo import titles
from exchange.record import Record

_CONTEXT: Final = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
_SCHEMA: Final = (
    "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
)


def to_clr(record: Record, sdjwt: str | None = None) -> bytes:
    """The record as a ``ClrCredential``, with the SD-JWT if given."""
    context: list[Any] = [CREDENTIALS, _CONTEXT, BADGES, OURS]
    made = credential(record, ["ClrCredential"], context, titles(record)[0])
    made["partial"] = True
    parts = list(_parts(record))
    whole, *courses = (part["credentialSubject"]["achievement"]["id"] for part in parts)
    made["credentialSubject"] = {
        "type": ["ClrSubject"],
        **subject(record),
        "verifiableCredential": parts,
    }
    if courses:
        made["credentialSubject"]["association"] = [
            {
                "type": "Association",
                "associationType": "isPartOf",
                "sourceId": course,
                "targetId": whole,
            }
            for course in courses
        ]
    return written(made, record, _SCHEMA, sdjwt)


def from_clr(data: bytes) -> Record:
    """The record in a CLR of ours.

    Raises FormatError ``exchange.malformed`` (kind, where) and what `record_of` raises.
    """
    return read(
        data, "CLR", "ClrCredential",
        lambda found: found["credentialSubject"]["verifiableCredential"],
    )  # fmt: skip


def _parts(record: Record) -> Iterator[Json]:
    """The whole with the outcomes first, then each subject with its results."""
    yield _part(record, titles(record)[0], achieved(record, [], all_outcomes(record)))
    for key, found in groupby(all_values(record), lambda value: value.subject):
        values = list(found)
        name = values[0].name
        yield _part(record, name, achieved(record, values, [], of=key, name=name))


def _part(record: Record, name: str, achievement: Json) -> Json:
    made = credential(record, ["AchievementCredential"], [CREDENTIALS, BADGES], name)
    made["id"] = f"{achievement['achievement']['id']}:credential"
    made["credentialSubject"] = achievement
    made["credentialSchema"] = [{"id": BADGE_SCHEMA, "type": VALIDATOR}]
    return made
