"""An order as it is kept between the person who prepared it and the one who approves: as JSON.

Left out are who approves, because nobody has yet, the holders' keys, which are looked up when
the batch is staged, and personal numbers, which are the registry's alone. What is read back has the
same `ref`.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import orjson

from credential.annex import Annex, AnnexKind
from credential.errors import FormatError
from credential.keys import PublicKey
from credential.model import CredentialType, Decision, Place
from credential.records import AwardLine
from credential.requests import Capacity, CopyRequest
from issuer.intake import kept
from issuer.intake.rows import PupilRow, ResultsRow
from issuer.lines import LineAsked
from issuer.order import Order, Replaced

_VERSION = 1


def encode(order: Order) -> bytes:
    """The JSON of an order."""
    return orjson.dumps(
        {
            "version": _VERSION,
            "type": order.type.key,
            "school": order.school,
            "year": order.year,
            "issued": order.issued,
            "rows": [_kept(row) for row in order.rows],
            "prepared_by": order.prepared_by,
            "decision": order.decision,
            "signer": order.signer,
            "first_serial": order.first_serial,
            "reason": order.reason,
            "replaces": {code: _replaced(one) for code, one in order.replaces.items()},
            "whole": order.whole,
            "annexes": {code: _annex(one) for code, one in order.annexes.items()},
            "lines": [_asked(one) for one in order.lines],
            "requested": order.requested,
        }
    )


def decode(
    data: bytes, approved_by: str = "", holder_keys: Mapping[str, PublicKey] | None = None
) -> Order:
    """The order that was kept, with who approves it. Raises FormatError ``order.malformed``."""
    try:
        found = orjson.loads(data)
        if found["version"] != _VERSION:
            raise FormatError("order.malformed")
        decision = found["decision"]
        return Order(
            type=CredentialType.from_key(found["type"]),
            school=found["school"],
            year=found["year"],
            issued=date.fromisoformat(found["issued"]),
            rows=tuple(map(kept.row, found["rows"])),
            prepared_by=found["prepared_by"],
            approved_by=approved_by,
            decision=decision and Decision(decision["number"], date.fromisoformat(decision["on"])),
            signer=found["signer"],
            first_serial=found["first_serial"],
            holder_keys=holder_keys or {},
            reason=found["reason"],
            replaces={code: _as_replaced(one) for code, one in found["replaces"].items()},
            whole=found["whole"],
            annexes={code: _as_annex(one) for code, one in found.get("annexes", {}).items()},
            lines=tuple(map(_as_asked, found.get("lines", ()))),
            requested=_as_day(found.get("requested")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError("order.malformed") from error


def _as_day(found: str | None) -> date | None:
    return date.fromisoformat(found) if found else None


def _kept(row: PupilRow | ResultsRow) -> PupilRow | ResultsRow:
    return replace(row, personal_no=None) if isinstance(row, PupilRow) else row


def _annex(one: Annex) -> dict[str, Any]:
    return asdict(one) | {"kind": one.kind.value}


def _as_annex(found: dict[str, Any]) -> Annex:
    decision = Decision(found["decision"]["number"], date.fromisoformat(found["decision"]["on"]))
    changes = tuple((field, old, new) for field, old, new in found["changes"])
    kind = AnnexKind(found["kind"])
    return Annex(**found | {"kind": kind, "decision": decision, "changes": changes})


def _asked(one: LineAsked) -> dict[str, Any]:
    request = one.request and asdict(one.request) | {"capacity": one.request.capacity.value}
    return {"line": _line(one.line), "request": request, "copy": one.copy, "said": one.said}


def _as_asked(found: dict[str, Any]) -> LineAsked:
    request = found["request"]
    if request is not None:
        request = CopyRequest(**request | {"capacity": Capacity(request["capacity"])})
    return LineAsked(_as_line(found["line"]), request, found["copy"], found.get("said"))


def _line(line: AwardLine) -> dict[str, Any]:
    return asdict(line) | {"type": line.type.key}


def _as_line(found: dict[str, Any]) -> AwardLine:
    return AwardLine(**found | {"type": CredentialType.from_key(found["type"])})


def _replaced(one: Replaced) -> dict[str, Any]:
    return {
        "line": _line(one.line),
        "place": one.place,
        "serial": one.serial,
    }


def _as_replaced(found: dict[str, Any]) -> Replaced:
    return Replaced(_as_line(found["line"]), Place(**found["place"]), found["serial"])
