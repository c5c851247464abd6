"""`sogoc verify THING`: whatever a person has of one diploma leads to the same verdict."""

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pypdfium2
import pytest

from api.cli import run
from credential import qrlink
from issuer.delivery import sd_jwt_of, token_of
from tests.deployed import Deployment

GENUINE = "B26/1001/00001"
Make = Callable[[Deployment, Path], str]


def link(demo: Deployment) -> str:
    with demo.system() as system:
        found = system.batches.credential(GENUINE)
        assert found is not None
        return "".join(qrlink.encode(token_of(found), system.settings.public_url))


def sd_jwt(demo: Deployment) -> str:
    with demo.system() as system:
        found = system.batches.credential(GENUINE)
    assert found is not None
    return sd_jwt_of(found)


def saved(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return str(folder / name)


def photo(demo: Deployment, folder: Path) -> str:
    document = pypdfium2.PdfDocument(demo.paper(GENUINE))
    document[0].render(scale=200 / 72).to_pil().convert("RGB").save(folder / "photo.jpg")
    document.close()
    return str(folder / "photo.jpg")


THINGS: dict[str, Make] = {
    "a link": lambda demo, _: link(demo),
    "a link of another host": lambda demo, _: link(demo).replace("127.0.0.1:8080", "OTHER.EXAMPLE"),
    "digits": lambda demo, _: link(demo).partition("#")[2],
    "a look-up code": lambda demo, _: demo.issued(GENUINE)[0].lower(),
    "an SD-JWT": lambda demo, _: sd_jwt(demo),
    "a PDF": lambda demo, _: str(demo.paper(GENUINE)),
    "a photo": photo,
    "a text file with a link": lambda demo, to: saved(to, "a.txt", link(demo).encode()),
    "a text file from Windows": lambda demo, to: saved(
        to, "a.txt", b"\xef\xbb\xbf" + link(demo).encode() + b"\r\n"
    ),
    "a text file with a look-up code": lambda demo, to: saved(
        to, "code", demo.issued(GENUINE)[0].encode() + b"\n"
    ),
    "a text file with digits": lambda demo, to: saved(
        to, "digits.txt", link(demo).partition("#")[2].encode()
    ),
    "a saved SD-JWT": lambda demo, to: saved(to, "diploma.sdjwt", sd_jwt(demo).encode() + b"\n"),
}


@pytest.mark.parametrize("make", THINGS.values(), ids=THINGS)
def test_whatever_shows_the_diploma_is_valid(
    make: Make, demo: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--data", str(demo.data), "verify", make(demo, tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("✔ VALID — ")
    assert demo.issued(GENUINE)[1].holder.name in said


def test_standard_input_is_read(
    demo: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = io.BytesIO(demo.paper(GENUINE).read_bytes())
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=given))
    assert run(["--data", str(demo.data), "verify", "-"]) == 0
    assert "VALID" in capsys.readouterr().out


UNREADABLE: dict[str, Callable[[Path], str]] = {
    "another site's link": lambda _: "https://a.example/",
    "another code": lambda _: "WIFI:S:truong;;",
    "an empty file": lambda to: saved(to, "a.txt", b""),
    "a text file about something else": lambda to: saved(to, "a.txt", "Xin chào".encode()),
    "a file in another encoding": lambda to: saved(to, "a.txt", "Đỗ".encode("utf-16")),
    "a broken PDF": lambda to: saved(to, "a.pdf", b"%PDF-1.7 and nothing more"),
    "an image without a code": lambda to: saved(to, "a.png", b"\x89PNG\r\n\x1a\n"),
}


@pytest.mark.parametrize("make", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_64_and_no_verdict(
    make: Callable[[Path], str],
    demo: Deployment,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["--data", str(demo.data), "--lang", "en", "verify", make(tmp_path)]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip()
    assert "16 letters" not in said.err, "nothing of it was meant as a look-up code"
    assert "Traceback" not in said.err
