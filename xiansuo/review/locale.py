"""The two languages of the pages: Chinese as written in the source, English from the catalogues under `locales/en`."""

import re
from collections.abc import Mapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.pofile import read_po

LOCALES = ("zh", "en")
_FOLDER = Path(__file__).parent / "locales"
_PLACE = re.compile(r"%\((\w+)\)s")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LIST = re.compile(r"、(?![^“]*”)")
_KEPT = {"name", "login", "quote", "typed"}
_FILLING = {**dict.fromkeys(("count", "most", "least"), "[0-9]+"), "quote": "[^”]+"}
_LONGEST = 500


class Catalogue(NullTranslations):
    """Translations held in memory; what has none stays Chinese."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self._texts = texts
        filled = sorted((text for text in texts if _PLACE.search(text)), key=lambda text: -len(_PLACE.sub("", text)))
        self._patterns = [(_pattern(text), texts[text]) for text in filled]

    def gettext(self, message: str) -> str:
        """Return a text in the reader's language."""
        return self._texts.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the text for a count; Chinese has one form."""
        return self._texts.get(msgid1 if n == 1 else msgid2, msgid1 if n == 1 else msgid2)

    def say(self, sentence: str) -> str:
        """Return a sentence that is filled in already, such as an error's, in the reader's language.

        It is matched against the texts with places; what stands in the places is said in the same way, names stay as they are.
        The answer is plain text: unlike that of gettext, a template must escape it.
        """
        if sentence in self._texts or not self._texts or len(sentence) > _LONGEST or not _CHINESE.search(sentence):
            return self.gettext(sentence)
        for pattern, translated in self._patterns:
            if found := pattern.fullmatch(sentence):
                said = {name: self._said(name, value) for name, value in found.groupdict().items()}
                return translated % said
        parts = _LIST.split(sentence)
        each = [self.say(part) for part in parts] if len(parts) > 1 else parts
        return sentence if set(each) & set(parts) else ", ".join(each)

    def _said(self, name: str, value: str) -> str:
        if name in _KEPT:
            return value
        # A whole sentence may hold a list of its own.
        if value in self._texts:
            return self.gettext(value)
        return ", ".join(map(self.say, _LIST.split(value)))


def _pattern(text: str) -> re.Pattern[str]:
    """Return what a text looks like once it is filled in. A place named twice is matched twice and said once."""
    pieces = _PLACE.split(text)
    seen: set[str] = set()
    for place in range(1, len(pieces), 2):
        name = pieces[place]
        pieces[place] = f"(?P={name})" if name in seen else f"(?P<{name}>{_FILLING.get(name, '.+?')})"
        seen.add(name)
    pieces[::2] = [re.escape(piece.replace("%%", "%")) for piece in pieces[::2]]
    return re.compile("".join(pieces))


@cache
def catalogue(locale: str) -> Catalogue:
    """Return all catalogues of a language as one; an unknown language reads Chinese."""
    texts: dict[str, str] = {}
    for file in sorted((_FOLDER / locale).glob("*.po")) if locale in LOCALES else []:
        with file.open("rb") as stream:
            texts |= {str(one.id): str(one.string) for one in read_po(stream) if one.id and one.string}
    return Catalogue(texts)
