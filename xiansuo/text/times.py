"""Finds dates and colloquial times (去年腊月, 前年秋上, 上届换届时) and resolves them against the letter's date."""

import re
from datetime import date, timedelta

from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.numerals import read_number

_D = "零〇一二三四五六七八九"
_MONTH = "(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九正元冬腊])"
_DAY = "(?:3[01]|[12]\\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_PART = "(?:凌晨|清早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|当晚|当天|下午)?"
_CLOCK = "(?:\\d{1,2}[:：时点](?:\\d{1,2}分?|半)?(?:许|左右|多)?|[一二三四五六七八九十]+点(?:半|多|钟|左右)*)?"
_HOLIDAY = "春节|过年|元旦|清明|五一|端午|中秋|国庆|重阳|除夕|元宵|七一|八一|教师节|妇女节"
_AROUND = "(?:前后|前|后|期间|过后|以前|以后|以来|之前|之后|前夕|节前|节后|节)*"
_SEASON = "春上|开春|春天|春季|夏天|夏季|秋上|秋后|秋天|秋季|秋收|冬天|冬季|入冬|年底|年初|年末|年前|上半年|下半年|年中"
_YEAR_WORD = "大前年|前年|去年|上年|今年|本年|当年|明年"
# Every time begins with one of these signs; a look at one sign saves trying all the ways to tell a time at every place of a text.
_FIRST = rf"[\d{_D}十农阴公正元冬腊大前去上今本当明昨这近春过清五端中国重除七八教妇换疫选]"
_WHEN = re.compile(
    rf"(?={_FIRST})(?:(?P<iso>(?P<y0>(?:19|20)\d\d)[-./](?P<m0>{_MONTH})(?:[-./](?P<d0>{_DAY}))?(?![\d.]))"
    rf"|(?:农历|阴历|公历)?(?:(?P<y1>(?:19|20)\d\d|[一二][{_D}]{{3}}|(?<![\d{_D}])(?:\d\d|[{_D}]{{2}}))年(?:的|农历|阴历)?|(?P<yw>{_YEAR_WORD})的?)"
    rf"(?:(?P<m1>{_MONTH})月(?:份|底|初|中旬|上旬|下旬)?(?:(?P<lunar1>初)?(?P<d1>{_DAY})[日号]?)?|(?P<h1>{_HOLIDAY}){_AROUND}|(?P<s1>{_SEASON}))?{_PART}{_CLOCK}(?:以来|以前|以后|起|前后|左右)?"
    rf"|(?:农历|阴历)?(?P<m2>{_MONTH})月(?:份|底|初(?![一二三四五六七八九十])|中旬|上旬|下旬|间)?(?:(?P<lunar2>初)?(?P<d2>{_DAY})[日号]?)?{_PART}{_CLOCK}"
    rf"|(?P<day>大前天|前天|昨天|今天|当天|前几天|前两天){_PART}{_CLOCK}"
    rf"|(?P<near>上上?个?(?:月|星期|礼拜|周)[一二三四五六日天]?|这个月|本月|上周[一二三四五六日天]?|近[一二两三四五六七八九十几]年|这[一二两三四五六七八九十几]年)"
    rf"|(?P<h2>{_HOLIDAY})(?:节)?(?:前后|过后|以后|前|后|期间|那天|当天|前夕|之前|时)"
    rf"|(?P<term>上届换届(?:时|选举)?|这次换届(?:时|前|期间)?|本次换届|换届(?:时|前夕|前|期间|选举时)|疫情(?:那年|期间|时)|选举(?:那天|当天|前一天|前夕|前一晚)))"
)
_HOLIDAY_MONTHS = {
    "春节": (1, 2), "过年": (1, 2), "除夕": (1, 2), "元宵": (2, 3), "元旦": (1, 1), "清明": (4, 4), "五一": (5, 5), "端午": (5, 6), "中秋": (9, 10),
    "国庆": (10, 10), "重阳": (10, 10), "七一": (7, 7), "八一": (8, 8), "教师节": (9, 9), "妇女节": (3, 3),
}  # fmt: skip
_SEASON_MONTHS = {
    "春": (3, 5),
    "开春": (3, 4),
    "夏": (6, 8),
    "秋": (8, 11),
    "冬": (11, 12),
    "入冬": (11, 12),
    "年底": (11, 12),
    "年末": (11, 12),
    "年初": (1, 2),
    "年前": (12, 12),
    "上半": (1, 6),
    "下半": (7, 12),
    "年中": (6, 7),
}
_YEARS_BACK = {"大前年": 3, "前年": 2, "去年": 1, "上年": 1, "今年": 0, "本年": 0, "当年": 0, "明年": -1}
_DAYS_BACK = {"大前天": 3, "前天": 2, "昨天": 1, "今天": 0}
_HAN_YEAR = str.maketrans(_D, "00123456789")


