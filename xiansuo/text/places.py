"""Finds organisations (the register first, then by their types), places down to the village group, posts, benefits and documents."""

import re
from collections.abc import Mapping

from ahocorasick_rs import AhoCorasick, MatchKind

from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.spans import Span
from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.coverage import Coverage
from xiansuo.text.lexicon import Lexicons

# Signs that end the name of a place or body when read backwards from its type.
_STOP = "的在是和到向给被由说把我俺他你她它去问找从与及等叫让跟了着过有没不这那哪各每全该本们两几多对为于至将就也都还又再要会可能以用当做打来上下里外前后很太最更往请报经现任原告收拿送领查转归属出进住求听据因但并且或仅只已曾像比按照同随自称此另据关反映举诉投检控个位名次年月日时"
_SIGN = rf"[^\W\d_a-z{_STOP}]"
_ENDS = frozenset(_STOP + '，。；：！？、“”（）()《》,.;:!?〔〕【】"*＊')
_LONGEST = 12
# Ends of names that are no types of their own: they count only behind a name and not where the next sign makes them another word.
_SHORT_TYPES = (
    "局",
    "分局",
    "所",
    "站",
    "中心",
    "大队",
    "中队",
    "支队",
    "部门",
    "厂",
    "图书馆",
    "档案馆",
    "文化馆",
    "党政办",
    "选举办",
    "征收办",
    "城建办",
    "管理办",
    "林场",
    "一中",
    "二中",
    "三中",
    "合作社",
    "经联社",
)
_OTHER_WORD = re.compile(r"[长员理有以谓在说得属需见做作提用反里着出起到了住不岗家房区面限势部年间]")
_BEFORE_SHORT = frozenset("结格布时大当厕场住处居车这那个各其全两三几")
_SECTION = re.compile(r"[\u3400-\u9fff]{1,5}?(?:科|股|室|站|中队|大队|支部|所|处)(?![长员])")
_LETTERED = r"[A-Z]\d?"
_NUMBER = r"[一二三四五六七八九十\d]{1,3}"
_UPPER = rf"(?:(?:{_LETTERED}|{_SIGN}{{1,6}}?)(?:省|自治区|自治州|市|州))?(?:(?:{_LETTERED}|{_SIGN}{{1,6}}?)(?:县|区|旗))?(?:(?:某|{_SIGN}{{1,6}}?)(?:镇|乡|街道|苏木))?"
_VILLAGE = rf"(?:(?:某|{_SIGN}{{1,6}}?)(?:村|社区|嘎查))"
_GROUP = rf"(?:第?{_NUMBER}(?:(?:、|和|、第){_NUMBER}){{0,30}}(?:村民小组|小组|组|社|队|生产队)|{_SIGN}{{1,5}}?(?:组|屯|湾|寨|坝|坪|冲|院子|屋场|自然村))"
PLACE = rf"(?P<upper>{_UPPER})(?P<village>{_VILLAGE})?(?P<group>{_GROUP})?"
_LEVEL = "省|自治区|自治州|市|州|县|区|旗|镇|乡|街道|苏木|村|社区|嘎查|组|社|队|屯"
# One look at this sign saves trying the words after it one by one at every place of a text.
_LEVEL_BEGINS = "省自市州县区旗镇乡街苏村社嘎"
_PLACE = re.compile(
    rf"(?:(?:(?:{_LETTERED}|{_SIGN}{{1,6}}?)(?=[{_LEVEL_BEGINS}])(?:省|自治区|自治州|市|州|县|区|旗|镇|乡|街道|苏木|村(?!委|支|书|主|民|会|部|里|干)|社区|嘎查))|(?<=[\u3400-\u9fff]){_NUMBER}(?:村民小组|小组|组|社|队))+"
)
_NOT_PLACES = frozenset(
    [
        "小区",
        "园区",
        "地区",
        "城区",
        "山区",
        "灾区",
        "辖区",
        "片区",
        "库区",
        "市区",
        "县城",
        "农村",
        "乡村",
        "城乡",
        "社区",
        "街道",
        "乡镇",
        "村镇",
        "城市",
        "超市",
        "股市",
        "门市",
        "夜市",
        "早市",
        "菜市",
        "上市",
        "开发区",
        "高新区",
        "新区",
        "老区",
        "学区",
        "贫困县",
        "行政村",
        "自然村",
        "本村",
        "全村",
        "各村",
        "邻村",
        "外村",
        "我村",
        "同村",
        "镇村",
        "校区",
        "景区",
        "病区",
        "考区",
        "厂区",
        "管理区",
        "服务区",
        "居民区",
        "住宅区",
        "新农村",
    ]
)


