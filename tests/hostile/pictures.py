"""Pictures made to break a decoder or to smuggle something past it: none is VALID."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import Image

from tests.hostile.genuine import Genuine, drawn, swelling
from tests.reading.test_reading_hostile import corners, packed, png_header, scanned

Named = Iterator[tuple[str, bytes]]


def bombs(_: Genuine) -> Named:
    """Small files of huge pictures, and pictures that take for ever to search."""
    yield "PNG of 7,000 by 7,000 in 50 kB", packed(Image.new("1", (7_000, 7_000)), "PNG")
    yield "PNG of 30,000 by 30,000", png_pixels(30_000, 30_000)
    yield "PNG of 65,500 by 700", packed(Image.new("1", (65_500, 700)), "PNG")
    yield "PNG of 1 by 65,500", packed(Image.new("L", (1, 65_500), 255), "PNG")
    yield "JPEG of 65,500 by 65,500", jpeg_size(65_500, 65_500)
    yield "JPEG of 65,500 by 700", packed(Image.new("L", (65_500, 700)), "JPEG", quality=1)
    yield "WebP of 16,383 by 3,000", packed(Image.new("L", (16_383, 3_000)), "WEBP", lossless=True)
    yield "WebP of 16,383 by 16,383", webp_size(16_383, 16_383)
    yield "PNG that claims 2^31 by 2^31", png_header(2**31 - 1, 2**31 - 1)
    yield "PNG that claims 100,000 by 100,000", png_header(100_000, 100_000)
    yield (
        "PNG with a text of 100 MB in 100 kB",
        png_with(b"zTXt", b"a\0\0" + swelling(bytes(4), 100 << 20)),
    )
    yield (
        "PNG with a profile of 100 MB in 100 kB",
        png_with(b"iCCP", b"a\0\0" + swelling(bytes(4), 100 << 20)),
    )
    yield (
        "PNG with an international text of 100 MB",
        png_with(b"iTXt", b"a\0\x01\0\0\0" + swelling(bytes(4), 100 << 20)),
    )
    yield "JPEG of 400 scans", scanned(400)
    yield "corners in a camera frame", packed(corners(1280, 720), "JPEG", quality=60)
    yield (
        "APNG of 2,000 frames",
        packed(
            Image.new("L", (64, 64)),
            "PNG",
            save_all=True,
            append_images=[Image.new("L", (64, 64), n % 255) for n in range(2_000)],
        ),
    )
    yield (
        "WebP of 300 frames",
        packed(
            Image.new("RGB", (64, 64)),
            "WEBP",
            save_all=True,
            append_images=[Image.new("RGB", (64, 64), (n % 255, 0, 0)) for n in range(300)],
        ),
    )


def broken(genuine: Genuine) -> Named:
    """Files of which a part is missing or makes no sense."""
    small = drawn("https://a.example/")
    png, jpeg, webp = (packed(small, kind) for kind in ("PNG", "JPEG", "WEBP"))
    for name, data in {"PNG": png, "JPEG": jpeg, "WebP": webp}.items():
        yield f"{name} cut in the middle", data[: len(data) // 2]
        yield f"{name} cut after its mark", data[:12]
        noise = random.Random(1).randbytes(len(data))
        yield f"{name} of noise", data[:12] + noise[12:]
    yield "PNG with wrong checksums", png.replace(b"IDAT", b"IDAX", 1)
    yield "PNG of nothing by nothing", png_header(0, 0)
    yield (
        "PNG of a palette that is missing",
        png_header(64, 64).replace(b"\x08\0\0\0\0", b"\x08\x03\0\0\0", 1),
    )
    yield "PNG whose chunk is 2^31 long", png[:33] + b"\x7f\xff\xff\xffIDAT" + png[41:]
    yield "JPEG with no end", jpeg[:-2]
    yield "JPEG whose tables are missing", jpeg.replace(b"\xff\xdb", b"\xff\xfe")
    yield "JPEG of a segment beyond the file", jpeg[:4] + b"\xff\xff" + jpeg[6:]
    yield "WebP that claims 4 GB", b"RIFF\xff\xff\xff\xffWEBPVP8 " + webp[16:]


def odd(genuine: Genuine) -> Named:
    """Well-formed, but not what a photo of a paper is."""
    code = drawn("https://a.example/").convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 99
    exif[0x010E] = "\0" * 60_000
    yield "CMYK JPEG", packed(code.convert("CMYK"), "JPEG")
    yield "16 bits a pixel", packed(Image.new("I;16", (300, 300)), "PNG")
    yield "one bit a pixel", packed(code.convert("1"), "PNG")
    yield "wholly transparent", packed(Image.new("RGBA", (300, 300)), "PNG")
    yield "EXIF of garbage", packed(code, "JPEG", exif=b"Exif\0\0" + b"MM\0\x2a" + b"\xff" * 5_000)
    yield "EXIF that turns by nothing known", packed(code, "JPEG", exif=exif)
    yield "profile of garbage", packed(code, "JPEG", icc_profile=b"\xff" * 60_000)
    yield "comment of a script", packed(code, "JPEG", comment=b"<script>alert(1)</script>")
    yield "animated GIF", packed(code, "GIF", save_all=True, append_images=[code] * 5)
    yield "GIF that says PNG", b"\x89PNG\r\n\x1a\n" + packed(code, "GIF")
    yield "TIFF", packed(code, "TIFF")
    yield "BMP", packed(code, "BMP")
    yield "icon", packed(code.resize((64, 64)), "ICO")
    yield "JPEG 2000", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(500)
    yield "HEIC", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + bytes(500)
    yield "AVIF", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(500)
    yield "PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n(/etc/passwd) run"
    yield (
        "SVG that asks another site",
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="https://a.example/"/></svg>',
    )
    yield "XML that expands", b'<!DOCTYPE a [<!ENTITY b "bbbb">]><svg>&b;&b;</svg>'
    yield "PostScript that says JPEG", b"\xff\xd8\xff%!PS\nquit"
    yield "nothing but white", packed(Image.new("L", (1000, 1000), 255), "PNG")
    yield "noise", packed(Image.effect_noise((800, 800), 90), "PNG")


def codes(genuine: Genuine) -> Named:
    """Pictures of codes: other people's, too many, ours beside theirs, ours spoilt."""
    first, second = genuine.first, genuine.second
    hundred = Image.new("L", (1800, 1800), 255)
    for number in range(100):
        one = drawn(f"https://a.example/{number}", gap=0)
        hundred.paste(one.resize((170, 170)), (number % 10 * 180, number // 10 * 180))
    yield "a hundred codes of others", packed(hundred, "PNG")
    yield "two papers of ours", packed(drawn(first.link, second.link), "PNG")
    yield (
        "a paper of ours and a forged one",
        packed(drawn(first.link, genuine.signed(b"\xa0") + "1"), "PNG"),
    )
    yield "a link to the paper that is no token", packed(drawn("https://sogoc.example/V"), "PNG")
    yield "a code of script", packed(drawn("javascript:alert(1)"), "PNG")
    yield "a code of NUL", packed(drawn("\0\0\0"), "PNG")
    yield "a code as full as can be", packed(drawn("9" * 7_000), "PNG")
    page = first.picture.copy()
    page.paste(drawn(second.link).resize((330, 330)), (40, 40))
    yield "another paper's code pasted on", packed(page, "JPEG", quality=90)
    yield "the code cut in half", packed(drawn(first.link).crop((0, 0, 110, 400)), "PNG")


def polyglots(genuine: Genuine) -> Named:
    """One file of two kinds. What decides is the first bytes; the rest must change nothing."""
    code, forged = drawn("https://a.example/"), genuine.signed(b"\xa0")
    png, jpeg = packed(code, "PNG"), packed(code, "JPEG")
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as package:
        package.writestr("a.txt", genuine.first.sd_jwt)
    yield "PNG with a ZIP behind", png + zipped.getvalue()
    yield "PNG with our PDF behind", png + b"\n" * 1024 + genuine.first.pdf
    yield "JPEG with HTML behind", jpeg + b"<html><script>alert(1)</script>"
    yield "JPEG with our text behind", jpeg + genuine.first.sd_jwt.encode()
    yield "PNG with our text in it", png_with(b"tEXt", b"a\0" + genuine.first.sd_jwt.encode(), png)
    yield "PNG with a PDF's mark in it", png_with(b"tEXt", b"a\0%PDF-1.7\n1 0 obj", png)
    yield "JPEG with a PDF's mark in it", packed(code, "JPEG", comment=b"%PDF-1.7")
    yield "JPEG with a PNG behind", jpeg + packed(drawn(genuine.first.link), "PNG")
    yield "HTML before a PNG", b"<html>" + png
    yield "script that is a GIF", b"GIF89a/*" + b"\0" * 100 + b"*/=alert(1)//"
    yield "our text twice", f"{genuine.first.sd_jwt}\n{genuine.second.sd_jwt}".encode()
    yield "our text in UTF-16", genuine.first.sd_jwt.encode("utf-16")
    yield "our text behind a byte order mark", b"\xef\xbb\xbf" + genuine.first.sd_jwt.encode()
    yield "text of a forged link", forged.encode()
    yield "ZIP", zipped.getvalue()
    yield "RAR", b"Rar!\x1a\x07\x01\0" + bytes(500)
    yield "program", b"\x7fELF\x02\x01\x01" + bytes(500)
    yield "pickle", b"\x80\x04\x95" + b"cposix\nsystem\n(S'id'\ntR."
    yield "spreadsheet", zipped.getvalue().replace(b"a.txt", b"xl.xm")
    yield "nothing", b""
    yield "one byte", b"\x89"


FAMILIES = {
    "picture bomb": bombs,
    "picture broken": broken,
    "picture odd": odd,
    "picture of codes": codes,
    "polyglot": polyglots,
}


def chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png_with(kind: bytes, content: bytes, png: bytes | None = None) -> bytes:
    """A PNG with one chunk more behind its header."""
    png = png or packed(Image.new("L", (64, 64)), "PNG")
    return png[:33] + chunk(kind, content) + png[33:]


def png_pixels(width: int, height: int) -> bytes:
    """A PNG of one bit a pixel that really holds all its rows, in a thousandth of their size."""
    shape = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = swelling(bytes(4), ((width + 7) // 8 + 1) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", shape) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_size(width: int, height: int) -> bytes:
    """A JPEG of 8 by 8 pixels that claims another size."""
    data = bytearray(packed(Image.new("L", (8, 8)), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_size(width: int, height: int) -> bytes:
    """A lossless WebP of 8 by 8 pixels that claims another size."""
    data = bytearray(packed(Image.new("L", (8, 8)), "WEBP", lossless=True))
    at = data.index(b"VP8L") + 9
    bits = struct.unpack("<I", data[at : at + 4])[0] & 0xF0000000
    data[at : at + 4] = struct.pack("<I", bits | (height - 1) << 14 | (width - 1))
    return bytes(data)
