"""Runs in the helper process: turns pictures and pages without text into lines of characters, each with how sure the machine is.

The only module that imports the packages of the extra `ocr`.
"""

import io
import json
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageOps, ImageSequence
from rapidocr import RapidOCR

from xiansuo.domain.letter import Trouble
from xiansuo.intake.content import CannotRead
from xiansuo.intake.media import PDF

# Points per inch of a rendered page, and the longest side the engine gains from (measured: benchmarks/ocr.py).
_DOTS = 200
_LONGEST_SIDE = 2400
_SMALLEST_SIDE = 24
# How much redder than anything else ink is, and the share of a page from which on it holds some.
_RED = 60
_LEAST_RED = 0.001
# In red light everything lighter than this is paper: ink of stamps is never quite as light.
_PAPER = 180
_HEADING, _SURE_HEADING = 4, 0.9
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")

Picture = Image.Image
Line = dict[str, object]


def answer(asked: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield one JSON object a page: its width and height in pixels and its lines."""
    pages = _pdf_pages(data, asked["pages"]) if asked["media_type"] == PDF else _pictures(data, asked)
    for page in pages:
        yield json.dumps({"size": page.size, "lines": _best_lines(page)}).encode()


def _pdf_pages(data: bytes, numbers: list[int]) -> Iterator[Picture]:
    document = pypdfium2.PdfDocument(data)
    for number in numbers:
        page = document[number]
        scale = min(_DOTS / 72, _LONGEST_SIDE / max(1.0, *page.get_size()))
        yield page.render(scale=scale).to_pil().convert("RGB")


def _pictures(data: bytes, asked: Mapping[str, Any]) -> Iterator[Picture]:
    """Yield the frames of a picture upright, small enough for the engine; sizes are checked before anything is decoded."""
    Image.MAX_IMAGE_PIXELS = None  # our own bound says what to do
    warnings.simplefilter("ignore")
    with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
        _check_size(opened, asked["max_pixels"])
        frames = getattr(opened, "n_frames", 1) if opened.format == "TIFF" else 1
        if frames > asked["max_pages"]:
            raise CannotRead(Trouble.TOO_LARGE, f"{frames}页，超过上限{asked['max_pages']}")
        for frame in ImageSequence.Iterator(opened) if frames > 1 else [opened]:
            _check_size(frame, asked["max_pixels"])
            yield _upright(frame)


def _check_size(picture: Picture, most: int) -> None:
    width, height = picture.size
    if width * height > most:
        raise CannotRead(Trouble.TOO_LARGE, f"图片{width}×{height}像素，超过上限{most}像素")
    if min(width, height) < _SMALLEST_SIDE:
        raise CannotRead(Trouble.NO_TEXT, f"图片只有{width}×{height}像素")


def _upright(picture: Picture) -> Picture:
    if picture.format == "JPEG":
        picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
    turned = ImageOps.exif_transpose(picture)
    if turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info:
        ground = Image.new("RGBA", turned.size, "white")
        turned = Image.alpha_composite(ground, turned.convert("RGBA"))
    if turned.mode.startswith("I;16") or turned.mode in {"I", "F"}:
        turned = ImageOps.autocontrast(turned.convert("F").point(lambda value: value / 256).convert("L"))
    page = turned.convert("RGB")
    page.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), Image.Resampling.LANCZOS)
    return page


def _best_lines(page: Picture) -> list[Line]:
    """Read a page as it lies; where its lines stand upright, turned by a quarter too, and keep what was read most surely."""
    lines = _stamped_lines(page)
    if not _stands(lines):
        return lines
    turned = page.transpose(Image.Transpose.ROTATE_90)
    return max(lines, _stamped_lines(turned), key=_sureness)


def _stamped_lines(page: Picture) -> list[Line]:
    """Read what lies under red ink in red light, where stamps are white; what is itself written in red is read beside it."""
    if not _has_red(page):
        return _lines(page)
    under = _lines(page.getchannel("R").point(lambda value: min(255, value * 255 // _PAPER)).convert("RGB"))
    written = [line for line in _lines(page) if _is_sure(line) and not any(_overlap(line, one) for one in under)]
    return under + written


def _has_red(page: Picture) -> bool:
    red, green, blue = (np.asarray(page.getchannel(name), dtype=np.int16) for name in "RGB")
    return bool(np.mean(red - np.maximum(green, blue) > _RED) > _LEAST_RED)


def _is_sure(line: Line) -> bool:
    """Tell a heading printed in red from pieces of a stamp's ring."""
    sure: Any = line["sure"]
    return len(sure) >= _HEADING and min(sure) > _SURE_HEADING


def _overlap(one: Line, other: Line) -> bool:
    (left, top, right, bottom), (left2, top2, right2, bottom2) = _extent(one), _extent(other)
    return left < right2 and left2 < right and top < bottom2 and top2 < bottom


def _extent(line: Line) -> tuple[float, float, float, float]:
    box: Any = line["box"]
    across, down = [point[0] for point in box], [point[1] for point in box]
    return min(across), min(down), max(across), max(down)


def _stands(lines: list[Line]) -> bool:
    tall = sum(len(str(line["text"])) for line in lines if _is_tall(line))
    return tall > sum(len(str(line["text"])) for line in lines) / 2


def _is_tall(line: Line) -> bool:
    left, top, right, bottom = _extent(line)
    return bottom - top > 1.5 * (right - left) and len(str(line["text"])) > 1


def _sureness(lines: list[Line]) -> float:
    return sum(sum(sure) for line in lines if (sure := line["sure"]) and isinstance(sure, list))


def _lines(page: Picture) -> list[Line]:
    engine = _engine()
    found: Any = engine(np.asarray(page)[:, :, ::-1].copy())
    if found.boxes is None or not found.txts:
        return []
    boxes = [_turned(box, page.size) if engine.is_upside_down else box for box in found.boxes]
    return [
        {
            "text": "".join(word[0] for word in words),
            "sure": [round(float(word[1]), 3) for word in words],
            "box": box.round(1).tolist(),
        }
        for box, words in zip(boxes, found.word_results, strict=True)
    ]


def _turned(box: Any, size: tuple[int, int]) -> Any:
    """Return where a box lies once its page is turned by half, with its corners in their usual order."""
    return np.asarray(size) - box[[2, 3, 0, 1]]


class _Engine(RapidOCR):
    """Remembers which way up the lines of a page stood; the library turns each and tells nobody."""

    is_upside_down = False

    def cls_and_rotate(self, img: list[Any]) -> Any:
        turned, found = super().cls_and_rotate(img)
        lines = [(label, picture.shape[1]) for (label, _), picture in zip(found.cls_res or (), img, strict=True)]
        self.is_upside_down = sum(wide for label, wide in lines if label == "180") > sum(wide for _, wide in lines) / 2
        return turned, found


@cache
def _engine() -> _Engine:
    quiet = {
        "Global.log_level": "critical",
        "Global.text_score": 0.0,
        "Global.max_side_len": _LONGEST_SIDE,
        "Global.return_word_box": True,
        "Global.return_single_char_box": True,
        "Rec.rec_batch_num": 2,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return _Engine(params=quiet)


_engine()
