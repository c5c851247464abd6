"""QR codes off an image: opening it within bounds, and looking more than once.

The search takes time with the square of what looks like a code's corners, and an image can be
tiled with them. So the first look is at few pixels, and where an image is decoded, in this
process or in `worker`, goes by what it may cost (`is_frame`).
"""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager

import zxingcpp
from PIL import Image

from credential.errors import FormatError

MAX_PIXELS = 50_000_000  # more than any phone's camera makes by default; 50 MB in grey
MAX_FRAME = 500_000  # bytes; the check page's frames take a quarter of it
_FRAME_PIXELS = 1280 * 720  # tiled with corners as densely as can be: 0.8 s
_FRAME_SCANS = 20  # of a progressive JPEG; encoders make ten, and each costs as much as the image
_FORMATS = ("PNG", "JPEG", "WEBP")  # MPO, a JPEG with a second picture, counts as JPEG
_QR_ONLY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_FIRST_LOOK = 4_000_000  # pixels; a page that fills half of a photo has 3 for each module
_SECOND_LOOK = 12_000_000  # pixels; more brought no more codes back


def is_frame(data: bytes) -> bool:
    """Whether this is a camera frame: a JPEG so small that no content makes decoding it long.

    Raises FormatError ``reading.broken_image``.
    """
    small = len(data) <= MAX_FRAME and data.count(b"\xff\xda") <= _FRAME_SCANS
    if not small or not data.startswith(b"\xff\xd8"):
        return False
    with _opened(data) as image:
        return image.width * image.height <= _FRAME_PIXELS


def grey(data: bytes) -> Image.Image:
    """A PNG, JPEG or WebP file as a grey image on white.

    The size is taken from the header before anything is unpacked. Raises FormatError
    ``reading.too_large`` (more than 50 megapixels) and ``reading.broken_image``.
    """
    with _opened(data) as image:
        if image.width * image.height > MAX_PIXELS:
            raise FormatError("reading.too_large", limit="50 MP")
        image.draft("L", image.size)  # a JPEG's colours need not be unpacked
        return _on_white(image)


def codes(image: Image.Image) -> list[str]:
    """The texts of all QR codes on a grey image; empty if none can be read."""
    for attempt in _attempts(image):
        found = zxingcpp.read_barcodes(attempt, formats=_QR_ONLY)
        if found:
            return [code.text for code in found]
    return []


def _attempts(image: Image.Image) -> Iterator[Image.Image]:
    """A large image reduced, then less so; a small one as it is, then enlarged.

    Zxing-cpp itself also tries each smaller and turned. Enlarging smoothly is what brings back
    most of the blurred, dim and coarse codes; sharpening, other thresholds and median filters
    did not (measured with benchmarks/qr_reading.py).
    """
    pixels = image.width * image.height
    if pixels > _FIRST_LOOK:
        yield _scaled(image, _FIRST_LOOK / pixels)
        yield _scaled(image, min(1, _SECOND_LOOK / pixels))
    else:
        yield image
        yield image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)


def _scaled(image: Image.Image, area: float) -> Image.Image:
    """The image with that share of its pixels, and no side less than one."""
    if area >= 1:
        return image
    width, height = (max(1, int(side * math.sqrt(area))) for side in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FormatError("reading.too_large", limit="50 MP") from error
    except (FormatError, MemoryError):
        raise
    except Exception as error:  # decoders raise whatever a broken file leads them to
        raise FormatError("reading.broken_image") from error


def _on_white(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("L", image.size, 255)
        paper.paste(image.convert("L"), mask=image.getchannel("A"))
        return paper
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda level: level / 257)
    return image.convert("L")
