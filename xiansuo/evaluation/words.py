"""Owns the words of the report: Chinese, and English on request, from one file that an editor may read."""

from functools import cache
from pathlib import Path

import yaml

from xiansuo.domain.category import CATEGORIES, OUT_OF_SCOPE_CHINESE

_FOLDER = Path(__file__).with_name("templates")
_FILE = "words.yaml"


class Words:
    """The sentences and names of one language, by key; `book` names a further file of them."""

    def __init__(self, *, english: bool, book: str = _FILE) -> None:
        self.english = english
        language = "en" if english else "zh"
        self._told = {**_read(language, _FILE), **_read(language, book)}

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence with its values filled in; an unknown key is a `KeyError`."""
        return self._told[key].format(**values)

    def __contains__(self, key: str) -> bool:
        return key in self._told

    def name(self, group: str, key: str) -> str:
        """Return the name of something measured, the key itself where nobody named it."""
        return self._told.get(f"{group}.{key}", key)

    def category(self, code: str) -> str:
        """Return a category's name, of 'none' and 'out' too."""
        names = {str(category): category.chinese for category in CATEGORIES} | {"out": OUT_OF_SCOPE_CHINESE}
        return self.name("category", code) if self.english or code not in names else names[code]

    def data(self, name: str) -> str:
        """Return the name of a set of letters: a half of the corpus and a mode, or the name of a gold file."""
        half, _, mode = name.partition(", ")
        if f"half.{half}" not in self:
            return self("gold_file", name=name)
        return f"{self.name('half', half)}{self('comma')}{self.name('mode', mode)}" if mode else self.name("half", half)


@cache
def _read(language: str, book: str) -> dict[str, str]:
    entries = yaml.safe_load((_FOLDER / book).read_text(encoding="utf-8"))
    return {key: entry[language] for key, entry in entries.items() if entry}
