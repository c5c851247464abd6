"""Time stamps of a real authority over HTTP: pyHanko's own, which serves in this process."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from asn1crypto import keys as asn1keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from credential.errors import UnavailableError
from issuer.pades.sealing import Seal, sealed
from issuer.pades.timestamps import Authority
from tests.delivery.conftest import DIPLOMA, ROOT, judged, seal
from tests.devices.authority import NOW, YEAR, named

TSA_NAME = "Nơi cấp dấu thời gian"


def authority() -> DummyTimeStamper:
    key = rsa.generate_private_key(65537, 2048)
    made = (
        x509.CertificateBuilder()
        .subject_name(named(TSA_NAME))
        .issuer_name(named(ROOT.name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - YEAR)
        .not_valid_after(NOW + YEAR)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(ROOT.key, SHA256())
    )
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(
        asn1.Certificate.load(made.public_bytes(Encoding.DER)),
        asn1keys.PrivateKeyInfo.load(plain),
    )


class Answers(BaseHTTPRequestHandler):
    """The authority; `how` is what it does with a question."""

    stamper = authority()
    how = "stamps"

    def do_POST(self) -> None:
        question = self.rfile.read(int(self.headers["Content-Length"]))
        made = self.stamper.request_tsa_response(tsp.TimeStampReq.load(question)).dump()
        if self.how == "refuses":
            made = tsp.TimeStampResp({"status": {"status": "rejection"}}).dump()
        self.send_response(503 if self.how == "is down" else 200)
        kind = "text/html" if self.how == "is a web page" else "application/timestamp-reply"
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(b"<html>" if self.how == "says nonsense" else made)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()
    Answers.how = "stamps"


def test_a_stamped_signature_is_baseline_b_t(sealing: Seal, address: str) -> None:
    (pdf,) = sealed([DIPLOMA], seal(sealing.key, stamper=Authority(address)), 0)
    found = judged(pdf, ROOT)
    assert found.bottom_line
    assert found.timestamp_validity.valid
    assert found.timestamp_validity.trusted
    assert found.timestamp_validity.signing_cert.subject.native["common_name"] == TSA_NAME


@pytest.mark.parametrize("how", ["is down", "is a web page", "says nonsense", "refuses"])
def test_without_its_stamp_no_paper_is_made(sealing: Seal, address: str, how: str) -> None:
    Answers.how = how
    with pytest.raises(UnavailableError) as silent:
        list(sealed([DIPLOMA], seal(sealing.key, stamper=Authority(address)), 0))
    assert silent.value.source == "timestamps"


def test_an_authority_that_is_not_there_is_named(sealing: Seal) -> None:
    with pytest.raises(UnavailableError) as silent:
        list(sealed([DIPLOMA], seal(sealing.key, stamper=Authority("http://127.0.0.1:1/")), 0))
    assert silent.value.source == "timestamps"
