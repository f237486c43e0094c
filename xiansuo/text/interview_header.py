"""Owns the head of an interview record: its fields, and which names stand on which side of the table."""

import re
from dataclasses import dataclass

from xiansuo.domain.spans import Span
from xiansuo.domain.text import Speaker

_INTERVIEWERS = (
    "谈话人员",
    "谈话人",
    "访谈人员",
    "访谈人",
    "走访人员",
    "走访人",
    "询问人",
    "主谈人",
    "约谈人",
    "谈话",
    "走访",
    "访谈",
)
_RECORDERS = ("谈话人、记录人", "记录人员", "记录人", "记录")
_INTERVIEWEES = (
    "被谈话人", "谈话对象", "被访谈人", "访谈对象", "被走访人", "走访对象", "被询问人", "约谈对象", "受访人", "受访者", "受访对象", "被访人", "对象",
)  # fmt: skip
_OTHERS = (
    "谈话时间/地点", "谈话时间", "访谈时间", "走访时间", "时间地点", "谈话日期", "时间", "日期", "谈话地点", "访谈地点", "走访地点", "地点", "陪同人", "陪同", "监督人", "在场人", "在场", "参加人员", "参加人",
    "参加", "主持人", "姓名", "性别", "民族", "年龄", "出生年月", "政治面貌", "文化程度", "学历", "工作单位及职务", "工作单位", "单位及职务", "单位职务", "单位", "职务", "职级", "任现职时间",
    "联系电话", "联系方式", "电话", "手机", "家庭住址", "住址", "身份证号码", "身份证号", "身份证", "谈话事由", "事由", "谈话编号", "编号", "告知事项", "谈话提纲",
)  # fmt: skip
_SIDES = dict.fromkeys(_INTERVIEWERS + _RECORDERS, Speaker.INTERVIEWER) | dict.fromkeys(
    _INTERVIEWEES, Speaker.INTERVIEWEE
)
_LABELS = "|".join(map(re.escape, sorted({*_SIDES, *_OTHERS}, key=len, reverse=True)))
_FIELD = re.compile(
    rf"(?:^|(?<=[\s；;，,。、/（(]))({_LABELS})(?:\s*[：:]\s*|(?:(?<=^..)|(?<=^...)|(?<=^....))\s+(?=\S))", re.MULTILINE
)
_FREE_FIELD = re.compile(r"\s*([\u4e00-\u9fff]{2,8})[：:][ \u3000]*([^\s。？！?：:][^。？！?]{0,39})$")
_WORD = re.compile(r"[\u4e00-\u9fff×A-Za-z]+")
_TITLE = re.compile(
    r"(?:谈话|访谈|座谈|走访|约谈|询问|谈心).{0,8}(?:记录|笔录|要点|摘记|实录|纪要|综合|情况|提纲)"
)  # fmt: skip
_NO_TITLE = re.compile(r"反映|举报|检举|尊敬|您好|请求|要求|如何|咨询|[，。？！]")
_TITLE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Head:
    """The fields at the head of a text as label and value span, and the offset at which the body begins."""

    fields: tuple[tuple[str, Span], ...]
    end: int

    def sides(self) -> frozenset[Speaker]:
        """Return the sides of the table that the fields name."""
        return frozenset(_SIDES[label] for label, _ in self.fields if label in _SIDES)

    def names(self, text: str, side: Speaker) -> tuple[str, ...]:
        """Return the words that the fields of one side hold: names, posts and units."""
        values = (span.of(text) for label, span in self.fields if _SIDES.get(label) is side)
        return tuple(word for value in values for word in _WORD.findall(value))


def side_of(label: str) -> Speaker | None:
    """Return the side for which a field label stands when it is used to mark who speaks."""
    return None if label in _RECORDERS else _SIDES.get(label)


def has_title(text: str, subject: str = "") -> bool:
    """Tell whether the subject or one of the first lines is the title of an interview record."""
    lines = [line.strip() for line in text.lstrip()[:300].split("\n")[:3]]
    return any(_is_title(line) for line in (subject, *lines))


def read_head(text: str, end: int) -> Head:
    """Read the fields of the leading lines, up to `end`, until a line is neither field, title nor a short note of place and date."""
    fields: list[tuple[str, Span]] = []
    start = 0
    for line in text[:end].splitlines(keepends=True):
        found = _fields(line, start)
        if not found and not _is_note(line):
            break
        fields += found
        start += len(line)
    return Head(tuple(fields), min(start, end))


def _fields(line: str, offset: int) -> list[tuple[str, Span]]:
    hits = list(_FIELD.finditer(line))
    if not hits or (len(hits) == 1 and hits[0].start() > _TITLE_LENGTH):
        free = _FREE_FIELD.match(line)
        return [(free[1], _trimmed(line, free.start(2), free.end(2), offset))] if free else []
    stops = [hit.start() for hit in hits[1:]] + [len(line)]
    return [(hit[1], _trimmed(line, hit.end(), stop, offset)) for hit, stop in zip(hits, stops, strict=True)]


def _trimmed(line: str, start: int, stop: int, offset: int) -> Span:
    value = line[start:stop].rstrip(" \t\r\n\u3000；;，,/")
    if value.endswith(("）", ")")) and not re.search(r"[（(]", value):
        value = value[:-1]
    return Span(offset + start, offset + start + len(value))


def _is_title(line: str) -> bool:
    line = re.sub(r"[（(].*", "", line)
    return len(line) <= _TITLE_LENGTH and bool(_TITLE.search(line)) and not _NO_TITLE.search(line)


def _is_note(line: str) -> bool:
    """Tell whether a line without fields still belongs to the head: blank, a title, a place or a date."""
    line = line.strip()
    return (
        not line
        or _is_title(line)
        or (
            len(line) <= _TITLE_LENGTH
            and not re.search(r"[。？！；：]|(?<!\d):|^\d{1,2}[.、]|^[一二三四五六七八九十][、是]", line)
        )
    )
