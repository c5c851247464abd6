"""What was there before anybody opens a page of the workbench: how a deployment is prepared."""

from datetime import date, timedelta

from api.desk.policy import Role
from tests.desk_import.results import issue_transcripts
from tests.digitise.conftest import Bureau
from tests.issuer.conftest import SCHOOL, Desk
from tests.lifecycle.conftest import Diploma
from tests.lifecycle.test_lifecycle_pages import withdraw
from tests.lifecycle.test_withdrawing import SUSPEND
from tests.workbench import NAMES

LATELY, SOON = (date.today() + timedelta(days) for days in (-3, 5))  # noqa: DTZ011


def dated(day: date) -> str:
    """As it is typed."""
    return f"{day:%d/%m/%Y}"


def nothing(_: Desk) -> None:
    """Schools and pupils, and nothing issued."""


def issued(desk: Desk) -> None:
    """A class has its diplomas."""
    assert desk.issue() == 0


def withdrawn(desk: Desk) -> None:
    """Of a class's diplomas one is corrected, one reissued, one revoked."""
    issued(desk)
    withdraw(desk)


def suspended(desk: Desk) -> None:
    """Of a class's diplomas one is suspended, and soon to be looked at again."""
    issued(desk)
    why = SUSPEND | {"--reason": "Đối chiếu hồ sơ", "--until": dated(SOON)}
    assert Diploma(desk, "B26/1001/00003").run("suspend", why) == 0


def with_blanks(desk: Desk) -> None:
    """Blanks were received, some used, one spoiled."""
    whose = ("--school", SCHOOL, "--by", NAMES[Role.REGISTRAR])
    received = ("--decision", "15/QĐ-SGDĐT", "--on", "04/05/2026")
    assert desk.sogoc("blanks", "receive", "T01000001", "T01000500", *received, *whose) == 0
    issued(desk)
    spoiled = ("--reason", "In lệch", "--on", "22/06/2026")
    assert desk.sogoc("blanks", "spoil", "T01000007", *spoiled, *whose) == 0


def with_transcripts(desk: Desk) -> None:
    """A class has its transcripts."""
    with desk.system() as system:
        issue_transcripts(system)


def old_book_opened(desk: Desk) -> None:
    """An old book is known, and nothing of it entered."""
    assert Bureau(desk.data).open() == 0


def old_book_entered(desk: Desk) -> None:
    """Somebody entered an old book."""
    old_book_opened(desk)
    assert Bureau(desk.data).enter() == 0


def old_book_checked(desk: Desk) -> None:
    """Somebody else checked its first page."""
    old_book_entered(desk)
    assert Bureau(desk.data).check("14", "--agree") == 0