class PlaceFinder:
    """Finds bodies and places; holds compiled patterns and automata only."""

    def __init__(self, lexicons: Lexicons, register: OrganisationRegister | None) -> None:
        self._official: Mapping[str, str] = {
            name: unit.name
            for unit in (register.units if register else ())
            for name in (unit.name, *unit.aliases)
            if len(name) > 1
        }
        self._register = (
            AhoCorasick(list(self._official), matchkind=MatchKind.LeftmostLongest) if self._official else None
        )
        self._whole = frozenset(lexicons.org_types)
        self._types = AhoCorasick(sorted(self._whole | set(_SHORT_TYPES)), matchkind=MatchKind.LeftmostLongest)
        self._words = dict.fromkeys(lexicons.documents, EntityType.DOCUMENT)
        self._words |= dict.fromkeys(
            (*lexicons.funds, *lexicons.benefits, *lexicons.benefit_aliases), EntityType.BENEFIT
        )
        self._words |= dict.fromkeys(lexicons.posts(), EntityType.POSITION)
        self._aliases = {**lexicons.funds, **lexicons.benefit_aliases}
        self._lists = AhoCorasick(list(self._words), matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> list[Entity]:
        """Find bodies, places and listed words; the value is the register's or the list's own name, else ''."""
        found = self._registered(text)
        taken = Coverage(len(text))
        for entity in found:
            taken.take(entity.start, entity.end)
        found += [Entity(EntityType.ORG, *span, span.of(text)) for span in self._bodies(text) if taken.free(*span)]
        for match in _PLACE.finditer(text):
            if match[0] not in _NOT_PLACES and match[0][1:] not in _NOT_PLACES:
                found.append(Entity(EntityType.PLACE, *match.span(), match[0], self._official.get(match[0], "")))
        for _, start, end in self._lists.find_matches_as_indexes(text):
            word = text[start:end]
            found.append(
                Entity(
                    self._words[word],
                    start,
                    end,
                    word,
                    self._aliases.get(word, word) if self._words[word] is EntityType.BENEFIT else "",
                )
            )
        return found

    def _bodies(self, text: str) -> list[Span]:
        """Return the bodies: a type, the name before it as far as it reaches, and a section after it."""
        spans: list[Span] = []
        for _, begin, end in self._types.find_matches_as_indexes(text):
            section = _SECTION.match(text, end)
            start = begin
            while start and begin - start < _LONGEST and text[start - 1] not in _ENDS and not text[start - 1].isspace():
                start -= 1
            if text[begin:end] not in self._whole and not _is_named(text, start, begin, end):
                continue
            if spans and start < spans[-1].end:
                start = spans.pop().start if begin >= spans[-1].end else start
            spans.append(Span(start, section.end() if section else end))
        return spans

    def _registered(self, text: str) -> list[Entity]:
        if self._register is None:
            return []
        hits = self._register.find_matches_as_indexes(text)
        return [
            Entity(EntityType.ORG, start, end, text[start:end], self._official[text[start:end]])
            for _, start, end in hits
        ]


def _is_named(text: str, start: int, begin: int, end: int) -> bool:
    """Tell whether a short end such as 局 or 站 closes a name."""
    return begin - start >= 1 and text[begin - 1] not in _BEFORE_SHORT and not _OTHER_WORD.match(text, end)
