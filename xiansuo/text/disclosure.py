"""Finds what gives the petitioner away beside names and numbers: addresses, and clauses of self-description (我是三组组长)."""

import re
from collections.abc import Iterable, Iterator

from xiansuo.domain.spans import Span
from xiansuo.domain.text import Entity, EntityType, Interview
from xiansuo.text.cues import KIN
from xiansuo.text.places import PLACE
from xiansuo.text.signature import Closing

_SELF = "(?:我|俺|额|咱|余|侬|本人|笔者|敝人|草民|小民|冤民|老朽|老夫|鄙人)"
_BOUND = "，。；！？,;!?\n：:"
_UPPER = re.compile(
    r"^(?:[^\W_的是在住]{1,8}?(?:省|自治区|自治州|市|州))?(?:[^\W_的是在住]{1,7}?(?:县|区(?!域)|旗))?(?:[^\W_的是在住]{1,7}?(?:镇|乡|街道(?!办)))?"
)
_ADDRESS = re.compile(
    r"(?P<field>(?:家庭|联系|通讯|通信|现|居住|户籍)?(?:住址|地址|住所|户籍地|户籍所在地|户口所在地)[^\S\n]*(?:[:：是为]|[ \u3000]))[^\S\n]*(?P<a>[^，。；;\n]{3,40})"
    r"|(?P<cue>家住|现住|租住在?|居住在?|住在?|家在|户口在|现居|老家在?|搬到|店在|门店在)(?![院了不进建户房宅着过得下上完满几多一])(?P<b>[^，。；;：:！？!?\n\s、（(]{2,40})"
)
_LOCATED = re.compile(r"[村镇乡县区市路街巷号栋幢楼室院苑园城组社队弄坊庄屯寨胡同口湾]|小区|宿舍|家属|外埠")
_OTHERS = re.compile(r"[他她其该它]|书记|主任|局长|镇长|院长|老板|校长|支书|邻居|隔壁|对方|领导|名下|有人|哪")
_INTRO = re.compile(
    rf"(?:^|(?<=[，。；！？,;!?\n：:\s（]))(?:{_SELF}们?|(?:我|俺)家)(?:都|也|就|只|本来|现|现在|以前|原来|原|曾|曾经|作为|作为一[名个])?(?P<verb>是|系|叫|名叫|来自|姓|乃|做为|作为|(?=[\u3400-\u9fff]{{2,4}}[，,（(]))(?!否|不|说|怎|这样|想|要|来反映|为了|因为|因|在|听|看|被|从|通过|找|去|跟|请|向|他|她|谁|真|实|如|按|对|没|什|哪|上|一时|有|用|给|到|靠|冤|问)(?P<rest>[^。！？!?；;\n]{{1,90}})"
)
_DESCRIPTION = re.compile(
    r"^(?:男|女|汉族|[\u3400-\u9fff]族|今年|现年|虚岁|住|家住|现住|家在|[^\W\d_]{0,2}党员|党员|中共党员|农民|村民|务农|退休|在职|现在|原|系|是|身份证|电话|手机|[一二三四五六七八九十\d]+[多]?(?:岁|了|年|届)|\d{4}年[^\s]{0,8}(?:参加工作|入党|入伍|退休|出生|生)|教龄|工龄|党龄|入党|初中|小学|高中|大专|没(?:有)?文化|没念过|老实|开|做|种|养|跑|打|教|在|当|干|给|给单位|嫁|家里)"
)
_ROLE = re.compile(
    r"(?:村民|居民|农民|人|的|教师|老师|职工|员工|工人|业主|住户|家长|学生|党员|干部|组长|会计|出纳|司机|医生|护士|保管员|代表|网格员|摊主|户主|移民|学员|战士|军人|老兵|科员|技术员|业务员|负责人|经理|老板|法人|店主|老板娘|公务员|工作人员|护林员|保安|保洁|环卫工|驾驶员|操作工|木工|瓦工|泥工|养殖户|种植户|贫困户|低保户|五保户|拆迁户|军属|烈属|媳妇|女婿|儿子|女儿|妻子|丈夫|家属|姐|弟|哥|妹|父亲|母亲|爷爷|奶奶|侄|外甥|岁|了|届|班|号|栋|楼|组|村|队|社|户|年|教书|上班|工作|打工|务农|退休|党龄|教龄|工龄|专业|生|男|女|族|手|匠|师傅|师|长|员|民|商|主|医|工|兵|妇|头|佬|家|者)$"
)
_WORK = re.compile(
    rf"(?:^|(?<=[，。；！？,;!?\n：:、“]))(?:{_SELF}(?:们)?|(?:我|俺|咱)(?:们)?(?:家)?(?:屋头那个|屋里的?|{KIN}))(?:也|就|本来|现|现在|以前|原来|原|曾|曾经|一直|去年|前年|今年|那时|当时|从前|这|都|\d{{4}}年)*"
    r"(?P<c>(?:在|给|跟)(?!他|她|此|这里|此之|一起)[^，。；！？,;!?\n他她]{1,20}?(?:当(?!时|场|面|着|天|年|选|众|作)|做(?:了|过|的)?(?!主|工作|了工作)|任职|上班|工作|教书|教了|开车|开(?:了)?[个家间]?(?:店|馆|厂|铺|小|饭|饭店|公司)|卖(?!给|了|掉)|摆摊|打工|务工|干了|干(?:活|过)|跑(?:了|车|运输)|读书|读|上学|住院|做工|做了|做过|值班|保洁|守|当过|当了|执教|负责|管)[^，。；！？,;!?\n]{0,16}"
    r"|(?:跑|教|当|开|执教|养|种|守|修|做|干|管)[^，。；！？,;!?\n他她]{0,12}(?:了|过)?(?:[一二三四五六七八九十两几\d]+(?:来|多)?(?:年|届|辈子))[^，。；！？,;!?\n]{0,6}"
    r"|(?:当过|当了|当着|当)[^，。；！？,;!?\n他她]{1,14}(?=[，。；,\n]))"
)
_RISK = re.compile(
    rf"(?P<c>(?:当时|那天|当天|那时|那次|知道(?:这事|此事)的)?(?:就)?只有(?:我|我们|咱们)(?:[一二两三四五六七八九十几\d]+(?:个)?人)?(?:[^，。；！？\n]{{0,6}})(?:在场|知道|晓得|看见|看到|经手|签了?字)"
    r"|[一二三四五六七八九十\d]+(?:个)?人(?:里头|里面|当中|中)?(?:就|只有)(?:我|俺)[^，。；！？\n）)]{1,14}|全[村组镇厂校乡局队][^，。；！？\n]{0,10}(?:就|只有)(?:我|俺|我们)(?:一个|一家|一户|家)?[^，。；！？\n]{0,6}|(?:就|只有)(?:我|俺)(?:一个|一家|一户)(?=[，。；！])"
    rf"|(?:我|俺)(?:家)?(?:{KIN})[^，。；！？\n他她]{{0,6}}(?:因为这(?:件)?事|为这(?:件)?事|就因为)[^，。；！？\n]{{0,12}}|(?:我|俺|我家)(?:{KIN})(?:就)?是[^，。；！？\n他她]{{1,16}}(?:主任|会计|组长|书记|干部|支书|文书|委员|老师|教师|医生|协管员?|司机)(?=[，。；！？\n])"
    rf"|(?:我|俺)[^，。；！？\n他她]{{0,3}}(?:{KIN})?[^，。；！？\n他她]{{0,4}}(?:笔试|面试|考试|成绩|总分|综合)[^，。；！？\n他她]{{0,4}}第[一二三四五六七八九十\d]+名?|(?<=[，。；])(?:班里|全班|年级)第[一二三四五六七八九十\d]+"
    rf"|(?:我|俺)(?:去年|前年|今年|上个?月|上次|之前|曾|以前|\d{{1,2}}月(?:\d+[日号])?)[^，。；！？\n]{{0,8}}在?(?:你们|贵办|巡察组)(?:办公室|这里|那里)?(?:当面)?(?:反映|举报|谈话|谈)过"
    r"|\d{1,3}(?:号)?床(?=[，。；！？、\n）)])|(?:我|俺|我家|我妈|我爸)住[^，。；\n]{0,3}\d{1,4}(?:楼|室|房)?(?=[，。；\n])"
    r"|(?:[\u3400-\u9fff]{1,3}?)?(?:经我(?:的)?手|我经手)的[^，。；！？\n]{1,10})"
)
_LABELS = re.compile(
    r"(?:^|(?<=\n)|(?<=[\s；;]))(?:\d[.、．][^\S\n]*)?(?:被?谈话(?:人|对象|活人)|被谈[^\s：]人|被?走访(?:人|对象)|受访(?:人|对象)|被?访谈(?:人|对象)|被访(?:人|对象)|谈话对象|被询问人|对象|在场|姓名|单位(?:及)?职务|工作单位(?:及职务)?|职务)[^\S\n]*(?:[:：][^\S\n]*|[ \u3000]+)(?P<v>[^\n；;]{2,80})"
)
_WHERE = re.compile(r"(?:走访|谈话|访谈|入户)?(?:地点|地址)[^\S\n]*(?:[:：][^\S\n]*|[ \u3000]+)(?P<v>[^\n；;]{2,50})")
_HOME = re.compile(r"[组社队号栋户]|家(?![长属具委])|屋|村|社区|巷|院坝|晒场|住处|楼|摊")
_FIELD_CUT = re.compile(r"[^\S\n]+(?=(?:记录人?|谈话人|走访人|时间|谈话事由|被)[^\n]{0,6}[:：\s])|　(?=参加|记录)")
_PLACE_HERE = re.compile(PLACE)


