"""The check page: one HTML template with its Vietnamese texts put in.

The page holds the texts of both languages as data, so that switching needs no request and
works without a connection. No template engine: a placeholder is ``{{code}}``, nothing else.
"""

import html
import json
import re
from collections.abc import Mapping
from importlib.resources import files

from web import messages

_PLACEHOLDER = re.compile(r"\{\{([\w.-]+)\}\}")
_TABLES = ("page.", "field.", "outcome.", "artefact.")  # what the page itself says


def check_page(site: Mapping[str, object]) -> str:
    """The page as HTML. `site` is what its script must know: host, specimen, scanner.

    Raises KeyError for a placeholder without a sentence.
    """
    template = files("web").joinpath("templates", "check.html").read_text("utf-8")
    texts = {
        lang: {
            code: messages.template(lang, code)
            for code in sorted(messages.codes(lang))
            if code.startswith(_TABLES)
        }
        for lang in messages.LANGUAGES
    }

    def fill(found: re.Match[str]) -> str:
        if found[1] == "data":
            return _inert({"texts": texts, "site": dict(site)})
        return html.escape(messages.template("vi", found[1]))

    return _PLACEHOLDER.sub(fill, template)


def _inert(value: object) -> str:
    """JSON that cannot end the element that holds it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
