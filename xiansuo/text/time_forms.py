"""Owns the forms in which letters tell times, and what each form means beside the letter's date."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from xiansuo.text import when as told_times
from xiansuo.text.gated import Gated
from xiansuo.text.numerals import read_number
from xiansuo.text.time_words import (
    AFTER,
    AROUND,
    CLOCK,
    DAY,
    ERAS,
    FEAST,
    HAN_DAY,
    HOURS,
    MONTH,
    PART,
    POSTS,
    SEASON,
    YEAR,
    YEAR_WORD,
)
from xiansuo.text.when import When


@dataclass(frozen=True, slots=True)
class Around:
    """What is known where a time is told: the letter's date, and the last time before it in the same passage that names a year."""

    reference: date | None
    before: When | None = None

    @property
    def year(self) -> int | None:
        """The year that the passage speaks of."""
        return self.before.year if self.before else None


Resolver: TypeAlias = Callable[[re.Match[str], Around], When | str]


def _full(match: re.Match[str], around: Around) -> When | str:
    """Resolve 2021年3月12日, 去年腊月, 前年中秋, 民国三十七年."""
    if match["republic"]:
        year = told_times.republican(match["republic"])
    elif match["year"]:
        year = told_times.year_of(match["year"])
    elif match["word"] == "当年":
        year = around.year
    else:
        year = around.reference.year - told_times.YEARS_BACK[match["word"]] if around.reference else None
    if year is None:
        return ""
    if match["month"]:
        return _month(match, year)
    named = match["feast"] or match["season"]
    return told_times.of_stretch(year, named) if named else When(year)


def _month(match: re.Match[str], year: int) -> When | str:
    month, day = told_times.month_of(match["month"]), match["day"] or ""
    if month is None:
        return When(year)
    lunar = told_times.is_lunar(match["month"], told=bool(match["lunar"]), day=day)
    return told_times.in_month(year, month, told_times.day_of(day), lunar=lunar)


def _bare_month(match: re.Match[str], around: Around) -> When | str:
    """Resolve 4月12日 by the year the passage speaks of, else as the latest one before the letter."""
    month = told_times.month_of(match["month"])
    if month is None or (around.reference is None and around.year is None):
        return ""
    if around.before and (around.before.month or 1) <= month:
        return _month(match, around.before.year)
    if around.reference is None:
        return ""
    lunar = told_times.is_lunar(match["month"], told=bool(match["lunar"]), day=match["day"] or "")
    begins = month % 12 + 1 if lunar else month
    return _month(match, around.reference.year - (begins > around.reference.month) - (lunar and month == 12))


def _iso(match: re.Match[str], _: Around) -> When | str:
    month, day = int(match["month"]), int(match["day"] or 0)
    return told_times.in_month(int(match["year"]), month, day or None, lunar=False)


def _feast(match: re.Match[str], around: Around) -> When | str:
    if around.reference is None:
        return ""
    year = told_times.of_stretch(around.reference.year, match["feast"])
    return replace(year, year=told_times.latest((year.month or 1, 0), around.reference))


def _ago(match: re.Match[str], around: Around) -> When | str:
    count = read_number(match["count"])
    if count is None or around.reference is None or count.low != count.high:
        return ""
    if match["unit"] == "年":
        return When(around.reference.year - int(count.low))
    return told_times.months_back(around.reference, int(count.low))


def _day(match: re.Match[str], around: Around) -> When | str:
    return told_times.day_back(around.reference, match["word"]) if around.reference else ""


def _relative_month(match: re.Match[str], around: Around) -> When | str:
    if around.reference is None:
        return ""
    word = match["word"]
    back = word.count("上") if "上" in word else -1 if "下" in word else 0
    when = told_times.months_back(around.reference, back)
    day = told_times.day_of(match["day"] or "")
    return told_times.in_month(when.year, when.month or 1, day, lunar=False)


def _week(match: re.Match[str], around: Around) -> When | str:
    if around.reference is None:
        return ""
    back = match["word"].count("上") if "上" in match["word"] else -1 if "下" in match["word"] else 0
    return told_times.week(around.reference, back, match["day"] or "")


def _lately(match: re.Match[str], around: Around) -> When | str:
    count = read_number(match["count"])
    if around.reference is None or count is None or count.low != count.high:
        return ""
    return f"{around.reference.year - int(count.low)}/{around.reference.year}"


def _decade(match: re.Match[str], _: Around) -> When | str:
    tens = match["tens"][0]
    first = 1900 + 10 * (int(tens) if tens.isdigit() else "零一二三四五六七八九".index(tens))
    return f"{first}/{first + 9}"


def _bare_year(match: re.Match[str], _: Around) -> When | str:
    return When(told_times.year_of(match["year"]))


def _bare_day(match: re.Match[str], around: Around) -> When | str:
    """Resolve 15号下午 in the month that the passage speaks of."""
    day, before = told_times.day_of(match["day"]), around.before
    if before is None or before.month is None or before.last or day is None:
        return ""
    return told_times.in_month(before.year, before.month, day, lunar=False)


def _open(_: re.Match[str], __: Around) -> When | str:
    return ""


