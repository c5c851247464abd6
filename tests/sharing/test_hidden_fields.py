"""What a selection hides stays hidden: from its recipient, the server, and who reads its tables."""

import hashlib
import itertools
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Table

from credential import jose, sdjwt
from credential.extracts import ExtractKind
from credential.keys import b64url
from credential.model import CourseResult
from credential.selecting import outline
from store import audit
from store.extracts import Extracts
from store.record_tables import EXTRACTS
from store.share_tables import SHARE_VIEWS, SHARES
from store.tables import AUDIT
from tests.sharing.conftest import (
    DAY,
    FIRST_TRANSCRIPT,
    NOW,
    OPEN,
    Shared,
    pupil,
    selection,
)
from tests.sharing.sealing import Link
from tests.sharing.telling import Dump, assert_nothing_told, dump, rows
from tests.web.conftest import VERIFY, problem
from tests.web.simulator import NAMES, World, transcript

PIN = "271828"
LABEL = "Trường Đại học Cây Xanh"
DIGEST = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")


def everything_seen(shared: Shared, link: Link, text: str) -> list[str]:
    """What recipient and server ever see of a share, as texts; what is encoded also decoded."""
    shared.create(link, text=text, pin=PIN)
    opened = shared.open(link, PIN).json()
    answer = shared.call("POST", VERIFY, json={"text": text}).text
    seen = [text, answer, json.dumps(shared.listed()), json.dumps(opened)]
    seen += [repr(row) for table in (SHARES, SHARE_VIEWS) for row in rows(shared.database, table)]
    parts = [part for part in re.split(r"[~.\"]", text) if part]
    return seen + [jose.decode(part).decode("utf-8", "replace") for part in parts]


def guesses(salts: list[str], name: str, subject: str) -> Iterator[tuple[int, str]]:
    """Every mark, in the structure that disclosures have, under every salt that anybody has."""
    for mark, salt in itertools.product(range(101), salts):
        value = [salt, subject, {"mark": mark, "name": name}]
        yield mark, sdjwt.digest_of(b64url(jose.canonical(value)).encode())


def test_a_hidden_mark_is_not_found_by_trying_all_marks(shared: Shared) -> None:
    whole = shared.world.issued[FIRST_TRANSCRIPT].sd_jwt
    shown = [f"CN/{subject}" for subject in ("toán", "vật lí", "hoá học")]
    text = selection(whole, shown)
    seen = everything_seen(shared, Link(), text)
    digests = set(DIGEST.findall("\n".join(seen)))
    assert len(digests) > 16
    salts = [jose.load(each.text)[0] for each in sdjwt.parse(text).shown]
    salts += ["", *DIGEST.findall(text), b64url(bytes(16))]
    assert not [mark for mark, digest in guesses(salts, "Ngữ văn", "ngữ văn") if digest in digests]

    of_whole = {each.path: each for each in sdjwt.parse(whole).shown}
    salt = jose.load(of_whole["CN/ngữ văn"].text)[0]  # with it, trying would do
    found = [mark for mark, digest in guesses([salt], "Ngữ văn", "ngữ văn") if digest in digests]
    assert found == [72]
    assert len(jose.decode(salt)) >= 16
    assert salt not in "\n".join(seen)


def test_no_two_disclosures_have_one_salt(shared: Shared) -> None:
    salts = [
        jose.load(each.text)[0]
        for issued in shared.world.issued
        for each in sdjwt.parse(issued.sd_jwt).shown
    ]
    assert len(set(salts)) == len(salts) > 100


def with_results(count: int) -> str:
    """A transcript with so many results of the year, all other things being equal."""
    world = World()
    made = transcript(0, NAMES[0])
    assert made.transcript is not None
    results = tuple(
        CourseResult(f"S{number:02}", f"Môn {number:02}", "CN", mark=70) for number in range(count)
    )
    changed = replace(made.transcript, results=results)
    return world.add(replace(made, transcript=changed)).sd_jwt


