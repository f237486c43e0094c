"""Finds the clauses in which the writers tell who they are without a name: work, kin, place in a group, a sickbed (我是三组组长)."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from xiansuo.domain.spans import Span
from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.addresses import below_township, upper_end, village_end
from xiansuo.text.coverage import Coverage
from xiansuo.text.gated import Gated, open_gates
from xiansuo.text.introductions import KIN
from xiansuo.text.places import PLACE

_I = "(?:我|俺|额|咱|侬)"
_FORMAL = "(?:本人|笔者|敝人|草民|小民|冤民|老朽|老夫|鄙人|(?<![\u3400-\u9fff])余)"
_LABEL = "(?<!被)(?:举报|反映|控告|申诉|检举|投诉|申请|信访|来信|写信|求助)人(?:[:：]|(?=[\u3400-\u9fff]{2,4}[，,]))"
_ADVERB = "(?:都|也|就|只|本来|现在?|以前|原来?|曾经?)*"
_NO_SELF = "(?!否|不|说|怎|这样|想|要|来反映|为|因|在|听|看|被|从|通过|找|去|跟|请|谁|真|实名|如|按|对|没|什|哪|上|一时|有|用|给|到|靠|冤)"
_INTRO = re.compile(
    rf"(?:^|(?<=[，。；！？,;!?\n：:\s（“]))(?:先说明|首先|说明一下|坦白说|实话说)?(?:(?:{_I}|{_FORMAL})们?{_ADVERB}(?:是|系|叫(?!来|人|了|过|你|上|到)|名叫|来自|姓|乃|做为|作为){_NO_SELF}|{_FORMAL}(?=今年|现年|[\u3400-\u9fff]{{2,4}}[，,（(])|{_LABEL}|{_I}家?{KIN}(?=[\u3400-\u9fff]{{2,4}}[，,]))"
    r"[^\S\n]*(?P<rest>[^。！？!?；;\n]{1,90})",
)
_DESCRIPTION = re.compile(
    r"^\s*(?:男|女|[\u3400-\u9fff]族|今年|现年|虚岁|住|家住|现住|家在|家里|[^\W\d_]{0,2}党员|中共|农民|村民|务农|退休|在职|现在|原|系|是|身份证|电话|手机|教龄|工龄|党龄|入党|初中|小学|高中|大专|没文化|没有文化|没念过|嫁"
    r"|(?!\d{4}年)[一二三四五六七八九十\d]{1,8}多?(?:岁|了|年|届|$)|(?:19|20)\d\d年[^\s]{0,8}(?:参加工作|入党|入伍|退休|出生|生)|(?:开|做|种|养|跑|打|教|在|当|干|给)(?!他|她|我))"
)
_ROLE = re.compile(
    r"(?:村民|居民|(?<!两拨)人|(?:开|做|养|跑|种|卖|教|打|干|搞|出嫁|嫁来)[^，]{0,10}的|教师|老师|职工|员工|工人|业主|家长|学生|党员|干部|长|会计|出纳|司机|医生|护士|代表|摊主|户|学员|军人|老兵|负责人|经理|老板|法人|店主|老板娘|保安|保洁|军属|烈属|媳妇|女婿|儿子|女儿|妻子|丈夫|家属|姐|弟|哥|妹|亲|爷爷|奶奶|侄|外甥"
    r"|岁|届|班|号|栋|幢|楼|组|村|队|社|教书|上班|工作|打工|务农|退休|党龄|教龄|工龄|专业|生|男|女|族|匠|师傅|师|员|民|商|医|工|兵|妇|头|佬|者|主任|书记|百姓|之一|大四|大三|大二|大一)$"
)
_GENERIC = re.compile(
    r"^(?:的|里|一|名|个|位|几|全体|部分|普通|老|众|多|许多|当地|本地|土生土长)*(?:村民|居民|市民|群众|农民|老?百姓|人|业主|住户|公民)?[们\s]*$"
)
_OTHERS = re.compile(r"[他她其]|邻居|隔壁|对方")
_MATTER = re.compile(r"反映|举报|控告|检举|投诉|申诉|请求|要求|告|关于|咨询|想问")
_WE = Gated(
    ("我们", "我司", "本公司", "我公司", "我厂", "我店", "我社", "俺们"),
    re.compile(
        r"(?:我们|我司|本公司|我公司|我厂|我店|我社|俺们)(?P<c>(?!家|组|村)[^\W\d_的这那都里在是有也就去些个]{2,7}?(?:组|屯|寨|湾|院子|运输队|施工队|公司|厂|店|行|园林|精密)(?=[，。\d和与反今去从共也都于在参]|因)|(?:\d+|[一二三四五六七八九十]+)[个名户位](?!人|月|多|组|村|社区)[^\W\d_的]{1,4}(?=[，。\d于从自在])"
        r"|(?:[^\W\d_的这那]{1,5}?[县市区])?[^\W\d_的这那]{1,5}?(?:镇|乡|街道)[^\W\d_的]{1,8}等[一二三四五六七八九十\d]{1,8}个[村组社区]{1,2}|[^\W\d_的这那都]{1,4}?寨\d+户(?:人家)?)"
    ),
)
_OPENING = Gated(
    ("与邻", "和邻", "与隔壁", "和隔壁", "共"),
    re.compile(rf"(?:^|(?<=\n))[ \t\u3000]*(?P<c>{PLACE})(?=[与和](?:邻|隔壁)|共\d+户)"),
)
_OWN = rf"(?:{_I}们?(?:家)?(?:的)?(?:屋头那个|屋里的?|{KIN})?|{_FORMAL})"
_WHEN = "(?:也|就|本来|现在?|以前|原来?|曾经?|一直|去年|前年|今年|那时|当时|从前|这|都|(?:19|20)\\d\\d年)*"
_WORK = re.compile(
    rf"(?:^|(?<=[，。；！？,;!?\n：:、“]))(?P<c>{_OWN}{_WHEN}"
    r"(?:(?:在|给)(?!他|她|此|这里|一起)[^，。；！？,;!?\n他她]{1,20}?(?:当(?!时|场|面|着|天|年|选|众|作)|做(?:[过了]?[一二三四五六七八九十两\d]{1,8}年|生意|买卖|工|饭|木|保洁|保安|保姆|会计|出纳|小|水电|临时|服装|农)|任职|上班|工作|教书|教了|开车|开了?[个家间]?(?:店|馆|厂|铺|小|饭|公司)|卖(?!给|了|掉)|摆摊|打工|务工|干了|干[活过]|跑[了车运]|读书|上学|住院|值班|执教|[干当做教]了?[一二三四五六七八九十\d]{1,8}多?年)[^，。；！？,;!?\n]{0,16}"
    r"|(?:跑|教|当|开|执教|养|种|守|修|做|干|管)[^，。；！？,;!?\n他她]{0,16}?(?:了|过)?[一二三四五六七八九十两几\d]{1,8}(?:来|多)?(?:年|届|辈子)(?![前后])[^，。；！？,;!?\n]{0,6}"
    r"|当[过了着]?(?!时|场|面|天|年|选|众|作|初|然|地)[^，。；！？,;!?\n他她]{1,14}(?=[，。；,\n])))"
)
_DID = re.compile(r"(?:我|俺)做过[^，。；！？\n]{0,8}(?:记账|出纳|会计|保管|账)")
_FEW_PRESENT = r"(?:当时|那天|当天|那时|那次|知道[这此]事的)?就?只有(?:我|我们|咱们)(?:[一二两三四五六七八九十几\d]{1,8}个?人)?[^，。；！？\n]{0,6}(?:在场|知道|晓得|看见|看到|经手|签了?字)"
_ONLY_ONE = r"[一二三四五六七八九十\d]{1,8}个?人(?:里头|里面|当中|中)?(?:就|只有)(?:我|俺)[^，。；！？\n）)]{1,14}|全[村组镇厂校乡局队][^，。；！？\n]{0,10}(?:就|只有)(?:我们?|俺)(?:一[个家户])?[^，。；！？\n）)]{0,6}"
_KIN_IS = rf"{_I}家?{KIN}(?:以前|原来|原先|曾经|一直|现在|也)?就?是[^，。；！？\n他她]{{1,16}}(?:主任|会计|组长|书记|干部|支书|文书|委员|老师|教师|医生|协管员?|司机|质检员|监理|施工员|技术员|保管员|采购员|护士|出纳)(?=[，。；！？\n])|{_I}家?{KIN}[^，。；！？\n他她]{{0,6}}(?:因为|为|就因为)这件?事[^，。；！？\n]{{0,12}}"
_KIN_SHOP = rf"{_I}{KIN}(?:开|办|承包)的[^，。；！？\n]{{1,6}}?(?:馆|店|厂|场|铺|公司|饭庄|超市|[，。])"
_RESULT = rf"{_I}{KIN}?[^，。；！？\n他她]{{0,3}}(?:笔试|面试|考试|成绩|总分|综合)[^，。；！？\n他她]{{0,4}}第[一二三四五六七八九十\d]{{1,8}}名?|(?<=[，。；])(?:班里|全班|年级)第[一二三四五六七八九十\d]{{1,8}}"
_ONLY_KIND = rf"{_I}家?(?:{KIN})?(?:是|，)?[全本]?[村组镇厂校院][里上]?[^，。；！？\n他她]{{0,4}}唯一[^，。；！？\n]{{1,10}}|{_I}们?家?(?:生|养|出|供|考)[^，。；！？\n他她]{{0,4}}全?[村组镇厂校]里?[^，。；！？\n他她]{{0,4}}唯一[^，。；！？\n]{{1,12}}|(?<=，)门[前口]有[^，。；！？\n]{{2,12}}"
_CAME_HERE = rf"{_I}(?:去年|前年|今年|上个?月|上次|之前|曾|以前|\d{{1,2}}月(?:\d+[日号])?)[^，。；！？\n]{{0,8}}在?(?:你们|贵办|巡察组)(?:办公室|这里|那里)?(?:当面)?(?:反映|举报|谈话|谈)过"
_BED = r"(?<![\d第])\d{1,3}号?床(?=[，。；！？、\n）)])"
_LIVES_ON = rf"(?:{_I}家?|{_I}[妈爸])住[^，。；\n]{{0,3}}\d{{1,4}}[楼室房]?(?=[，。；\n])"
_UPSTAIRS = r"[，。\n]住\d{1,2}楼(?=[，。；])"
_SEEKS = r"(?:来|去)?找我[^。！？\n]{0,8}?就?[到去在][^，。\n]{2,16}"
_KIN_AT = rf"{_I}?(?:你|我|俺)家?{KIN}在[^，。；！？\n]{{1,12}}(?:教书|上班|工作|读书|上学|当[^，。\n]{{1,6}})"
_IN_GROUP = r"[一二三四五六七八九十\d]{1,8}组第[一二三四五六七八九十\d]{1,8}[户家]"
_INFIRM = rf"{_I}(?:就|也)?(?:是)?(?:一)?个?(?:聋子|聋哑人?|瞎子|盲人|哑巴|瘸子|瘫子|跛子|孤儿|孤老|寡妇|残疾人?)(?=[，。；！？\n])"
_LIVES_BY = rf"{_I}们?家?就?(?:住)?在[^，。；！？\n]{{1,8}}(?:对门|对面|隔壁|旁边|斜对门|后头|后面)"
_AS = rf"(?:^|(?<=[，。；！？\n：]))作为[^，。；！？\n他她]{{2,14}}(?:人|员|长|者|师|户|生|士)(?=，{_I})"
# Each with words of which one must stand in the text, because looking for these first is much faster.
_REMARKS = (
    Gated(("我", "俺", "咱"), _WORK),
    Gated(("做过",), _DID),
    Gated(("聋", "瞎", "盲", "哑", "瘸", "瘫", "跛", "孤", "寡", "残"), re.compile(_INFIRM)),
    Gated(("只有", "就我", "就俺"), re.compile(f"{_FEW_PRESENT}|{_ONLY_ONE}")),
    Gated(("我", "俺", "咱", "额", "侬"), re.compile(f"{_KIN_IS}|{_KIN_SHOP}")),
    Gated(("第",), re.compile(f"{_RESULT}|{_IN_GROUP}")),
    Gated(("唯一", "，门"), re.compile(_ONLY_KIND)),
    Gated(("过",), re.compile(_CAME_HERE)),
    Gated(("床",), re.compile(_BED)),
    Gated(("住",), re.compile(f"{_LIVES_ON}|{_UPSTAIRS}")),
    Gated(("找我",), re.compile(_SEEKS)),
    Gated(("教书", "上班", "工作", "读书", "上学", "当"), re.compile(_KIN_AT)),
    Gated(("对门", "对面", "隔壁", "旁边", "后头", "后面"), re.compile(_LIVES_BY)),
    Gated(("作为",), re.compile(_AS, re.MULTILINE)),
)
_PLACE = re.compile(PLACE)
_LEAD = re.compile(r"\s*(?:现|家|户籍|租|老家|原)?(?:居住|住|在|是|系)在?(?=[^\W\d_]{1,8}?[省市县区镇乡])")


@dataclass(frozen=True, slots=True)
class Writer:
    """What is known of the writers before their descriptions are read: the names on their side, the bodies spoken of, and whether the letter names who wrote it."""

    names: Collection[str]
    bodies: tuple[Span, ...]
    named: bool


def find_descriptions(text: str, writer: Writer) -> Iterator[Entity]:
    """Find the clauses in which the writers introduce themselves; an unnamed writer's employer and village stay readable, what they are there does not."""
    for match in _INTRO.finditer(text):
        for span in _describing(text, *match.span("rest"), writer):
            yield from _masked_part(text, span, writer)
    for match in (*_WE.finditer(text), *(m for m in _OPENING.finditer(text) if m["group"])):
        yield from below_township(text, *match.span("c"), EntityType.SELF_DISCLOSURE)


