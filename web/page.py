"""The pages: a frame that all share around one template each, with its Vietnamese texts put in.

A page holds its texts of both languages as data, so that switching needs no request and works
without a connection. No template engine: a placeholder is ``{{code}}``, nothing else.
"""

import html
import json
import re
from collections.abc import Mapping
from importlib.resources import files

from web import messages

_PLACEHOLDER = re.compile(r"\{\{([\w.-]+)\}\}")
_EVERYWHERE = ("page.", "field.", "outcome.", "artefact.")
_TABLES: Mapping[str, tuple[str, ...]] = {
    "report": ("report.", "report_kind.", "report_state.", "report_column.", "headline.")
}
"""What a page says beside that: prefixes of codes."""


def render(name: str, site: Mapping[str, object]) -> str:
    """The page of that name as HTML. `site` is what its script must know: host, specimen, scanner.

    Its script is ``static/<name>.js``, its title the sentence ``<name>.title`` or, for the check
    page, ``page.title``. Raises KeyError for a placeholder without a sentence.
    """
    texts = {lang: _texts(lang, name) for lang in messages.LANGUAGES}
    title = "page.title" if name == "check" else f"{name}.title"
    special = {
        "frame.main": lambda: _PLACEHOLDER.sub(fill, _template(name)),
        "frame.name": lambda: name,
        "frame.title": lambda: html.escape(messages.template("vi", title)),
        "frame.data": lambda: _inert({"texts": texts, "site": dict(site), "title": title}),
    }

    def fill(found: re.Match[str]) -> str:
        make = special.get(found[1])
        return make() if make else html.escape(messages.template("vi", found[1]))

    return _PLACEHOLDER.sub(fill, _template("frame"))


def _texts(lang: str, name: str) -> dict[str, str]:
    wanted = (*_EVERYWHERE, *_TABLES.get(name, ()))
    codes = sorted(code for code in messages.codes(lang) if code.startswith(wanted))
    return {code: messages.template(lang, code) for code in codes}


def _template(name: str) -> str:
    return files("web").joinpath("templates", f"{name}.html").read_text("utf-8")


def _inert(value: object) -> str:
    """JSON that cannot end the element that holds it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
