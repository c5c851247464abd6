"""The drills of docs/DRILLS.md: its commands are read out of it and run, exactly these.

What the thief does happens here, before a drill's first command. Each command's expectation stands
behind its `#`: a verdict, "refused", or words that it prints; every command but those succeeds.
"""

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from string import Template

import pytest

from api import sample
from api.sample.city import Pupil
from chain import acts
from chain.roster import Roster
from chain.sender import Sender
from chain.wallet import address_of
from credential.facts import LedgerKey
from credential.model import Lane
from issuer.delivery import sd_jwt_of
from tests.chain.world import ANCHOR_KEY, RELAYER, private_key
from tests.governing.conftest import OTHER, SCHOOL, Department, Said

TEXT = (Path(__file__).parents[2] / "docs/DRILLS.md").read_text(encoding="utf-8")
VERDICTS = {"VALID": 0, "INVALID": 1, "UNDETERMINED": 2, "refused": 1}
ROLES = {"ANCHOR": 1, "SUSPEND": 2, "REVOKE": 4, "SIGN": 8}

pytestmark = pytest.mark.parametrize("net", ["embedded"], indirect=True)


def commands(drill: int) -> Iterator[tuple[str, str]]:
    """The commands of a drill in their order, each with what is expected of it."""
    section = re.split(r"^## ", TEXT, flags=re.MULTILINE)[drill]
    assert section.startswith(f"{drill}. ")
    for block in re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            command, _, expected = line.partition("  # ")
            yield command.strip(), expected.strip()


@dataclass
class Stage:
    """A department under attack, and what the words with a $ stand for."""

    department: Department
    words: dict[str, str]

    def issue(
        self, name: str, pupils: Sequence[Pupil], serial: str, data: Path | None = None
    ) -> None:
        """Issue diplomas; $NAME is the first one's look-up code, $NAME_LIST the file."""
        folder = data or self.department.data
        file = folder / f"{name.lower()}.xlsx"
        sample.write_class_list(file, pupils)
        said = self.sogoc(
            "--data", str(folder), "issue", str(file), "--no-pdf", "--school", SCHOOL.code,
            "--type", "thpt-diploma", "--decision", f"{name}/QĐ", "--decided-on", "20/06/2026",
            "--first-serial", serial, "--prepared-by", "A", "--approved-by", "B",
        )  # fmt: skip
        assert said.code == 0, said.err
        number = f"{name}_NUMBER"
        self.words |= {f"{name}_LIST": str(file)}
        with self.department.system() as system:
            batch = system.batches.of_school(SCHOOL.id)[-1]
            first = next(iter(system.batches.issued(batch.id)))
            self.words |= {name: first.staged.code, number: first.staged.register_no}

    def sogoc(self, *arguments: str) -> Said:
        return self.department.sogoc(*arguments)

    def now(self) -> int:
        return self.department.net.node.block("latest").time

    def since_now(self) -> None:
        """From here on it is the thief's time."""
        self.department.net.sleep(2)
        self.words["SINCE"] = datetime.fromtimestamp(self.now(), UTC).isoformat()
        self.department.net.sleep(2)

    def listed(self, school: int = SCHOOL.id) -> list[LedgerKey]:
        with self.department.system() as system:
            return Roster(system.web3, system.deployment).keys(school)

    def perform(self, drill: int) -> None:
        done = 0
        for command, expected in commands(drill):
            program, *arguments = shlex.split(Template(command).substitute(self.words))
            assert program == "sogoc", command
            said = self.sogoc(*arguments)
            wanted = VERDICTS.get(expected, 0)
            assert said.code == wanted, f"{command}\n{said.out}\n{said.err}"
            if expected in ("VALID", "INVALID", "UNDETERMINED"):
                assert re.search(rf"(?<!\w){expected}(?!\w)", said.out), f"{command}\n{said.out}"
            elif expected != "refused":
                assert expected in said.out, f"{command}\n{said.out}"
            done += 1
        assert done > 5, "the page was read"


