"""The browser makes the very selections that the library makes, byte for byte."""

import random

import pytest

from credential import keybinding, sdjwt
from credential.errors import RefusedError
from credential.selecting import outline, present
from tests.credential.issued import PHONE, bound, issue, transcript
from tests.independent.conftest import RefusedByScript, Scripts
from tests.verifier.test_holder_binding import UNASKED, UNPROVEN, WORLD
from verifier import checks
from verifier.artefact import decode

FULL = issue(bound(transcript()))
PATHS = [each.path for each in outline(sdjwt.parse(FULL))]
ROUNDS = 150


@pytest.mark.parametrize(
    "keep",
    [[], ["name"], ["CN"], ["CN/physics"], ["outcome/CN.study"], ["HK1", "HK1/physics"], PATHS],
    ids=repr,
)
def test_a_selection_is_the_same_bytes(keep: list[str], scripts: Scripts) -> None:
    assert scripts("selected", text=FULL, keep=keep) == present(FULL, keep)


def test_drawn_selections_and_selections_of_them_are_the_same_bytes(scripts: Scripts) -> None:
    drawn, text = random.Random(3107), FULL
    for number in range(ROUNDS):
        text = FULL if number % 3 == 0 else text
        choices = [each.path for each in outline(sdjwt.parse(text))]
        keep = drawn.sample(choices, drawn.randrange(len(choices) + 1))
        chosen = present(text, keep)
        assert scripts("selected", text=text, keep=keep) == chosen
        text = chosen


def test_a_holders_proof_falls_away_on_both_sides(scripts: Scripts) -> None:
    proven = keybinding.bind(FULL, PHONE, "https://a.example", "1", 1)
    assert scripts("selected", text=proven, keep=["name"]) == present(proven, ["name"])


@pytest.mark.parametrize("keep", [["nme"], ["CN/maths", "outcome/counts"], ["CN/"]], ids=repr)
def test_what_is_not_there_is_refused_on_both_sides(keep: list[str], scripts: Scripts) -> None:
    with pytest.raises(RefusedByScript, match=r"selection\.unknown"):
        scripts("selected", text=FULL, keep=keep)
    with pytest.raises(RefusedError, match=r"selection\.unknown"):
        present(FULL, keep)


def test_the_outline_is_the_same(scripts: Scripts) -> None:
    for text in (FULL, present(FULL, ["name", "CN/physics", "outcome"])):
        found = outline(sdjwt.parse(text))
        row = {each.path: {"path": each.path, "name": each.name, "value": each.value}
               for each in found if not each.is_group}  # fmt: skip
        expected = {
            "fields": [row[each.path] for each in found if not each.group and not each.is_group],
            "groups": [
                {"path": group.path, "name": group.name,
                 "rows": [row[each.path] for each in found if each.group == group.name]}
                for group in found if group.is_group
            ],
        }  # fmt: skip
        assert scripts("outline", text=text) == expected


SHOWN = {
    **{name: thing for name, (thing, _) in UNASKED.items()},
    **{name: thing for name, (thing, *_) in UNPROVEN.items()},
}


@pytest.mark.parametrize("text", SHOWN.values(), ids=SHOWN.keys())
def test_step_8_is_the_same_where_nothing_is_demanded(text: str, scripts: Scripts) -> None:
    ledger = WORLD.deployment
    here = checks.terms(decode(text, ledger), None)
    there = scripts("terms", text=text, chain_id=ledger.chain_id, contract=ledger.contract.hex())
    assert there == {"outcome": here.outcome.value, "code": here.code, "reason": here.reason}
