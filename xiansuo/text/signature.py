"""Finds the closing lines of a letter: who signs, from where, for how many."""

import re
from typing import NamedTuple

from xiansuo.domain.spans import Span
from xiansuo.text.names import is_word, join_lone

_GREETING, _LONGEST = 30, 70
_DATE = re.compile(
    r"[（(]?(?<!\d)(?:19|20)\d\d[-./年][^\n]{0,14}$|[一二][〇零○O0][一二三四五六七八九〇零○][一二三四五六七八九〇零○]年[^\n]{0,14}$|(?:甲|乙|丙|丁|戊|己|庚|辛|壬|癸)[子丑寅卯辰巳午未申酉戌亥][^\n]{0,12}$"
    r"|(?<![\d号])\d{1,2}[月.][\d]{1,2}日?[^\n\d]{0,4}$|(?:正|二|三|四|五|六|七|八|九|十|冬|腊|十一|十二)月(?:初|廿|二|三|十|[一二三四五六七八九])[^\n]{0,6}$"
)
_NOT_SIGNATURE = re.compile(
    r"^(?:附件?|附[:：]|抄送|此致|敬礼|祝|以上|P\.?S|另[:：]|又及|【|＞|>|-{3,}|发件人|收件人|主题|\d+[.、．]|[一二三四五六七八九十][、.]|（[一二三四五六七八九十\d]）|谢谢|盼|恳请|请|望)"
)
_GROUP = r"(?:村民|居民|业主|住户|群众|职工|员工|教师|老师|家长|党员|干部|移民|社员|农户|商户|摊贩|租户|市民|学生|受害人|受害者|工人|司机|医生|护士|代表|老农|百姓|公民|读者|员|征收户|拆迁户|受害群众|选民|乡亲|户人家|业主委员会|业委会|村民小组|小组|村民委员会|女士|先生|儿子|女儿|妈妈|老婆儿|客户|老党员|一兵|者)"
_DIGIT = r"\d一二三四五六七八九十百余多几"
# Tried only where a number begins: a page of digits is read once.
_COUNTED = re.compile(rf"等?(?:共)?(?<![{_DIGIT}])[{_DIGIT}]++(?:余|多)?(?:名|户|人|位|家)")
_ENDS = re.compile(
    rf"{_GROUP}(?:们)?(?:[（(][^）)\n]{{0,{_LONGEST}}}[）)])?(?:及全体[^，。]{{0,8}})?(?:[\d一二三四五六七八九十百余多]{{1,{_LONGEST}}}(?:名|户|人|位))?[^\S\n]*$"
)
_SINGLE = re.compile(r"一[名个位]|本人|我|退休|(?:女士|先生|妈妈|儿子|女儿|老党员|老农|客户)$")
_LABEL = re.compile(
    r"^(?:(?P<signing>[\u3400-\u9fff]{0,6}(?:举报|反映|投诉|申诉|控告|申请|检举|请求|来信|写信|联系|签|署|落款|执笔|代笔|住户|联名|代表|笔)[\u3400-\u9fff]{0,3})|[\u3400-\u9fff]{2,14})[^\S\n]*[:：][^\S\n]*"
)
_STOP = re.compile(r"[。！？!?；;…~”\"]")
_BRACKETED = re.compile(rf"[（(][^）)\n]{{0,{_LONGEST}}}[）)]|(?:谨上|敬上|谨启|敬启|顿首|泣血|叩首|拜上|上)$")
_ALONE = re.compile(
    r"^一[名个位]?[\u3400-\u9fff]{2,12}$|^(?:[\u3400-\u9fff]{1,6}?[县市区])?(?:[\u3400-\u9fff]{1,6}?[镇乡])[\u3400-\u9fff\d]{1,18}(?:[村组社队号栋楼室院户口旁边侧]|隔壁)$"
)
_PHONE = re.compile(r"[1１一][3-9３-９三四五六七八九][\d０-９ \-零〇一二三四五六七八九Oo*]{7,}")
_LONE_NAME = re.compile(r"[\u3400-\u9fff]{2,3}")
_REACH = re.compile(r"^(?:联系)?(?:电话|手机|住址)|(?:电话|手机|住址)[:：]")


