"""Suspended with a reason, revoked on one of six grounds, published without names, given back."""

import csv
import io
import json
from datetime import date, timedelta

import pytest

from api.withdrawing import csv_of, json_of
from credential.model import CredentialType, Lane
from credential.records import AwardLine
from issuer.revoking import GROUNDS
from registry.published import KEPT_DAYS, Withdrawn, overdue
from tests.lifecycle.conftest import FIRST, REISSUE, REVOKE, Diploma

SUSPEND = {"--decision": "5/QĐ", "--on": "01/08/2026", "--by": "Văn thư"}
TODAY = date(2026, 10, 3)


def listed(diploma: Diploma, today: date = TODAY) -> list[Withdrawn]:
    with diploma.desk.system() as system:
        return list(system.desk.withdrawn(today))


def test_a_suspension_says_why_and_until_when_and_each_act_is_kept(diploma: Diploma) -> None:
    why = SUSPEND | {"--reason": "Đối chiếu hồ sơ", "--until": "01/09/2026"}
    assert diploma.run("suspend", why) == 0
    assert diploma.verify(1) == 1
    back = {"--decision": "6/QĐ", "--on": "20/08/2026", "--by": "Văn thư"}
    assert diploma.run("reinstate", back, reason="Hồ sơ đúng") == 0
    assert diploma.verify(1) == 0
    (version,) = diploma.history()
    assert version.lane is Lane.ACTIVE
    told = [(act.lane, act.withdrawal) for act in version.acts]
    assert [(lane, one.decision, one.on, one.until, one.reason) for lane, one in told] == [
        (Lane.SUSPENDED, "5/QĐ", date(2026, 8, 1), date(2026, 9, 1), "Đối chiếu hồ sơ"),
        (Lane.ACTIVE, "6/QĐ", date(2026, 8, 20), None, "Hồ sơ đúng"),
    ]
    assert listed(diploma) == [], "a suspension is not published"


@pytest.mark.parametrize("ground", GROUNDS)
def test_it_is_revoked_on_one_of_six_grounds_and_published_by_it(
    diploma: Diploma, ground: str
) -> None:
    assert diploma.run("revoke", REVOKE, ground=ground) == 0
    (gone,) = listed(diploma)
    assert (gone.line, gone.ground, gone.decision) == (
        AwardLine(CredentialType.THPT_DIPLOMA, 1001, FIRST), ground, "90/QĐ-THPT",
    )  # fmt: skip
    assert (gone.decided_on, gone.due) == (date(2026, 10, 2), date(2026, 11, 1))
    assert gone.school_name == "Trường THPT Sông Trăng"


@pytest.mark.parametrize("ground", ["suspend", "amended", "none of them", ""])
def test_there_is_no_seventh_ground(diploma: Diploma, ground: str) -> None:
    assert diploma.run("revoke", REVOKE, ground=ground) != 0
    assert listed(diploma) == []


def test_the_list_names_papers_and_nobody(diploma: Diploma) -> None:
    assert diploma.run("revoke", REVOKE) == 0
    found, (said,) = listed(diploma), diploma.said()
    code = diploma.versions()[0].staged.code
    pupil = diploma.versions()[0].staged.pupil
    rows = list(csv.DictReader(io.StringIO(csv_of(found))))
    assert len(rows) == 1
    assert list(rows[0]) == list(json_of(found)[0])
    assert rows[0]["serial"] == said.serial
    born = said.holder.birth
    for text in (csv_of(found), json.dumps(json_of(found), ensure_ascii=False)):
        for secret in (said.holder.name, born.iso(), born.printed(), code, pupil):
            assert secret not in text


def test_what_was_given_back_stays_for_a_year_and_the_rest_for_good(diploma: Diploma) -> None:
    assert diploma.run("revoke", REVOKE) == 0
    later = date(2026, 11, 2)
    assert overdue(listed(diploma, later), later) == listed(diploma, later)
    assert overdue(listed(diploma), TODAY) == []
    assert len(listed(diploma, date(2096, 1, 1))) == 1
    day = date(2026, 11, 20)
    for _ in range(2):
        assert diploma.run("withdrawn returned", {"--on": "20/11/2026"}) == 0
    (gone,) = listed(diploma, day)
    assert gone.returned == day
    assert overdue([gone], date(2027, 1, 1)) == []
    assert len(listed(diploma, day + timedelta(days=KEPT_DAYS - 1))) == 1
    assert listed(diploma, day + timedelta(days=KEPT_DAYS)) == []


@pytest.mark.parametrize("day", ["01/10/2026", "20/11/2026"], ids=["before the decision", "stands"])
def test_only_what_is_to_be_given_back_is_given_back(diploma: Diploma, day: str) -> None:
    if day == "01/10/2026":
        assert diploma.run("revoke", REVOKE) == 0
    assert diploma.run("withdrawn returned", {"--on": day}) == 1


def test_the_cancelled_paper_of_a_reissue_is_given_back_by_its_version(diploma: Diploma) -> None:
    assert diploma.run("reissue", REISSUE) == 0
    back = {"--on": "10/08/2026"}
    assert diploma.run("withdrawn returned", back) == 1, "the new paper is not to be given back"
    assert diploma.run("withdrawn returned", back, version="1") == 0
    (gone,) = listed(diploma)
    assert (gone.line.version, gone.returned) == (1, date(2026, 8, 10))


def test_the_whole_batch_is_published_too(diploma: Diploma) -> None:
    words = [part for pair in REVOKE.items() for part in pair]
    assert diploma.desk.sogoc("revoke", "--batch", "1001-0000", *words) == 0
    assert len(listed(diploma)) == 6
    (version,) = diploma.history()
    assert [act.lane for act in version.acts] == [Lane.REVOKED]


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_the_command_tells_it_in_every_form(
    diploma: Diploma, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diploma.run("revoke", REVOKE) == 0
    capsys.readouterr()
    assert diploma.desk.sogoc("withdrawn", "list", "--format", form) == 0
    said = capsys.readouterr().out
    assert "90/QĐ-THPT" in said
    assert FIRST in said
