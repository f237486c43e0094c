"""Owns what is layout and not language: lines broken inside a sentence, spaced-out characters and digits, stray spaces beside punctuation."""

import re
from collections.abc import Iterator

from xiansuo.text.offsets import Edit

_HAN = "\u3400-\u9fff〇○□×"
_CLOSING = "，。、；：？！）”’》】"

# A space between two words is left alone: in letters it mostly parts names, fields and unpunctuated sentences, and joining would hide a petitioner's name.
_STRAY = re.compile(
    rf"""
    \ (?: (?<=\S\ )\ *(?=[{_CLOSING}])                # space before a closing mark
      | (?<=[，、；：（“《【]\ )\ *(?=[^\s])             # space after an opening one
      | (?<=\d\ )(?=[年月日时元万亩户岁]) | (?<=\d[年月]\ )(?=\d)   # dates and sums
    )
    """,
    re.VERBOSE,
)
_SPACED_HAN = re.compile(
    rf"(?<![{_HAN}])[{_HAN}](?:[ \u3000]{{1,4}}[{_HAN}](?![{_HAN}])){{2,}}"
    rf"|(?<![{_HAN}])(?<![{_HAN}][ \u3000])[{_HAN}][ \u3000]{{1,4}}[{_HAN}](?=[：，、；。！])"
)
_SPACED_DIGITS = re.compile(r"(?<![\d.])\d(?: [\d-]){4,}(?![\d.])")
_GROUPED = re.compile(r"(?<!\d)(?:1[3-9]\d \d{4} \d{4}|\d{6} \d{8} \d{3}[\dXx])(?!\d)")
_GAP = re.compile(r"[ \u3000]+")
_SPACES = re.compile(rf"(?<=\S)[ \u3000][{_HAN}{_CLOSING}\d]|[，、；：（“《【] ")

_WRAP = re.compile(rf"(?<=[{_HAN}\w，、）%]) *\n(?=[{_HAN}\w“（])")
_FRESH = re.compile(
    r"""
      [一二三四五六七八九十]{1,3}[、.．是]|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．](?!\d)|[①-⑳]|第[一二三四五六七八九十]{1,3}[，、条]|其[一二三四五]
    | [^\s：]{1,12}：|此致|敬礼|附件|举报人|反映人|申请人|投诉人|联系|电话|日期|以上|\d{4}年[\d ]++月[\d ]++日?\s*+$|.{0,12}(?<![。！？；”])$
    """,
    re.VERBOSE,
)
_TITLE = re.compile(r"\s*(?:关于|标题|主题)|[^，。]*(?:的信|举报信|情况反映|记录|笔录|报告|申请)\s*$")
_MIN_WIDTH, _MAX_WIDTH, _RAGGED = 12, 100, 0.65


def needs_layout(text: str) -> bool:
    """Tell quickly whether `layout_edits` could find anything."""
    return bool((" " in text or "\u3000" in text) and _SPACES.search(text)) or ("\n" in text and any(_wraps(text)))


def layout_edits(text: str) -> Iterator[Edit]:
    """Yield the edits, ascending, that undo line wrapping and spacing noise."""
    done = 0
    for edit in sorted({*_wraps(text), *_gaps(text)}):
        if edit.start >= done:
            yield edit
            done = edit.end


def _gaps(text: str) -> Iterator[Edit]:
    if " " not in text and "\u3000" not in text:
        return
    for hit in _STRAY.finditer(text):
        yield Edit(hit.start(), hit.end(), "")
    for pattern in (_SPACED_HAN, _SPACED_DIGITS, _GROUPED):
        for hit in pattern.finditer(text):
            for gap in _GAP.finditer(text, hit.start(), hit.end()):
                yield Edit(gap.start(), gap.end(), "")


def _wraps(text: str) -> Iterator[Edit]:
    """Yield the line ends inside a sentence: after a line as wide as the text's other full lines, or after a comma."""
    hits = list(_WRAP.finditer(text))
    full = _full_width(text) if hits else 0.0
    for hit in hits:
        before = text[text.rfind("\n", 0, hit.start()) + 1 : hit.start()].strip()
        end = text.find("\n", hit.end())
        after = text[hit.end() : end if end >= 0 else len(text)]
        if _goes_on(before, after, full=full):
            yield Edit(hit.start(), hit.end(), _glue(before, after))


def _full_width(text: str) -> float:
    """Return from how many characters on a line counts as full; infinite where no two lines reach the same margin."""
    widths = sorted(len(line.strip()) for line in text.split("\n"))
    margin = _RAGGED * widths[-1]
    return margin if widths[-2] >= margin and widths[-1] <= _MAX_WIDTH else float("inf")


def _goes_on(before: str, after: str, *, full: float) -> bool:
    if not _MIN_WIDTH <= len(before) <= _MAX_WIDTH or _FRESH.match(after):
        return False
    return before[-1] in "，、" or (len(before) >= full and not _TITLE.match(before))


def _glue(before: str, after: str) -> str:
    latin = before[-1].isascii() and before[-1].isalpha() and after[0].isascii() and after[0].isalpha()
    return " " if latin else ""
