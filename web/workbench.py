"""The workbench's pages: the frame of all pages with the workbench's own navigation.

A page holds no data. What it may show comes from `/api/desk`, and so does which links of the
navigation are for whoever is signed in.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from web import messages, page


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the workbench.

    Its template is ``templates/desk/<name>.html``, its script ``static/desk/<name>.js``, its title
    the sentence ``desk.page_<name>``. `tables` are prefixes of codes whose sentences it says,
    beside ``desk.``. The navigation shows it to whoever may do `act`; without one it does not.
    """

    name: str
    address: str
    act: str = ""
    tables: tuple[str, ...] = ()


ENTRANCE: Final = Page("sign_in", "/desk/sign-in", tables=("provider.",))
_LIFECYCLE: Final = ("lifecycle.", "kind.", "amended.", "ground.", "extract.")
PAGES: Final = (
    Page("queue", "/desk", act="read", tables=("orders.", "kind.", "lifecycle.wish_")),
    Page("import", "/desk/import", act="import", tables=("intake_page.", "amended.", "cell.empty")),
    Page(
        "order",
        "/desk/order",
        tables=("orders.", "kind.", "amended.", "field.", "copy.", "copies."),
    ),
    Page("credential", "/desk/credential", act="read", tables=_LIFECYCLE),
    Page("register", "/desk/register", act="read", tables=("register_book.", "kind.", "ground.")),
    Page("blanks", "/desk/blanks", act="read", tables=("blanks.", "register_book.")),
    Page("withdrawn", "/desk/withdrawn", act="read", tables=_LIFECYCLE),
    Page("schools", "/desk/schools", act="schools", tables=_LIFECYCLE),
    Page("copies", "/desk/copies", act="read", tables=("copies.", "copy.")),
    Page("digitise", "/desk/digitise", act="digitise", tables=("books.", "scan.")),
    Page("papers", "/desk/papers", act="read", tables=("papers.", "kind.", "notice.")),
    Page("staff", "/desk/staff", act="staff", tables=("act.",)),
    Page("audit", "/desk/audit", act="audit", tables=("audited.", "audit_", "kind.")),
    Page("me", "/desk/me", act="own", tables=("provider.",)),
    ENTRANCE,
)
"""All of them, in the order of the navigation."""


def render(shown: Page, site: Mapping[str, object]) -> str:
    """A page as HTML; `site` as for `web.page.render`. Raises KeyError as that does."""
    return page.framed(
        f"desk/{shown.name}",
        site,
        title=f"desk.page_{shown.name}",
        privacy="desk.privacy",
        tables=("desk.", "role.", "staff.", "date.invalid", *shown.tables),
        navigation="" if shown is ENTRANCE else _navigation(shown),
    )


def _navigation(here: Page) -> str:
    """Links that the script shows to whom they are for, and who is signed in."""
    links = "".join(_link(each, here=each is here) for each in PAGES if each.act)
    label, leave = (html.escape(messages.template("vi", code))
                    for code in ("desk.navigation", "desk.sign_out"))  # fmt: skip
    return (
        f'<nav aria-label="{label}" data-label="desk.navigation"><ul id="navigation">{links}</ul>'
        '</nav><div class="member" id="member" hidden><span id="member-name"></span>'
        f'<button type="button" class="quiet" id="leave" data-text="desk.sign_out">{leave}</button>'
        "</div>"
    )


def _link(shown: Page, *, here: bool) -> str:
    code = f"desk.page_{shown.name}"
    current = ' aria-current="page"' if here else ""
    said = html.escape(messages.template("vi", code))
    return (
        f'<li data-act="{shown.act}" hidden><a href="{shown.address}" data-text="{code}"{current}>'
        f"{said}</a></li>"
    )
