"""Files made to break a reader. Each ends in one of our codes, in bounded time and memory."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from credential.errors import FormatError
from verifier.reading import artefacts, codes, confined, read

CODES = {
    "reading.broken_image",
    "reading.broken_pdf",
    "reading.no_code",
    "reading.not_ours",
    "reading.too_complex",
    "reading.too_large",
    "reading.unknown_type",
}


def pdf(*objects: bytes) -> bytes:
    """A PDF of numbered objects, the first its catalogue, with a true cross-reference table."""
    out, at = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in at)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    tail = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    return out + head + table + tail


def stream(entries: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def page(box: bytes = b"0 0 200 200", rest: bytes = b"") -> tuple[bytes, bytes, bytes]:
    return (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]%s>>" % (box, rest),
    )


def forms_in_forms(depth: int) -> bytes:
    """Each form draws the next ten times: ten to the power of `depth` rectangles from 2 KB."""
    draws = [b"/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>"]
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 200 200]"
    nested = [
        stream(form + b"/Resources<</XObject<</X %d 0 R>>>>" % number, b"/X Do " * 10)
        for number in range(6, 5 + depth)
    ]
    last = stream(form, b"0 0 10 10 re f")
    return pdf(*page(rest=draws[0]), stream(b"", b"/X Do"), *nested, last)


def attached_zeros(megabytes: int) -> bytes:
    squeezed = zlib.compress(bytes(megabytes << 20), 9)
    names = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a)4 0 R]>>>>>>"
    return pdf(
        names,
        *page()[1:],
        b"<</Type/Filespec/F(a)/EF<</F 5 0 R>>>>",
        stream(b"/Type/EmbeddedFile/Filter/FlateDecode", squeezed),
    )


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    shape = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", shape) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


HOSTILE: dict[str, tuple[Callable[[], bytes | str], str]] = {
    "an empty file": (lambda: b"", "reading.unknown_type"),
    "nothing typed": (lambda: " \n\t ", "reading.no_code"),
    "a typed text of a megabyte": (lambda: "1" * 1_000_000, "reading.too_large"),
    "a file of eleven megabytes": (lambda: b"%PDF-1.7" + bytes(11_000_000), "reading.too_large"),
    "a program named diploma.pdf": (lambda: b"MZ\x90\x00" + bytes(500), "reading.unknown_type"),
    "a GIF": (lambda: b"GIF89a" + bytes(500), "reading.unknown_type"),
    "an SVG with a script": (lambda: b"<svg><script/></svg>", "reading.unknown_type"),
    "prose": ("Bằng tốt nghiệp".encode, "reading.unknown_type"),
    "a link with two lines after it": (
        lambda: b"HTTPS://A/V#12\nHTTPS://A/V#13",
        "reading.unknown_type",
    ),
    "only the PDF header": (lambda: b"%PDF-1.7\n", "reading.broken_pdf"),
    "a PDF of noise": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20, "reading.broken_pdf"),
    "a PDF that refers to itself": (
        lambda: pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 9>>"),
        "reading.no_code",
    ),
    "a PDF that wants a password": (
        lambda: pdf(*page()).replace(
            b"/Root 1 0 R",
            b"/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4"
            b"/O<%s>/U<%s>>>" % (b"11" * 32, b"22" * 32),
        ),
        "reading.broken_pdf",
    ),
    "an empty page": (lambda: pdf(*page()), "reading.no_code"),
    "a page the size of a field": (lambda: pdf(*page(b"0 0 9e6 9e6")), "reading.no_code"),
    "a page without area": (lambda: pdf(*page(b"5 5 5 5")), "reading.no_code"),
    "a page of a million by nothing": (lambda: pdf(*page(b"0 0 1e6 0.01")), "reading.no_code"),
    "ten thousand million rectangles in 2 KB": (
        lambda: forms_in_forms(10),
        "reading.too_complex",
    ),
    "an attachment of 1.5 GB in 1.5 MB": (lambda: attached_zeros(1500), "reading.too_complex"),
    "an attachment that is no artefact": (lambda: attached_zeros(1), "reading.no_code"),
    "a PNG that claims 100,000 by 100,000": (
        lambda: png_header(100_000, 100_000),
        "reading.too_large",
    ),
    "a PNG that claims 60 megapixels": (lambda: png_header(10_000, 6_000), "reading.too_large"),
    "a PNG that claims more than it holds": (lambda: png_header(100, 100), "reading.broken_image"),
    "a PNG that claims nothing": (lambda: png_header(0, 0), "reading.broken_image"),
    "only the PNG signature": (lambda: b"\x89PNG\r\n\x1a\n", "reading.broken_image"),
    "only the JPEG mark": (lambda: b"\xff\xd8\xff", "reading.broken_image"),
    "a WebP of nothing": (lambda: b"RIFF\x04\x00\x00\x00WEBP", "reading.broken_image"),
    "a picture without a code": (
        lambda: packed(Image.linear_gradient("L"), "PNG"),
        "reading.no_code",
    ),
}


def packed(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def corners(width: int, height: int) -> Image.Image:
    """As many corners of a QR code as there is room for, each module one pixel."""
    corner = Image.new("L", (8, 7), 255)
    for inset, level in ((0, 0), (1, 255), (2, 0)):
        corner.paste(level, (inset, inset, 7 - inset, 7 - inset))
    image = Image.new("L", (width, height), 255)
    for x in range(0, width, 8):
        image.paste(corner, (x, 0))
    row = image.crop((0, 0, width, 7))
    for y in range(7, height, 7):
        image.paste(row, (0, y))
    return image


def scanned(times: int) -> bytes:
    """A progressive JPEG of a camera frame's size whose last scan comes again and again."""
    jpeg = packed(Image.new("L", (1280, 720)), "JPEG", progressive=True)
    last = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    return jpeg[:-2] + last * times + jpeg[-2:]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_gets_its_code(name: str) -> None:
    make, expected = HOSTILE[name]
    with pytest.raises(FormatError) as caught:
        read(make())
    assert caught.value.code == expected


