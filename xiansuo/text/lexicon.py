"""Owns the word lists of this field as checked, frozen values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xiansuo.domain.category import OUT_OF_SCOPE_CHINESE, Category
from xiansuo.text.wordlists import LexiconError, read_mapping, strings

_TITLE_GROUPS = {"村级": "village", "乡镇": "township", "县市": "county_city", "身份": "roles"}
_REGION_GROUPS = ("省级", "市级", "县级", "乡级", "村级", "组级", "门牌")
_LONGEST_WORD = 6


@dataclass(frozen=True, slots=True)
class Lexicons:
    """All word lists. Orders are the files' own; `benefit_aliases` maps a popular name to the standard one, `funds` every name of other public money to its kind.

    `titles` has the groups village, township, county_city and roles (roles are words such as 现任 or kinship, no posts);
    `region_suffixes` runs from 省级 to 门牌; `terms` are ways of speaking per category (None: out of scope) and kind, words for segmentation and no evidence;
    `given` are the signs of given names, the very common and the less common.
    """

    titles: Mapping[str, tuple[str, ...]]
    org_types: tuple[str, ...]
    benefits: tuple[str, ...]
    benefit_aliases: Mapping[str, str]
    documents: tuple[str, ...]
    funds: Mapping[str, str]
    surnames: frozenset[str]
    compound_surnames: frozenset[str]
    given: tuple[frozenset[str], frozenset[str]]
    not_names: frozenset[str]
    region_suffixes: Mapping[str, tuple[str, ...]]
    terms: Mapping[Category | None, Mapping[str, tuple[str, ...]]]

    @classmethod
    def load(cls, folder: Path) -> "Lexicons":
        """Read the lists of a folder; raise LexiconError, a sentence naming file and fault, where one is missing or wrong."""
        surnames = _Book(folder / "surnames.yaml")
        given = _Book(folder / "given_names.yaml")
        benefits = _Book(folder / "benefits.yaml")
        return cls(
            titles=_titles(_Book(folder / "titles.yaml")),
            org_types=_Book(folder / "org_types.yaml").words("单位"),
            benefits=benefits.words("待遇"),
            benefit_aliases=_aliases(benefits),
            documents=_Book(folder / "documents.yaml").words("材料"),
            funds=_funds(_Book(folder / "funds.yaml")),
            surnames=_of_length(surnames, "单姓", 1),
            compound_surnames=_of_length(surnames, "复姓", 2),
            given=(_of_length(given, "常用", 1), _of_length(given, "较常用", 1)),
            not_names=frozenset(surnames.words("不是人名")),
            region_suffixes=_regions(_Book(folder / "regions.yaml")),
            terms=_terms(_Book(folder / "terms.yaml")),
        )

    def posts(self) -> tuple[str, ...]:
        """Return every post once, the longest first, without the words of the group roles."""
        groups = (words for group, words in self.titles.items() if group != "roles")
        return tuple(sorted({word for words in groups for word in words}, key=lambda word: (-len(word), word)))

    def words(self) -> tuple[str, ...]:
        """Return the user dictionary for segmentation: every listed word of two to six characters, sorted.

        Longer phrases are left to raw-text rules: as one token they would hide the words inside them from the models.
        """
        return tuple(sorted({word for word in self._all() if 2 <= len(word) <= _LONGEST_WORD}))

    def _all(self) -> Iterator[str]:
        for words in self.titles.values():
            yield from words
        for kinds in self.terms.values():
            for words in kinds.values():
                yield from words
        yield from (*self.org_types, *self.benefits, *self.benefit_aliases, *self.documents)


@dataclass(frozen=True, slots=True)
class _Book:
    """One file of lists, read on demand."""

    path: Path

    def words(self, heading: str) -> tuple[str, ...]:
        return strings(self.path, self._under(heading, read_mapping(self.path)))

    def groups(self) -> Mapping[str, object]:
        return read_mapping(self.path)

    def group(self, heading: str) -> Mapping[str, tuple[str, ...]]:
        found = self._under(heading, read_mapping(self.path))
        if not isinstance(found, dict):
            raise LexiconError(f"词表 {self.path.name} 的“{heading}”下面应当再分组，每组是词的列表。")
        return {str(name): strings(self.path, words) for name, words in found.items()}

    def _under(self, heading: str, content: Mapping[str, object]) -> object:
        if heading not in content:
            raise LexiconError(f"词表 {self.path.name} 缺少“{heading}”一组。请补上，可以写成空列表 []。")
        return content[heading]


def _titles(book: _Book) -> Mapping[str, tuple[str, ...]]:
    return {group: book.words(heading) for heading, group in _TITLE_GROUPS.items()}


def _regions(book: _Book) -> Mapping[str, tuple[str, ...]]:
    return {heading: book.words(heading) for heading in _REGION_GROUPS}


def _aliases(book: _Book) -> Mapping[str, str]:
    known = set(book.words("待遇"))
    groups = book.group("别称")
    unknown = sorted(set(groups) - known)
    if unknown:
        raise LexiconError(
            f"词表 {book.path.name} 的“别称”里有不在“待遇”中的名称：{'、'.join(unknown)}。请先加到“待遇”。"
        )
    return {alias: name for name, aliases in groups.items() for alias in aliases}


def _funds(book: _Book) -> Mapping[str, str]:
    groups = book.group("资金")
    return {written: name for name, others in groups.items() for written in (name, *others)}


def _of_length(book: _Book, heading: str, length: int) -> frozenset[str]:
    words = book.words(heading)
    wrong = [word for word in words if len(word) != length]
    if wrong:
        raise LexiconError(f"词表 {book.path.name} 的“{heading}”应当都是 {length} 个字，请改正：{'、'.join(wrong)}。")
    return frozenset(words)


def _terms(book: _Book) -> Mapping[Category | None, Mapping[str, tuple[str, ...]]]:
    names: dict[str, Category | None] = {category.chinese: category for category in Category} | {
        OUT_OF_SCOPE_CHINESE: None
    }
    unknown = sorted(set(book.groups()) - set(names))
    if unknown:
        raise LexiconError(
            f"词表 {book.path.name} 有不认得的类别：{'、'.join(unknown)}。可用的类别：{'、'.join(names)}。"
        )
    return {category: book.group(name) for name, category in names.items()}