_MONTH_PARTS = rf"(?P<month>{MONTH})月(?:份|间|里|底|末|[上中下]+旬)?(?P<day>{DAY})?{HOURS}"


@dataclass(frozen=True, slots=True)
class Form:
    """A way to tell a time, and what it means."""

    gated: Gated
    resolve: Resolver


def _form(signs: str, pattern: str, resolve: Resolver = _open) -> Form:
    return Form(Gated(tuple(signs.split()), re.compile(pattern)), resolve)


# In the order in which they may take a stretch of text.
FORMS = (
    _form("19 20", rf"(?P<year>(?:19|20)\d\d)[-./](?P<month>1[0-2]|0?[1-9])(?:[-./](?P<day>3[01]|[12]\d|0?[1-9]))?(?![\d.]){HOURS}", _iso),
    _form(
        "年 去",
        rf"(?=[\d零〇一二三四五六七八九农阴公民大前去上今本当明])(?:农历|阴历|公历)?"
        rf"(?:民国(?P<republic>[一二三四五六七八九十]{{1,3}})年|(?P<year>{YEAR})年|(?P<word>{YEAR_WORD}|去(?=[春夏秋冬](?!天|季))))"
        rf"(?:的?(?P<lunar>农历|阴历)?{_MONTH_PARTS}|的?(?P<feast>{FEAST}){AROUND}{HOURS}|的?(?P<season>{SEASON})(?:学期)?)?{AFTER}",
        _full,
    ),
    _form("19 20", r"(?=[12])(?P<year>(?<!\d)(?:19|20)\d\d)(?=(?:到|至|[-—~～]+)(?:19|20)\d\d年)", _bare_year),
    _form("年代", r"(?:上世纪|20世纪)?(?P<tens>[五六七八九]十|[5-9]0)年代[初中末]?", _decade),
    _form("每", rf"每(?:(?:年|学期|个?月)(?:{FEAST}|{MONTH}月份?|{DAY}(?:左右)?)|个?(?:星期|礼拜|周)[一二三四五六日天]+){HOURS}"),
    _form("月", rf"(?=[农阴\dlI十一二三四五六七八九正元冬腊])(?P<lunar>农历|阴历)?(?<![\d.十个几])(?={MONTH}月(?![饼亮薪嫂季])){_MONTH_PARTS}{AFTER}", _bare_month),
    _form("前", r"(?P<count>[一两二三四五六七八九十几\d]{1,3})(?P<unit>年|个月)(?:以前|之前|前)(?![任届])", _ago),
    _form(
        " ".join(told_times.HOLIDAYS),
        rf"(?=[妇劳教双春过除大小腊元清端重中国冬五六七八])(?<![学年快\d])(?!(?<=[\u3400-\u9fff])(?<![年每到从在是过回逢比因这和及])国庆)"
        rf"(?P<feast>{FEAST})(?![路街村小社广桥大晚联龄轻纪])(?:初[一二三四五六七八九十]|三十)?{AROUND}{HOURS}",
        _feast,
    ),
    _form("天 昨 今", rf"(?P<word>大前天|前天|昨[天晚夜日]|今[天晚早]|明天){HOURS}", _day),
    _form("月", rf"(?P<word>上上个?月|上个?月|下个?月|这个月|本月)(?P<day>{DAY})?(?:份|初|底|中旬)?{HOURS}", _relative_month),
    _form("周 星期 礼拜", rf"(?P<word>上上|上|这|本|下)个?(?:星期|礼拜|周)(?P<day>[一二三四五六日天])?(?![期边围转]){HOURS}", _week),
    _form("近", r"近(?P<count>[一二两三四五六七八九十几]{1,2})年(?:来|内|间)?", _lately),
    _form("年 天", r"这(?:[一二两三四五六七八九十几]|十几|二十)年|前[几两]年|前[几两]天"),
    _form("学期", r"(?:这个?|本|上个?|下个?)学期(?:开学|期末)?"),
    _form("年前 年底 开春", r"年[前底](?=[，。、村镇来要回就有又的])|开春"),
    _form("届", r"上一?届(?:换届|选举)?(?:的?时候|时|期间)?"),
    _form("换届 选举", r"[这本]次换届(?:时|前|期间)?|选举(?:前[一两]天|前夕|前一晚|那天|当天)"),
    _form("那 时 期间 前 后", rf"(?:{ERAS})(?:选举)?(?:那[年会几阵][儿天]?|的时候|时|期间|前夕|前(?!任)|后)"),
    _form("在任 在位 当政 任职 任上 当家", rf"[\u3400-\u9fff]{{0,2}}(?:{POSTS})(?:在任|在位|当政|任职|任上|当家)(?:时|期间|的时候|那[几些]年)?"),
    _form(
        "日 号",
        rf"(?=[\d初十廿一二三四五六七八九])(?<![\d月第附街路巷弄栋楼、零〇一二三四五六七八九十])(?P<day>3[01]|[12]\d|[1-9]|{HAN_DAY})[日号](?:{PART}{HOURS}|(?=[就要那我他去来又]))",
        _bare_day,
    ),
    _form("点 时 : ：", rf"{PART}\s?{CLOCK}(?:\s?[-—~～到至]+\s?{CLOCK})?"),
)  # fmt: skip
