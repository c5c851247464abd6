"""A transfer bundle as a PDF/A-3 page for a school outside the system, with the bundle attached.

What is printed is made of what the bundle holds alone; `transfer.typ` decides the layout. The page
proves nothing by itself and says so: the file in it is what a school checks.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from credential import sdjwt
from credential.model import Credential
from credential.transfer import TransferBundle
from grading.marks import format_tenths
from issuer.delivery import credential_of
from issuer.paper.press import print_pdf
from web import messages

ATTACHMENT = "transfer.json"  # the name under which the bundle is attached
_TEMPLATE = Path(__file__).parent / "transfer.typ"
_WORDS = (
    "title", "from", "to", "reason", "requested", "sealed",
    "name", "birth", "class", "results", "subject", "study",
    "conduct", "absences", "credentials", "how_title", "how",
    "alone", "specimen",
)  # fmt: skip
_TERMS = ("HK1", "HK2", "CN")


def make_pdf(found: TransferBundle, public_url: str, specimen: bool) -> bytes:
    """The page. Raises what `issuer.paper.press.print_pdf` raises."""
    made = datetime.fromtimestamp(found.seal.claims["iat"], UTC)
    return print_pdf(_TEMPLATE, _content(found, public_url, specimen), made)


def _content(found: TransferBundle, public_url: str, specimen: bool) -> dict[str, object]:
    claims = found.seal.claims
    held = [credential_of(sdjwt.parse(each.sd_jwt)) for each in found.credentials]
    return {
        "words": {word: messages.both(f"transfer_paper.{word}") for word in _WORDS},
        "file": found.text,
        "attachment": ATTACHMENT,
        "specimen": specimen,
        "verify_url": public_url,
        "id": claims["id"],
        "sender": claims["from"]["name"],
        "receiver": claims["to"]["name"],
        "reason": messages.both(f"transfer_reason.{claims['reason']}"),
        "requested": f"{date.fromisoformat(claims['requested']):%d/%m/%Y}",
        "sealed": messages.local_time(claims["iat"]),
        "name": held[0].holder.name,
        "birth": held[0].holder.birth.printed(),
        "record": _record(held[0]),
        "credentials": [
            {
                "kind": messages.both(f"kind.{one.type.key}"),
                "register_no": one.register_no,
                "school": one.school_name,
                "issued": f"{one.issued:%d/%m/%Y}",
            }
            for one in held
        ],
    }


def _record(one: Credential) -> Mapping[str, Any] | None:
    record = one.transcript
    if record is None:
        return None
    terms = [term for term in _TERMS if any(row.term == term for row in record.results)]
    rows: dict[str, dict[str, str]] = {}
    for row in record.results:
        mark = format_tenths(row.mark) if row.mark is not None else row.rating or ""
        rows.setdefault(row.subject, {"name": row.name})[row.term] = mark
    levels = record.latest
    return {
        "class_name": record.class_name,
        "school_year": record.school_year,
        "terms": [{"key": term, "name": messages.text("vi", f"term.{term}")} for term in terms],
        "rows": list(rows.values()),
        "study": levels.study or "–",
        "conduct": levels.conduct or "–",
        "absences": "–" if levels.absences is None else str(levels.absences),
    }