def find_addresses(text: str) -> Iterator[Entity]:
    """Find the writer's address; the upper levels down to the township stay readable."""
    for match in _ADDRESS.finditer(text):
        group = "a" if match["field"] else "b"
        clause = text[max(text.rfind(mark, 0, match.start()) for mark in "。！？；\n") + 1 : match.start()]
        if group == "b" and (
            not _LOCATED.search(match["b"])
            or _OTHERS.search(clause[-24:])
            or (
                match["cue"] in {"住", "搬到", "老家"}
                and not re.search(r"[我俺本]|^$|[，,\s　]$|人$|楼$", clause[-10:])
            )
        ):
            continue
        yield from _lower(text, *match.span(group), EntityType.ADDRESS)


def _lower(text: str, start: int, end: int, kind: EntityType) -> Iterator[Entity]:
    """Yield what lies below the township of a passage, or its last level where nothing lies below."""
    value = text[start:end].rstrip(" \t\u3000")
    upper = _UPPER.match(value)
    cut = upper.end() if upper and upper.end() < len(value) else 0
    if value[cut:].strip("，。的、 人"):
        yield Entity(kind, start + cut, start + len(value), value[cut:])
    elif upper:
        yield Entity(kind, start, start + upper.end(), value[: upper.end()])


def find_descriptions(text: str, *, named: bool, orgs: Iterable[Entity]) -> Iterator[Entity]:
    """Find the clauses in which the writers say who they are; an unnamed writer's employer stays readable, what they are there does not."""
    bodies = [] if named else [entity.span for entity in orgs]
    for match in _INTRO.finditer(text):
        for span in _describing(text, *match.span("rest")):
            yield from _without_upper(text, span, bodies, named=named)
    for match in _WORK.finditer(text):
        yield from _disclosed(text, Span(*match.span("c")))
    for match in _RISK.finditer(text):
        yield from _disclosed(text, Span(*match.span("c")))


