import random
from xml.etree import ElementTree

import pytest
import zxingcpp

from credential import qrlink
from issuer.paper import qr

HOST = "https://sogoc.example"


def link(size: int, seed: int = 1) -> tuple[str, str]:
    return qrlink.encode(random.Random(seed).randbytes(size), HOST)


@pytest.mark.parametrize(
    ("size", "version"),
    [(176, 9), (181, 9), (220, 10), (250, 11), (600, 17)],
    ids=str,
)
def test_two_segments_make_the_smallest_version(size: int, version: int) -> None:
    assert qr.version(qr.matrix(*link(size))) == version


@pytest.mark.parametrize("seed", range(10))
def test_a_code_reads_back_exactly_with_its_prefix_in_byte_mode(seed: int) -> None:
    prefix, digits = link(220, seed)
    (code,) = zxingcpp.read_barcodes(qr.image(qr.matrix(prefix, digits), 4))
    assert code.text == prefix + digits
    assert code.extra["ECLevel"] == "L"


def test_a_typical_symbol_is_three_centimetres_without_its_quiet_zone() -> None:
    modules = qr.matrix(*link(220))
    assert len(modules) * qr.module_mm(modules) == pytest.approx(30.0)
    assert qr.module_mm(modules) >= 0.45


def test_a_larger_token_makes_a_larger_print_and_never_smaller_modules() -> None:
    modules = qr.matrix(*link(600))
    assert qr.module_mm(modules) == 0.45
    assert len(modules) * qr.module_mm(modules) > 30


def test_the_svg_paints_the_same_modules_and_a_quiet_zone_of_four() -> None:
    modules = qr.matrix(*link(181))
    root = ElementTree.fromstring(qr.svg(modules))
    side = len(modules) + 8
    assert root.attrib["viewBox"] == f"0 0 {side} {side}"
    painted = [[False] * side for _ in range(side)]
    for run in root[1].attrib["d"].rstrip("z").split("z"):
        x, _, rest = run.removeprefix("M").partition(" ")
        y, _, width = rest.partition("h")
        for column in range(int(x), int(x) + int(width.partition("v")[0])):
            painted[int(y)][column] = True
    assert [row[4:-4] for row in painted[4:-4]] == [list(row) for row in modules]
    assert sum(map(sum, painted)) == sum(map(sum, modules))
