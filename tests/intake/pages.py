"""Draws fictional pages as a scanner or a telephone would see them; benchmarks/ocr.py measures on the same ones."""

import math
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = (
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
)
A5 = (877, 1240)
A4 = (1240, 1754)  # 150 dots an inch
_INK, _RED = (25, 25, 30), (200, 20, 30, 170)


def font(size: int, path: Path | None = None) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path or next(one for one in FONTS if one.exists()), size)


def page(
    text: str, *, size: tuple[int, int] = A4, dots: int = 34, columns: int = 1, face: Path | None = None
) -> tuple[Image.Image, str]:
    """Return a page with as much of a text as fits, in characters of so many dots, and what stands on it."""
    width, height = size
    margin, gap = width // 11, 60
    column = (width - 2 * margin - (columns - 1) * gap) // columns
    picture = Image.new("RGB", size, "white")
    pen, letters = ImageDraw.Draw(picture), font(dots, face)
    places = [
        (margin + number * (column + gap), top)
        for number in range(columns)
        for top in range(margin, height - margin - dots, dots * 3 // 2)
    ]
    rows = [
        paragraph[at : at + column // dots]
        for paragraph in (f"　　{one.strip()}" for one in text.split("\n"))
        for at in range(0, len(paragraph), column // dots)
    ]
    shown = rows[: len(places)]
    for place, row in zip(places, shown, strict=False):
        pen.text(place, row, fill=_INK, font=letters)
    return picture, "".join(shown)


def noisy(picture: Image.Image, sigma: float, seed: int = 7) -> Image.Image:
    grain = np.random.default_rng(seed).normal(0, sigma, (picture.height, picture.width, 1))
    return Image.fromarray((np.asarray(picture, dtype=float) + grain).clip(0, 255).astype("uint8"))


def slanted(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)


def smaller(picture: Image.Image, share: float) -> Image.Image:
    return picture.resize((int(picture.width * share), int(picture.height * share)), Image.Resampling.LANCZOS)


def stamped(picture: Image.Image, places: Sequence[tuple[int, int]], words: str = "青石镇人民政府") -> Image.Image:
    """Press round red stamps over a page."""
    picture = picture.copy()
    pen, letters = ImageDraw.Draw(picture, "RGBA"), font(46)
    for x, y in places:
        pen.ellipse((x, y, x + 300, y + 300), outline=_RED, width=10)
        pen.regular_polygon((x + 150, y + 150, 45), 5, fill=_RED)
        for number, letter in enumerate(words):
            angle = math.pi * (0.95 + 1.1 * number / (len(words) - 1))
            pen.text(
                (x + 127 + 112 * math.cos(angle), y + 127 + 112 * math.sin(angle)), letter, fill=_RED, font=letters
            )
    return picture


def saved(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **more)  # type: ignore[arg-type]
    return file.getvalue()
