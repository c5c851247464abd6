"""PDFs made to break a reader, to act, or to say two things at once: none is VALID."""

import random
import re
import zlib
from collections.abc import Iterator

from tests.hostile.genuine import Genuine, swelling
from tests.reading.test_reading_hostile import page, pdf, stream

Named = Iterator[tuple[str, bytes]]


def attaching(*files: tuple[str, bytes], entries: bytes = b"") -> bytes:
    """A PDF of one empty page with files attached."""
    specs, objects = b"", []
    for number, (name, content) in enumerate(files):
        at = 4 + 2 * number
        specs += b"(%d %s) %d 0 R " % (number, name.encode(), at)
        objects += [
            b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F %d 0 R>>>>"
            % (name.encode(), name.encode(), at + 1),
            stream(b"/Type/EmbeddedFile" + entries, content),
        ]
    catalogue = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[%s]>>>>>>" % specs
    return pdf(catalogue, *page()[1:], *objects)


def structure(_: Genuine) -> Named:
    """Trees without end, streams that swell, tables that lie."""
    yield (
        "page tree that holds itself",
        pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"),
    )
    yield (
        "page tree 5,000 deep",
        pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            *[b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (n + 3) for n in range(5_000)],
            page()[2],
        ),
    )
    yield (
        "10,000 pages",
        pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 10000/Kids[%s]>>" % b" ".join(b"3 0 R" for _ in range(10_000)),
            page()[2],
        ),
    )
    yield (
        "2^31 pages claimed",
        pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 2147483647>>",
            page()[2],
        ),
    )
    yield "a page of a hundred kilometres", pdf(*page(b"0 0 9e8 9e8"))
    yield "a page of not-a-number", pdf(*page(b"nan 0 nan 10"))
    yield (
        "form that draws itself",
        pdf(
            *page(rest=b"/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>"),
            stream(b"", b"/X Do"),
            stream(
                b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>",
                b"/X Do " * 50,
            ),
        ),
    )
    yield (
        "content of 1 GB in 1 MB",
        pdf(
            *page(rest=b"/Contents 4 0 R"),
            stream(b"/Filter/FlateDecode", swelling(b"q Q ", 1 << 30)),
        ),
    )
    twice = zlib.compress(swelling(b"q Q ", 1 << 30), 9)
    yield (
        "content squeezed twice",
        pdf(*page(rest=b"/Contents 4 0 R"), stream(b"/Filter[/FlateDecode/FlateDecode]", twice)),
    )
    yield (
        "object stream of 500 MB",
        pdf(
            *page(),
            stream(
                b"/Type/ObjStm/N 1000000/First 9/Filter/FlateDecode", swelling(b"1 1 ", 500 << 20)
            ),
        ),
    )
    yield (
        "picture of 100,000 by 100,000",
        pdf(
            *page(rest=b"/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>"),
            stream(b"", b"100 0 0 100 0 0 cm /X Do"),
            stream(
                b"/Type/XObject/Subtype/Image/Width 100000/Height 100000/BitsPerComponent 8"
                b"/ColorSpace/DeviceGray/Filter/FlateDecode",
                swelling(bytes(4), 10 << 20),
            ),
        ),
    )
    yield "picture as JBIG2", _image(b"/JBIG2Decode", random.Random(1).randbytes(3_000))
    yield "picture as JPEG 2000", _image(b"/JPXDecode", random.Random(2).randbytes(3_000))
    yield "picture as CCITT", _image(b"/CCITTFaxDecode", random.Random(3).randbytes(3_000))
    yield "arrays 100,000 deep", pdf(*page(rest=b"/A" + b"[" * 100_000))
    yield "dictionary without end", pdf(*page()) + b"<<" * 100_000
    yield "table that points to itself", pdf(*page()).replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev 9")
    yield "table beyond the file", b"%PDF-1.7\nstartxref\n99999999999\n%%EOF"
    yield "only a header", b"%PDF-1.7\n"
    yield "no catalogue", pdf(b"<<>>")
    yield "noise", b"%PDF-1.7\n" + random.Random(4).randbytes(20_000)
    yield "a thousand headers", b"%PDF-1.7\n" * 1_000


