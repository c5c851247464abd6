"""By how much each printer moves what it prints, as somebody measured it once."""

import re
from dataclasses import asdict
from pathlib import Path

import orjson

from credential.errors import RefusedError
from issuer.paper.sheets import FARTHEST, Offset

_FILE = "printers.json"
_NAME = re.compile(r"[\w .()/-]{1,60}")


class Printers:
    """The printers of one deployment."""

    def __init__(self, data: Path) -> None:
        self._path = data / _FILE

    def all(self) -> dict[str, Offset]:
        """Each printer's offset, by name."""
        try:
            held = orjson.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        return {name: Offset(**one) for name, one in sorted(held.items())}

    def offset(self, name: str) -> Offset:
        """A printer's offset; none without a name. Raises RefusedError ``printer.unknown``."""
        if not name:
            return Offset()
        try:
            return self.all()[name]
        except KeyError:
            raise RefusedError("printer.unknown", name=name) from None

    def keep(self, name: str, offset: Offset) -> None:
        """Keep what was measured. Raises RefusedError ``printer.offset``, ``printer.name``."""
        if not _NAME.fullmatch(name):
            raise RefusedError("printer.name")
        if max(abs(offset.right), abs(offset.down)) > FARTHEST:
            raise RefusedError("printer.offset", most=round(FARTHEST))
        held = {one: asdict(found) for one, found in self.all().items()} | {name: asdict(offset)}
        draft = self._path.with_suffix(".tmp")
        draft.write_bytes(orjson.dumps(held, option=orjson.OPT_INDENT_2))
        draft.replace(self._path)
