"""Draws the icons of the installed page out of ``web/static/icon.svg``, by Typst.

A maskable icon may be cut to any shape, so its middle (80 %) holds everything and its ground fills
the square (W3C App Manifest §1.17). Run it when the drawing changes; a test compares the ground.
"""

import re
from pathlib import Path

import typst

STATIC = Path(__file__).resolve().parents[1] / "web" / "static"
ICONS = {"any-192": (192, False), "any-512": (512, False), "apple-180": (180, True),
         "maskable-512": (512, True)}  # fmt: skip
_POINTS = 100  # side of the page that is drawn
_INSIDE = 0.72  # of the side, for what must not be cut off


def main() -> None:
    """Write every icon."""
    svg = (STATIC / "icon.svg").read_text(encoding="utf-8")
    (ground,) = re.findall(r'<rect width="40" height="40" rx="9" fill="(#[0-9a-f]{6})"/>', svg)
    folder = STATIC / "icons"
    folder.mkdir(exist_ok=True)
    for name, (side, full) in ICONS.items():
        width = _POINTS * (_INSIDE if full else 1)
        fill = f'rgb("{ground}")' if full else "none"
        page = (
            f"#set page(width: {_POINTS}pt, height: {_POINTS}pt, margin: 0pt, fill: {fill})\n"
            f'#place(center + horizon, image("/icon.svg", width: {width}pt))\n'
        )
        draft = STATIC / "icons" / "page.typ"
        draft.write_text(page, encoding="utf-8")
        png = typst.compile(draft, root=STATIC, format="png", ppi=72 * side / _POINTS)
        (folder / f"{name}.png").write_bytes(png)
        draft.unlink()


if __name__ == "__main__":
    main()
