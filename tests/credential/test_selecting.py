"""Selections: what is shown, what stays hidden, and what nobody can learn of it."""

import itertools
from base64 import urlsafe_b64decode
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import keybinding, sdjwt
from credential.errors import FormatError, RefusedError
from credential.keys import b64url
from credential.sdjwt import digest_of
from credential.selecting import outline, present
from tests.credential.issued import PHONE, SCHOOL, SUBJECTS, bound, issue, transcript

FULL = issue(transcript())
PATHS = [each.path for each in outline(sdjwt.parse(FULL))]
FIVE = ["CN/literature", "CN/mathematics", "CN/physics", "CN/chemistry", "CN/biology"]

CHOICES: dict[str, tuple[list[str], set[str], set[str], set[str]]] = {
    "nothing": ([], set(), set(), set()),
    "a name": (["name"], {"name"}, set(), set()),
    "one row": (["CN/mathematics"], set(), {"CN/mathematics"}, set()),
    "the level alone": (["outcome/CN.study"], set(), set(), {"CN.study"}),
    "a field, rows of two terms, an outcome": (
        ["birth_date", "HK1/physics", "HK2/physics", "outcome/title"],
        {"birth_date"}, {"HK1/physics", "HK2/physics"}, {"title"},
    ),
    "a whole term": (
        ["HK1"], set(), {f"HK1/{subject}" for subject in SUBJECTS}, set(),
    ),
    "a row and its whole term": (
        ["HK1/physics", "HK1"], set(), {f"HK1/{subject}" for subject in SUBJECTS}, set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("keep", "fields", "rows", "outcomes"), CHOICES.values(), ids=CHOICES.keys()
)
def test_what_was_chosen_is_shown_and_nothing_else(
    keep: list[str], fields: set[str], rows: set[str], outcomes: set[str]
) -> None:
    text = present(FULL, keep)
    found = sdjwt.parse(text)
    assert found.verify(SCHOOL.public)
    assert found.committed
    assert found.partial
    assert set(found.disclosed) == fields
    assert {f"{row['term']}/{row['subject']}" for row in found.results} == rows
    assert set(found.outcomes) == outcomes
    assert found.digest == sdjwt.parse(FULL).digest
    hidden = {each.text for each in sdjwt.parse(FULL).shown if each.path not in shown_by(text)}
    assert not any(disclosure in text for disclosure in hidden)


def shown_by(text: str) -> set[str]:
    return {each.path for each in sdjwt.parse(text).shown}


def test_all_of_it_is_the_file_itself() -> None:
    assert present(FULL, PATHS) == FULL
    groups_and_fields = [path for path in PATHS if "/" not in path]
    assert present(FULL, groups_and_fields) == FULL


def test_a_selection_of_a_selection_is_one_of_the_whole() -> None:
    some = present(FULL, ["name", "CN", "HK1"])
    assert present(some, ["CN/physics"]) == present(FULL, ["CN/physics"])


def test_the_order_of_choosing_does_not_matter() -> None:
    assert present(FULL, [*FIVE, "name"]) == present(FULL, ["name", *FIVE[::-1], *FIVE])


def test_a_selection_is_never_bound_yet() -> None:
    whole = issue(bound(transcript()))
    proven = keybinding.bind(whole, PHONE, "https://a.example", "1", 1)
    assert present(proven, ["name"]) == present(whole, ["name"])


@pytest.mark.parametrize("path", ["nme", "CN/maths", "HK3", "outcome/counts", "counts", "", "CN/"])
def test_what_is_not_there_cannot_be_chosen(path: str) -> None:
    with pytest.raises(RefusedError) as refused:
        present(FULL, ["name", path])
    assert refused.value.code == "selection.unknown"
    assert refused.value.params["found"] == path
    assert str(refused.value.params["expected"]).startswith("name, birth_date, ")


@pytest.mark.parametrize("text", ["", "~", "a.b.c~", FULL[:-1]])
def test_what_is_no_sd_jwt_has_no_selections(text: str) -> None:
    with pytest.raises(FormatError, match=r"sdjwt\.malformed"):
        present(text, [])


def test_a_whole_transcript_reads_as_whole_and_any_part_as_a_part() -> None:
    """The counts are signed and shown only with everything else."""
    assert not sdjwt.parse(FULL).partial
    jwt, *disclosures, _ = FULL.split("~")
    for left_out in range(len(disclosures)):
        kept = disclosures[:left_out] + disclosures[left_out + 1 :]
        found = sdjwt.parse("~".join([jwt, *kept, ""]))
        assert found.partial, left_out


def test_a_half_year_reads_as_whole() -> None:
    whole = transcript()
    assert whole.transcript is not None
    first = tuple(row for row in whole.transcript.results if row.term == "HK1")
    half = replace(whole.transcript, results=first, outcomes=(), promotion=None, title=None)
    found = sdjwt.parse(issue(replace(whole, transcript=half)))
    assert not found.partial
    assert set(found.outcomes) == set()


# What nobody can learn


@pytest.mark.parametrize("count", range(1, 14))
def test_rows_of_a_hidden_term_cannot_be_counted(count: int) -> None:
    """With any number of rows a selection without them has the same members and lengths."""
    some = present(issue(rows_in_first_term(count)), ["name", "outcome/CN.study"])
    other = present(issue(rows_in_first_term(1)), ["name", "outcome/CN.study"])
    assert len(some) == len(other)
    assert len(sdjwt.parse(some).body["_sd"]) == len(sdjwt.parse(other).body["_sd"])


@pytest.mark.parametrize("count", range(1, 14))
def test_of_a_shown_term_only_the_padded_number_is_known(count: int) -> None:
    text = present(issue(rows_in_first_term(count)), ["HK1/literature"])
    [group] = [each.value["_sd"] for each in sdjwt.parse(text).shown if each.path == "HK1"]
    assert len(group) == -(-count // 8) * 8
    assert group == sorted(group)


def rows_in_first_term(count: int):  # type: ignore[no-untyped-def]
    whole = transcript()
    assert whole.transcript is not None
    rows = [row for row in whole.transcript.results if row.term == "HK1"][:count]
    rows += [row for row in whole.transcript.results if row.term == "CN"]
    return replace(whole, transcript=replace(whole.transcript, results=tuple(rows)))


def test_decoys_look_like_digests() -> None:
    found = sdjwt.parse(FULL)
    lists = [found.body["_sd"], *(each.value["_sd"] for each in found.shown if each.is_group)]
    known = {digest_of(each.text.encode()) for each in found.shown}
    decoys = [digest for digests in lists for digest in digests if digest not in known]
    assert decoys
    assert all(len(urlsafe_b64decode(decoy + "=")) == 32 for decoy in decoys)
    assert len(set(itertools.chain(*lists))) == sum(map(len, lists))


def test_a_hidden_mark_cannot_be_guessed_with_all_else_known() -> None:
    """101 marks are soon tried; what makes the try vain is the row's own salt."""
    text = present(FULL, [path for path in PATHS if "/" in path and path != "CN/mathematics"])
    found = sdjwt.parse(text)
    [group] = [each.value["_sd"] for each in found.shown if each.path == "CN"]
    salts = [orjson.loads(urlsafe_b64decode(each.text + "=="))[0] for each in found.shown]
    assert len(set(salts)) == len(salts)
    assert all(len(salt) == 22 for salt in salts)
    for salt, mark in itertools.product(["", *salts], range(101)):
        guess = orjson.dumps([salt, "mathematics", {"mark": mark, "name": "Toán"}])
        assert digest_of(b64url(guess).encode()) not in group


def test_rows_of_another_pupil_do_not_fit() -> None:
    """The same subject and mark, from the same school: another salt, so another digest."""
    mine, theirs = present(FULL, ["name", "CN/physics"]), present(issue(transcript()), FIVE)
    row = next(each for each in sdjwt.parse(theirs).shown if each.path == "CN/physics")
    group = next(each for each in sdjwt.parse(theirs).shown if each.path == "CN")
    own = sdjwt.parse(mine)
    jwt, *kept, _ = mine.split("~")
    for foreign in ([row.text], [group.text], [group.text, row.text]):
        found = sdjwt.parse("~".join([jwt, *kept, *foreign, ""]))
        assert not found.committed
        assert found.results == own.results, "what nothing commits to is not read"
    swapped = mine.replace(own.shown[-1].text, row.text)
    assert not sdjwt.parse(swapped).committed


@given(st.sets(st.sampled_from(PATHS)))
@settings(max_examples=100)
def test_every_selection_is_sound(keep: set[str]) -> None:
    found = sdjwt.parse(present(FULL, keep))
    assert found.committed
    paths = {each.path for each in found.shown}
    assert keep <= paths
    assert all(each.group == "" or each.group in paths for each in found.shown)
    assert found.partial == (set(PATHS) > paths)


# Sizes


def test_a_transcript_of_forty_results_takes_less_than_twelve_kilobytes() -> None:
    """With the outcomes of all terms; the sd-jwt library's takes 26 kB."""
    assert len(issue(transcript())) < 11_000


def test_five_courses_with_name_and_birth_date_take_three_thousand_bytes_at_most() -> None:
    chosen = present(FULL, ["name", "birth_date", *FIVE])
    found = sdjwt.parse(chosen)
    assert (len(found.disclosed), len(found.results)) == (2, 5)
    assert len(chosen) <= 3_000


def test_proving_that_one_holds_it_adds_five_hundred_bytes_at_most() -> None:
    """To five courses: the holder's public key, and the proof for one verifier."""
    whole = issue(bound(transcript()))
    keep = ["name", "birth_date", *FIVE]
    chosen = present(whole, keep)
    proven = keybinding.bind(chosen, PHONE, "https://verifier.example", "6" * 22, 1_781_913_600)
    found = sdjwt.parse(proven)
    assert found.binding is not None
    assert (len(found.disclosed), len(found.results)) == (2, 5)
    assert len(chosen) < 3_200
    assert len(proven) < 3_500