def test_hidden_rows_are_not_counted_by_what_a_selection_carries() -> None:
    shapes = set()
    for count in range(9, 17):
        text = selection(with_results(count), ["CN/S00", "CN/S01"])
        found = sdjwt.parse(text)
        lists = [len(jose.load(each.text)[-1]["_sd"]) for each in found.shown if each.is_group]
        shapes.add((len(text), len(found.body["_sd"]), tuple(lists)))
    assert len(shapes) == 1


def test_a_whole_hidden_term_leaves_one_digest_whatever_it_holds() -> None:
    texts = [selection(with_results(count), []) for count in (1, 8, 9, 40)]
    assert {len(text) for text in texts} == {len(texts[0])}


def test_how_much_is_shown_is_not_told_by_the_ciphertext(shared: Shared) -> None:
    whole = shared.world.issued[FIRST_TRANSCRIPT].sd_jwt
    paths = [each.path for each in outline(sdjwt.parse(whole))]
    lengths, notes = set(), set()
    for count in range(0, len(paths) + 1, 3):
        link = Link()
        shared.create(link, text=selection(whole, paths[:count]), views=1)
        row = next(row for row in rows(shared.database, SHARES) if row[0] == link.id)
        held = dict(zip(SHARES.c.keys(), row, strict=True))
        lengths.add(len(held["content"]))  # type: ignore[arg-type]
        notes.add(len(held["note"]))  # type: ignore[arg-type]
    assert (len(lengths), len(notes)) == (1, 1)


@pytest.mark.parametrize(
    "path", ["name", "CN", "CN/toán", "outcome/CN.study"], ids=lambda path: path.replace("/", " ")
)
def test_disclosures_swapped_between_pupils_are_forged(path: str, shared: Shared) -> None:
    mine, other = (shared.world.issued[FIRST_TRANSCRIPT + each].sd_jwt for each in (0, 1))
    kept = ["name", "birth_date", "CN/toán", "outcome/CN.study"]
    texts = [sdjwt.parse(selection(each, kept)) for each in (mine, other)]
    theirs = {each.path: each.text for each in texts[1].shown}
    swapped = [theirs[path] if each.path == path else each.text for each in texts[0].shown]
    answer = shared.call("POST", VERIFY, json={"text": "~".join([texts[0].jwt, *swapped, ""])})
    assert (answer.json()["verdict"], answer.json()["reason"]) == ("INVALID", "forged")


def test_all_of_another_pupils_disclosures_are_forged(shared: Shared) -> None:
    mine, other = (shared.world.issued[FIRST_TRANSCRIPT + each].sd_jwt for each in (0, 1))
    text = mine.partition("~")[0] + "~" + other.partition("~")[2]
    answer = shared.call("POST", VERIFY, json={"text": text}).json()
    assert (answer["verdict"], answer["reason"]) == ("INVALID", "forged")


@pytest.mark.parametrize("how", ["withdrawn", "expired", "used_up", "locked"])
def test_a_recorded_opening_of_a_link_that_ended_gives_nothing(how: str, shared: Shared) -> None:
    link = Link()
    shared.create(link, pin=PIN, views=2)
    recorded = {
        "id": b64url(link.id), "capability": b64url(link.capability),
        "opening": b64url(Link().id), "proof": b64url(link.proof(PIN)),
    }  # fmt: skip
    assert "content" in shared.call("POST", OPEN, json=recorded).json()
    if how == "withdrawn":
        shared.withdraw(link)
    elif how == "expired":
        shared.clock.now += 7 * DAY
    elif how == "used_up":
        shared.open(link, PIN)
        shared.clock.now += 300
    else:
        for _ in range(5):
            shared.open(link, "000000")
    response = shared.call("POST", OPEN, json=recorded)
    assert problem(response).code == f"share.{how}"
    assert "content" not in response.json()


