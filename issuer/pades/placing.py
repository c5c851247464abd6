"""The place of a signature in a PDF: a visible field, and room for the container.

Decides the field's name, what is seen in it (`stamp.typ`, with its own embedded fonts, as PDF/A
demands) and that the file is only added to. Needs no key.
"""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject

from issuer.pades.keys import Appearance
from issuer.paper.press import Field, print_pdf

FIELD = "Sogoc"
"""The field's name."""

_STAMP = Path(__file__).parent / "stamp.typ"


@dataclass(frozen=True, slots=True)
class Place:
    """A PDF with room for a container, and where: see `pyhanko`'s own description."""

    pdf: bytes
    prepared: PreparedByteRangeDigest

    @property
    def digest(self) -> bytes:
        """SHA-256 of all bytes but the room."""
        return self.prepared.document_digest

    def filled(self, container: bytes) -> bytes:
        """The signed PDF."""
        out = BytesIO(self.pdf)
        self.prepared.fill_with_cms(out, container)
        return out.getvalue()


class _Added(IncrementalPdfFileWriter):
    """Leaves the file's metadata as typst wrote it: what PDF/A asks of XMP is kept to the letter.

    When it was signed stands in the signature.
    """

    def _update_meta(self) -> None:
        pass


def place(pdf: bytes, field: Field, seen: Appearance, room: int) -> Place:
    """A PDF with a signature field where the template has it, and that many bytes of room."""
    writer = _Added(BytesIO(pdf))
    spec = SigFieldSpec(FIELD, on_page=field.page - 1, box=_box(writer, field))
    steps = PdfCMSEmbedder(new_field_spec=spec).write_cms(FIELD, writer)
    widget = next(steps).get_object()
    look = PdfFileReader(BytesIO(_stamp(field.width, field.height, seen)))
    widget["/AP"] = DictionaryObject({pdf_name("/N"): writer.import_page_as_xobject(look)})
    signature = SignatureObject(
        timestamp=seen.at, name=seen.name, subfilter=SigSeedSubFilter.PADES,
        bytes_reserved=2 * room,
    )  # fmt: skip
    steps.send(SigObjSetup(sig_placeholder=signature))
    prepared, out = steps.send(SigIOSetup("sha256", output=BytesIO()))
    return Place(out.getvalue(), prepared)


def _box(writer: IncrementalPdfFileWriter, field: Field) -> tuple[int, int, int, int]:
    """The field's corners as PDF has them: in points from the lower left."""
    page = writer.find_page_for_modification(field.page - 1)[0].get_object()
    height = float(page.raw_get("/MediaBox")[3])
    left, bottom = round(field.x), round(height - field.y - field.height)
    return left, bottom, left + round(field.width), bottom + round(field.height)


@lru_cache(maxsize=8)
def _stamp(width: float, height: float, seen: Appearance) -> bytes:
    """What is seen in a field of that size, as a page of its own."""
    at = seen.at.strftime("%d/%m/%Y %H:%M:%S ") + seen.at.isoformat()[-6:]  # and the zone
    content = {"width": round(width), "height": round(height), "name": seen.name, "at": at}
    return print_pdf(_STAMP, content, seen.at)