def _describing(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the clauses of an introduction while they describe the writer."""
    position, first = start, True
    for clause in re.split(r"([，,、：:（(）)])", text[start:end]):
        span = Span(position, position + len(clause))
        position = span.end
        bare = clause.strip()
        if not bare or bare in "，,、：:（(）)":
            continue
        described = _ROLE.search(bare) or (not first and _DESCRIPTION.match(bare) and len(bare) <= 24)
        if (
            _OTHERS.search(bare)
            or not (first or described)
            or re.search(r"反映|举报|控告|检举|投诉|申诉|请求|要求|告|关于", bare)
        ):
            return
        if described:
            yield span
        first = False


def _without_upper(text: str, span: Span, bodies: list[Span], *, named: bool) -> Iterator[Entity]:
    """Mask a describing clause but for its upper places and, where the writer is unnamed, the body or village spoken of."""
    start = span.start
    inside = [body for body in bodies if span.start <= body.start and body.end <= span.end]
    if inside:
        start = max(body.end for body in inside)
    elif (upper := _UPPER.match(text, start, span.end)) is None or not upper.end():
        start = span.start
    upper_end = _upper_end(text, start, span.end)
    if (
        not named
        and not inside
        and (place := _PLACE_HERE.match(text, upper_end, span.end))
        and place["village"]
        and place["group"]
    ):
        upper_end = place.end("village")
    if upper_end < span.end and text[upper_end : span.end].strip("的人 　"):
        yield from _disclosed(text, Span(upper_end, span.end))
    elif named and upper_end > start:
        yield Entity(EntityType.ADDRESS, start, upper_end, text[start:upper_end])


def _upper_end(text: str, start: int, end: int) -> int:
    match = _UPPER.match(text[start:end])
    return start + match.end() if match else start


def _disclosed(text: str, span: Span) -> Iterator[Entity]:
    yield Entity(EntityType.SELF_DISCLOSURE, span.start, span.end, span.of(text))


def find_in_closings(text: str, closings: Iterable[Closing]) -> Iterator[Entity]:
    """Mask closing passages but for the township they begin with."""
    for closing in closings:
        yield from _lower(text, *closing.span, EntityType.SELF_DISCLOSURE)


def find_in_heading(text: str, interview: Interview) -> Iterator[Entity]:
    """Mask the interviewee's fields, and below the township the place of an interview held at home."""
    first = min((turn.start for turn in interview.turns), default=len(text))
    for match in _LABELS.finditer(text, 0, first):
        cut = _FIELD_CUT.search(match["v"])
        end = match.start("v") + cut.start() if cut else match.end("v")
        yield from _lower(text, match.start("v"), end, EntityType.SELF_DISCLOSURE)
    for match in _WHERE.finditer(text, 0, first):
        cut = _FIELD_CUT.search(match["v"])
        value = match["v"][: cut.start()] if cut else match["v"]
        if _HOME.search(value):
            yield from _lower(text, match.start("v"), match.start("v") + len(value), EntityType.ADDRESS)