def find_times(text: str, reference: date | None) -> list[Entity]:
    """Find times; the value is an ISO day, month, year or `from/to` of months, '' where it cannot be known."""
    found = []
    for match in _WHEN.finditer(text):
        if (
            match["m2"]
            and not match["d2"]
            and match[0].endswith("月")
            and text[match.end() : match.end() + 1] in {"饼", "亮", "薪"}
        ):
            continue
        found.append(Entity(EntityType.TIME, *match.span(), match[0], _value(match, reference)))
    return found


def _value(match: re.Match[str], reference: date | None) -> str:
    if match["iso"]:
        return _join(int(match["y0"]), _month(match["m0"]), match["d0"])
    if match["y1"] or match["yw"]:
        year = _year(match["y1"]) if match["y1"] else _relative_year(match["yw"], reference)
        return _within_year(match, year)
    if match["m2"]:
        return _bare_month(match, reference)
    if match["day"] in _DAYS_BACK and reference:
        return (reference - timedelta(days=_DAYS_BACK[match["day"]])).isoformat()
    if match["h2"] and reference:
        first, last = _HOLIDAY_MONTHS[match["h2"]]
        return _months(reference.year - (first > reference.month), first, last)
    return ""


def _within_year(match: re.Match[str], year: int | None) -> str:
    if year is None:
        return ""
    if match["m1"] in {"正", "冬", "腊"} or match["lunar1"]:
        return _lunar(year, match["m1"])
    if match["m1"]:
        return _join(year, _month(match["m1"]), match["d1"])
    if match["h1"]:
        return _months(year, *_HOLIDAY_MONTHS[match["h1"]])
    if match["s1"]:
        key = next((key for key in (match["s1"][:2], match["s1"][:1]) if key in _SEASON_MONTHS), "")
        return _months(year, *_SEASON_MONTHS[key]) if key else str(year)
    return str(year)


def _bare_month(match: re.Match[str], reference: date | None) -> str:
    if reference is None:
        return ""
    if match["m2"] in {"正", "冬", "腊"} or match["lunar2"]:
        return _lunar(reference.year - (match["m2"] in {"冬", "腊"}), match["m2"])
    month = _month(match["m2"])
    return _join(reference.year - (month > reference.month), month, match["d2"])


def _year(written: str) -> int:
    digits = int(written.translate(_HAN_YEAR))
    if digits >= 1000:
        return digits
    return 2000 + digits if digits < 50 else 1900 + digits


def _relative_year(word: str, reference: date | None) -> int | None:
    return reference.year - _YEARS_BACK[word] if reference else None


def _month(written: str) -> int:
    special = {"正": 1, "元": 1, "冬": 11, "腊": 12}
    if written in special:
        return special[written]
    number = read_number(written)
    return int(number.low) if number else 1


def _lunar(year: int, month: str) -> str:
    """Return the calendar months of a lunar month, which falls one to two months later."""
    number = _month(month)
    following = number % 12 + 1
    return f"{year + (number == 12)}-{following if number == 12 else number:02d}/{year + (number >= 11)}-{(number + 1) % 12 + 1 if number >= 11 else following:02d}"


def _join(year: int, month: int, day: str | None) -> str:
    if not day:
        return f"{year}-{month:02d}"
    number = read_number(day)
    return f"{year}-{month:02d}-{int(number.low):02d}" if number else f"{year}-{month:02d}"


def _months(year: int, first: int, last: int) -> str:
    return f"{year}-{first:02d}" if first == last else f"{year}-{first:02d}/{year}-{last:02d}"
