"""`sogoc present`: a selection of a signed file, made where the file is, without any network."""

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from api.commands.things import given, is_file, writing
from api.session import Session
from api.terminal import printable
from credential import keybinding, sdjwt, selecting
from credential.errors import FormatError, RefusedError
from credential.keys import SoftwareKey
from credential.model import TERMS
from credential.sdjwt import Disclosure, SdJwt
from credential.sdjwt_shape import OUTCOME
from credential.text import fold
from verifier.artefact import outcome_name
from verifier.reading import read
from web import messages


def _listed(_: click.Context, __: click.Parameter, values: Sequence[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


@click.command()
@click.argument("file")
@click.option("--keep", multiple=True, callback=_listed, metavar="NAME[,NAME…]",
              help="Mục được hiện / what is shown: name, birth_date, CN, CN/mathematics, "
              "outcome/CN.study, …")  # fmt: skip
@click.option("--term", "terms", multiple=True, callback=_listed, metavar="HK1|HK2|CN",
              help="Các môn của học kỳ / the courses of a term.")  # fmt: skip
@click.option("--subject", "subjects", multiple=True, callback=_listed, metavar="SUBJECT[,…]",
              help="Chỉ các môn này, theo mã hoặc tên / only these subjects, by code or "
              "name.")  # fmt: skip
@click.option("--level-only", is_flag=True,
              help="Chỉ kết quả học tập cả năm / the year's level and no mark.")  # fmt: skip
@click.option("--key", "key_file", type=click.Path(path_type=Path, dir_okay=False), metavar="PEM",
              help="Khóa của người giữ, để chứng minh / the holder's key, to prove who "
              "shows it.")  # fmt: skip
@click.option("--audience", help="Bên nhận, như họ cho biết / for whom, in the recipient's words.")
@click.option("--nonce", help="Mã lần hỏi của bên nhận / the recipient's number for this request.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT",
              help="Tệp được ghi / the file to write.")  # fmt: skip
@click.pass_obj  # fmt: skip
def present(
    session: Session, file: str, keep: list[str], terms: list[str], subjects: list[str],
    level_only: bool, key_file: Path | None, audience: str | None, nonce: str | None,
    output: Path | None,
) -> None:  # fmt: skip
    """Chọn mục để chia sẻ từ tệp đã ký / choose what of a signed file to share.

    FILE is an SD-JWT or a PDF that has one attached. Without a choice it is told what there is.
    What is not chosen cannot be read, counted or guessed from OUT. Needs no network and no
    deployment.
    """
    if (key_file is None) != (audience is None) or (audience is None) != (nonce is None):
        raise click.UsageError("--key, --audience, --nonce: cả ba / all three")
    text = _sd_jwt(given(session, file))
    found = sdjwt.parse(text)
    choices = selecting.outline(found)
    if not (keep or terms or subjects or level_only):
        session.show("\n".join(map(printable, _all(session.lang, found, choices))))
        return
    if output is None:
        raise click.UsageError("-o OUT")
    if is_file(file) and output.exists() and output.samefile(file):
        raise click.UsageError("-o OUT: không phải chính tệp đó / not the very file")
    wanted = [
        *keep,
        *([_level(choices)] if level_only else []),
        *_courses(choices, terms, subjects),
    ]
    made = selecting.present(text, wanted)
    kept = {each.path for each in sdjwt.parse(made).shown}
    if key_file is not None and audience is not None and nonce is not None:
        key = _holder_key(key_file, found)
        made = keybinding.bind(made, key, audience, nonce, int(time.time()))
    with writing(output):
        output.write_text(made, encoding="ascii")
    session.show("\n".join(map(printable, _told(session.lang, found, choices, kept))))
    session.say("present.written", path=str(output), bytes=len(made))
    if found.holder_key is not None and key_file is None:
        session.notice(messages.text(session.lang, "present.unproven"))


def _sd_jwt(thing: str | bytes) -> str:
    texts = [text for text in read(thing).texts if "~" in text]
    if len(texts) != 1:
        raise FormatError("present.no_file")
    return texts[0]


def _level(choices: Sequence[Disclosure]) -> str:
    """The year's level of study, or that of the last term which has one."""
    paths = [f"{OUTCOME}/{term}.study" for term in TERMS[::-1]]
    there = {each.path for each in choices}
    return next((path for path in paths if path in there), paths[0])


def _courses(
    choices: Sequence[Disclosure], terms: Sequence[str], subjects: Sequence[str]
) -> Iterator[str]:
    """The rows of these terms and subjects; one of the two not given stands for all."""
    if not terms and not subjects:
        return
    rows = [each for each in choices if each.group in TERMS]
    said = {name: fold(name) for name in subjects}
    known = {name for each in rows for name in (fold(each.name), fold(each.value["name"]))}
    unknown = [name for name in terms if not any(each.group == name for each in rows)]
    unknown += [name for name, folded in said.items() if folded not in known]
    if unknown:
        there = dict.fromkeys([str(each.group) for each in rows] + [each.name for each in rows])
        raise RefusedError("selection.unknown", found=", ".join(unknown), expected=", ".join(there))
    for each in rows:
        names = {fold(each.name), fold(each.value["name"])}
        if (not terms or each.group in terms) and (not said or names & set(said.values())):
            yield each.path


def _holder_key(path: Path, found: SdJwt) -> SoftwareKey:
    """The key in a PEM file, if the school named it as the holder's."""
    try:
        private = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(private, EllipticCurvePrivateKey | Ed25519PrivateKey):
            raise RefusedError("present.key_unreadable", path=str(path))
        key = SoftwareKey(private)
    except (OSError, ValueError, TypeError, FormatError) as error:
        raise RefusedError("present.key_unreadable", path=str(path)) from error
    if found.holder_key != key.public:
        raise RefusedError("present.other_key")
    return key


def _all(lang: str, found: SdJwt, choices: Sequence[Disclosure]) -> Iterator[str]:
    yield messages.text(lang, "present.choices")
    yield from _lines(lang, found, choices)


def _told(lang: str, found: SdJwt, choices: Sequence[Disclosure], kept: set[str]) -> Iterator[str]:
    shown = [each for each in choices if each.path in kept]
    hidden = [each for each in choices if each.path not in kept]
    yield messages.text(lang, "present.kept")
    yield from _lines(lang, found, shown)
    yield messages.text(lang, "present.hidden")
    yield from _lines(lang, found, hidden)


def _lines(lang: str, found: SdJwt, of: Iterable[Disclosure]) -> Iterator[str]:
    kind = found.type.key
    for each in of:
        if each.group in TERMS:
            yield f"    {each.path}: {each.value['name']}"
        elif each.is_group:
            yield f"  {each.path}"
        elif each.group == OUTCOME:
            term, _, what = each.name.rpartition(".")
            label = messages.label(outcome_name(what, term), kind)
            yield f"    {each.path}: {messages.text(lang, label)}"
        else:
            yield f"  {each.path}: {messages.text(lang, messages.label(each.name, kind))}"