@pytest.fixture
def stage(department: Department) -> Stage:
    """A school that has issued diplomas before the thief came ($EARLIER)."""
    found = Stage(department, {"SCHOOL": SCHOOL.code})
    pupils = [pupil for pupil in sample.pupils() if pupil.school == SCHOOL.id]
    found.issue("EARLIER", pupils[:1], "T01000001")
    for name, role in ROLES.items():
        key = next(key for key in found.listed() if key.roles == role)
        found.words[name] = f"0x{key.key_id[-20:].hex() if role != 8 else key.key_id.hex()}"
    found.since_now()
    return found


def test_drill_1_signing_and_anchor_key(stage: Stage) -> None:
    pupils = [pupil for pupil in sample.pupils() if pupil.school == SCHOOL.id]
    stage.issue("LATER", pupils[1:2], "T01000101")
    thief = stage.department.data.parent / "thief"
    shutil.copytree(stage.department.data, thief)
    forged = replace(pupils[0], code="7999999999", name="Nguyễn Văn Giả")
    (thief / "pupil.json").write_text(
        json.dumps(
            {
                "pupils": [
                    {"code": forged.code, "name": forged.name, "birth": forged.birth.iso(),
                     "school": SCHOOL.id, "class_name": forged.class_name, "sex": forged.sex,
                     "ethnicity": forged.ethnicity, "birth_place": forged.birth_place}
                ]
            }
        )
    )  # fmt: skip
    assert stage.sogoc("--data", str(thief), "school", "load", str(thief / "pupil.json")).code == 0
    known = dict(stage.words)
    stage.issue("FORGED", [forged], "T01000901", thief)
    robbed = replace(stage.department, data=thief)
    with robbed.system() as system:
        last = system.batches.of_school(SCHOOL.id)[-1]
        token = sd_jwt_of(next(iter(system.batches.issued(last.id))))
    file = thief / "forged.sdjwt"
    file.write_text(token)
    stage.words = {**known, "FORGED": str(file), "THIEF": str(thief)}
    stage.perform(1)
    with stage.department.system() as system:
        assert [batch.seq for batch in system.batches.of_school(SCHOOL.id)] == [0, 1, 3]


def test_drill_2_revoke_key(stage: Stage) -> None:
    with stage.department.system() as system:
        found = system.batches.credential(stage.words["EARLIER_NUMBER"])
        assert found is not None
        root = found.batch.root
        assert root is not None
        call = system.ledger.status_call(SCHOOL.id, root, found.staged.index, Lane.REVOKED)
        Sender(system.web3, system.deployment.chain_id, RELAYER).perform(
            system.batches, "the thief's", call
        )
    stage.perform(2)


def test_drill_3_guardian_key(stage: Stage) -> None:
    for act in (
        ["guardian", "pause"],
        ["school", "suspend", SCHOOL.code],
        ["key", "compromised", stage.words["ANCHOR"], "--since", stage.words["SINCE"]],
    ):
        assert stage.sogoc(*act, "--key", "guardian").code == 0
    stage.words["NEW_GUARDIAN"] = f"0x{address_of(private_key('new guardian')).hex()}"
    stage.perform(3)
    with stage.department.system() as system:
        offices = system.roster.offices()
    assert (offices.paused, offices.guardian) == (False, address_of(private_key("new guardian")))


def test_drill_4_owner_key(stage: Stage) -> None:
    false_key = address_of(private_key("false school"))
    with stage.department.system() as system:
        governor = system.governor()
        governor.perform(acts.set_school(OTHER.id, 2))
        governor.perform(acts.add_chain_key(OTHER.id, false_key, 1))
    stage.words |= {
        "NEXT": f"0x{address_of(ANCHOR_KEY).hex()}",
        "FALSE_SCHOOL": OTHER.code,
        "FALSE_KEY": f"0x{false_key.hex()}",
        "NEW_GUARDIAN": f"0x{address_of(private_key('new guardian')).hex()}",
    }
    stage.perform(4)
    (key,) = stage.listed(OTHER.id)
    assert 0 < key.compromised_since < key.valid_from


def test_every_command_of_the_page_is_run(net: object) -> None:
    opened = re.findall(r"^```(\w*)$", TEXT, re.MULTILINE)[::2]
    assert set(opened) == {"sh"}
    assert sum(len(list(commands(drill))) for drill in (1, 2, 3, 4)) == len(
        re.findall(r"^sogoc ", TEXT, re.MULTILINE)
    )
