"""Owns which papers an inspection can call for (可调阅资料), by category and sub-type, as an inspector lists them in rules/documents.yaml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.subtypes import SUBTYPES
from xiansuo.rulebook.fields import Place, read_yaml

_NAMES = {category.chinese: category.value for category in CATEGORIES}


@dataclass(frozen=True, slots=True)
class Documents:
    """Names of papers by category or sub-type."""

    papers: Mapping[str, tuple[str, ...]]

    def for_(self, told: Iterable[tuple[Category, str]]) -> tuple[str, ...]:
        """Return the papers for some (category, sub-type), each once, those of the sub-types first."""
        pairs = list(told)
        keys = [*(subtype for _, subtype in pairs if subtype), *(category.value for category, _ in pairs)]
        return tuple(dict.fromkeys(paper for key in keys for paper in self.papers.get(key, ())))


def load_documents(path: Path) -> Documents:
    """Read the list. Raises RuleBookError with what does not fit."""
    place = Place(path.name)
    papers: dict[str, tuple[str, ...]] = {}
    for key, value in read_yaml(path).items():
        if key not in _NAMES and key not in SUBTYPES:
            raise place.error(key, key, "类别名称（如 四风）或小类编号（如 A1）")
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise place.error(key, value, "资料名称的列表，如 [银行流水, 会议记录]")
        papers[_NAMES.get(key, key)] = tuple(value)
    return Documents(papers)
