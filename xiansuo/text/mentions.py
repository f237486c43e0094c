"""Recognises full names in running text that no cue introduces: a surname, signs that given names are made of, and where words begin and end."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise

import rjieba

# Surnames that more often are a word of their own.
_DOUBTFUL = frozenset(
    "和时向应成全于都方任单管计常连房明车白金高党万安关官别干满师司谈包文易项古路水海南原何那能许周江查解封展印战利普索修宣盛石林田柴平沙班季景区池容麻危皮乐农阳阴智植衡闭银丰练豆盖权帅由后楼米卫浦余左右华"
)
# Signs that may stand in a given name but tell nothing for it.
_NEUTRAL = frozenset("有来为和同生长发能可大小本之成全应在自作少家老会里理太高多领得当")
# What people are called by after their surname; such a stretch is no full name.
_CALLS = frozenset("姨总所局队科院处厅哥姐叔婶爷婆嫂妈爸爹娘伯舅董师老办校长站厂店楼组姓工氏庭委员某家户")
_RARELY_LAST = frozenset("和在自应当会能可得里同老理太多领")
_ORDER = frozenset("一二三四五六七八九十幺")
# Endings of place names that are also signs of given names.
_PLACE_LIKE = frozenset("湖河园城苑岭庄山州川屯塘")
_NEVER = frozenset(
    "的了是就说讲把被与跟没不去到给要问叫让从向也都还又我你他她它这那个们吗呢吧啊将过未则却该每什怎么谁此村镇县乡某等"
)
_CLOSED = frozenset('，。、：；！？,.:;!?（）()\n\t \u3000“”"《》【】…—-')
_NO_FIRST = _NEVER | _CLOSED | {""}
# A given name ends with none of these, whatever follows.
_NO_LAST = _NEVER | _CALLS
_FOLLOWING = frozenset("的说在也都被家和跟与同是把给让去来没不就还又等向找对因从到已曾当于以用拿带帮这那两三")
_LEADING = frozenset("的和跟与及叫是给对找向被把让由、")
_PLACE_ENDS = frozenset(
    "路街湖河村镇乡县区市园城苑府桥塘岭寺庙庄寨屯港湾坪坝垸岗洲岛洞巷弄里山厂店馆楼站校院局所组队社线段"
)
POSTS = frozenset(
    [
        "书记",
        "支书",
        "主任",
        "镇长",
        "乡长",
        "县长",
        "局长",
        "所长",
        "站长",
        "科长",
        "股长",
        "处长",
        "部长",
        "院长",
        "校长",
        "园长",
        "队长",
        "会计",
        "出纳",
        "文书",
        "村长",
        "组长",
        "社长",
        "经理",
        "主席",
        "委员",
        "干事",
        "老板",
        "警官",
        "秘书",
        "馆长",
        "厂长",
        "老师",
        "师傅",
        "医生",
        "教授",
    ]
)
"""What people hold or are by trade; behind a surname it is no given name."""
_TITLES = POSTS | frozenset(
    [
        "市长",
        "区长",
        "先生",
        "女士",
        "小姐",
        "同志",
        "大爷",
        "大娘",
        "大妈",
        "大伯",
        "大叔",
        "大哥",
        "大姐",
        "大嫂",
        "老汉",
        "婆婆",
        "奶奶",
        "爷爷",
        "阿姨",
        "同学",
        "博士",
        "律师",
        "法官",
    ]
)
_HAN_FIRST, _HAN_LAST = "\u3400", "\u9fff"
# A stretch below the least is no name; one nearly there becomes one where it stands twice.
_LEAST, _NEARLY, _NONE = 0.5, -0.3, -9.0
_NAME_TAGS = frozenset({"nr", "nrt", "nrfg"})
_PART_OF_NAME = _NAME_TAGS | {"n", "ns", "nz"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch that reads like a full name at `start` ≤ i < `end`; the higher the `score`, the more certain."""

    start: int
    end: int
    score: float
    name: str = field(repr=False)


