"""Owns reading pictures and pages without text by the extra `ocr`: what is asked of it, and what is told about its reading."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from typing import Any

from xiansuo.domain.letter import PartRole, Trouble
from xiansuo.intake.apart import helper
from xiansuo.intake.content import CannotRead, Content, Nest, Piece
from xiansuo.intake.lent import lent
from xiansuo.intake.limits import LONGEST, Limits
from xiansuo.intake.media import label
from xiansuo.intake.plain import tidy
from xiansuo.intake.scan_text import doubtful, lines_of, text_of

WHAT_TO_INSTALL = "请安装组件 xiansuo[ocr]，办法见运行手册的“可选组件”"
ENGINE = "xiansuo.intake.scan_engine"
# Address space; a page takes up to 1 GB of memory (benchmarks/ocr.py).
MEMORY = 4 << 30
_LARGEST_ANSWER = 16 << 20
# Above this share of doubtful characters what was read is nonsense more often than not (benchmarks/ocr.py).
MOST_DOUBTFUL = 0.3


@dataclass(frozen=True, slots=True)
class Page:
    """One page as the machine read it; `text` is empty where there was none or it could not be read well enough."""

    text: str = field(repr=False)
    doubtful: int = 0
    characters: int = 0

    @property
    def is_unclear(self) -> bool:
        """Whether too many of its characters are doubtful for it to be used."""
        return self.doubtful > MOST_DOUBTFUL * self.characters


@dataclass(frozen=True, slots=True)
class Reading:
    """The pages that were read, and why the reading stopped before the last one, if it did."""

    pages: tuple[Page, ...]
    stopped: CannotRead | None = None


@cache
def can_recognise() -> bool:
    """Tell whether the extra `ocr` is installed."""
    return all(find_spec(package) for package in ("rapidocr", "onnxruntime"))


def read_picture(data: bytes, media_type: str, nest: Nest) -> Content:
    """Read a picture, of many pages too; raise CannotRead without the extra, beyond the limits or where it is not legible."""
    if not can_recognise():
        raise CannotRead(Trouble.NEEDS_EXTRA, f"格式：{label(media_type)}；{WHAT_TO_INSTALL}")
    reading = recognise(data, media_type, nest.limits)
    text = tidy("\n\n".join(page.text for page in reading.pages if page.text))
    if not text:
        raise why_unread(reading)
    return Content((Piece(PartRole.BODY, text, media_type, note=told(reading)),))


def recognise(data: bytes, media_type: str, limits: Limits, pages: Sequence[int] = ()) -> Reading:
    """Read the pages of a picture or the given ones of a PDF; what was read before the helper gave up is kept."""
    if len(pages) > limits.max_scan_pages:
        raise CannotRead(Trouble.TOO_LARGE, f"扫描件{len(pages)}页，超过上限{limits.max_scan_pages}")
    asked = {
        "media_type": media_type,
        "pages": list(pages),
        "max_pixels": limits.max_pixels,
        "max_pages": limits.max_scan_pages,
        "seconds": limits.scan_seconds,
    }
    found: list[Page] = []
    try:
        for answer in scan(asked, data):
            found.append(_page(json.loads(answer)))  # noqa: PERF401 - what came before an error is kept
    except CannotRead as reason:
        if not found:
            raise
        return Reading(tuple(found), reason)
    return Reading(tuple(found))


def told(reading: Reading, numbers: Sequence[int] = (), *, of: int = 0) -> str:
    """Say that a machine read this, how sure it is and what it left out; `numbers` are those of the pages among `of`."""
    read = reading.pages
    used = [page for page in read if page.text]
    share = sum(page.doubtful for page in used) / max(1, sum(page.characters for page in used))
    which = numbers or range(1, len(read) + 1)
    count = f"{of}页中有{len(numbers)}页" if of > len(numbers) else f"共{of or len(read)}页"
    sentences = [f"{count}，文字由机器从图片识别，{_share(share)}，请对照原件。"]
    if unclear := [str(number) for number, page in zip(which, read, strict=False) if page.is_unclear]:
        sentences.append(f"第{'、'.join(unclear)}页识别不清，没有采用。")
    if reading.stopped:
        sentences.append(f"识别到第{which[len(read) - 1]}页为止，后面的没有读出（{reading.stopped.detail}）。")
    return "".join(sentences)


def why_unread(reading: Reading) -> CannotRead:
    """Return the reason why nothing of a reading could be used."""
    if reading.stopped:
        return reading.stopped
    characters = sum(page.characters for page in reading.pages)
    if not characters:
        return CannotRead(Trouble.NO_TEXT, f"共{len(reading.pages)}页，没有找到文字")
    share = sum(page.doubtful for page in reading.pages) / characters
    return CannotRead(Trouble.NO_TEXT, f"共{len(reading.pages)}页，识别不清：{share:.0%}的字没有把握")


@lent
def scan(asked: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield each page's lines as the engine's helper finds them."""
    return helper(ENGINE, memory=MEMORY).ask(
        asked, data, seconds=min(asked["seconds"], LONGEST), largest=_LARGEST_ANSWER
    )


def _page(found: Mapping[str, Any]) -> Page:
    lines = lines_of(found["lines"])
    unsure, characters = doubtful(lines)
    page = Page(text_of(lines), unsure, characters)
    return Page("", unsure, characters) if page.is_unclear else page


def _share(share: float) -> str:
    return f"约{share:.0%}的字没有把握" if share >= 0.005 else "几乎每个字都有把握"
