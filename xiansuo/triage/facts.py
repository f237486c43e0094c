"""Owns the facts of a letter by which it is linked: whom, where, how much, when. The writer is never among them."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from xiansuo.domain.suggestion import Facts, Suggestion
from xiansuo.domain.text import Document, Entity, EntityType
from xiansuo.triage.quantities import quantity
from xiansuo.triage.terms import CommonWords, terms

PARTIAL = "~"
"""Marks a name that is only a part of one: a given name, a unit without its place."""

_COMPONENT = re.compile(
    r"[^省市县区旗盟镇乡村]{1,8}?(?:自治州|自治县|自治区|街道|社区|[省县旗盟镇乡村]|市(?!场)|区(?!域))"
)
_GROUP = re.compile(
    r"(?:第|(?<![一二三四五六七八九十\d]))[一二三四五六七八九十\d]++(?:村民)?(?:小组|组|社|队|栋|号|弄).*$"
)
_ANYWHERE = frozenset(
    {
        "县城",
        "县里",
        "镇上",
        "镇里",
        "乡里",
        "村里",
        "村上",
        "街上",
        "市里",
        "城里",
        "农村",
        "本村",
        "本地",
        "自然村",
        "行政村",
    }
)
_BLANK = re.compile(r"\s+")
_TITLE = re.compile(
    r"(?:党?总?支部?|党委|党组|村|镇|乡|县|区|市|局|副|常务|原|前){0,12}"
    r"(书记|支书|主任|局长|镇长|乡长|县长|区长|市长|校长|院长|站长|所长|科长|股长|组长|队长|处长|部长|厂长|园长|村长|董事长|经理|会计|出纳|文书|委员|干事|老师|局|科|总|主席)$"
)
_NO_PLACE = re.compile(r"^[省市县区镇乡村](?=..)")
_KIN = re.compile(r"[叔伯爷哥姐婶嫂姨姑舅]$")
_BESIDE = 8
_WRITTEN_WITHIN = 3
_LEAST_COUNT = 10
"""Smaller counts stand in any letter: 三户, 两人."""


def facts(document: Document, suggestion: Suggestion, common: CommonWords) -> Facts:
    """Return the normalised respondents, units, places, sums, times and documents that a letter names, and its telling words."""
    telling = terms(document, common)
    bodies, places = {_named(one) for one in document.of_type(EntityType.ORG)}, document.of_type(EntityType.PLACE)
    return Facts(
        respondents=frozenset(_respondents(document, common)),
        units=frozenset().union(*map(_unit_names, bodies)),
        places=frozenset().union(*map(_place_names, {_named(one) for one in places})),
        sums=frozenset(_sums(document)),
        times=frozenset(_times(document)),
        categories=frozenset(suggestion.labels),
        documents=frozenset(entity.text for entity in document.of_type(EntityType.DOCUMENT)),
        names=telling.names,
        strange=telling.strange,
        rare=telling.rare,
        topics=telling.topics,
    )


def respondent_names(written: str, posts: Iterable[str] = ()) -> Iterator[str]:
    """Yield what else a respondent may be called: 李文化 with the post 村主任 is also 李主任 and, partly, 文化."""
    name = _BLANK.sub("", written)
    title = _TITLE.search(name)
    if title:
        name, own = name[: title.start()], title[1]
        posts = [*posts, own]
    if not name:
        return
    if len(name) > 1:
        yield _KIN.sub("", name) if len(name) > 2 else name
    yield from (f"{name[0]}{found[1]}" for post in posts if (found := _TITLE.search(post)))
    given = _KIN.sub("", name)[-2:]
    if len(given) == 2 and "某" not in given:
        yield PARTIAL + given


def place_names(written: str) -> Iterator[str]:
    """Yield the levels of a place and what stands behind them: 岚谷县, 桐子镇, 三台岩村."""
    name = _GROUP.sub("", _BLANK.sub("", written))
    end = 0
    for found in _COMPONENT.finditer(name):
        end = found.end()
        if "某" not in found[0] and found[0] not in _ANYWHERE:
            yield found[0]
    if len(name) - end > 1 and name not in _ANYWHERE:
        yield name[end:]


def unit_names(written: str) -> Iterator[str]:
    """Yield a unit's full name and, where a place stands before it, the rest as a partial name: 东山县林业局, ~林业局."""
    name = _BLANK.sub("", written)
    # 县审计局 without the county's name is no more than 审计局.
    rest = _NO_PLACE.sub("", name)
    if rest == name:
        yield name
    while (found := _COMPONENT.match(rest)) and len(rest) - found.end() > 1:
        rest = rest[found.end() :]
    yield PARTIAL + rest


# The same towns and offices stand in letter after letter.
_place_names = lru_cache(maxsize=8192)(lambda written: frozenset(place_names(written)))
_unit_names = lru_cache(maxsize=8192)(lambda written: frozenset(unit_names(written)))


def _named(entity: Entity) -> str:
    return entity.value or entity.text


def _respondents(document: Document, common: CommonWords) -> Iterator[str]:
    posts = document.of_type(EntityType.POSITION)
    for person in document.of_type(EntityType.RESPONDENT):
        # 农家乐 begins with a surname and names nobody.
        if person.text in common.words:
            continue
        beside = [
            post.text for post in posts if -_BESIDE <= post.start - person.end <= 2 or 0 <= person.start - post.end <= 2
        ]
        yield from respondent_names(_named(person), beside)


def _sums(document: Document) -> Iterator[str]:
    yield from (entity.value for entity in document.of_type(EntityType.MONEY) if entity.value)
    for count in document.of_type(EntityType.COUNT):
        number = quantity(count.value or count.text)
        if number is not None and number >= _LEAST_COUNT:
            yield count.value or count.text


def _times(document: Document) -> Iterator[str]:
    """Yield the times told; the day the letter was written and an interview record's header date are no facts of the matter."""
    header = [span for _, span in document.interview.header] if document.interview else []
    for time in document.of_type(EntityType.TIME):
        if (
            time.value
            and not any(time.span.overlaps(span) for span in header)
            and not _just_written(time, document.received)
        ):
            yield time.value


def _just_written(time: Entity, received: date | None) -> bool:
    try:
        return received is not None and abs((received - date.fromisoformat(time.value)).days) <= _WRITTEN_WITHIN
    except ValueError:
        return False
