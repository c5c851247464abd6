"""The class list of the city's upper-secondary schools: 25 columns under three title rows.

Decides which of its columns are kept (Circular 10/2026 asks for no more on a diploma) and
which rows are candidates. Reading cells is left to `cells`, matching pupils to the registry.
"""

from typing import Any

from credential.text import fold
from issuer.intake.cells import (
    BIRTH,
    CODE,
    NAME,
    Findings,
    RowReader,
    class_name,
    grade,
    one_of,
    person_name,
    province,
    pupil_code,
    serial_number,
)
from issuer.intake.rows import ClassList, PupilRow
from issuer.intake.workbook import Columns, read_table

SEX, ETHNICITY, BIRTH_PLACE = "Giới tính", "Dân tộc", "Nơi sinh chi tiết"
STATUS, CLASS, GRADE = "Trạng thái", "Lớp học", "Khối học"
SERIAL, CLASSIFICATION = "Số hiệu", "Xếp loại"

COLUMNS = Columns(
    identifying=(CODE, NAME, BIRTH, CLASS),
    required=(CODE, NAME, BIRTH, SEX, ETHNICITY, STATUS, BIRTH_PLACE, CLASS, GRADE),
    optional=(SERIAL, CLASSIFICATION),
)
ENROLLED = "Đang học"

_sex = one_of("Nam", "Nữ")
_classification = one_of("Xuất sắc", "Giỏi", "Tốt", "Khá", "Trung bình", "Đạt")


def read_class_list(data: bytes) -> ClassList:
    """The pupils of a class list (.xlsx bytes) whose status is Đang học.

    Others are noticed (``pupil.not_enrolled``) and left out. Raises InputError with every
    fault of the file: those of `workbook.read_table` and `cells`, ``pupil.twice``,
    ``serial.twice`` (found, other_row) and ``class.not_of_grade`` (found, expected).
    """
    table = read_table(data, COLUMNS)
    findings = Findings()
    rows = []
    for line in table.rows:
        reader = RowReader(table, line, findings)
        if _is_candidate(reader):
            fields = _fields(reader)
            if reader.sound:
                rows.append(PupilRow(row=line.number, **fields))
    return ClassList(tuple(rows), table.notices + findings.settle())


def _is_candidate(reader: RowReader) -> bool:
    status = reader.read(STATUS, str)
    if status is None or fold(status) == fold(ENROLLED):
        return True
    reader.notice("pupil.not_enrolled", STATUS, found=status)
    return False


def _fields(reader: RowReader) -> dict[str, Any]:
    """The fields of a `PupilRow`; None where a fault was recorded."""
    fields: dict[str, Any] = {
        "code": reader.read(CODE, pupil_code),
        "name": reader.read(NAME, person_name),
        "birth": reader.read_birth(),
        "sex": reader.read(SEX, _sex),
        "ethnicity": reader.read(ETHNICITY, person_name),
        "birth_place": reader.read(BIRTH_PLACE, province),
        "class_name": reader.read(CLASS, class_name),
        "grade": reader.read(GRADE, grade),
        "serial": reader.read_optional(SERIAL, serial_number),
        "classification": reader.read_optional(CLASSIFICATION, _classification),
    }
    if first := reader.seen_before(CODE, fields["code"]):
        reader.fault("pupil.twice", CODE, found=fields["code"], other_row=first)
    if first := reader.seen_before(SERIAL, fields["serial"]):
        reader.fault("serial.twice", SERIAL, found=fields["serial"], other_row=first)
    _check_grade(reader, fields["class_name"], fields["grade"])
    return fields


def _check_grade(reader: RowReader, class_name: str | None, grade: int | None) -> None:
    """A class, which is named by its grade (12.10, 11A2), must be of that grade."""
    if class_name and grade and not class_name.startswith(str(grade)):
        reader.fault("class.not_of_grade", CLASS, found=class_name, expected=grade)
