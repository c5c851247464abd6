"""Schools, heads and pupils from a JSON file into the registry: what `sogoc school load` takes.

The file has the members ``department`` {name, place}, ``schools`` [{id, code, kind, names
[{name, place, since, until}], heads [{name, title, since, until, deputy, decision_no}]}] and
``pupils`` [{code, name, birth, school, class_name, sex, ethnicity, birth_place, personal_no}], and
perhaps ``admission`` {decision, on}, by which pupils of other schools come to these; dates are ISO
8601.
Anything else in it is refused, so that nothing is kept that was not asked for.
"""

from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from credential.dates import PartialDate
from credential.errors import Fault, InputError
from database.connections import Database
from registry import loading
from registry.entries import Admission, HeadEntry, NameEntry, PupilEntry, SchoolEntry


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Name(_Strict):
    name: str
    place: str
    since: date
    until: date | None = None


class _Head(_Strict):
    name: str
    title: str
    since: date
    until: date | None = None
    deputy: bool = False
    decision_no: str | None = None


class _School(_Strict):
    id: int
    code: str
    kind: str = "thpt"
    ward: str | None = None
    names: list[_Name]
    heads: list[_Head] = []


class _Pupil(_Strict):
    code: str
    name: str
    birth: str
    school: int
    class_name: str
    sex: str | None = None
    ethnicity: str | None = None
    birth_place: str | None = None
    personal_no: str | None = None


class _Department(_Strict):
    name: str
    place: str


class _Admission(_Strict):
    decision: str
    on: date


class SchoolFile(_Strict):
    """The whole file."""

    department: _Department | None = None
    schools: list[_School] = []
    pupils: list[_Pupil] = []
    admission: _Admission | None = None


def load_school_file(database: Database, data: bytes) -> tuple[int, int]:
    """Load the file; return how many schools and pupils it named.

    Raises InputError with every fault, each naming the member at fault.
    """
    try:
        found = SchoolFile.model_validate_json(data)
    except ValidationError as error:
        faults = [
            Fault("schoolfile.invalid", column=".".join(map(str, part["loc"])),
                  params={"reason": part["msg"]})
            for part in error.errors()
        ]  # fmt: skip
        raise InputError(faults) from error
    load(database, found)
    return len(found.schools), len(found.pupils)


def load(database: Database, found: SchoolFile) -> None:
    """Load a file's content with the rules as the law has them."""
    loading.load_rules(database, *loading.standard_rules())
    if found.department is not None:
        loading.load_department(database, found.department.name, found.department.place)
    loading.load_schools(
        database,
        [
            SchoolEntry(
                entry.id, entry.code, entry.kind,
                tuple(NameEntry(**name.model_dump()) for name in entry.names), entry.ward,
            )
            for entry in found.schools
        ],
    )  # fmt: skip
    heads = [
        HeadEntry(school=entry.id, **head.model_dump())
        for entry in found.schools
        for head in entry.heads
    ]
    loading.load_heads(database, heads)
    pupils = [
        PupilEntry(**(pupil.model_dump() | {"birth": PartialDate.from_iso(pupil.birth)}))
        for pupil in found.pupils
    ]
    admission = Admission(**found.admission.model_dump()) if found.admission else None
    loading.load_pupils(database, pupils, admission)
