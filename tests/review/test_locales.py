import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

REVIEW = Path(__file__).resolve().parents[2] / "xiansuo" / "review"
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
_METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
_OPTIONS = {"templates/**.html": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
_PLACES = re.compile(r"%\(\w+\)s|%%")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _asked_for() -> dict[str, str]:
    found = extract_from_dir(REVIEW, _METHODS, _OPTIONS, keywords=_KEYWORDS)
    texts = ((message, f"{file}:{line}") for file, line, message, _, _ in found)
    return {text: place for message, place in texts for text in ([message] if isinstance(message, str) else message)}


def _translations() -> Iterator[tuple[Path, str, str]]:
    for file in sorted((REVIEW / "locales" / "en").glob("*.po")):
        with file.open("rb") as stream:
            yield from ((file, str(one.id), str(one.string)) for one in read_po(stream) if one.id)


def test_every_text_of_the_pages_has_an_english_translation() -> None:
    known = {text for _, text, translated in _translations() if translated}
    missing = {text: place for text, place in _asked_for().items() if text not in known and _CHINESE.search(text)}
    assert not missing


def test_a_translation_fills_the_same_places_as_its_text() -> None:
    for file, text, translated in _translations():
        assert sorted(_PLACES.findall(text)) == sorted(_PLACES.findall(translated)), (file.name, text)


def test_a_text_is_translated_in_one_way_only() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for file, text, translated in _translations():
        assert seen.setdefault(text, (file.name, translated))[1] == translated, (text, file.name, seen[text])