def find_remarks(text: str) -> Iterator[Entity]:
    """Find remarks that narrow down who speaks: the writer's work, kin in office, being one of few."""
    opened = open_gates(text)
    for one in _REMARKS:
        for match in one.pattern.finditer(text) if one.gate in opened else ():
            yield Entity(EntityType.SELF_DISCLOSURE, *match.span(), match[0])


def _describing(text: str, start: int, end: int, writer: Writer) -> Iterator[Span]:
    """Yield the clauses of an introduction while they describe the writer."""
    for clause in re.finditer(r"[^，,]+", text[start:end]):
        said = clause[0].strip()
        if _OTHERS.search(said) or _MATTER.search(said):
            return
        if not _describes(said, writer) and not (len(said) <= 24 and _DESCRIPTION.match(said)):
            return
        yield Span(start + clause.start(), start + clause.end())


def _describes(said: str, writer: Writer) -> bool:
    place = _PLACE.search(said) if "村" in said or "组" in said or "社" in said else None
    return bool(
        _ROLE.search(said)
        or (place and (place["village"] or place["group"]))
        or any(name in said for name in writer.names)
    )


def _masked_part(text: str, span: Span, writer: Writer) -> Iterator[Entity]:
    """Yield what of a describing clause is masked: all but the upper places and, where the writer is unnamed, the body or village spoken of."""
    start = max(
        (body.end for body in writer.bodies if span.start <= body.start and body.end <= span.end and not writer.named),
        default=0,
    )
    if not start:
        lead = _LEAD.match(text, *span)
        start = upper_end(text, lead.end() if lead else span.start, span.end)
        start = village_end(text, start, span.end)
    if not writer.named and (place := _PLACE.match(text, start, span.end)) and place["village"]:
        start = place.end("village")
    rest = text[start : span.end]
    if not _GENERIC.match(rest):
        yield Entity(EntityType.SELF_DISCLOSURE, start, span.end, rest)
    elif writer.named and start > span.start:
        yield Entity(EntityType.ADDRESS, span.start, start, text[span.start : start])


def keep_readable(entities: Iterable[Entity], readable: Iterable[Span], text: str) -> Iterator[Entity]:
    """Yield what is left of masked clauses when the respondents named in them stay readable."""
    spans = sorted(readable)
    named = Coverage(len(text))
    for span in spans:
        named.take(*span)
    for entity in entities:
        if named.free(*entity.span):
            yield entity
            continue
        start = entity.start
        for span in (span for span in spans if span.overlaps(entity.span)):
            if span.start > start:
                yield Entity(entity.type, start, span.start, text[start : span.start])
            start = max(start, span.end)
        if start < entity.end:
            yield Entity(entity.type, start, entity.end, text[start : entity.end])
