import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import qrcode
from PIL import Image, ImageOps

from credential.errors import FormatError, RefusedError
from verifier.reading import Reading, artefacts, confined, read


def packed(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def code(text: str) -> Image.Image:
    return qrcode.make(text).get_image().convert("L")


def test_a_pdf_gives_the_attached_sd_jwt_and_the_printed_code(printed: Any) -> None:
    assert read(printed.pdf) == Reading("pdf", (printed.sd_jwt, printed.link))


def test_pdfs_are_read_from_several_threads_at_once(printed: Any) -> None:
    with ThreadPoolExecutor(4) as threads:
        readings = list(threads.map(read, [printed.pdf] * 8))
    assert readings == [Reading("pdf", (printed.sd_jwt, printed.link))] * 8


@pytest.mark.parametrize(
    ("make", "kind", "options"),
    [
        (lambda image: image, "PNG", {}),
        (lambda image: image, "JPEG", {"quality": 40}),
        (lambda image: image, "WEBP", {"quality": 50}),
        (lambda image: image.convert("CMYK"), "JPEG", {}),
        (lambda image: image.convert("1"), "PNG", {}),
        (lambda image: image.convert("P"), "PNG", {}),
        (lambda image: image.convert("L").convert("I;16").point(lambda v: v * 257), "PNG", {}),
        (lambda image: image.rotate(90, expand=True), "PNG", {}),
        (lambda image: image.rotate(200, expand=True, fillcolor="white"), "JPEG", {}),
        (ImageOps.mirror, "PNG", {}),
        (lambda image: ImageOps.invert(image.convert("L")), "PNG", {}),
        (lambda image: image.crop((0, 521, 1280, 1241)), "JPEG", {"quality": 85}),
        (lambda image: image.resize((image.width * 4, image.height * 4)), "JPEG", {}),
    ],
    ids=[
        "a PNG of the page",
        "a poor JPEG",
        "a WebP",
        "a JPEG for print (CMYK)",
        "black and white only",
        "a palette",
        "sixteen bits of grey",
        "lying on its side",
        "upside down and askew",
        "mirrored",
        "white on black",
        "a camera frame",
        "a picture of thirty-five megapixels",
    ],
)
def test_a_picture_of_the_paper_gives_its_code(
    printed: Any, make: Any, kind: str, options: dict[str, Any]
) -> None:
    assert read(packed(make(printed.picture), kind, **options)) == Reading("image", (printed.link,))


def test_black_on_transparent_is_read_as_on_white(printed: Any) -> None:
    modules = code(printed.link)
    clear = Image.new("RGBA", modules.size, (0, 0, 0, 0))
    clear.paste("black", mask=ImageOps.invert(modules))
    assert read(packed(clear)).texts == (printed.link,)


def test_a_foreign_code_beside_ours_is_left_out(printed: Any) -> None:
    both = Image.new("L", (printed.picture.width, printed.picture.height + 500), 255)
    both.paste(printed.picture.convert("L"), (0, 500))
    both.paste(code("https://school.example/menu"), (20, 20))
    assert read(packed(both)).texts == (printed.link,)


@pytest.mark.parametrize(("count", "taken"), [(artefacts.MOST, True), (artefacts.MOST + 1, False)])
def test_a_picture_of_more_codes_than_papers_have_is_refused(count: int, taken: bool) -> None:
    """For each of them chain, store and register are asked: a picture holds hundreds."""
    links = [f"https://other.example/v/#{number}" for number in range(100, 100 + count)]
    side = code(links[0]).width
    sheet = Image.new("L", (6 * side, 3 * side), 255)
    for place, link in enumerate(links):
        sheet.paste(code(link), (place % 6 * side, place // 6 * side))
    if taken:
        assert sorted(read(packed(sheet)).texts) == links
        return
    with pytest.raises(FormatError) as caught:
        read(packed(sheet))
    assert caught.value.code == "reading.too_many"


@pytest.mark.parametrize(
    "text",
    [
        "HTTPS://SOGOC.EXAMPLE/V#123456",
        "https://other.example:8443/v/#123456",
        "eyJh.eyJi.c2ln~WyJh~",
        "eyJh.eyJi.c2ln~WyJh~eyJr.eyJi.c2ln",
    ],
    ids=["our link", "a link of another host", "an SD-JWT", "an SD-JWT with key binding"],
)
def test_codes_of_our_shape_are_taken_from_any_host(text: str) -> None:
    assert read(packed(code(text))) == Reading("image", (text,))
    assert read(f"\n {text}\r\n".encode()) == Reading("text", (text,))


def test_a_typed_text_is_only_stripped() -> None:
    assert read("  8NY7 d7ss-v1j4 3SD7\n") == Reading("text", ("8NY7 d7ss-v1j4 3SD7",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://sogoc.example.evil/login", "reading.not_ours"),
        ("javascript:alert(1)#12", "reading.not_ours"),
        ("12345678901234567890", "reading.not_ours"),
        ("https://sogoc.example/v#12x", "reading.not_ours"),
        ("eyJh.eyJi.c2ln", "reading.not_ours"),
    ],
    ids=[
        "another page",
        "a script",
        "digits without a link",
        "letters among the digits",
        "a plain JWT",
    ],
)
def test_other_codes_are_named_as_not_ours(text: str, expected: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(packed(code(text)))
    assert caught.value.code == expected


def test_who_waits_too_long_is_told_so(printed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "_PATIENCE", 0.01)
    with confined._AT_ONCE, confined._AT_ONCE, pytest.raises(RefusedError) as caught:
        read(printed.pdf)
    assert caught.value.code == "reading.busy"
