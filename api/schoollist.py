"""The department's list of schools to accredit, from CSV: rows, or every fault in it at once.

One row per school. ``code`` is needed; ``types`` (keys separated by blanks), ``valid_from``,
``valid_until`` (days) and the keys that the school made itself may follow: ``sign`` (public key),
``anchor``, ``suspend``, ``revoke`` (addresses). Headings may be Vietnamese, the separator a comma
or a semicolon, as spreadsheet programs write it. Nothing is sent here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from api.schoolkeys import ROLES, id_of, listing_act, shown_id
from api.spelling import day as day_of
from api.spelling import hexadecimal
from chain import acts
from chain.acts import Act
from chain.roster import Roster
from credential.errors import Fault, FormatError, InputError
from credential.keys import PublicKey
from credential.model import CredentialType, KeyRole
from credential.records import SchoolRecord
from issuer.intake.delimited import lines
from web.messages import VIETNAM

_ROWS = 20_000  # eight times the schools of the largest city
_HEADINGS = {
    "code": "mã trường",
    "types": "loại được cấp",
    "valid_from": "từ ngày",
    "valid_until": "đến ngày",
    "sign": "khóa ký",
    "anchor": "khóa ghi",
    "suspend": "khóa đình chỉ",
    "revoke": "khóa thu hồi",
}
_LENGTHS = {"sign": (65, 32)}  # bytes; the others are addresses
_ADDRESS = (20,)


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One school as the list wants it. Times in seconds, 0 for now and for no end."""

    row: int
    school: int
    types: int
    valid_from: int
    valid_until: int
    keys: Mapping[KeyRole, bytes]

    @property
    def standing(self) -> Act:
        """What accredits the school."""
        return acts.set_school(self.school, self.types, self.valid_from, self.valid_until)

    @property
    def listing(self) -> list[Act]:
        """What lists its keys."""
        return [listing_act(self.school, role, public) for role, public in self.keys.items()]


@dataclass(slots=True)
class _Reading:
    """The list so far, and what has to be mended in it."""

    schools: Mapping[str, SchoolRecord]
    kinds: Sequence[CredentialType]
    now: int
    faults: list[Fault] = field(default_factory=list)
    seen: dict[object, int] = field(default_factory=dict)  # codes and keys → the row they stand in

    def fault(self, code: str, row: int, column: str | None = None, **params: object) -> None:
        self.faults.append(Fault(code, row, column, params))

    def once(self, what: object, code: str, row: int, column: str, found: str) -> None:
        first = self.seen.setdefault(what, row)
        if first != row:
            self.fault(code, row, column, found=found, other_row=first)


def read_school_list(
    data: bytes, schools: Sequence[SchoolRecord], kinds: Sequence[CredentialType], now: int
) -> list[SchoolRow]:
    """The rows of a list, for schools of the registry; `kinds` are for rows that name no types.

    `now` is in seconds. Raises InputError with every fault, and FormatError for what is no list.
    """
    reading = _Reading({school.code: school for school in schools}, kinds, now)
    rows = list(lines(data, _ROWS))
    if not rows:
        raise FormatError("file.empty")
    columns = _columns(reading, rows[0][1])
    if not rows[1:]:
        reading.fault("sheet.no_rows", 1)
    found = [_row(reading, number, dict(zip(columns, cells, strict=False)))
             for number, cells in rows[1:] if columns]  # fmt: skip
    if reading.faults:
        raise InputError(sorted(reading.faults, key=lambda fault: fault.row or 0))
    return [row for row in found if row is not None]


def check_keys(roster: Roster, rows: Sequence[SchoolRow]) -> None:
    """Raises InputError for keys that cannot be listed: another school's, another role's, ended."""
    wanted = {id_of(role, key): (row, role) for row in rows for role, key in row.keys.items()}
    faults = []
    for key_id, known in roster.known(list(wanted)).items():
        row, role = wanted[key_id]
        stands = not known.compromised_since and not known.valid_until
        if (known.school, known.roles) != (row.school, role) or not stands:
            params = {"found": f"0x{shown_id(key_id).hex()}", "school": known.school}
            faults.append(Fault("accredit.key_taken", row.row, role.name.lower(), params))
    if faults:
        raise InputError(sorted(faults, key=lambda fault: fault.row or 0))


def _columns(reading: _Reading, headings: list[str]) -> list[str]:
    """What each column holds; none at all while one of them is not understood."""
    names = {heading: name for name, vi in _HEADINGS.items() for heading in (name, vi)}
    found = []
    for heading in headings:
        name = names.get(heading.lower())
        if name is None:
            reading.fault("column.unknown", 1, heading or None, expected=[*_HEADINGS])
        elif name in found:
            reading.fault("column.twice", 1, expected=heading)
        found.append(name or "")
    if "code" not in found:
        reading.fault("column.missing", 1, expected="code")
    return [] if reading.faults else found


def _row(reading: _Reading, number: int, cells: Mapping[str, str]) -> SchoolRow | None:
    before = len(reading.faults)
    school = _school(reading, number, cells["code"])
    types = _types(reading, number, cells.get("types", ""))
    start, end = (_day(reading, number, name, cells.get(name, ""))
                  for name in ("valid_from", "valid_until"))  # fmt: skip
    if end and end <= max(start, reading.now):
        reading.fault("accredit.window", number, "valid_until", found=cells["valid_until"])
    keys = {}
    for name, role in ROLES.items():
        if text := cells.get(name, ""):
            keys[role] = _key(reading, number, name, text)
    if school is None or len(reading.faults) > before:
        return None
    return SchoolRow(number, school.id, types, start, end, keys)


def _school(reading: _Reading, row: int, code: str) -> SchoolRecord | None:
    if not code:
        reading.fault("cell.empty", row, "code")
        return None
    found = reading.schools.get(code)
    if found is None:
        reading.fault("school.unknown", row, "code", found=code)
    reading.once(code, "school.twice", row, "code", code)
    return found


def _types(reading: _Reading, row: int, text: str) -> int:
    known = {kind.key: kind for kind in CredentialType}
    bits = 0
    for name in text.split():
        if name in known:
            bits |= known[name].bit
        else:
            reading.fault("choice.invalid", row, "types", found=name, expected=[*known])
    return bits or sum(kind.bit for kind in reading.kinds)


def _day(reading: _Reading, row: int, column: str, text: str) -> int:
    """The day's start, or for an end the start of the day after; 0 if there is none."""
    if not text:
        return 0
    try:
        day = day_of(text)
    except ValueError:
        reading.fault("date.invalid", row, column, found=text)
        return 0
    start = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
    after = timedelta(days=1 if column == "valid_until" else 0)
    return int((start + after).astimezone(UTC).timestamp())


def _key(reading: _Reading, row: int, column: str, text: str) -> bytes:
    lengths = _LENGTHS.get(column, _ADDRESS)
    try:
        found = hexadecimal(text, *lengths)
        if column == "sign":
            PublicKey(found).check()
    except (ValueError, FormatError):
        reading.fault(
            "accredit.key", row, column, found=text, expected=" / ".join(map(str, lengths))
        )
        return b""
    reading.once(found, "accredit.key_twice", row, column, text)
    return found
