"""Lists of pupils: the layouts that schools have, and what comes out of any of them.

Decides which columns are kept (Circular 10/2026 asks for no more on a diploma; Law 91/2025/QH15)
and which rows are pupils now. Phones, addresses, parents and identity cards are in no layout.
The personal number is kept where a list has it, in the registry alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from credential.personalno import contradictions, masked
from credential.text import fold
from issuer.intake.cells import (
    ALL_GRADES,
    UPPER,
    RowReader,
    class_of,
    grade_among,
    grade_of,
    one_of,
    person_name,
    personal_number,
    province,
    pupil_code,
    serial_number,
)
from issuer.intake.dates import birth_date
from issuer.intake.layout import BIRTH, CLASS, CODE, FAMILY, GIVEN, NAME, PERSONAL_NO, Field, Layout
from issuer.intake.reading import prepared, settled
from issuer.intake.rows import PupilRow, Reading
from issuer.intake.table import Table

SEX, ETHNICITY, BIRTH_PLACE = "sex", "ethnicity", "birth_place"
STATUS, GRADE = "status", "grade"
SERIAL, CLASSIFICATION = "serial", "classification"
ENROLLED = "Đang học"

_CODE = Field(CODE, ("Mã định danh Bộ GD&ĐT", "Mã định danh", "Mã học sinh", "Mã HS",
                     "Mã định danh học sinh", "Mã số học sinh"), pupil_code)  # fmt: skip
_NAME = Field(NAME, ("Họ tên", "Họ và tên", "Họ tên học sinh", "Họ và tên học sinh",
                     "Tên học sinh"), person_name)  # fmt: skip
_FAMILY = Field(FAMILY, ("Họ đệm", "Họ và tên đệm", "Họ và chữ đệm", "Họ và tên lót", "Họ lót",
                         "Họ"), person_name, needed=False)  # fmt: skip
_GIVEN = Field(GIVEN, ("Tên",), person_name, needed=False)
_BIRTH = Field(BIRTH, ("Ngày sinh", "Ngày tháng năm sinh", "Sinh ngày", "Năm sinh"), birth_date)
IDENTITY = (_CODE, _NAME, _FAMILY, _GIVEN, _BIRTH)
"""Who a row speaks of, in any file."""

_SEX = Field(SEX, ("Giới tính", "Phái", "Nam/Nữ"), one_of("Nam", "Nữ"))
_ETHNICITY = Field(ETHNICITY, ("Dân tộc",), person_name)
_STATUS = Field(STATUS, ("Trạng thái", "Trạng thái HS", "Trạng thái học sinh"), str)
_BIRTH_PLACE = Field(BIRTH_PLACE, ("Nơi sinh chi tiết", "Nơi sinh"), province)
_CLASS = Field(CLASS, ("Lớp học", "Lớp", "Tên lớp", "Mã lớp"), class_of(ALL_GRADES))
_GRADE = Field(GRADE, ("Khối học", "Khối", "Khối lớp"), grade_among(ALL_GRADES))
_SERIAL = Field(SERIAL, ("Số hiệu", "Số hiệu văn bằng"), serial_number).optional()
classification = one_of("Xuất sắc", "Giỏi", "Tốt", "Khá", "Trung bình", "Đạt")
"""A reader of what older diplomas say of the result."""
_CLASSIFICATION = Field(
    CLASSIFICATION, ("Xếp loại", "Xếp loại tốt nghiệp"), classification
).optional()

_PERSONAL_NO = Field(PERSONAL_NO, (
    "Số định danh cá nhân", "Số định danh", "Mã định danh cá nhân", "Số ĐDCN",
), personal_number).optional()  # fmt: skip

CLASS_LIST = Layout(
    "class-list",
    (
        *IDENTITY, _SEX, _ETHNICITY, _STATUS, _BIRTH_PLACE,
        Field(CLASS, _CLASS.headings, class_of(UPPER)),
        Field(GRADE, _GRADE.headings, grade_among(UPPER)),
        _SERIAL, _CLASSIFICATION, _PERSONAL_NO,
    ),
)  # fmt: skip
"""The class list of the city's upper-secondary schools: 25 columns under three title rows."""

C1_PUPILS = Layout(
    "c1-hocsinh",
    (
        _CLASS.called("Mã lớp"), _CODE.called("Mã học sinh"), _NAME, _BIRTH, _SEX,
        _STATUS.called("Trạng thái HS", "Trạng thái"), _ETHNICITY.optional(),
        _PERSONAL_NO,
    ),
)  # fmt: skip
"""C1-HocSinh: the ministry's list of pupils of a primary school."""

