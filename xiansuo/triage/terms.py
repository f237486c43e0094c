"""Owns which words of a letter tell its matter: names that no dictionary knows, and words rare in petitions."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import rjieba

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Facts
from xiansuo.domain.text import Document, EntityType
from xiansuo.errors import XiansuoError

TABLE = "common_words.tsv"
KINDS = ("word", "pair", "lone", "character")
COMMON = 18
"""A word of more letters than this in a thousand tells nothing about a matter."""
NAME = 20.3
"""Two neighbouring characters that no word holds together and that are this improbable (-ln) are part of a name."""
STRANGE = 17.5
"""Two that are less improbable than this are chance."""
UNLISTED = 13.0
"""How improbable (-ln) a character is that the table does not list."""
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_MASK = re.compile(r"〔[^〕]*〕")
_HIGH = re.compile(r"[\u4e00-\u9fff]{1,3}(?=[县市州区旗镇乡街])(?:县|市(?!场)|州|区(?!域)|旗|镇|乡|街道)")
_VILLAGE = re.compile(r"[\u4e00-\u9fff]{2,4}(?:村(?!里|上|民|委|干|支|主|组)|社区)")
_NAMED = (EntityType.RESPONDENT, EntityType.PERSON, EntityType.ORG, EntityType.PLACE)
_TAGS = ("nr", "ns", "nz")
_LONGEST_NAME = 3
_MOST_REMEMBERED = 1 << 16
_OWN = re.compile(r"[村社湾坪寨屯沟岗]$")


# What a word tells, one sign each, so that a letter's words are a string in which a pattern finds those that stand together.
_FEW, _UNHEARD, _PROPER = "fup"
"""Few letters have the word, hardly any has, or it is besides the name of something."""
_WORD, _SINGLE, _LONE, _OTHER = "wslx"
"""Another word, a single character, one that often stands alone, and what is no Chinese word: they tell nothing by themselves."""
_MANY = _FEW + _UNHEARD + _PROPER + _WORD
_APART = re.compile(f"(?=[{_MANY}]{_SINGLE}|{_SINGLE}[{_MANY}{_SINGLE}])")


class _Kinds(dict[str, str]):
    """What words tell, remembered as they come, since letters share most of theirs."""

    def __init__(self, words: Mapping[str, int], lone: Collection[str]) -> None:
        super().__init__()
        self._words, self._lone = words, lone

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self[word] = kind = self._kind(word)
        return kind

    def _kind(self, word: str) -> str:
        shape = _shape(word, self._lone)
        if shape is not _WORD:
            return shape
        if word in self._words:
            return _FEW if 0 < self._words[word] <= COMMON else _WORD
        return _PROPER if _is_proper(word) else _UNHEARD


def _shape(word: str, lone: Collection[str]) -> str:
    if not _HAN.fullmatch(word):
        return _OTHER
    if len(word) > 1:
        return _WORD
    return _LONE if word in lone else _SINGLE


@dataclass(frozen=True)
class CommonWords:
    """What letters of all kinds have in common: words with their letters in a thousand, characters with their improbability (-ln).

    `pairs` are neighbouring characters of two words, `lone` the characters that often stand alone.
    """

    words: Mapping[str, int] = field(repr=False)
    pairs: frozenset[str] = field(repr=False)
    lone: frozenset[str] = field(repr=False)
    characters: Mapping[str, float] = field(repr=False)

    @classmethod
    def load(cls, folder: Path) -> "CommonWords":
        """Read the table; raise XiansuoError where it is missing or damaged."""
        try:
            lines = (folder / TABLE).read_text(encoding="utf-8").splitlines()
            rows = [line.split("\t") for line in lines if not line.startswith("#")]
            entries = {kind: {entry: float(value) for which, entry, value in rows if which == kind} for kind in KINDS}
        except (OSError, ValueError) as error:
            raise XiansuoError(
                f"词表 {TABLE} 缺失或损坏。请从安装包恢复它，或用 tools.make_common_words 重新生成。"
            ) from error
        words = {word: int(letters) for word, letters in entries["word"].items()}
        return cls(words, frozenset(entries["pair"]), frozenset(entries["lone"]), entries["character"])

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """What every word tells, as a sign."""
        return _Kinds(self.words, self.lone)

    def improbable(self, pair: str) -> float:
        """Return how improbable (-ln) two characters are beside each other if nothing ties them together."""
        return self.characters.get(pair[0], UNLISTED) + self.characters.get(pair[1], UNLISTED)


@dataclass(frozen=True, slots=True)
class Terms:
    """A letter's telling words: pieces of names, what looks like one, words hardly any letter has, words that few letters have."""

    names: frozenset[str] = frozenset()
    strange: frozenset[str] = frozenset()
    rare: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()