class Words:
    """The words of a text as the dictionary cuts them, and where a name may begin."""

    def __init__(self, text: str, initials: Collection[str]) -> None:
        words = rjieba.cut(text, False)
        bounds = list(accumulate(map(len, words), initial=0))
        self.text = text
        self._length = bounds[-1]
        self._ends = dict(pairwise(bounds))
        self.openings = [
            start
            for word, start in zip(words, bounds, strict=False)  # the last bound begins no word
            if word[0] in initials and (len(word) == 1 or _tag(word) in _PART_OF_NAME)
        ]

    def starts_at(self, start: int) -> bool:
        """Tell whether a word begins here."""
        return start in self._ends

    def ends_at(self, end: int) -> bool:
        """Tell whether a word ends here."""
        return end in self._ends or end == self._length

    def bounded(self, start: int, end: int) -> bool:
        """Tell whether a stretch begins and ends with words, and is no one word of the dictionary unless that is a name."""
        first = self._ends.get(start, 0)
        return 0 < first <= end and self.ends_at(end) and (first < end or self._is_name(start))

    def holds(self, start: int, end: int) -> bool:
        """Tell whether a stretch of two signs or more is one ordinary word."""
        return end - start > 1 and self._ends.get(start) == end and not self._is_name(start)

    def _is_name(self, start: int) -> bool:
        return _tag(self.text[start : self._ends[start]]) in _NAME_TAGS

    def fit(self, start: int, given: int, end: int) -> float:
        """Return how well the cuts between words agree with a name that begins a word."""
        first = self._ends[start]
        if first == end:
            return (1.0 if end - start > 2 else -0.5) if self._is_name(start) else -4.0
        fit = 0.3 if self.ends_at(end) else -1.7
        if first > given:
            return fit - (3.0 if first > end else 1.5 if _tag(self.text[start:first]) == "ns" else 0.7)
        if end - given == 2 and self._ends.get(given) == end:
            tag = _tag(self.text[given:end])
            fit += 0.5 if tag in _NAME_TAGS else -1.0 if tag[:1] in "vdpcrmuqf" else 0.0
        return fit


@lru_cache(maxsize=16384)
def _tag(word: str) -> str:
    """Return the dictionary's part of speech of one word."""
    (_, tag), *others = rjieba.tag(word, False)
    return "" if others else tag


class MentionFinder:
    """Scores stretches of a text as names; holds word lists only."""

    def __init__(
        self, surnames: Collection[str], given: tuple[Collection[str], Collection[str]], not_names: Collection[str]
    ) -> None:
        self._single = frozenset(s for s in surnames if len(s) == 1)
        self._double = frozenset(s for s in surnames if len(s) > 1)
        self._initials = self._single | {surname[0] for surname in self._double}
        self._weights = dict.fromkeys(given[1], 0.6) | dict.fromkeys(given[0], 1.0) | dict.fromkeys(_NEUTRAL, 0.0)
        self._not_names = frozenset(not_names)

    def words(self, text: str) -> Words:
        """Return the words of a text with the places where a surname begins one."""
        return Words(text, self._initials)

    def find(self, words: Words) -> list[Mention]:
        """Return the names of a text in order, none overlapping another."""
        found: list[Mention] = []
        done = 0
        for start in words.openings:
            mention = self._best(words, start) if start >= done else None
            if mention is not None:
                found.append(mention)
                done = mention.end
        return found

    def _best(self, words: Words, start: int) -> Mention | None:
        text = words.text
        given = start + 2 if text[start : start + 2] in self._double else start + 1
        first = text[given : given + 1]
        # Four of five openings end here: no given name begins with such a sign.
        if first in _NO_FIRST or not _is_han(first) or (given == start + 1 and text[start] not in self._single):
            return None
        short, long = self._score(words, start, given, given + 1), self._score(words, start, given, given + 2)
        score, end = (long, given + 2) if long >= short else (short, given + 1)
        return Mention(start, end, score, text[start:end]) if score >= _LEAST else None

    def _score(self, words: Words, start: int, given: int, end: int) -> float:
        text = words.text
        signs, last = text[given:end], text[end - 1 : end]
        if last in _NO_LAST or not _is_han(last) or text[end : end + 1] in _PLACE_ENDS or signs in _TITLES:
            return _NONE
        name = text[start:end]
        if name in self._not_names or name[:2] in self._not_names:
            return _NONE
        doubtful = text[start] in _DOUBTFUL and given - start == 1
        score = 2.0 if given - start > 1 else 0.0 if doubtful else 1.0
        weight = self._weights.get
        score += weight(signs[0], -1.2) + (weight(last, -1.2) if end - given > 1 else -0.6)
        score -= 1.2 * (last in _RARELY_LAST) + 0.5 * (last in _PLACE_LIKE)
        score -= 1.5 * (signs[0] == "老" or last in _ORDER) + 1.5 * (doubtful and words.holds(given, end))
        score += words.fit(start, given, end) + _surroundings(text, start, end)
        return score + 0.7 * (score > _NEARLY and stands_again(text, name))

    def is_given(self, signs: str) -> bool:
        """Tell whether at least one sign is one that given names are made of."""
        return any(self._weights.get(sign, 0.0) > 0 for sign in signs)


def stands_again(text: str, words: str) -> bool:
    """Tell whether words that stand in a text stand there twice; unlike counting it, this stops at the second place."""
    return text.find(words, text.find(words) + len(words)) >= 0


def _is_han(sign: str) -> bool:
    return _HAN_FIRST <= sign <= _HAN_LAST


def _surroundings(text: str, start: int, end: int) -> float:
    before, after = text[start - 1 : start], text[end : end + 1]
    score = 0.8 if not after or after in _CLOSED else 0.4 if after in _FOLLOWING else 0.0
    return score + 0.4 * (not before or before in _CLOSED or before in _LEADING)
