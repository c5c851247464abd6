"""How well a printed QR code is read after what paper and phones do to it.

Prints the codes of typical and of larger tokens at 3 cm and 300 dpi, degrades each in seeded
ways, a hundred trials a way, and counts how many are read back exactly: by zxing-cpp on the
picture as it is, and by the product's reader, which looks more than once.

    python -m benchmarks.qr_reading [--trials 100]
"""

import argparse
import io
import random
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter

from credential import qrlink, qrtoken
from credential.dates import PartialDate
from credential.model import (
    Credential,
    CredentialType,
    Deployment,
    Holder,
    Place,
    Signer,
    TermOutcome,
    Transcript,
)
from issuer.paper import qr
from verifier.reading.codes import codes

DPI = 300
HOST = "https://sogoc.example"
MUST = 95  # of 100, for REQUIRED
REQUIRED = "rotated 15°, blurred, half resolution"

QR_ONLY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])

Degrade = Callable[[Image.Image, random.Random], Image.Image]


def printed(modules: qr.Matrix, rng: random.Random) -> Image.Image:
    """The code as a 300 dpi scan of clean paper shows it, at a random place between pixels."""
    side = (len(modules) + 2 * qr.QUIET_ZONE) * qr.module_mm(modules) / 25.4 * DPI
    fine = qr.image(modules, 16).resize((round(side), round(side)), Image.Resampling.BOX)
    sheet = Image.new("L", (round(side) + 160, round(side) + 160), 255)
    sheet.paste(fine, (80, 80))
    shift = (1, 0, rng.uniform(-1, 1), 0, 1, rng.uniform(-1, 1))
    return sheet.transform(
        sheet.size, Image.Transform.AFFINE, shift, Image.Resampling.BILINEAR, fillcolor=255
    )


def rotated(image: Image.Image, rng: random.Random) -> Image.Image:
    angle = rng.choice((-15, 15))
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def blurred(image: Image.Image, rng: random.Random) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(1.0, 2.0)))  # pixels of 0.085 mm


def halved(image: Image.Image, _rng: random.Random) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.BILINEAR)


def noisy(image: Image.Image, rng: random.Random, sigma: float) -> Image.Image:
    levels = np.asarray(image, dtype=np.float64)
    levels = levels + np.random.default_rng(rng.getrandbits(32)).normal(0, sigma, levels.shape)
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def dim(image: Image.Image, rng: random.Random) -> Image.Image:
    """Black at 110, white at 165, light falling off to one side, sensor noise."""
    shade = np.linspace(0, rng.uniform(20, 45), image.width)
    levels = 110 + np.asarray(image, dtype=np.float64) * (55 / 255) - shade
    return noisy(Image.fromarray(levels.clip(0, 255).astype(np.uint8)), rng, 4)


def photocopied(image: Image.Image, rng: random.Random) -> Image.Image:
    """Two generations of blur, specks and a hard threshold that fattens or thins."""
    for _ in range(2):
        image = noisy(image.filter(ImageFilter.GaussianBlur(1.0)), rng, 25)
        threshold = rng.uniform(95, 160)
        image = image.point(lambda level, limit=threshold: 255 * (level > limit))
    return image


def tilted(image: Image.Image, rng: random.Random) -> Image.Image:
    """Perspective: each corner of the sheet is off by up to 12 % of its side."""
    width, height = image.size
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    seen = [
        (x + rng.uniform(-0.12, 0.12) * width, y + rng.uniform(-0.12, 0.12) * height)
        for x, y in corners
    ]
    rows, target = [], []
    for (x, y), (u, v) in zip(corners, seen, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        target += [u, v]
    solved = np.linalg.solve(np.array(rows), np.array(target)).tolist()
    return image.transform(
        image.size, Image.Transform.PERSPECTIVE, solved, Image.Resampling.BICUBIC, fillcolor=255
    )


def jpeg(image: Image.Image, rng: random.Random) -> Image.Image:
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=rng.randint(15, 35))
    return Image.open(packed).convert("L")