def acting(genuine: Genuine) -> Named:
    """PDFs that want to run, send or open something, and those that nobody may open."""
    for name, action in {
        "JavaScript": b"/S/JavaScript/JS(app.alert\\(1\\))",
        "a program to start": b"/S/Launch/F(cmd.exe)",
        "an address to open": b"/S/URI/URI(https://a.example/)",
        "a form to send": b"/S/SubmitForm/F(https://a.example/)",
        "another file to go to": b"/S/GoToR/F(\\\\\\\\a.example\\\\a.pdf)/D[0/Fit]",
        "data to import": b"/S/ImportData/F(/etc/passwd)",
    }.items():
        yield name, pdf(b"<</Type/Catalog/Pages 2 0 R/OpenAction<<%s>>>>" % action, *page()[1:])
    yield (
        "XFA",
        pdf(
            b"<</Type/Catalog/Pages 2 0 R/AcroForm<</XFA 4 0 R>>>>",
            *page()[1:],
            stream(
                b"", b'<xdp:xdp xmlns:xdp="a"><!ENTITY x SYSTEM "file:///etc/passwd"></xdp:xdp>'
            ),
        ),
    )
    yield (
        "content in another file",
        pdf(*page(rest=b"/Contents 4 0 R"), b"<</Length 0/F(/etc/passwd)>>stream\n\nendstream"),
    )
    locked = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>"
    yield (
        "a password",
        pdf(*page()).replace(b"/Root 1 0 R", b"/Root 1 0 R" + locked % (b"11" * 32, b"22" * 32)),
    )
    yield (
        "an unknown lock",
        pdf(*page()).replace(
            b"/Root 1 0 R", b"/Root 1 0 R/Encrypt<</Filter/Adobe.PubSec/V 9/R 9>>"
        ),
    )
    yield (
        "a signature of nobody",
        pdf(
            b"<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R]>>>>",
            *page()[1:],
            b"<</FT/Sig/T(a)/V<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 1 2 3]/Contents<00>>>>>",
        ),
    )


def attachments(genuine: Genuine) -> Named:
    """Attachments that are not what they should be, or that disagree with each other."""
    first, second = genuine.first, genuine.second
    ours = first.sd_jwt.encode()
    spoilt = ours.replace(ours[900:904], b"AAAA", 1)
    yield "two papers", attaching(("a", ours), ("b", second.sd_jwt.encode()))
    yield "a paper and a forged one", attaching(("a", ours), ("b", spoilt))
    yield "a forged one and a paper", attaching(("a", spoilt), ("b", ours))
    yield (
        "a diploma and a transcript",
        attaching(("a", ours), ("b", genuine.transcript.sd_jwt.encode())),
    )
    yield "a forged one alone", attaching(("credential.sdjwt", spoilt))
    yield "a program", attaching(("a.exe", b"MZ" + bytes(5_000)))
    yield "a PDF", attaching(("a.pdf", first.pdf[:40_000]))
    yield "names that climb", attaching(("../../../etc/passwd", b"root"))
    yield "a megabyte of text", attaching(("a", b"a" * 1_000_000))
    yield "a thousand files", attaching(*[(str(n), b"x") for n in range(1_000)])
    yield (
        "zeros of 1.5 GB in 1.5 MB",
        attaching(("a", swelling(bytes(4), 1500 << 20)), entries=b"/Filter/FlateDecode"),
    )
    yield "text in UTF-16", attaching(("a", first.sd_jwt.encode("utf-16")))
    yield "HTML", attaching(("a.html", b"<script>alert(1)</script>"))
    yield "a link that is forged", attaching(("a", genuine.signed(b"\xa0").encode()))
    yield "a paper's file without a word", attaching(("credential.sdjwt", b""))
    yield "the attachment of another paper", _swapped(first.pdf, second.sd_jwt.encode())


def changed(genuine: Genuine) -> Named:
    """A genuine PDF with something changed in the file."""
    whole = genuine.first.pdf
    yield "half of it", whole[: len(whole) // 2]
    yield "without its end", whole[:-200]
    yield "behind 2 kB of something else", b"x" * 2_048 + whole
    rng = random.Random(5)
    for number in range(6):
        noisy = bytearray(whole)
        start = len(whole) * number // 6
        noisy[start : start + 2_000] = rng.randbytes(2_000)
        yield f"noise over part {number}", bytes(noisy)


FAMILIES = {
    "PDF structure": structure,
    "PDF acting": acting,
    "PDF attachments": attachments,
}
MAYBE = {"PDF changed": changed}
"""A genuine paper may still be read off what is left; only that nothing breaks is asked."""


def _image(decoder: bytes, content: bytes) -> bytes:
    return pdf(
        *page(rest=b"/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>"),
        stream(b"", b"100 0 0 100 0 0 cm /X Do"),
        stream(
            b"/Type/XObject/Subtype/Image/Width 500/Height 500/BitsPerComponent 1/ColorSpace"
            b"/DeviceGray/Filter" + decoder,
            content,
        ),
    )


def _swapped(whole: bytes, attachment: bytes) -> bytes:
    """A paper to which an incremental update gave another attachment."""
    found = re.search(rb"/EF<</F (\d+) 0 R", whole)
    trailer = re.search(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)", whole, re.DOTALL)
    assert found
    assert trailer
    number = int(found[1])
    added = b"\n%d 0 obj\n%s\nendobj\n" % (number, stream(b"/Type/EmbeddedFile", attachment))
    at = len(whole) + 1
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    end = b"trailer\n<<%s/Prev %s>>\nstartxref\n%d\n%%%%EOF"
    return whole + added + table + end % (trailer[1], trailer[2], len(whole) + len(added))
