"""What comes in from elsewhere is refused by name, never half read; what goes out is no formula."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.errors import FormatError
from exchange.badge import from_badge, to_badge
from exchange.clr import from_clr, to_clr
from exchange.elmo import to_elmo
from exchange.elmo_reading import from_elmo
from exchange.table import from_csv, guarded, to_csv, unguarded
from tests.exchange.formats import AT, FORMATS
from tests.exchange.records import DIPLOMA, record, transcript, year

YEAR, BACHELOR = record(transcript(year(2))), record(DIPLOMA)
BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def elmo(old: str, new: str) -> bytes:
    text = to_elmo(YEAR, AT).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def badge(change: Callable[[dict[str, object]], object]) -> bytes:
    made = json.loads(to_badge(YEAR))
    change(made)
    return json.dumps(made).encode()


def table(old: str, new: str) -> bytes:
    text = to_csv(YEAR, {}).decode("utf-8-sig")
    assert old in text
    return text.replace(old, new, 1).encode()


REFUSED: dict[str, tuple[Callable[[bytes], object], bytes, str]] = {
    "nothing": (from_elmo, b"", "exchange.malformed"),
    "an entity bomb": (from_elmo, BOMB.encode(), "exchange.malformed"),
    "an entity bomb in UTF-16": (from_elmo, BOMB.encode("utf-16"), "exchange.malformed"),
    "an outside entity": (from_elmo, OUTSIDE.encode(), "exchange.malformed"),
    "another document": (from_elmo, b"<elmo/>", "exchange.malformed"),
    "ELMO of others": (
        from_elmo, to_elmo(YEAR, AT).split(b"<elmo:extension>")[0] + b"</elmo:elmo>",
        "exchange.malformed"),
    "deep XML": (from_elmo, b"<a>" * 100_000, "exchange.malformed"),
    "a mark off the scale": (from_elmo, elmo(">6,0<", ">10,1<"), "mark.invalid"),
    "85 for 8,5": (from_elmo, elmo(">6,0<", ">85<"), "mark.invalid"),
    "an unknown scale": (from_elmo, elmo("LocalId>mark<", "LocalId>stars<"), "exchange.value"),
    "a field that is none": (from_elmo, elmo('name="year"', 'name="isAdmin"'), "exchange.value"),
    "a field left out": (from_elmo, elmo('name="seq"', 'name="serial"'), "exchange.missing"),
    "two different names": (
        from_elmo, elmo('<sogoc:field name="seq">', '<sogoc:field name="name">X</sogoc:field>'
                        '<sogoc:field name="seq">'), "exchange.malformed"),
    "hidden text": (from_elmo, elmo(">Toán<", ">To\u200bán<"), "text.invisible"),
    "not JSON": (from_badge, b"{", "exchange.malformed"),
    "a list": (from_badge, b"[]", "exchange.malformed"),
    "another credential": (from_badge, to_clr(YEAR), "exchange.malformed"),
    "a badge for a CLR": (from_clr, to_badge(YEAR), "exchange.malformed"),
    "no subject": (
        from_badge, badge(lambda made: made.pop("credentialSubject")), "exchange.malformed"),
    "a number for a text": (
        from_badge, badge(lambda made: made.update({"validFrom": 1})), "exchange.malformed"),
    "a date that is none": (
        from_badge, badge(lambda made: made.update({"validFrom": "2026-02-30T00:00:00Z"})),
        "exchange.value"),
    "not our columns": (from_csv, b"a,b\r\n1,2\r\n", "exchange.malformed"),
    "not UTF-8": (from_csv, "Tên".encode("cp1258"), "exchange.malformed"),
    "an open quote": (from_csv, to_csv(YEAR, {}) + b'"', "exchange.malformed"),
    "a cell too many": (from_csv, to_csv(YEAR, {}) + b"a,b,c,d,e,f,g\r\n", "exchange.malformed"),
    "a field twice": (
        from_csv, to_csv(YEAR, {}) + b"field,,name,,,X\r\n", "exchange.malformed"),
    "a result twice": (
        from_csv, to_csv(YEAR, {}) + b"result,CN,literature,X,mark,9\r\n", "exchange.value"),
    "a signer without a title": (
        from_csv, table("field,,signer_title", "hidden,,signer_title"), "exchange.missing"),
    "results of a diploma": (
        from_csv, to_csv(BACHELOR, {}) + b"result,CN,a,A,mark,9\r\n", "exchange.value"),
    "a thousand lines": (
        from_csv, to_csv(YEAR, {}) + b"hidden,,x,,,\r\n" * 1000, "exchange.malformed"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_file_of_ours_says_is_refused(case: str) -> None:
    read, data, code = REFUSED[case]
    with pytest.raises(FormatError) as refused:
        read(data)
    assert refused.value.code == code


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.binary(max_size=300))
def test_noise_is_refused_and_nothing_worse(form: str, data: bytes) -> None:
    with pytest.raises(FormatError):
        FORMATS[form].read(data)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_cut_off_anywhere_is_refused(form: str) -> None:
    whole = FORMATS[form].write(YEAR)
    for end in range(0, len(whole) - 60, 97):
        try:
            assert FORMATS[form].read(whole[:end]) != YEAR
        except FormatError:
            continue


@given(text=st.text() | st.text("=+-@'\t\r\n＝a", max_size=4))
def test_guarding_a_cell_can_be_undone_and_leaves_no_formula(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))


def test_a_csv_is_as_the_rfc_says_and_as_excel_knows_it() -> None:
    data = to_csv(YEAR, {"name": "Họ và tên"})
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\n" not in data.replace(b"\r\n", b"")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert ["field", "", "name", "Họ và tên", "", "Đỗ Nguyễn Quỳnh Như"] in rows
    assert ["result", "HK1", "literature", "Ngữ văn", "mark", "6,0"] in rows
    assert b",6.0\r\n" in to_csv(YEAR, {}, ".")
