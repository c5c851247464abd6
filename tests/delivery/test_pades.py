"""Signed papers, judged by pyHanko's validator against a test authority."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel

from credential import qrlink
from credential.errors import ConfigError, RefusedError
from issuer.devicekeys import DeviceKey
from issuer.devices import Devices
from issuer.pades.containers import Containers
from issuer.pades.keys import Certified
from issuer.pades.sealing import Seal, sealed
from issuer.paper.document import Paper, print_paper
from tests.delivery.conftest import (
    DIPLOMA,
    NAME,
    P256,
    ROOT,
    RSA,
    TRANSCRIPT,
    as_file,
    chain_of,
    folder_in,
    judged,
    of_file,
    own_key,
    seal,
)
from tests.devices.authority import Authority, put
from tests.devices.softhsm import PIN, Tray
from verifier.reading.confined import take_apart

KEYS: dict[str, Callable[[Path], Certified]] = {
    "the key that signs credentials": own_key,
    "P-256 of an authority": lambda folder: of_file(folder, P256),
    "RSA of an authority": lambda folder: of_file(folder, RSA),
}


def signed(paper: Paper, by: Seal) -> bytes:
    (pdf,) = sealed([paper], by, 0)
    return pdf


def assert_good(pdf: bytes) -> None:
    found = judged(pdf, ROOT)
    assert found.bottom_line
    assert found.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert not judged(pdf, Authority.root("Another")).trusted


@pytest.mark.parametrize("made", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("paper", [DIPLOMA, TRANSCRIPT], ids=["a diploma", "a transcript"])
def test_a_paper_is_signed_by_a_key_in_a_file(
    made: Callable[[Path], Certified], paper: Paper, tmp_path: Path
) -> None:
    assert_good(signed(paper, seal(made(tmp_path))))


@pytest.mark.softhsm
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_paper_is_signed_by_a_key_in_a_token(kind: str, tray: Tray, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = P256 if kind == "ec" else RSA
    held = tmp_path / "key.pem"
    held.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    tray.token("Con dấu")
    tray.hold("Con dấu", held, "dấu")
    put(tray, "Con dấu", "dấu", *chain_of(key))
    devices = Devices(lambda *_: PIN)
    folder = folder_in(tmp_path / "keys", lambda: devices)
    folder.use("1.seal", DeviceKey(tray.module, "Con dấu", "dấu"))
    found = folder.find("1.seal")
    assert found is not None
    assert_good(signed(DIPLOMA, seal(found[0])))
    devices.close()


@pytest.fixture(scope="module")
def pdf(sealing: Seal) -> bytes:
    return signed(DIPLOMA, sealing)


def test_it_is_baseline_b_b(pdf: bytes) -> None:
    (found,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    names = {each["type"].native for each in found.signer_info["signed_attrs"]}
    assert {"content_type", "message_digest", "signing_certificate_v2"} <= names
    assert "signing_time" not in names, "the time stands in the signature dictionary (EN 319 142)"
    assert found.self_reported_timestamp.isoformat() == "2026-07-05T14:30:05+07:00"


def test_every_changed_byte_is_found(pdf: bytes) -> None:
    (found,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    first, length, second, rest = (int(each) for each in found.byte_range)
    covered = [*range(first, first + length, 4999), *range(second + 4, second + rest - 40, 211)]
    assert len(covered) > 20
    for place in covered:
        changed = bytearray(pdf)
        changed[place] ^= 1
        try:
            verdict = judged(bytes(changed), ROOT).bottom_line
        except Exception:  # noqa: BLE001 — not even a PDF any more
            verdict = False
        assert not verdict, place


def test_what_is_added_afterwards_is_found(pdf: bytes) -> None:
    assert judged(pdf + b"\n% more\n", ROOT).coverage != SignatureCoverageLevel.ENTIRE_FILE


def test_qr_code_and_attachment_are_still_found(pdf: bytes) -> None:
    found = take_apart(pdf, "pdf")
    assert found.attached == (DIPLOMA.sd_jwt,)
    assert found.codes == ("".join(DIPLOMA.qr),)
    assert found.codes[0].startswith(qrlink.encode(b"x", DIPLOMA.verify_url)[0][:20])


def test_it_is_still_pdf_a_3(pdf: bytes) -> None:
    """What ISO 19005-3 asks of the parts that a signature adds."""
    reader = PdfFileReader(io.BytesIO(pdf))
    form, page = reader.root["/AcroForm"], reader.root["/Pages"]["/Kids"][0]
    assert "/NeedAppearances" not in form
    (reference,) = form["/Fields"]
    field = reference.get_object()
    assert field["/F"] & 4, "printed (6.3.2)"
    assert not field["/F"] & 0b100011, "neither invisible, hidden nor unseen"
    assert field["/P"] == page
    look = field["/AP"]
    assert set(look) == {"/N"}
    fonts = look["/N"]["/Resources"]["/Font"].values()
    for font in (each.get_object() for each in fonts):
        below = font["/DescendantFonts"][0]
        assert {"/FontFile3", "/FontFile2"} & set(below["/FontDescriptor"]), "embedded (6.2.11)"
    xmp = reader.root["/Metadata"].data.decode()
    assert re.search(r"pdfaid:part[>=\"]+3", xmp)
    assert re.search(r"pdfaid:conformance[>=\"]+B", xmp)
    assert "/OutputIntents" in reader.root
    assert len(reader.root["/AF"]) == 1
    plain = PdfFileReader(io.BytesIO(print_paper(DIPLOMA, sealed=True)[0]))
    assert xmp == plain.root["/Metadata"].data.decode(), "as typst wrote it, so is what follows"
    assert reader.trailer_view["/Info"] == plain.trailer_view["/Info"]


def test_who_signed_and_when_is_seen_in_the_field(pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    page = document[0]
    reader = PdfFileReader(io.BytesIO(pdf))
    left, bottom, right, top = (float(x) for x in reader.root["/AcroForm"]["/Fields"][0]["/Rect"])
    assert right - left > 150
    assert 0 < bottom < top < page.get_height()
    with_form = page.render(scale=2, may_draw_forms=True).to_numpy()
    without = page.render(scale=2, may_draw_forms=False).to_numpy()
    differs = (with_form != without).any(axis=2)
    rows, columns = differs.any(axis=1).nonzero()[0], differs.any(axis=0).nonzero()[0]
    height = page.get_height() * 2
    assert (columns.min(), columns.max()) == pytest.approx((left * 2, right * 2), abs=4)
    assert (rows.min(), rows.max()) == pytest.approx((height - top * 2, height - bottom * 2), abs=4)


@pytest.mark.parametrize("made", KEYS.values(), ids=KEYS)
def test_containers_are_what_pyhanko_makes(
    made: Callable[[Path], Certified], tmp_path: Path
) -> None:
    key = made(tmp_path)
    last: list[bytes] = []

    def sign(data: bytes) -> bytes:
        last.append(key.sign(data))
        return last[-1]

    with Containers(Certified(key.chain, key.algorithm, sign)) as containers:
        for number in range(20):  # ECDSA signatures differ in length
            digest = bytes([number]) * 32
            container = containers.make(digest)
            whole: Any = containers._attributes_of(digest)
            assert container == containers._made(whole, last[-1], None)
            assert len(container) <= containers.room


def test_a_file_without_certificate_is_no_seal(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        NoEncryption,
        pkcs12,
    )

    bare = pkcs12.serialize_key_and_certificates(b"x", P256, None, None, NoEncryption())
    with pytest.raises(RefusedError, match=r"certificate\.none"):
        folder_in(tmp_path).take("1.seal", bare, "")
    with pytest.raises(ConfigError, match=r"key\.cannot_open"):
        folder_in(tmp_path).take("1.seal", as_file(P256), "wrong")
    assert folder_in(tmp_path).find("1.seal") is None


def test_the_name_is_that_of_the_certificate(pdf: bytes) -> None:
    (found,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert found.sig_object["/Name"] == NAME