WAYS: dict[str, tuple[Degrade, ...]] = {
    "flat": (),
    "rotated 15°": (rotated,),
    "blurred (σ 1–2 px)": (blurred,),
    "half resolution (150 dpi)": (halved,),
    REQUIRED: (rotated, blurred, halved),
    "low contrast, uneven light": (dim,),
    "photocopy of a photocopy": (photocopied,),
    "perspective 12 %": (tilted,),
    "JPEG quality 15–35, 150 dpi": (halved, jpeg),
    "phone: all but the photocopy": (tilted, rotated, blurred, dim, halved, jpeg),
}


def token(kind: CredentialType, rng: random.Random) -> bytes:
    """A token of a typical credential; its signature and key are random bytes."""
    transcript = Transcript(12, "12A3", "2025-2026", (), (TermOutcome("CN", "Khá", "Tốt", 2),))
    issued = Credential(
        type=kind,
        school=rng.randrange(1, 3000),
        school_name="Trường THPT Rạch Miễu",
        holder=Holder("Nguyễn Hoàng Khánh Vy", PartialDate(2008, 11, rng.randrange(1, 31))),
        register_no=f"A26/079/{rng.randrange(10**6):06d}",
        year=2026,
        issued=date(2026, 7, 15),
        signer=Signer("Trần Quốc Bảo", "Hiệu trưởng"),
        serial=f"T0{rng.randrange(10**7):07d}" if kind is CredentialType.THPT_DIPLOMA else None,
        transcript=transcript if kind is CredentialType.TRANSCRIPT else None,
    )
    digest = rng.randbytes(32) if kind is CredentialType.TRANSCRIPT else None
    place, deployment = Place(rng.randrange(200), rng.randrange(500)), Deployment(1337, bytes(20))
    claims = qrtoken.payload(issued, place, deployment, digest)
    return qrtoken.assemble(claims, rng.randbytes(8), "ES256", rng.randbytes(64))


def sheets(make: Callable[[random.Random], bytes], trials: int) -> list[tuple[str, qr.Matrix]]:
    """Texts and modules of `trials` seeded tokens."""
    rng = random.Random(1)
    links = [qrlink.encode(make(rng), HOST) for _ in range(trials)]
    return [("".join(link), qr.matrix(*link)) for link in links]


def count(printings: list[tuple[str, qr.Matrix]], way: tuple[Degrade, ...]) -> tuple[int, int]:
    """How many are read by zxing-cpp alone, and by the product's reader."""
    plain = ours = 0
    for seed, (text, modules) in enumerate(printings):
        rng = random.Random(seed)
        image = printed(modules, rng)
        for degrade in way:
            image = degrade(image, rng)
        found = zxingcpp.read_barcodes(image, formats=QR_ONLY)
        plain += [code.text for code in found] == [text]
        ours += codes(image) == [text]
    return plain, ours


TOKENS: dict[str, Callable[[random.Random], bytes]] = {
    "diploma": lambda rng: token(CredentialType.THPT_DIPLOMA, rng),
    "200 bytes": lambda rng: rng.randbytes(200),
    "220 bytes": lambda rng: rng.randbytes(220),
    "transcript": lambda rng: token(CredentialType.TRANSCRIPT, rng),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=100)
    trials = parser.parse_args().trials
    started = time.perf_counter()
    tables = {name: sheets(make, trials) for name, make in TOKENS.items()}
    for name, printings in tables.items():
        size, modules = len(TOKENS[name](random.Random(1))), printings[0][1]
        print(
            f"{name:12}{size:4} bytes, version {qr.version(modules)}:"
            f" {len(modules)} modules of {qr.module_mm(modules):.2f} mm"
        )
    print(f"\nread of {trials}: by zxing-cpp alone / by the product's reader")
    print(f"{'':40}" + "".join(f"{name:>14}" for name in tables))
    passed = False
    for name, way in WAYS.items():
        results = [count(printings, way) for printings in tables.values()]
        print(f"{name:40}" + "".join(f"{f'{a} / {b}':>14}" for a, b in results), flush=True)
        if name == REQUIRED:
            passed = all(b * 100 >= MUST * trials for _, b in results)
    print(f"\n{REQUIRED}: {'at least' if passed else 'FEWER than'} {MUST} of 100 read")
    print(f"took {time.perf_counter() - started:.0f} s")
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
