"""Finds where the petitioner lives or works: stated addresses, closing lines, an interview's heading; the township above stays readable."""

import re
from collections.abc import Iterable, Iterator

from xiansuo.domain.text import Entity, EntityType, Interview
from xiansuo.text.evidence import heading_end
from xiansuo.text.gated import Gated
from xiansuo.text.places import PLACE
from xiansuo.text.signature import Closing

_WITHIN = re.compile(
    r"(?P<village>[^\W\d_的是在住]{1,7}?(?:村|社区))(?:第?[一二三四五六七八九十百\d]{1,4}(?:村民小组|组|社|队|号|栋|幢|[户名位])|[^\W\d_的]{1,3}(?:组|屯|寨|湾|院子|屋场))"
)
_UPPER = re.compile(
    r"(?:[^\W_的是在住]{1,8}?(?:省|自治区|自治州|市|州))?(?:[^\W_的是在住]{1,7}?(?:县|区(?!域)|旗))?(?:[^\W_的是在住]{1,7}?(?:镇|乡|街道(?!办)))?"
)
_ADDRESS = re.compile(
    r"(?=[家联通现居户住地租老搬门店])(?:(?:家庭|联系|通讯|通信|现|居住|户籍)?(?:住[ \u3000]{0,4}址|地[ \u3000]{0,4}址|住所|户籍地|户籍所在地|户口所在地)】?[^\S\n]*(?:[:：是为]|[ \u3000])[^\S\n]*(?P<field>[^，。；;\n]{3,40})"
    r"|(?P<cue>家住|现住|现居|租住在?|居住在?|住在?|家在|户口在|老家在?|搬到|门?店在)(?![院了不进建户房宅着过得下上完满几多一有])(?P<said>[^，。；;：:！？!?\n\s、（(]{2,40}))"
)
_LOCATED = re.compile(r"[村镇乡县区市路街巷号栋幢楼室院苑园城组社队弄坊庄屯寨胡同口湾]|小区|宿舍|家属|外埠")
_OTHERS = re.compile(r"[他她其它]|书记|主任|局长|镇长|院长|老板|校长|支书|邻居|隔壁|对方|领导|名下|有人|哪")
_MINE = re.compile(r"[我俺本]|^$|[，,\s　]$|[人楼]$")
_BUILDING = Gated(
    ("栋", "幢", "号楼"),
    re.compile(r"\d{1,3}(?:栋|幢|号楼)(?:\d{1,2}单元)?(?:[-\d]{1,6}室?|顶楼|一楼|底楼)?(?:[东西南北]户)?"),
)
_INTERVIEWEE = re.compile(
    r"(?:^|(?<=\n)|(?<=[\s；;]))(?:\d[.、．][^\S\n]*)?(?:被谈[话活](?:人|对象)|(?:谈话|走访|访谈)对象|被走访(?:人|对象)|受访(?:人|对象|者)|被访谈?(?:人|对象)|被询问人|约谈对象|对象|在场|姓名|单位(?:及)?职务|工作单位(?:及职务)?|职务)[^\S\n]*(?:[:：][^\S\n]*|[ \u3000]+)(?P<v>[^\n；;]{2,80})"
)
_MAIL = Gated(
    ("发件人", "收件人", "寄件人", "From", "To"),
    re.compile(r"(?:发件人|收件人|寄件人|From|To)[^\S\n]*[:：][^\S\n]*(?P<v>[^\n<＜@]{1,20})"),
)
_OFFICE = re.compile(r"纪委|监委|巡察|信访|信箱|邮箱|办|局|委员会|政府|中心|公司|部$|组$")
_WHERE = re.compile(r"(?:走访|谈话|访谈|入户)?(?:地点|地址)[^\S\n]*(?:[:：][^\S\n]*|[ \u3000]+)(?P<v>[^\n；;]{2,50})")
_HOME = re.compile(r"[组社队号栋户]|家(?![长属具委])|屋|村|社区|巷|院坝|晒场|住处|楼|摊")
_ROOM = re.compile(r"中心|会议室|办公室|谈话室|接待室|政府|局|[县市区镇乡纪党]委|大厅|宾馆|酒店")
_AT_HOME = re.compile(r"走访|入户|家中|家里|堂屋|院坝|屋场|柴房|摊|户。|家[）)\s（(]")
# Tried only where a run of spaces begins: a page of spaces is read once.
_NEXT_FIELD = re.compile(
    r"(?<![^\S\n])[^\S\n]++(?=(?:记录人?|谈话人|走访人|时间|谈话事由|被)[^\n]{0,6}[:：\s])|　(?=参加|记录)"
)
_PLACE = re.compile(PLACE)
_GROUP = re.compile(r"[^\W\d_的]{2,4}(?:组|屯|寨|院子|屋场|湾)")
_DOOR = re.compile(
    r"(?:[^\W\d_的是在住]{2,6}(?:村|社区))[一二三四五六七八九十\d]{1,8}(?:[、和][一二三四五六七八九十\d]{1,8})*(?:组|社|队)|[^\W\d_的是在住]{2,10}\d+(?:栋|幢|号楼|号)"
)


