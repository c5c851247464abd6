"""The pages: a frame that all share around one template each, with its Vietnamese texts put in.

The frame names the modules that a page's script imports, so that a browser fetches them all at
once, and links to the pages that exist. A page holds its texts of both languages as data, so that
switching needs no request and works without a connection. No template engine: a placeholder is
``{{code}}``, nothing else.
"""

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from posixpath import normpath

from web import messages

NAVIGATION = ("check", "list", "me", "calculate", "withdrawn", "report", "independent")
"""The pages that the frame links to, in this order, where the site has them."""
_STYLE = '<link rel="stylesheet" href="/static/desk/desk.css">\n'
_PLACEHOLDER = re.compile(r"\{\{([\w.-]+)\}\}")
_REACHED = re.compile(r'(?:from|import)\s*\(?\s*"(\.{1,2}/[\w./-]+\.js)"')
_IMPORT = re.compile(r'^(?:import|export|\})[^;]*? from "(\.\.?/[\w/-]+\.js)";', re.MULTILINE)
_EVERYWHERE = ("page.", "field.", "outcome.", "artefact.")
_VERDICTS = (
    *("step.", "headline.", "next.", "decode.", "signature.", "inclusion.", "anchor."),
    *("accreditation.", "status.", "registry.none", "terms.", "silence.", "trust.", "kind."),
)
"""What a page says that comes to a verdict by itself."""
_TABLES: Mapping[str, tuple[str, ...]] = {
    "check": ("code.", "ground.", "transferred."),
    "list": ("list.",),
    "calculate": ("calculate.", "level."),
    "report": ("report.", "report_kind.", "report_state.", "report_column.", "headline."),
    "transfer": ("transfer.", "transfer_state."),
    "absent": ("absent.",),
    "withdrawn": ("withdrawn.title", "withdrawn_page.", "ground."),
    "me": ("me.", "headline.", "provider.", "claim_code.", "account."),
    "sharing": ("sharing.", "shared.title", "share.", "sdjwt.", "selection.", "ground."),
    "shared": ("shared.", "share.", "ground."),
    "offline": _VERDICTS,
    "independent": ("independent.", "qr.", "sdjwt.", "bundle.", "code.", *_VERDICTS),
}
"""What a page says beside that: prefixes of codes."""


def render(name: str, site: Mapping[str, object]) -> str:
    """The page of that name as HTML. `site` is what its script must know: host, specimen, scanner.

    Of it, the frame itself reads `pages` (name to address) and `face` (its typeface is there).

    Its script is ``static/<name>.js``, its title the sentence ``<name>.title`` or, for the check
    page, ``page.title``; what it keeps of visitors is ``<name>.privacy`` where that is not
    ``page.privacy``. Raises KeyError for a placeholder without a sentence.
    """
    own_privacy = f"{name}.privacy" in messages.codes("vi")
    return framed(
        name,
        site,
        title="page.title" if name == "check" else f"{name}.title",
        privacy=f"{name}.privacy" if own_privacy else "page.privacy",
        tables=_TABLES.get(name, ()),
        navigation=_navigation(name, site),
    )


def framed(
    name: str,
    site: Mapping[str, object],
    *,
    title: str,
    privacy: str,
    tables: tuple[str, ...],
    navigation: str,
) -> str:
    """A page in the frame: template and script of that name, codes of title and privacy.

    `tables` are prefixes of the codes that it says beside what every page does, `navigation` is
    HTML. Raises KeyError as `render` does.
    """
    texts = {lang: _texts(lang, tables) for lang in messages.LANGUAGES}
    special: Mapping[str, Callable[[], str]] = {
        "frame.main": lambda: _PLACEHOLDER.sub(fill, _template(name)),
        "frame.name": lambda: name,
        "frame.face": lambda: ' data-face="public-sans"' if site.get("face") else "",
        "frame.style": lambda: _STYLE if name.startswith("desk/") else "",
        "frame.modules": lambda: _preloads(f"{name}.js"),
        "frame.navigation": lambda: navigation,
        "frame.title": lambda: html.escape(messages.template("vi", title)),
        "frame.privacy": lambda: privacy,
        "frame.privacy_said": lambda: html.escape(messages.template("vi", privacy)),
        "frame.data": lambda: _inert({"texts": texts, "site": dict(site), "title": title}),
    }

    def fill(found: re.Match[str]) -> str:
        make = special.get(found[1])
        return make() if make else html.escape(messages.template("vi", found[1]))

    return _PLACEHOLDER.sub(fill, _template("frame"))


def reached(scripts: Iterable[str]) -> frozenset[str]:
    """Every module that these scripts may come to load, sooner or later; paths below ``static``."""
    seen: set[str] = set()
    waiting = list(scripts)
    while waiting:
        path = waiting.pop()
        file = files("web").joinpath("static", *PurePosixPath(path).parts)
        if path in seen or not file.is_file():  # what is built may not be there
            continue
        seen.add(path)
        folder = str(PurePosixPath(path).parent)
        found = _REACHED.findall(file.read_text("utf-8"))
        waiting += (normpath(f"{folder}/{name}") for name in found)
    return frozenset(seen)


def sentences(name: str) -> Mapping[str, Mapping[str, str]]:
    """What a page says beside what every page does, by language and code."""
    wanted = _TABLES[name]
    return {
        lang: {
            code: messages.template(lang, code)
            for code in sorted(messages.codes(lang))
            if code.startswith(wanted)
        }
        for lang in messages.LANGUAGES
    }


@cache
def _texts(lang: str, tables: tuple[str, ...]) -> dict[str, str]:
    wanted = (*_EVERYWHERE, *tables)
    codes = sorted(code for code in messages.codes(lang) if code.startswith(wanted))
    return {code: messages.template(lang, code) for code in codes}


def _navigation(here: str, site: Mapping[str, object]) -> str:
    """Links to the pages that exist; none where there is only one."""
    pages = site.get("pages")
    shown = [name for name in NAVIGATION if isinstance(pages, Mapping) and name in pages]
    if not isinstance(pages, Mapping) or len(shown) < 2:
        return ""
    links = "".join(_link(name, str(pages[name]), here=name == here) for name in shown)
    label = html.escape(messages.template("vi", "page.navigation"))
    return f'<nav aria-label="{label}" data-label="page.navigation"><ul>{links}</ul></nav>'


def _link(name: str, address: str, *, here: bool) -> str:
    code = f"page.nav_{name}"
    current = ' aria-current="page"' if here else ""
    said = html.escape(messages.template("vi", code))
    return f'<li><a href="{html.escape(address)}" data-text="{code}"{current}>{said}</a></li>'


@cache
def _preloads(script: str) -> str:
    """One link per module that a script imports, itself or through another."""
    seen: dict[str, None] = {}
    waiting = [script]
    while waiting:
        importing = PurePosixPath(waiting.pop())
        text = files("web").joinpath("static", *importing.parts).read_text("utf-8")
        found = (normpath(importing.parent / name) for name in _IMPORT.findall(text))
        fresh = [name for name in found if name not in seen]
        seen.update(dict.fromkeys(fresh))
        waiting += fresh
    return "\n".join(f'<link rel="modulepreload" href="/static/{name}">' for name in seen)


@cache
def _template(name: str) -> str:
    return files("web").joinpath("templates", f"{name}.html").read_text("utf-8")


def _inert(value: object) -> str:
    """JSON that cannot end the element that holds it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
