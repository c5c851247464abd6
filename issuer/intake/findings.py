"""What is found while a sheet is read: faults and notices by row and column, all of them kept."""

from dataclasses import dataclass, field

from credential.errors import Fault
from issuer.intake.headings import Header
from issuer.intake.rows import Notice


@dataclass(slots=True)
class Findings:
    """Faults and notices of a whole sheet, and where each unique value was seen first."""

    header: Header
    faults: list[Fault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    faulty: set[int] = field(default_factory=set)  # rows
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def fault(self, row: int, key: str, code: str, **params: object) -> None:
        """Something to mend in that row, in the column of that field."""
        heading, letter = self.header.heading(key), self.header.letter(key)
        self.faults.append(Fault(code, row, heading, params, letter))
        self.faulty.add(row)

    def notice(self, row: int, key: str, code: str, **params: object) -> None:
        """Something done or left out in that row, in the column of that field."""
        heading, letter = self.header.heading(key), self.header.letter(key)
        self.notices.append(Notice(code, row, heading, params, letter))

    def seen_before(self, row: int, key: str, value: str | None) -> int | None:
        """The earlier row that has the same value in that column, if there is one."""
        if value is None:
            return None
        first = self.seen.setdefault((key, value), row)
        return None if first == row else first