class Closing(NamedTuple):
    """A closing passage without label and date; `group` tells that it speaks for many (全体村民, 等23户)."""

    span: Span
    group: bool


def closings(text: str, names: re.Pattern[str]) -> list[Closing]:
    """Return the closing passages from the end upwards; `names` finds one whole name."""
    found: list[Closing] = []
    end = len(text.rstrip())
    for _ in range(6):
        start = text.rfind("\n", 0, end) + 1
        verdict = _closing(text, start, end, names)
        if verdict is False:
            break
        if isinstance(verdict, Closing):
            found.append(verdict)
        if start == 0 or (verdict is not True and _tail_start(text, start, end) > start):
            break
        end = len(text[: start - 1].rstrip())
    return found


def _tail_start(text: str, start: int, end: int) -> int:
    """Return where the words after the last full stop of a line begin; the line's own end may carry one."""
    tail = read = start
    depth = 0
    for stop in _STOP.finditer(text, start, end - 1):
        depth += _opened(text[read : stop.start()])
        read = stop.start()
        tail = stop.end() if depth <= 0 else tail
    return tail


def _opened(passage: str) -> int:
    """Return how many more brackets a passage opens than it closes."""
    return passage.count("（") + passage.count("(") - passage.count("）") - passage.count(")")


def _closing(text: str, start: int, end: int, names: re.Pattern[str]) -> Closing | bool:
    """Return the closing of one line, True for a line to pass over (a date, a greeting), False where the letter's body begins."""
    if text[start:end].lstrip().startswith("附"):
        return True
    tail = _tail_start(text, start, end)
    if tail == 0:
        return False
    line = text[tail:end]
    stripped = _unwrapped(line.strip(" \t\u3000>＞"))
    date = _DATE.search(stripped)
    content = stripped[: date.start()].rstrip(" \t\u3000，,") if date else stripped
    if not content or _NOT_SIGNATURE.match(stripped):
        return tail == start and len(content) <= _GREETING
    offset = tail + (len(line) - len(line.lstrip(" \t\u3000（(>＞")))
    return _signed(content, offset, names) or False


def _signed(content: str, offset: int, names: re.Pattern[str]) -> Closing | None:
    """Return the closing if a line without its date signs: a signing label, names, a group, or how to reach somebody."""
    label = _LABEL.match(content)
    begin = label.end() if label else 0
    body = join_lone(content[begin:])
    reached = content[-1] not in "。！？!?" and bool(_PHONE.search(body) or _REACH.search(content))
    flowing = bool(_STOP.search(body)) or body.count("，") > 1
    if len(content) > _LONGEST or (label and label[0].startswith("被")) or (flowing and not reached):
        return None
    many = bool(_ALONE.match(_BRACKETED.sub("", body).strip()) or _ENDS.search(body) or _COUNTED.search(body))
    if (
        many
        or reached
        or (label and label["signing"])
        or (names.search(body) and _is_list(body, names))
        or is_lone_name(body)
    ):
        return Closing(Span(offset + begin, offset + len(content)), many and not _SINGLE.search(body))
    return None


def is_lone_name(line: str) -> bool:
    """Tell whether a closing line is nothing but what may be a name, however rare."""
    return bool(_LONE_NAME.fullmatch(line.strip())) and not is_word(line.strip())


def _unwrapped(line: str) -> str:
    """Return a line without the brackets around all of it."""
    return line[1:-1].strip() if line[:1] in {"（", "("} and line[-1:] in {"）", ")"} else line.lstrip("（(")


def _is_list(body: str, names: re.Pattern[str]) -> bool:
    """Tell whether a line holds little else than names, a place and a role before them."""
    ends = [match.end() for match in names.finditer(body)]
    rest = _BRACKETED.sub("", body[ends[-1] :] if ends else body)
    return bool(ends) and len(rest.strip(" \t\u3000（）()*＊×")) <= 8 and body.count("，") <= 1
