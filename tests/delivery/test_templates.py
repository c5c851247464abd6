"""A school's own templates: what passes, what is refused and why, what stays in use."""

import os
import re
import resource
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pypdfium2
import pytest

from credential.errors import ConfigError, InputError, RefusedError
from credential.model import CredentialType
from issuer.delivery import unsealed
from issuer.paper import confined, pool, press, samples
from issuer.paper.document import Paper
from issuer.paper.shelf import MAIN, Shelf, begin
from tests.delivery.conftest import URL
from tests.issuer.conftest import SCHOOL, Desk

KIND = CredentialType.THPT_DIPLOMA
TRY = partial(confined.tried, public_url=URL)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The default template as a school begins with it."""
    folder = tmp_path / "own"
    begin(KIND, folder)
    return folder


def refused(shelf: Shelf, folder: Path, kind: CredentialType = KIND) -> set[str]:
    with pytest.raises(InputError) as found:
        shelf.put(7, kind, folder, TRY)
    return {fault.code.removeprefix("template.") for fault in found.value.faults}


@pytest.mark.parametrize("kind", CredentialType)
def test_what_we_give_to_begin_with_passes(kind: CredentialType, tmp_path: Path) -> None:
    begin(kind, tmp_path / "own")
    shelf = Shelf(tmp_path / "templates")
    assert shelf.find(7, kind) is None
    digest = shelf.put(7, kind, tmp_path / "own", TRY)
    found = shelf.find(7, kind)
    assert found is not None
    assert found.parent.name == digest
    assert shelf.find(8, kind) is None
    shelf.clear(7, kind)
    assert shelf.find(7, kind) is None
    with pytest.raises(RefusedError, match=r"template\.none"):
        shelf.clear(7, kind)


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


LINE = "place(bottom + left, dy: -0.9mm, rect(width: 30mm, height: 2pt, fill: black))"
VERIFY = "  verify-block(50mm),\n"
BROKEN: dict[str, tuple[Callable[[str], str], set[str]]] = {
    "does not compile": (lambda text: text + "#let x = (", {"broken"}),
    "does not end": (
        lambda text: text + "#for i in range(99999) { for j in range(99999) { } }", {"slow"},
    ),
    "eats the memory": (
        lambda text: text + '#{ let s = "x"; for i in range(60) { s = s + s }; s.len() }', {"slow"},
    ),
    "leaves the name out": (
        replaced('weight: "bold", data.name)', 'weight: "bold")[Ai đó]'), {"fields"},
    ),
    "prints another's data": (replaced('data.birth)', '"07/3/2008")'), {"fields"}),
    "has no code": (replaced(VERIFY, "  [#data.code #data.verify_url],\n"), {"qr_unreadable"}),
    "has a small code": (
        replaced(VERIFY, "  scale(60%, reflow: true, verify-block(50mm)),\n"), {"qr_small"},
    ),
    "has the code off the page": (
        replaced(VERIFY, "  move(dx: -40mm, verify-block(50mm)),\n"), {"qr_unreadable"},
    ),
    "has the code at the edge": (
        replaced(VERIFY, "  move(dx: -23mm, verify-block(50mm)),\n"), {"qr_outside"},
    ),
    "crowds the code": (
        replaced(VERIFY, f"  [#verify-block(50mm) #{LINE}],\n"), {"qr_crowded"},
    ),
    "has no place for the signature": (
        replaced('  signature(12.5pt, 20mm),\n', "  [#data.signer_name #data.signer_title],\n"),
        {"seal_absent"},
    ),
    "has that place off the page": (
        replaced('  signature(12.5pt, 20mm),\n', "  move(dx: 99mm, signature(12.5pt, 20mm)),\n"),
        {"seal_outside", "fields"},
    ),
    "needs two pages": (lambda text: text + "#pagebreak()\nTrang hai", {"pages"}),
    "attaches nothing": (
        replaced('#show: setup.with("Bằng tốt nghiệp trung học phổ thông")',
                 '#set document(title: "Bằng")\n#set text(lang: "vi")'), {"attachment"},
    ),
    "hides that it is a specimen": (
        lambda text: text.replace("    specimen-mark(64pt, -18deg)\n", "").replace(
            "    place(bottom + center, dy: -15mm, specimen-note(9.5pt))\n", ""
        ), {"specimen"},
    ),
    "fetches a package": (lambda text: '#import "@preview/cetz:0.2.0"\n' + text, {"words"}),
    "fetches one by another name": (
        lambda text: '#import ("@pre" + "view/cetz:0.2.0")\n' + text, {"words"},
    ),
    "evaluates a text": (lambda text: text + '#eval("1")', {"words"}),
    "evaluates a text behind what looks like a comment": (
        lambda text: text + '#let u = "//"; #eval("1")', {"words"},
    ),
    "reads outside of its folder": (lambda text: text + '#read("/etc/passwd")', {"broken"}),
    "climbs out of its folder": (lambda text: text + '#read("../secret.txt")', {"broken"}),
    "asks for a picture over the network": (
        lambda text: text + '#image("http://127.0.0.1/x.png")', {"broken"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "codes"), BROKEN.values(), ids=BROKEN)
def test_a_template_that_fails_changes_nothing(
    change: Callable[[str], str],
    codes: set[str],
    own: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(confined, "SECONDS", 5)
    (tmp_path / "secret.txt").write_text("secret")
    main = own / MAIN
    main.write_text(change(main.read_text(encoding="utf-8")), encoding="utf-8")
    shelf = Shelf(tmp_path / "templates")
    assert codes <= refused(shelf, own)
    assert shelf.find(7, KIND) is None
    assert not list((tmp_path / "templates").rglob("*.typ"))


def test_a_later_fault_leaves_what_is_in_use(own: Path, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "templates")
    shelf.put(7, KIND, own, TRY)
    before = shelf.find(7, KIND)
    (own / MAIN).write_text("#let x = (")
    assert refused(shelf, own) == {"broken"}
    assert shelf.find(7, KIND) == before
    (own / MAIN).unlink()
    assert refused(shelf, own) == {"no_main"}


def test_only_files_that_are_files_of_a_template(own: Path, tmp_path: Path) -> None:
    (own / "run.sh").write_text("true")
    (own / "link.typ").symlink_to("/etc/passwd")
    shelf = Shelf(tmp_path / "templates")
    assert refused(shelf, own) == {"file"}


def test_a_font_without_vietnamese_letters_is_named(own: Path, tmp_path: Path) -> None:
    fonts = list(Path(pytest.__file__).parents[1].glob("**/cmr10.ttf"))
    if not fonts:
        pytest.skip("no font without Vietnamese letters is installed here")
    (own / "cmr10.ttf").write_bytes(fonts[0].read_bytes())
    assert refused(Shelf(tmp_path / "templates"), own) == {"font"}


def test_no_package_is_looked_for_where_papers_are_printed(tmp_path: Path) -> None:
    """What the words let through, the press has no place for."""
    page = tmp_path / "page.typ"
    page.write_text('#import "@local/mine:0.1.0"\nx')
    with pytest.raises(ConfigError, match=r"paper\.template"):
        press.print_pdf(page, {}, datetime(2026, 1, 1, tzinfo=UTC))


READS = "#let data = json(bytes(sys.inputs.paper))"
BEHAVES = """#let given = json(bytes(sys.inputs.paper))
#let data = if given.specimen { given } else {
  let number = given.register_no.last()
  if number == "1" { given + (name: "Ai đó") }
  else if number == "2" { given + (sd_jwt: "e30.e30.e30~") }
  else if number == "3" { given + (qr: "<svg xmlns='http://www.w3.org/2000/svg'/>") }
  else if number == "7" { given + (place_and_date: given.place_and_date.slice(0, -1) + "9") }
  else if number == "8" { given + (signer_title: "Ai đó") }
  else if number == "4" { for i in range(99999) { for j in range(99999) { } }; given }
  else { given }
}"""
OTHERWISE = {
    "1": "paper.differs.*'name'", "2": "paper.differs.*'sd_jwt'", "3": "paper.differs.*'qr'",
    "7": "paper.differs.*'place_and_date'", "8": "paper.differs.*'signer_title'",
    "4": "paper.stopped",
}  # fmt: skip


def test_a_template_that_behaves_on_specimens_is_held_to_it_on_papers(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = replaced(READS, BEHAVES)((own / "paper.typ").read_text(encoding="utf-8"))
    (own / "paper.typ").write_text(text, encoding="utf-8")
    shelf = Shelf(tmp_path / "templates")
    shelf.put(7, KIND, own, TRY)
    monkeypatch.setattr(pool, "SECONDS", 4)
    specimen, _ = samples.papers(KIND, URL)
    real = replace(specimen, specimen=False, template=shelf.find(7, KIND))

    def numbered(last: str) -> Paper:
        number = f"A26/079/00012{last}"
        return replace(real, credential=replace(real.credential, register_no=number))

    for last, told in OTHERWISE.items():
        with pytest.raises(ConfigError) as found:
            list(unsealed([numbered(last)]))
        assert re.search(told, str(found.value))
    fine = [numbered("5"), replace(numbered("6"), overlay=True, marks=True)]
    assert len(list(unsealed(fine))) == 2


def test_files_of_a_template_in_use_that_change_are_noticed(own: Path, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "templates")
    shelf.put(7, KIND, own, lambda *_: [])
    found = shelf.find(7, KIND)
    assert found is not None
    found.write_text(found.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"template\.changed"):
        shelf.find(7, KIND)


def test_whoever_prints_reaches_no_network_and_has_limits() -> None:
    (told,) = pool.mapped(_surroundings, [""], 1)
    assert told == (pool.NO_NETWORK, (pool.MEMORY, pool.MEMORY))


def _surroundings(_: str) -> tuple[dict[str, str | None], tuple[int, int]]:
    held = {name: os.environ.get(name) for name in pool.NO_NETWORK}
    return held, resource.getrlimit(resource.RLIMIT_AS)


def test_the_command_checks_sets_and_previews(
    desk: Desk, own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (own / MAIN).read_text(encoding="utf-8")
    (own / MAIN).write_text(text.replace("[cấp]", "[trao tặng]"), encoding="utf-8")
    assert desk.sogoc("template", "check", "thpt-diploma", str(own)) == 0
    assert desk.sogoc("template", "set", SCHOOL, "thpt-diploma", str(own)) == 0
    out = tmp_path / "preview.pdf"
    assert desk.sogoc("template", "preview", SCHOOL, "thpt-diploma", "-o", str(out)) == 0
    assert "trao tặng" in pypdfium2.PdfDocument(out)[0].get_textpage().get_text_range()
    (own / MAIN).write_text("#let x = (")
    assert desk.sogoc("template", "set", SCHOOL, "thpt-diploma", str(own)) == 1
    assert "cannot be printed" in capsys.readouterr().err
    arguments = [each for each in desk.issue_arguments() if each != "--no-pdf"]
    assert desk.sogoc(*arguments) == 0
    assert "BEAR NO PAdES" in capsys.readouterr().err
    (folder,) = (desk.data / "papers").iterdir()
    papers = sorted(folder.iterdir())
    assert "trao tặng" in pypdfium2.PdfDocument(papers[0])[0].get_textpage().get_text_range()
    assert desk.sogoc("verify", str(papers[0])) == 0
    assert desk.sogoc("template", "clear", SCHOOL, "thpt-diploma") == 0
    assert desk.sogoc("audit", "verify") == 0
