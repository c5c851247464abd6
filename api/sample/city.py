"""The sample department, its two schools and the pupils of grade 12, school year 2025-2026.

Everything follows from one seed. The oddities are chosen: a renamed school, a deputy in
charge, a class 12.10, an Ê-đê name, two pupils with the same name and birthday.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import NamedTuple

from api.sample.names import draw_name
from credential.dates import PartialDate

SEED = "so-goc-2026"
SCHOOL_YEAR = "2025-2026"
GRADUATION_YEAR = 2026
GRADE = 12

_FIRST_BIRTHDAY = date(2008, 1, 1)
_ETHNICITIES = {"Kinh": 93.5, "Hoa": 4.3, "Khmer": 0.6, "Chăm": 0.1, "Tày": 0.8, "Mường": 0.7}
_BIRTH_PLACES = {
    "Thành phố Hồ Chí Minh": 62, "Bình Dương": 7, "Bà Rịa - Vũng Tàu": 6, "Đồng Nai": 5,
    "Long An": 4, "Tiền Giang": 3, "Thanh Hóa": 3, "Nghệ An": 3, "Quảng Ngãi": 2, "Bến Tre": 2,
    "Đắk Lắk": 2, "Bình Định": 1,
}  # fmt: skip


class DatedName(NamedTuple):
    """A school's name from `since` to `until` (last day; None: still)."""

    name: str
    since: date
    until: date | None = None


class Head(NamedTuple):
    """Who led a school from `since` to `until` (last day; None: still); `title` as signed.

    `kind` is ``head`` or ``deputy``: one whom the decision `decision_no` assigns to sign until
    a head is appointed.
    """

    name: str
    title: str
    since: date
    until: date | None
    kind: str
    decision_no: str | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """The education department that accredits the schools."""

    code: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class School:
    """A school: `id` on chain, opaque `code`, names and heads in order of time.

    `level` is the kind of school that the registry's issuing rules speak of.
    """

    id: int
    code: str
    names: tuple[DatedName, ...]
    place: str
    level: str
    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil as the education data registry knows them; `school` is the school's id."""

    code: str
    name: str
    birth: PartialDate
    sex: str
    ethnicity: str
    birth_place: str
    school: int
    class_name: str
    grade: int

    @property
    def personal_no(self) -> str:
        """A number of their sex and year; no province and no country has 000."""
        digit = (self.birth.year - 1900) // 100 * 2 + (self.sex == "Nữ")
        return f"000{digit}{self.birth.year % 100:02d}{self.code[-6:]}"


def department() -> Department:
    """The sample department."""
    city = "Thành phố Hồ Chí Minh"
    return Department("79", f"Sở Giáo dục và Đào tạo {city} (dữ liệu mẫu)", city)


def schools() -> tuple[School, School]:
    """One school renamed in 2021, and one that a deputy leads since April 2026."""
    place = department().place
    first = School(
        id=1001,
        code="79001001",
        names=(
            DatedName("Trường THPT Bán công Sông Trăng", date(1998, 9, 1), date(2021, 7, 31)),
            DatedName("Trường THPT Sông Trăng", date(2021, 8, 1)),
        ),
        place=place,
        level="thpt",
        heads=(
            Head("Trần Thị Mẫu Đơn", "Hiệu trưởng", date(2019, 8, 1), date(2025, 12, 31), "head"),
            Head("Lê Hoàng Ví Dụ", "Hiệu trưởng", date(2026, 1, 1), None, "head"),
        ),
    )
    deputy = "KT. Hiệu trưởng, Phó Hiệu trưởng"
    second = School(
        id=1002,
        code="79001002",
        names=(DatedName("Trường THPT Gò Mây", date(2009, 8, 15)),),
        place=place,
        level="thpt",
        heads=(
            Head("Huỳnh Minh Họa", "Hiệu trưởng", date(2018, 8, 1), date(2026, 3, 31), "head"),
            Head("Phan Thị Thử Nghiệm", deputy, date(2026, 4, 1), None, "deputy", "214/QĐ-SGDĐT"),
        ),
    )
    return first, second


@cache
def pupils() -> tuple[Pupil, ...]:
    """All pupils: 120 of the first school in 12.1, 12.2 and 12.10, then 30 of the second."""
    first, second = schools()
    seats = [(first.id, name) for name in ("12.1", "12.2", "12.10") for _ in range(40)]
    seats += [(second.id, "12A1")] * 30
    numbers = seeded("codes").sample(range(10**6), len(seats))
    drawn = [_pupil(f"7900{n:06d}", *seat) for n, seat in zip(numbers, seats, strict=True)]
    drawn[5] = replace(
        drawn[5], name="H'Mai Êban", sex="Nữ", ethnicity="Ê-đê", birth_place="Đắk Lắk"
    )
    twin = drawn[17]  # no relation: same name, same birthday, another class
    drawn[61] = replace(drawn[61], name=twin.name, birth=twin.birth, sex=twin.sex)
    return tuple(drawn)


def serial_number(pupil: Pupil) -> str:
    """The số hiệu on the blank that this pupil's diploma is printed on."""
    return f"T79{pupil.code[-6:]}"


def seeded(*parts: str) -> Random:
    """A generator that gives the same numbers for the same words."""
    return Random("/".join((SEED, *parts)))  # noqa: S311 - a sample to repeat, not a secret


def _pupil(code: str, school: int, class_name: str) -> Pupil:
    random = seeded("pupil", code)
    sex = "Nam" if random.random() < 0.522 else "Nữ"
    birthday = _FIRST_BIRTHDAY + timedelta(days=random.randrange(366))
    if random.random() < 0.015:  # started school a year late
        birthday = birthday.replace(year=birthday.year - 1, day=min(birthday.day, 28))
    return Pupil(
        code=code,
        name=draw_name(random, sex),
        birth=PartialDate.from_date(birthday),
        sex=sex,
        ethnicity=random.choices(list(_ETHNICITIES), list(_ETHNICITIES.values()))[0],
        birth_place=random.choices(list(_BIRTH_PLACES), list(_BIRTH_PLACES.values()))[0],
        school=school,
        class_name=class_name,
        grade=GRADE,
    )