PUPILS = Layout(
    "pupils",
    (
        *IDENTITY, _CLASS,
        *(field.optional() for field in (_SEX, _ETHNICITY, _STATUS, _BIRTH_PLACE, _GRADE)),
        _PERSONAL_NO,
    ),
    sections=True,
)  # fmt: skip
"""Any list that has code, name, birth and class of each pupil."""

PUPIL_LISTS = (CLASS_LIST, C1_PUPILS, PUPILS)

# of the twelve states of C1-HocSinh, those in which a pupil is at the school
_ENROLLED = tuple(map(fold, (ENROLLED, "Chuyển đến", "Nghỉ học xin học lại", "Xin học lại")))


def read_pupils(
    data: bytes,
    layouts: Sequence[Layout] = PUPIL_LISTS,
    given: Mapping[str, str] | None = None,
) -> Reading[PupilRow]:
    """The pupils of a list who are at the school, by the first layout whose columns are all there.

    `given` maps headings of the layout to the sheet's. Others are noticed (``pupil.not_enrolled``)
    and left out. Faults of rows are in the reading: those of `cells`, ``pupil.twice``,
    ``serial.twice`` and ``personal_no.twice`` (found, other_row), ``class.not_of_grade``,
    ``personal_no.sex`` and ``personal_no.year`` (found, expected). Raises InputError for a file
    that cannot be read at all, as `table.read_table`.
    """
    return pupils_of(prepared(data, layouts, given))


def pupils_of(table: Table) -> Reading[PupilRow]:
    """The pupils of a table by one of the layouts here."""
    rows = []
    for line in table.rows:
        reader = RowReader(line, table.findings)
        if _is_candidate(reader, table.layout):
            fields = _fields(reader, table.layout)
            if reader.sound:
                rows.append(PupilRow(row=line.number, **fields))
    return settled(table, rows)


def read_class_list(data: bytes) -> Reading[PupilRow]:
    """The pupils of a class list, which has all that a diploma needs.

    Raises InputError for every fault.
    """
    return read_pupils(data, [CLASS_LIST]).accepted()


def _is_candidate(reader: RowReader, layout: Layout) -> bool:
    field = layout.field(STATUS)
    status = reader.field(field) if field and reader.has(STATUS) else None
    if status is None or fold(status).startswith(_ENROLLED):
        return True
    reader.notice("pupil.not_enrolled", STATUS, found=status)
    return False


def _fields(reader: RowReader, layout: Layout) -> dict[str, Any]:
    """The fields of a `PupilRow`; None where a fault was recorded."""
    fields: dict[str, Any] = dict.fromkeys((SEX, ETHNICITY, BIRTH_PLACE))
    for field in layout.fields:
        if field.key not in {FAMILY, GIVEN, STATUS}:
            fields[field.key] = reader.field(field)
    reader.once(CODE, "pupil.twice", fields[CODE])
    reader.once(SERIAL, "serial.twice", fields.get(SERIAL))
    _check_personal_no(reader, fields)
    _notice_alike(reader, fields)
    name, grade = fields[CLASS], fields.get(GRADE)
    if name and grade and not name.startswith(str(grade)):
        reader.fault("class.not_of_grade", CLASS, found=name, expected=grade)
    if name and grade is None:
        fields[GRADE] = grade_of(name)
    return fields


def _check_personal_no(reader: RowReader, fields: dict[str, Any]) -> None:
    """A number is one person's, of the sex and the year that it says; it is told to nobody."""
    number = fields.get(PERSONAL_NO)
    if number is None:
        return
    if first := reader.seen_before(PERSONAL_NO, number):
        reader.fault("personal_no.twice", PERSONAL_NO, found=masked(number), other_row=first)
    for code, params in contradictions(number, fields[SEX], fields[BIRTH]):
        reader.fault(code, PERSONAL_NO, **params)


def _notice_alike(reader: RowReader, fields: dict[str, Any]) -> None:
    """Two rows of one name and birth may be one pupil with two codes, or two pupils."""
    if fields[NAME] and fields[BIRTH]:
        person = f"{fold(fields[NAME])} {fields[BIRTH].iso()}"
        if first := reader.seen_before(NAME, person):
            reader.notice("pupil.alike", NAME, found=fields[NAME], other_row=first)