def test_neither_the_link_alone_nor_the_server_alone_opens_a_share_with_a_pin(
    shared: Shared,
) -> None:
    link = Link()
    shared.create(link, pin=PIN)
    held = dict(zip(SHARES.c.keys(), rows(shared.database, SHARES)[0], strict=True))
    content = held["content"]
    assert isinstance(content, bytes)
    assert link.open(content, PIN)
    with pytest.raises(InvalidTag):  # the link alone, by whoever has stolen the ciphertext too
        link.open(content)
    known = [value for value in held.values() if isinstance(value, bytes) and value is not content]
    known += [link.capability, link.proof(PIN), hashlib.sha256(PIN.encode()).digest()]
    for value in known:  # the server alone, with all that it ever is given
        secrets = [value.ljust(32, b"\0")[:32], hashlib.sha256(value).digest()]
        secrets.append(
            HKDF(SHA256(), 32, link.id, b"sogoc share content").derive(value + PIN.encode())
        )
        secrets.append(HKDF(SHA256(), 32, link.id, b"sogoc share content").derive(value))
        for secret in secrets:
            with pytest.raises(InvalidTag):
                AESGCM(secret).decrypt(content[:12], content[12:], link.id)


def test_a_ciphertext_moved_to_another_share_opens_nothing(shared: Shared) -> None:
    link = Link()
    content = link.seal(["text"])
    with pytest.raises(InvalidTag):
        Link(Link().id, link.key).open(content)


def test_the_share_tables_tell_no_mark_and_no_name_shown_or_hidden(shared: Shared) -> None:
    link = Link()
    whole = shared.world.issued[FIRST_TRANSCRIPT].sd_jwt
    content = link.seal([selection(whole, ["CN/toán"])], to=LABEL, pin=PIN)
    shared.create(link, pin=PIN, content=b64url(content))
    shared.open(link, "000000")
    shared.open(link, PIN)
    tables = dump(shared.database)
    assert content in tables  # the search finds what is there
    assert pupil(0).encode() in tables
    assert_nothing_told(tables, whole, link, PIN, LABEL)
    shared.withdraw(link)
    assert content not in dump(shared.database)


def test_the_search_finds_what_would_be_told(shared: Shared) -> None:
    whole, link = shared.world.issued[FIRST_TRANSCRIPT].sd_jwt, Link()
    name = NAMES[0].encode()
    for told in (name, b"x" + b64encode(b"ab" + name), name.hex().encode(), link.key):
        with pytest.raises(AssertionError):
            assert_nothing_told(Dump(b"..." + told + b"...", b""), whole, link, PIN, LABEL)


MARKS = ["Toán: 7,1", "7,1", '{"mark":71}', '{"mark": 71}']


@pytest.mark.parametrize("text", MARKS)
@pytest.mark.parametrize("table", [EXTRACTS, AUDIT], ids=["extracts", "audit"])
def test_the_search_finds_a_mark_alone_in_any_text(shared: Shared, table: Table, text: str) -> None:
    whole, link = shared.world.issued[FIRST_TRANSCRIPT].sd_jwt, Link()
    assert_nothing_told(dump(shared.database), whole, link, PIN, LABEL)
    if table is AUDIT:
        audit.note(shared.database, NOW, "account:1", "share.created", about=text)
    else:
        Extracts(shared.database).note(pupil(0), 1, 0, 0, ExtractKind.SHARE, "account:1", text)
    with pytest.raises(AssertionError):
        assert_nothing_told(dump(shared.database), whole, link, PIN, LABEL)


def test_bytes_that_look_like_a_mark_by_chance_tell_none(shared: Shared) -> None:
    whole, link = shared.world.issued[FIRST_TRANSCRIPT].sd_jwt, Link()
    chance = Dump(b"\x007,1\xff", b"17,15 of 27,1")
    assert_nothing_told(chance, whole, link, PIN, LABEL)


OTHERS = {
    "by id": lambda shared, link: shared.withdraw(link, 1),
    "one that is not there": lambda shared, link: shared.withdraw(Link(), 1),
}


def test_another_accounts_shares_are_as_if_they_were_not_there(shared: Shared) -> None:
    link = Link()
    shared.create(link)
    answers = {act(shared, link).content for act in OTHERS.values()}
    assert len(answers) == 1
    assert shared.listed(1) == []
    assert shared.open(link).json()["left"] == 2
