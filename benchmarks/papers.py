"""A thousand diplomas as signed PDFs (PAdES, key in a file), beside the floor: typst alone.

Steps are timed one by one in this process, then typst alone compiles the same thousand in two
processes, then all of it as `sogoc deliver zip` does it: two processes print and read back, this
one signs and writes. Every hundredth PDF is read back by pyHanko.

    python -m benchmarks.papers [--count 1000]
"""

import argparse
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader

from benchmarks.measure import Target
from credential.keys import SoftwareKey
from credential.model import CredentialType
from issuer.packing import Item, pack
from issuer.pades.containers import Containers
from issuer.pades.keys import Appearance, holder, of_signer
from issuer.pades.placing import place
from issuer.pades.sealing import Seal, sealed
from issuer.paper.comparing import printed
from issuer.paper.document import Paper, make_pdf, print_paper
from issuer.paper.pool import mapped
from issuer.paper.samples import papers

AIM = 60.0  # seconds for a thousand
_STEPS = 50  # papers of which each step is timed


def main(count: int = 1000) -> list[Target]:
    """Print the table; what was aimed for and reached."""
    seal, all_papers = _seal(), _papers(count)
    _by_step(seal, all_papers[:_STEPS])
    floor = _timed("floor: typst alone, two processes", count, lambda: _bare(all_papers))
    with TemporaryDirectory() as folder:
        whole = _timed(
            "signed, written and packed", count, lambda: _whole(seal, all_papers, Path(folder))
        )
    print(f"  of it above the floor {whole - floor:5.1f} s")
    return [Target("1,000 signed PDFs in a ZIP", AIM, whole * 1000 / count, " s", at_most=True)]


def _bare(all_papers: list[Paper]) -> int:
    return sum(1 for _ in _told(mapped(make_pdf, all_papers, 2), len(all_papers)))


def _told(made: Iterator[bytes], count: int) -> Iterator[bytes]:
    """Each as it comes; every tenth of all is told."""
    began = time.perf_counter()
    for number, pdf in enumerate(made, 1):
        yield pdf
        if number % max(count // 10, 1) == 0:
            print(
                f"    {number:6} of {count} after {time.perf_counter() - began:5.1f} s", flush=True
            )


def _whole(seal: Seal, all_papers: list[Paper], folder: Path) -> int:
    items = []
    for number, pdf in enumerate(_told(sealed(all_papers, seal), len(all_papers))):
        path = folder / f"{number}.pdf"
        path.write_bytes(pdf)
        items.append(Item(path, f"Người {number}", "12A1", str(number)))
        if number % 100 == 0:
            assert len(PdfFileReader(io.BytesIO(pdf)).embedded_signatures) == 1
    with (folder / "all.zip").open("wb") as out:
        pack(out, items)
    return len(items)


def _by_step(seal: Seal, some: list[Paper]) -> None:
    seen = Appearance(holder(seal.key.chain), seal.at)
    with Containers(seal.key) as containers:
        room = containers.room
        print_paper(some[0], sealed=True)
        with _step("typst and QR code", some):
            made_pages = [print_paper(paper, sealed=True) for paper in some]
        with _step("the same, and read back", some):
            for paper in some:
                printed(paper, sealed=True)
        with _step("place of the signature", some):
            places = [place(pdf, field, seen, room) for pdf, field in made_pages if field]
        with _step("signature and container", some):
            made = [each.filled(containers.make(each.digest)) for each in places]
    size, plain = len(made[0]) / 1000, len(made_pages[0][0]) / 1000
    print(f"  {size:.0f} kB each, {size - plain:.0f} of them the signature")


@contextmanager
def _step(name: str, some: list[Paper]) -> Iterator[None]:
    began = time.process_time()
    yield
    each = (time.process_time() - began) / len(some) * 1000
    print(f"  {name:45}{each:7.1f} ms of one core each")


def _timed(name: str, count: int, work: Callable[[], int]) -> float:
    began = time.perf_counter()
    assert work() == count
    seconds = time.perf_counter() - began
    print(f"  {name:45}{seconds:7.1f} s {count / seconds:7.1f}/s", flush=True)
    return seconds


def _papers(count: int) -> list[Paper]:
    first, _ = papers(CredentialType.THPT_DIPLOMA, "https://sogoc.example")
    one = first.credential
    return [
        replace(
            first,
            credential=replace(
                one,
                register_no=f"A26/079/{number:06d}",
                holder=replace(one.holder, name=f"Nguyễn Thị Ngọc {number}"),
            ),
        )
        for number in range(count)
    ]


def _seal() -> Seal:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Trường THPT Ỷ Lan")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    chain = [made.public_bytes(Encoding.DER)]
    return Seal(of_signer(SoftwareKey(key), chain), now.replace(microsecond=0))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    main(parser.parse_args().count)
