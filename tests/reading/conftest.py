"""A printed diploma to be read: its PDF, the page as a picture, and what stands in it."""

import random
from dataclasses import dataclass
from datetime import date

import pypdfium2
import pytest
from PIL import Image

from credential import qrlink
from credential.dates import PartialDate
from credential.model import Credential, CredentialType, Holder, Signer
from issuer.paper.document import Paper, make_pdf


@dataclass(frozen=True)
class Printed:
    pdf: bytes
    picture: Image.Image
    link: str
    sd_jwt: str


@pytest.fixture(scope="session")
def printed() -> Printed:
    credential = Credential(
        type=CredentialType.THPT_DIPLOMA,
        school=7,
        school_name="Trường THPT Rạch Miễu",
        holder=Holder("Đặng Thị Ẵm", PartialDate(2008, 3, 7)),
        register_no="A26/079/000123",
        year=2026,
        issued=date(2026, 7, 5),
        signer=Signer("Võ Ằng Ữu", "Hiệu trưởng"),
        serial="T02600123",
    )
    link = qrlink.encode(random.Random(3).randbytes(181), "https://sogoc.example")
    sd_jwt = f"eyJhbGciOiJFUzI1NiJ9.eyJ2Y3QiOiJ4In0.{'A' * 86}~WyJzYWx0IiwibmFtZSJd~"
    pdf = make_pdf(Paper(credential, "0" * 16, "sogoc.example/v", link, sd_jwt, specimen=False))
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=150 / 72).to_pil()
    return Printed(pdf, picture, "".join(link), sd_jwt)
