"""The two languages of the pages: Chinese as written in the source, English from the catalogues under `locales/en`."""

from collections.abc import Mapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.pofile import read_po

LOCALES = ("zh", "en")
_FOLDER = Path(__file__).parent / "locales"


class Catalogue(NullTranslations):
    """Translations held in memory; what has none stays Chinese."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self._texts = texts

    def gettext(self, message: str) -> str:
        """Return a text in the reader's language."""
        return self._texts.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the text for a count; Chinese has one form."""
        return self._texts.get(msgid1 if n == 1 else msgid2, msgid1 if n == 1 else msgid2)


@cache
def catalogue(locale: str) -> Catalogue:
    """Return all catalogues of a language as one; an unknown language reads Chinese."""
    texts: dict[str, str] = {}
    for file in sorted((_FOLDER / locale).glob("*.po")) if locale in LOCALES else []:
        with file.open("rb") as stream:
            texts |= {str(one.id): str(one.string) for one in read_po(stream) if one.id and one.string}
    return Catalogue(texts)
