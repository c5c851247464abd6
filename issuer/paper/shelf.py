"""Templates of the schools: a folder for each school and type, kept as it was when it was tried.

``templates/SCHOOL/TYPE/DIGEST/main.typ``; the file ``current`` beside names the digest. What is put
here is copied first, then tried, then named: a template that fails changes nothing, and one that is
in use is never written to again.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from credential.errors import ConfigError, Fault, InputError, RefusedError
from credential.model import CredentialType
from issuer.paper.document import TEMPLATES, default_template

MAIN = "main.typ"
LARGEST = 10_000_000  # bytes of all files of a template
MOST = 40  # files

_KINDS = {".typ", ".ttf", ".otf", ".png", ".jpg", ".jpeg", ".svg"}
_SHARED = ("paper.typ", "ornament.typ")
_CURRENT = "current"
_DIGEST = 16  # hexadecimal digits of a folder's name
# Of what typst can do, all that reaches beyond the folder's own files: packages are fetched, `eval`
# hides either, plugins are programs. A file is brought in by its name in quotes or not at all.
_BROUGHT = re.compile(r'\b(?:import|include)\b(?!\s+"[A-Za-z0-9_./-]+\.typ")')
_BEYOND = re.compile(r"\b(?:eval|plugin)\b")

Try = Callable[[Path, CredentialType], list[Fault]]


class Shelf:
    """The templates of one deployment."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, school: int, kind: CredentialType) -> Path | None:
        """The school's own template of a type, if it has one.

        Raises ConfigError ``template.changed`` (template) if its files are not those that passed.
        """
        folder = self._folder / str(school) / kind.key
        try:
            name = (folder / _CURRENT).read_text(encoding="ascii").strip()
        except OSError:
            return None
        path = folder / name / MAIN
        if not path.is_file():
            return None
        files = {each: held.read_bytes() for each, held in _files(path.parent)}
        if _digest(files) != name:
            raise ConfigError("template.changed", template=kind.key)
        return path

    def put(self, school: int, kind: CredentialType, given: Path, trying: Try) -> str:
        """Take a template that passes into use; its digest.

        `given` is a folder or a single file. Raises InputError with every ``template.*`` that is
        wrong with it; then what was in use stays in use.
        """
        files = _read(given)
        digest = _digest(files)
        folder = self._folder / str(school) / kind.key / digest
        if not folder.exists():
            draft = folder.with_name(f".{digest}.{os.getpid()}")
            try:
                _write(draft, files)
                if found := trying(draft / MAIN, kind):
                    raise InputError(found)
                draft.rename(folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        note = folder.with_name(f".{_CURRENT}.{os.getpid()}")
        note.write_text(digest, encoding="ascii")
        note.replace(folder.with_name(_CURRENT))
        return digest

    def clear(self, school: int, kind: CredentialType) -> None:
        """Go back to the default. Raises RefusedError ``template.none``."""
        try:
            (self._folder / str(school) / kind.key / _CURRENT).unlink()
        except FileNotFoundError:
            raise RefusedError("template.none") from None


def begin(kind: CredentialType, folder: Path) -> None:
    """Write the default template into a new folder, for a school to begin with."""
    _write(folder, {MAIN: default_template(kind).read_bytes(), **_shared()})


def check(given: Path, kind: CredentialType, folder: Path, trying: Try) -> None:
    """Try a template in a folder that is thrown away. Raises InputError as `Shelf.put`."""
    draft = folder / "template"
    _write(draft, _read(given))
    if found := trying(draft / MAIN, kind):
        raise InputError(found)


def _read(given: Path) -> dict[str, bytes]:
    """The files of a template by name, ours added where it has none of that name."""
    paths = {MAIN: given} if given.is_file() else dict(_files(given))
    faults = [
        Fault("template.file", params={"name": name}) for name, path in paths.items()
        if path.is_symlink() or path.suffix.lower() not in _KINDS
    ]  # fmt: skip
    if MAIN not in paths:
        faults.append(Fault("template.no_main", params={"name": MAIN}))
    if len(paths) > MOST or sum(path.stat().st_size for path in paths.values()) > LARGEST:
        faults.append(Fault("template.large", params={"size": LARGEST // 1_000_000, "files": MOST}))
    if faults:
        raise InputError(faults)
    files = {**_shared(), **{name: path.read_bytes() for name, path in paths.items()}}
    if faults := [fault for name, data in files.items() for fault in _words(name, data)]:
        raise InputError(faults)
    return files


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _words(name: str, data: bytes) -> Iterator[Fault]:
    if not name.endswith(".typ"):
        return
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        # comments too: what looks like one may stand in a text, with a call behind it
        if found := _BROUGHT.search(line) or _BEYOND.search(line):
            yield Fault("template.words", params={"name": name, "line": number, "word": found[0]})


def _shared() -> dict[str, bytes]:
    return {name: (TEMPLATES / name).read_bytes() for name in _SHARED}


def _digest(files: dict[str, bytes]) -> str:
    parts = [name.encode() + hashlib.sha256(data).digest() for name, data in sorted(files.items())]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:_DIGEST]


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
