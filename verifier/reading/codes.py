"""QR codes off an image: opening it within bounds, and looking more than once."""

import io
from collections.abc import Iterator

import zxingcpp
from PIL import Image

from credential.errors import FormatError

MAX_PIXELS = 50_000_000  # more than any phone's camera makes by default; 50 MB in grey
_FORMATS = ("PNG", "JPEG", "WEBP")  # MPO, a JPEG with a second picture, counts as JPEG
_QR_ONLY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_WORTH_ENLARGING = 4_000_000  # pixels; on a larger picture a legible code has enough of its own


def grey(data: bytes) -> Image.Image:
    """A PNG, JPEG or WebP file as a grey image on white.

    The size is taken from the header before anything is unpacked. Raises FormatError
    ``reading.too_large`` (more than 50 megapixels) and ``reading.broken_image``.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise FormatError("reading.too_large", limit="50 MP")
            image.draft("L", image.size)  # a JPEG's colours need not be unpacked
            return _on_white(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FormatError("reading.too_large", limit="50 MP") from error
    except FormatError:
        raise
    except Exception as error:  # decoders raise whatever a broken file leads them to
        raise FormatError("reading.broken_image") from error


def codes(image: Image.Image) -> list[str]:
    """The texts of all QR codes on a grey image; empty if none can be read."""
    for attempt in _attempts(image):
        found = zxingcpp.read_barcodes(attempt, formats=_QR_ONLY)
        if found:
            return [code.text for code in found]
    return []


def _attempts(image: Image.Image) -> Iterator[Image.Image]:
    """The image as it is (zxing-cpp itself also tries it smaller and turned), then enlarged.

    Enlarging smoothly is what brings back most of the blurred, dim and coarse codes; sharpening,
    other thresholds and median filters did not (measured with benchmarks/qr_reading.py).
    """
    yield image
    if image.width * image.height <= _WORTH_ENLARGING:
        yield image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)


def _on_white(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("L", image.size, 255)
        paper.paste(image.convert("L"), mask=image.getchannel("A"))
        return paper
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda level: level / 257)
    return image.convert("L")
