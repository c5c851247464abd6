"""Text of the old Vietnamese fonts: tables against glibc, and what counts as evidence."""

import shutil
import subprocess
import unicodedata

import pytest

from api import sample
from credential.legacy import TCVN3, VNI, from_tcvn3, from_vni, spoken_for
from credential.syllables import is_syllable

NATION = "Cộng hòa xã hội chủ nghĩa Việt Nam"
MARKED = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"


@pytest.mark.skipif(not shutil.which("iconv"), reason="iconv is missing: TCVN3 is not compared")
def test_the_tcvn3_table_is_the_one_of_glibc() -> None:
    data = "".join(TCVN3).encode("latin-1")
    read = subprocess.run(
        ["iconv", "-f", "TCVN5712-1", "-t", "UTF-8"], input=data, capture_output=True, check=True
    )
    assert unicodedata.normalize("NFC", read.stdout.decode()) == "".join(TCVN3.values())


def test_the_tables_reach_every_vietnamese_letter() -> None:
    assert set(TCVN3.values()) == set(MARKED + "ĂÂÊÔƠƯĐ")
    assert set(VNI.values()) == set(MARKED + MARKED.upper())


def test_vni_pairs_are_what_the_fonts_hold() -> None:
    """A letter with its accents behind it, all of them letters of Latin-1."""
    assert {len(held) for held in VNI} == {1, 2}
    assert max("".join(VNI)) <= "\xff"


@pytest.mark.parametrize(
    ("held", "read", "meant"),
    [
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam", from_tcvn3, NATION),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", from_vni, NATION),
        ("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", from_vni, NATION.upper()),
        ("D­¬ng ThÞ ¦ng", from_tcvn3, "Dương Thị Ưng"),
        ("NGUYÔN V¡N", from_tcvn3, "NGUYỄN VĂN"),
    ],
)
def test_text_is_decoded(held: str, read: object, meant: str) -> None:
    assert callable(read)
    assert read(held) == meant


@pytest.mark.parametrize(
    ("text", "speaks"),
    {
        "NguyÔn V¨n An": "TCVN3",
        "Nguyeãn Vaên Nghóa": "VNI",
        "Ñoã": "VNI",
        "Nguyễn": "unicode",
        "Đỗ Trọng Nghĩa": "unicode",
        "Hoà": None,  # a syllable as it stands; VNI has none
        "Lò Thò": None,  # Lị Thị in VNI, or as it stands
        "An Binh": None,
        "": None,
        "×": None,
        "François Noël": None,
        "Müller": None,
        "José Muñoz": None,
        "Ångström": None,
        "Zoë Brontë": None,
    }.items(),
)
def test_a_text_speaks_for_an_encoding_only_where_no_other_fits(
    text: str, speaks: str | None
) -> None:
    assert spoken_for(text) == speaks


def test_the_names_of_the_sample_city_are_syllables_but_for_those_of_other_peoples() -> None:
    words = {word for pupil in sample.pupils() for word in pupil.name.split()}
    assert {word for word in words if not is_syllable(word)} == {"H'Mai", "Êban"}


SYLLABLES = (
    "Quốc Quý Quỳnh gì Giang giêng Giới Nghĩa Khuê Thuý Thúy Hoà Hòa Yến Uyên Ý Đặng quạnh "
    "Phượng Kiệt Tiệp Bích Ngọc Lịch ký Quyền quắt giết Xoan Huyên Trương ngoằn khuỷu"
)
OTHERS = "Nghóa Ñoã Vaên Bìch Ngòc nga2 w ngha cê kà' áà Josộ strong nguễn"


@pytest.mark.parametrize("word", SYLLABLES.split())
def test_a_syllable(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", OTHERS.split())
def test_no_syllable(word: str) -> None:
    assert not is_syllable(word)