def test_a_password_is_told_from_damage() -> None:
    with pytest.raises(FormatError) as caught:
        read(HOSTILE["a PDF that wants a password"][0]())
    assert caught.value.params == {"reason": "encrypted"}


def test_a_pdf_that_computes_for_ever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(confined.SECONDS, "pdf", 1)
    with pytest.raises(FormatError) as caught:
        read(forms_in_forms(12))
    assert caught.value.code == "reading.too_complex"


@pytest.mark.parametrize(
    "make",
    [lambda: packed(corners(2000, 2000), "PNG"), lambda: scanned(20_000)],
    ids=["a picture of 70,000 corners of codes", "a JPEG of 20,000 scans"],
)
def test_a_picture_that_computes_for_ever_is_stopped(
    make: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(confined.SECONDS, "image", 1)
    with pytest.raises(FormatError) as caught:
        read(make())
    assert caught.value.code == "reading.too_complex"
    assert caught.value.params == {"seconds": 1}


@pytest.mark.parametrize("size", [(4000, 4000), (9000, 5000), (2001, 2000), (5_000_000, 10)])
def test_a_large_picture_is_reduced_before_it_is_searched(size: tuple[int, int]) -> None:
    sizes = [each.width * each.height for each in codes._attempts(Image.new("L", size))]
    assert sizes[0] <= 4_000_000
    assert sizes[1] <= 12_000_000


FRAMES: dict[str, tuple[Callable[[], bytes], bool]] = {
    "a camera frame": (lambda: packed(Image.new("RGB", (1280, 720)), "JPEG"), True),
    "a progressive one": (lambda: scanned(0), True),
    "one of many scans": (lambda: scanned(100), False),
    "one larger than the page asks for": (
        lambda: packed(Image.new("L", (1281, 720)), "JPEG"),
        False,
    ),
    "one with much else in the file": (
        lambda: packed(Image.new("L", (64, 64)), "JPEG") + bytes(codes.MAX_FRAME),
        False,
    ),
    "a small PNG": (lambda: packed(Image.new("L", (64, 64)), "PNG"), False),
    "a small WebP": (lambda: packed(Image.new("L", (64, 64)), "WEBP"), False),
}


@pytest.mark.parametrize(("make", "expected"), FRAMES.values(), ids=FRAMES.keys())
def test_only_what_is_cheap_whatever_it_shows_is_decoded_in_the_servers_process(
    make: Callable[[], bytes], expected: bool
) -> None:
    assert codes.is_frame(make()) is expected


def check_reading(data: bytes) -> None:
    """Reads it, or says why not; what is read has our shape."""
    try:
        reading = read(data)
    except FormatError as error:
        assert error.code in CODES
    else:
        assert all(map(artefacts.looks_like_ours, reading.texts))


def damaged(data: bytes, cut: float, flips: list[tuple[float, int]]) -> bytes:
    kept = bytearray(data[: int(len(data) * cut)])
    for where, bit in flips:
        if kept:
            kept[int(where * (len(kept) - 1))] ^= 1 << bit
    return bytes(kept)


def damages() -> dict[str, Any]:
    flip = st.tuples(st.floats(0, 1), st.integers(0, 7))
    return {
        "cut": st.one_of(st.just(1.0), st.floats(0, 1)),
        "flips": st.lists(flip, max_size=12),
    }


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**damages())
def test_a_damaged_picture_never_breaks_the_reader(
    printed: Any, kind: str, cut: float, flips: list[tuple[float, int]]
) -> None:
    small = printed.picture.convert("L").crop((100, 900, 800, 1200))
    check_reading(damaged(packed(small, kind), cut, flips))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**damages())
def test_a_damaged_pdf_never_breaks_the_reader(
    printed: Any, cut: float, flips: list[tuple[float, int]]
) -> None:
    check_reading(damaged(printed.pdf, cut, flips))


@given(st.text(max_size=300), st.sampled_from(["", "%PDF-", "HTTPS://A/V#", "a.b.c~"]))
def test_any_text_is_taken_as_typed(text: str, start: str) -> None:
    typed = start + text
    if typed.strip():
        assert read(typed).texts == (typed.strip(),)


@pytest.mark.parametrize(
    "near",
    [
        "a.b.c~" + "d~" * 60_000 + "!",
        "a.b.c~" + "d" * 200_000 + "!",
        "HTTPS://A/V#" + "1" * 200_000 + "x",
    ],
    ids=["many disclosures", "one long disclosure", "many digits"],
)
def test_a_long_near_miss_is_not_ours(near: str) -> None:
    assert not artefacts.looks_like_ours(near)