def upper_end(text: str, start: int, end: int) -> int:
    """Return where the province, county and township that a passage begins with end."""
    match = _UPPER.match(text, start, end)
    return match.end() if match else start


def village_end(text: str, start: int, end: int) -> int:
    """Return where the village that a passage begins with ends, if a group, door or number of households follows."""
    match = _WITHIN.match(text, start, end)
    return match.end("village") if match else start


def below_township(text: str, start: int, end: int, kind: EntityType) -> Iterator[Entity]:
    """Yield what of a passage lies below the township, or all of it where nothing does."""
    value = text[start:end].rstrip(" \t\u3000")
    cut = upper_end(text, start, start + len(value))
    # A matter's village must stay readable for linking and recusal; the group or door within it tells who writes.
    cut = village_end(text, cut, start + len(value))
    begin = cut if text[cut : start + len(value)].strip("，。的、 人") else start
    if value:
        yield Entity(kind, begin, start + len(value), text[begin : start + len(value)])


def find_addresses(text: str) -> Iterator[Entity]:
    """Find addresses that the writers state as theirs."""
    for match in _ADDRESS.finditer(text):
        if match["field"] or _is_own(text, match):
            yield from below_township(text, *match.span(match.lastgroup or "said"), EntityType.ADDRESS)
    for match in _BUILDING.finditer(text):
        if match.start() < 14 or "单元" in match[0] or "室" in match[0] or "户" in match[0]:
            yield Entity(EntityType.ADDRESS, *match.span(), match[0])
    for match in _MAIL.finditer(text):
        if not _OFFICE.search(match["v"].strip()):
            yield Entity(
                EntityType.PETITIONER,
                match.start("v"),
                match.start("v") + len(match["v"].rstrip()),
                match["v"].rstrip(),
            )


def _is_own(text: str, match: re.Match[str]) -> bool:
    """Tell whether somebody's dwelling is the writer's: nobody else is spoken of in the clause."""
    clause = text[max(text.rfind(mark, 0, match.start()) for mark in "。！？；：\n") + 1 : match.start()]
    weak = match["cue"] in {"住", "住在", "搬到", "老家", "老家在"}
    return (
        bool(_LOCATED.search(match["said"]))
        and not _OTHERS.search(clause[-24:])
        and (not weak or bool(_MINE.search(clause[-10:])))
    )


def find_in_closings(text: str, closings: Iterable[Closing]) -> Iterator[Entity]:
    """Mask closing passages."""
    for closing in closings:
        yield from below_township(text, *closing.span, EntityType.SELF_DISCLOSURE)


def find_repeated(text: str, masked: Iterable[Entity]) -> Iterator[Entity]:
    """Find the other places where a group or door number stands that a masked passage gives as the writer's."""
    wanted = {entity.text for entity in masked if _GROUP.fullmatch(entity.text)}
    wanted |= {
        text[upper_end(text, *match.span()) : match.end()]
        for entity in masked
        for match in _DOOR.finditer(text, max(0, entity.start - 8), entity.end)
        if match.end() > entity.start
    }
    for written in wanted:
        start = text.find(written)
        while start >= 0:
            yield from below_township(text, start, start + len(written), EntityType.ADDRESS)
            start = text.find(written, start + len(written))


def find_in_heading(text: str, interview: Interview) -> Iterator[Entity]:
    """Mask the interviewee's fields, and below the township the place of an interview held at home."""
    first = heading_end(text, interview)
    for match in _INTERVIEWEE.finditer(text, 0, first):
        yield from below_township(text, match.start("v"), _value_end(match), EntityType.SELF_DISCLOSURE)
    for match in _WHERE.finditer(text, 0, first):
        if _HOME.search(text, match.start("v"), _value_end(match)) and not _ROOM.search(match["v"]):
            yield from below_township(text, match.start("v"), _value_end(match), EntityType.ADDRESS)
    if _AT_HOME.search(text, 0, first):
        for place in _PLACE.finditer(text, 0, first):
            if (place["village"] or place["group"]) and text[place.start() - 1 : place.start()] not in {
                "察",
                "视",
                "查",
                "第",
            }:
                yield Entity(
                    EntityType.ADDRESS, place.end("upper"), place.end(), text[place.end("upper") : place.end()]
                )


def _value_end(match: re.Match[str]) -> int:
    cut = _NEXT_FIELD.search(match["v"])
    return match.start("v") + cut.start() if cut else match.end("v")