def terms(document: Document, common: CommonWords) -> Terms:
    """Return the telling words of what the writer tells; greeting, signature and an interview record's header are left out.

    A name is found by the dictionary's failure: 覃仕良 falls into three characters that hardly ever meet.
    """
    text = told(document)
    words = rjieba.cut(text, False)
    kinds = "".join(map(common.kinds.__getitem__, words))
    pairs = _improbable(_apart(words, kinds, common.lone), common)
    named, own = _named(document, _VILLAGE.findall(text) if "村" in text or "社区" in text else ())
    few, unheard, proper = ({*_of_kind(words, kinds, kind)} for kind in (_FEW, _UNHEARD, _PROPER))
    names = {term for terms in (pairs, proper) for term in terms if term in own}
    strange = {pair for pair in pairs if pair in named or common.improbable(pair) >= NAME}
    strange |= {word for word in proper if len(word) <= _LONGEST_NAME}
    told_by = names, strange - names, (unheard | proper | pairs) - names - strange, few - names
    high = "\n".join({*_HIGH.findall(text)})
    return Terms(*(frozenset(_low(kind, high)) for kind in told_by))


@lru_cache(maxsize=4096)
def all_terms(facts: Facts) -> frozenset[str]:
    """Return the telling words of all kinds."""
    return facts.names | facts.strange | facts.rare | facts.topics


def strange_pairs(words: Sequence[str], *, lone: Collection[str] = frozenset()) -> Iterator[str]:
    """Yield the neighbouring characters, none of them `lone`, of two neighbouring words of which one at least is a single character."""
    return _apart(words, "".join(_shape(word, lone) for word in words), lone)


def _apart(words: Sequence[str], kinds: str, lone: Collection[str]) -> Iterator[str]:
    """Yield the strange pairs of words with their signs."""
    for hit in _APART.finditer(kinds):
        one, other = words[hit.start()][-1], words[hit.start() + 1][0]
        if one not in lone and other not in lone:
            yield one + other


def _improbable(pairs: Iterable[str], common: CommonWords) -> set[str]:
    return {pair for pair in set(pairs) - common.pairs if common.improbable(pair) >= STRANGE}


def _of_kind(words: Sequence[str], kinds: str, kind: str) -> Iterator[str]:
    place = kinds.find(kind)
    while place >= 0:
        yield words[place]
        place = kinds.find(kind, place + 1)


def told(document: Document) -> str:
    """Return what the writer tells, subject first: the analysed sentences without an interview record's header and without masks."""
    text = document.text
    sentences = (text[start:end] for start, end in _outside_header(document, document.sentences))
    return _MASK.sub("。", "\n".join((document.subject, *sentences)))


def _outside_header(document: Document, spans: Sequence[Span]) -> Sequence[Span]:
    """Return the spans that touch no field of an interview record's header."""
    header = [span for _, span in document.interview.header] if document.interview else []
    return [span for span in spans if not any(span.overlaps(one) for one in header)] if header else spans


def _named(document: Document, villages: Iterable[str]) -> tuple[str, str]:
    """Return what is named in a letter, run together, and of it the persons and villages."""
    header = [span for _, span in document.interview.header] if document.interview else []
    named = document.of_type(*_NAMED)
    entities = [one for one in named if not any(one.span.overlaps(span) for span in header)] if header else named
    own = [*villages, *(one.text for one in entities if _is_own(one.type, one.text))]
    return "\n".join(one.text for one in entities), "\n".join(own)


def _is_proper(word: str) -> bool:
    """Tell whether the dictionary has a word as the name of a person, place, body or brand."""
    return any(tag[:2] in _TAGS for _, tag in rjieba.tag(word, False))


def _is_own(type_: EntityType, written: str) -> bool:
    if type_ in (EntityType.RESPONDENT, EntityType.PERSON):
        return 2 < len(written) <= 4
    return type_ is EntityType.PLACE and _OWN.search(written) is not None


def _low(found: Iterable[str], high: str) -> Iterable[str]:
    """Return what is no part of a county's or township's name, which letters on any matter share; `high` are those names."""
    return [term for term in found if term not in high] if high else found
