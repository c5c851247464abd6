"""Who an order is about: one person twice, births."""

from collections.abc import Iterator

from credential.model import CredentialType
from credential.text import fold
from issuer.checking.findings import Anomaly
from issuer.intake.cells import grade_of
from issuer.order import Order

_NAME, _BIRTH = "Họ tên", "Ngày sinh"
_GRADUATES = range(16, 60)  # years of age, beyond which a birth is looked at
_BEFORE_GRADE = 5  # a child enters grade 1 in the year in which it becomes six
_AROUND = range(-1, 5)  # years younger and older than the grade's own age


def anomalies(order: Order) -> Iterator[Anomaly]:
    """One name and birth under two codes; births that do not go with the grade."""
    first: dict[tuple[str, int], int] = {}
    for row in order.rows:
        person = (fold(row.name), row.birth.number)
        if first.setdefault(person, row.row) != row.row:
            params = {"found": row.name, "other_row": first[person]}
            yield Anomaly("check.alike", row.row, _NAME, params)
        if order.type is CredentialType.THPT_DIPLOMA:
            age = order.issued.year - row.birth.year
            if age not in _GRADUATES:
                yield Anomaly("check.age", row.row, _BIRTH, {"found": age})
        else:
            grade = grade_of(row.class_name)
            older = order.year - 1 - row.birth.year - _BEFORE_GRADE - grade
            if older not in _AROUND:
                params = {"found": row.birth.year, "expected": row.birth.year + older}
                yield Anomaly("check.grade_age", row.row, _BIRTH, {**params, "grade": grade})
