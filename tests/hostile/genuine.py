"""What is genuine in the demo, for the corpus to spoil, and the school's key, for it to misuse."""

import zlib
from dataclasses import dataclass

import cbor2
import pypdfium2
import zxingcpp
from PIL import Image

from credential import qrlink, qrtoken
from credential.keys import SoftwareKey
from credential.model import Deployment as LedgerDeployment
from credential.model import KeyRole
from issuer.delivery import sd_jwt_of, token_of
from tests.deployed import Deployment

HOST = "https://sogoc.example"
FIRST, SECOND, TRANSCRIPT = "B26/1001/00001", "B26/1001/00002", "H26/1001/00001"


@dataclass(frozen=True)
class Paper:
    """One genuine credential in all its forms. `picture` is its page at 150 dpi."""

    token: bytes
    sd_jwt: str
    code: str
    pdf: bytes
    picture: Image.Image

    @property
    def link(self) -> str:
        return link(self.token)

    @property
    def claims(self) -> dict[int, object]:
        """The token's claims by label."""
        found: dict[int, object] = cbor2.loads(qrtoken.parse(self.token).payload)[qrtoken._CLAIMS]
        return found


@dataclass(frozen=True)
class Genuine:
    first: Paper
    second: Paper
    transcript: Paper
    key: SoftwareKey
    ledger: LedgerDeployment

    def signed(self, claims: bytes, *, key: SoftwareKey | None = None) -> str:
        """The link of a token over any claims, well signed by the school's own key or another."""
        key = key or self.key
        kid, alg = key.public.kid, key.public.alg
        signature = key.sign(qrtoken.to_sign(claims, kid, alg, self.ledger))
        return link(qrtoken.assemble(claims, kid, alg, signature))


def link(token: bytes) -> str:
    return "".join(qrlink.encode(token, HOST))


def drawn(*texts: str, gap: int = 40) -> Image.Image:
    """QR codes side by side."""
    images = []
    for text in texts:
        barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L")
        image = zxingcpp.write_barcode_to_image(barcode, scale=3, add_quiet_zones=True)
        images.append(Image.fromarray(image))
    size = (sum(each.width + gap for each in images), max(each.height for each in images))
    sheet, left = Image.new("L", size, 255), 0
    for image in images:
        sheet.paste(image, (left, 0))
        left += image.width + gap
    return sheet


def collect(demo: Deployment) -> Genuine:
    with demo.system() as system:
        signer = system.keystore.signer(system.key_name(1001, KeyRole.SIGN))
        papers = []
        for number in (FIRST, SECOND, TRANSCRIPT):
            found = system.batches.credential(number)
            assert found is not None
            pdf = demo.paper(number).read_bytes()
            with pypdfium2.PdfDocument(pdf) as document:
                picture = document[0].render(scale=150 / 72).to_pil().convert("RGB")
            papers.append(Paper(token_of(found), sd_jwt_of(found), found.staged.code, pdf, picture))
        return Genuine(*papers, signer, system.deployment)


def swelling(unit: bytes, size: int) -> bytes:
    """A zlib stream (RFC 1950) of a unit again and again, at least `size` bytes, made at once.

    One flushed block is repeated, so a gigabyte is made without being held; its checksum is wrong.
    """
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(unit * ((1 << 20) // len(unit))) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * (size + (1 << 20) - 1 >> 20) + packer.flush()
