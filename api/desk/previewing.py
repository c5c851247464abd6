"""What a registrar is shown of a file, as plain JSON; sentences come from `web.messages`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from api.desk.bringing import Proposed, Seen
from api.importing import Preview
from api.presenting import plain
from credential.errors import Fault
from issuer.amending import Amended
from issuer.intake.differences import Changed
from issuer.intake.rows import PupilRow
from web import messages

_NOTICES = 500  # of each code; programs write thousands of the same


def seen(found: Seen) -> dict[str, Any]:
    """`api.site.desk.imports.SeenModel`."""
    reading, preview = found.reading, found.preview
    return {
        "upload": found.secret,
        "file": reading and {
            "layout": reading.layout, "sheet": reading.sheet + 1, "row": reading.header_row,
            "count": len(reading.rows),
        },
        "counts": _counts(found),
        "rows": list(_rows(preview)) if preview else [],
        "faults": [fault(one) for one in found.faults],
        "notices": [fault(one) for one in _few(reading.notices if reading else ())],
        "unmatched": found.unmatched and {
            "headings": list(found.unmatched.headings),
            "layouts": [plain(one) for one in found.unmatched.layouts],
        },
    }  # fmt: skip


def look(proposed: Proposed, heads: Sequence[str]) -> dict[str, Any]:
    """`api.site.desk.imports.LookModel`."""
    found = proposed.look
    return {
        "count": len(found.order.rows),
        "faults": [fault(one) for one in found.found.faults],
        "anomalies": [fault(one) for one in found.found.anomalies],
        "notices": [fault(one) for one in _few(found.notices)],
        "numbers": found.found.numbers and list(found.found.numbers),
        "heads": list(heads),
        "changes": [_amended(one) for one in proposed.changed],
        "unchanged": proposed.unchanged,
        "fresh": proposed.fresh,
    }


def _amended(one: Amended) -> dict[str, Any]:
    """A transcript that stands against the row that corrects it."""
    return {
        "row": one.row.row, "name": one.row.name, "register_no": one.line.register_no,
        "version": one.line.version, "changes": [asdict(each) for each in one.changes],
    }  # fmt: skip


def fault(one: Fault) -> dict[str, Any]:
    """One thing that was found, with where it stands and its sentence."""
    column = f"{one.column} ({one.letter})" if one.letter else one.column
    words = {lang: messages.text(lang, one.code, **one.params) for lang in messages.LANGUAGES}
    return {"code": one.code, "row": one.row, "column": column, "text": words}


def _few(found: Iterable[Fault]) -> Iterator[Fault]:
    counts: dict[str, int] = {}
    for one in found:
        counts[one.code] = counts.get(one.code, 0) + 1
        if counts[one.code] <= _NOTICES:
            yield one


def _counts(found: Seen) -> dict[str, int]:
    faulty = len({one.row for one in found.faults if one.row is not None})
    if found.preview is None:
        return {"faulty": faulty, "standing": found.standing}
    differences = found.preview.differences
    return {
        "new": len(differences.new), "changed": len(differences.changed),
        "moved": len(differences.moved), "unchanged": len(differences.unchanged), "faulty": faulty,
    }  # fmt: skip


def _rows(preview: Preview) -> Iterator[dict[str, Any]]:
    """The rows that change something, in the order of the file."""
    differences = preview.differences
    found = [_row("new", row) for row in differences.new]
    for group in ("changed", "moved"):
        changed: Sequence[Changed] = getattr(differences, group)
        found += [
            _row(group, each.row)
            | {"changes": [
                {"field": one.field, "old": one.old, "new": one.new} for one in each.changes
            ]}
            for each in changed
        ]  # fmt: skip
    yield from sorted(found, key=lambda one: int(one["row"]))


def _row(group: str, row: PupilRow) -> dict[str, Any]:
    return {
        "group": group, "row": row.row, "code": row.code, "name": row.name,
        "birth": row.birth.printed(), "class_name": row.class_name, "changes": [],
    }  # fmt: skip
