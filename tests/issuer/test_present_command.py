"""`sogoc present`: a holder makes a selection where the file is, without network or deployment."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from api.cli import run
from credential import sdjwt
from credential.keybinding import Expectation
from credential.keys import SoftwareKey
from credential.selecting import present
from tests.credential.issued import bound, issue, transcript

PRIVATE = ec.generate_private_key(ec.SECP256R1())
PHONE = SoftwareKey(PRIVATE)
FULL = issue(bound(transcript(), PHONE))
FIVE = "Ngữ văn,TOÁN,physics,Hoá học,biology"

Chooses = Callable[..., int]


@pytest.fixture
def choose(tmp_path: Path) -> Chooses:
    (tmp_path / "all.sdjwt").write_text(FULL)

    def choose(*options: str, lang: str = "vi") -> int:
        data = ["--data", str(tmp_path / "nowhere"), "--lang", lang]
        return run([*data, "present", str(tmp_path / "all.sdjwt"), *options])

    return choose


def made(tmp_path: Path) -> str:
    return (tmp_path / "out.sdjwt").read_text()


CHOICES: dict[str, tuple[list[str], list[str]]] = {
    "by path": (["--keep", "name,CN/physics", "--keep", "class"], ["name", "class", "CN/physics"]),
    "a term": (["--term", "HK1"], ["HK1"]),
    "subjects of a term, by name or code": (
        ["--term", "CN", "--subject", FIVE, "--keep", "name"],
        ["name", *(f"CN/{key}" for key in
                   ("literature", "mathematics", "physics", "chemistry", "biology"))],
    ),
    "a subject in every term": (
        ["--subject", "toán"], [f"{term}/mathematics" for term in ("HK1", "HK2", "CN")],
    ),
    "the level alone": (["--level-only", "--keep", "name"], ["name", "outcome/CN.study"]),
}  # fmt: skip


@pytest.mark.parametrize(("options", "paths"), CHOICES.values(), ids=CHOICES.keys())
def test_a_selection_is_written(
    options: list[str], paths: list[str], choose: Chooses, tmp_path: Path
) -> None:
    assert choose(*options, "-o", str(tmp_path / "out.sdjwt")) == 0
    assert made(tmp_path) == present(FULL, paths)


def test_the_text_itself_is_taken_also_where_there_is_something_to_overwrite(
    tmp_path: Path,
) -> None:
    (tmp_path / "out.sdjwt").write_text("an earlier selection")
    data = ["--data", str(tmp_path / "nowhere")]
    assert run([*data, "present", FULL, "--keep", "name", "-o", str(tmp_path / "out.sdjwt")]) == 0
    assert made(tmp_path) == present(FULL, ["name"])


def test_it_is_told_what_is_shown_and_what_stays_hidden(
    choose: Chooses, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out.sdjwt")
    assert choose("--keep", "name,CN/physics", "-o", out, lang="en") == 0
    shown, hidden = capsys.readouterr().out.split("Stays hidden")
    assert "name: Full name" in shown
    assert "CN/physics: Vật lí" in shown
    assert "birth_date" in hidden
    assert "HK1/physics: Vật lí" in hidden
    assert f"{len(made(tmp_path))} bytes" in hidden


def test_without_a_choice_it_is_told_what_there_is(
    choose: Chooses, capsys: pytest.CaptureFixture[str]
) -> None:
    assert choose() == 0
    said = capsys.readouterr().out
    assert "CN/mathematics: Toán" in said
    assert "outcome/HK1.study: Kết quả học tập học kỳ I" in said
    assert "counts" not in said


@pytest.mark.parametrize(
    "options",
    [["--keep", "nme"], ["--term", "HK3"], ["--subject", "Toan"], ["--keep", "outcome/counts"]],
    ids=repr,
)
def test_an_unknown_name_is_refused_with_what_there_is(
    options: list[str], choose: Chooses, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert choose(*options, "-o", str(tmp_path / "out.sdjwt")) == 1
    said = capsys.readouterr().err
    assert options[1] in said
    assert "mathematics" in said
    assert not (tmp_path / "out.sdjwt").exists()


def test_a_proof_by_the_holders_key_goes_along(choose: Chooses, tmp_path: Path) -> None:
    written = pem(tmp_path, PRIVATE)
    proof = ["--key", written, "--audience", "https://truong.example", "--nonce", "n-1"]
    assert choose("--keep", "name", *proof, "-o", str(tmp_path / "out.sdjwt")) == 0
    found = sdjwt.parse(made(tmp_path))
    assert found.text == present(FULL, ["name"])
    assert found.binding is not None
    expected = Expectation("https://truong.example", "n-1", found.binding.made)
    assert found.binding.fault(PHONE.public, expected) == ""


def test_another_key_proves_nothing_and_is_refused(choose: Chooses, tmp_path: Path) -> None:
    written = pem(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    proof = ["--key", written, "--audience", "a", "--nonce", "n-1"]
    assert choose("--keep", "name", *proof, "-o", str(tmp_path / "out.sdjwt")) == 1
    assert not (tmp_path / "out.sdjwt").exists()


def test_a_key_that_cannot_be_read_is_refused(choose: Chooses, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no key")
    locked = pem(tmp_path, PRIVATE, locked=True)
    other = pem(tmp_path, ec.generate_private_key(ec.SECP384R1()), name="other.pem")
    for path in (str(tmp_path / "none.pem"), str(tmp_path / "absent.pem"), locked, other):
        options = ["--key", path, "--audience", "a", "--nonce", "1"]
        assert choose("--keep", "name", *options, "-o", str(tmp_path / "out.sdjwt")) == 1


USAGE = {
    "no place to write": ["--keep", "name"],
    "a nonce without a key": ["--keep", "name", "--nonce", "1", "-o", "out"],
    "a key without a nonce": ["--keep", "name", "--key", "k.pem", "--audience", "a", "-o", "out"],
}


@pytest.mark.parametrize("options", USAGE.values(), ids=USAGE.keys())
def test_wrong_usage_says_so(options: list[str], choose: Chooses) -> None:
    assert choose(*options) == 64


def test_the_whole_file_is_never_overwritten(choose: Chooses, tmp_path: Path) -> None:
    assert choose("--keep", "name", "-o", str(tmp_path / "all.sdjwt")) == 64
    assert (tmp_path / "all.sdjwt").read_text() == FULL


def test_what_has_no_signed_file_has_no_selection(tmp_path: Path) -> None:
    (tmp_path / "x.sdjwt").write_text("1234")
    assert run(["present", str(tmp_path / "x.sdjwt"), "--keep", "name", "-o", "out"]) == 64


def pem(
    folder: Path, key: ec.EllipticCurvePrivateKey, name: str = "key.pem", *, locked: bool = False
) -> str:
    form = BestAvailableEncryption(b"x") if locked else NoEncryption()
    path = folder / ("locked.pem" if locked else name)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, form))
    return str(path)
