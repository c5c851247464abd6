"""The QR code on paper: modules from the two parts of a link, their size in print, an SVG.

Decides segments, error correction, mask and millimetres. What the link says is
`credential.qrlink`'s business; where the code stands on the page is the template's.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

import qrcode.util
from PIL import Image

Matrix = Sequence[Sequence[bool]]
"""Rows of modules from the top, True where dark, without the quiet zone."""

QUIET_ZONE = 4  # light modules around the symbol (ISO/IEC 18004 §5.3.8)
SIDE_MM = 30.0  # the symbol without its quiet zone
MIN_MODULE_MM = 0.45  # survived every phone photo and photocopy tried; 3 cm keep it to version 12

_qrcode: Any = qrcode  # it carries no types

# Any mask may be read. Trying all eight for the least penalty takes four times as long, and under
# heavy blur such codes were read no more often: these digits are as good as random.
_MASK = 3


@lru_cache(maxsize=4)  # a paper asks for its own when it is printed and when it is read back
def matrix(prefix: str, digits: str) -> Matrix:
    """Modules of the smallest code at level L with `prefix` in byte and `digits` in numeric mode.

    A library left to guess the segments makes a code of several versions more. Raises
    qrcode's DataOverflowError beyond version 40 (`credential.qrlink` never comes near it).
    """
    parts = (
        _qrcode.util.QRData(prefix.encode("ascii"), mode=_qrcode.util.MODE_8BIT_BYTE),
        _qrcode.util.QRData(digits.encode("ascii"), mode=_qrcode.util.MODE_NUMBER),
    )
    code = _qrcode.QRCode(error_correction=_qrcode.ERROR_CORRECT_L, mask_pattern=_MASK)
    for part in parts:
        code.add_data(part)
    code.make()
    return tuple(tuple(bool(module) for module in row) for row in code.modules)


def version(modules: Matrix) -> int:
    """The symbol's version, 1 to 40."""
    return (len(modules) - 17) // 4


def module_mm(modules: Matrix) -> float:
    """Printed side of one module: of a 30 mm symbol, and never under 0.45 mm.

    So a token that is larger than typical makes a larger code rather than an unreadable one.
    """
    return max(SIDE_MM / len(modules), MIN_MODULE_MM)


def svg(modules: Matrix) -> str:
    """The code with its quiet zone as one path of horizontal runs, one unit per module."""
    runs = []
    for y, row in enumerate(modules, QUIET_ZONE):
        x = QUIET_ZONE
        for dark, group in groupby(row):
            width = len(list(group))
            if dark:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    side = len(modules) + 2 * QUIET_ZONE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{"".join(runs)}"/></svg>'
    )


def image(modules: Matrix, pixels: int = 8) -> Image.Image:
    """The code with its quiet zone as a grey image, `pixels` per module."""
    side = len(modules) + 2 * QUIET_ZONE
    picture = Image.new("L", (side, side), 255)
    for y, row in enumerate(modules, QUIET_ZONE):
        for x, dark in enumerate(row, QUIET_ZONE):
            if dark:
                picture.putpixel((x, y), 0)
    return picture.resize((side * pixels, side * pixels), Image.Resampling.NEAREST)
