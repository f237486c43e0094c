"""The report over a period as a page: nothing but what its figures say, in two languages, without script, network or reader's name."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.evaluation.period_samples import FORMULA, little, much
from xiansuo.evaluation.bars import Bars, bars
from xiansuo.evaluation.parts import Estimated, Look, Ratio, chance, figure, share, written
from xiansuo.evaluation.period import PeriodReport
from xiansuo.evaluation.period_json import as_json
from xiansuo.evaluation.period_page import document, tell
from xiansuo.evaluation.period_parts import Rate
from xiansuo.evaluation.told_words import PeriodWords

WORDS = Path(__file__).resolve().parents[2] / "xiansuo" / "evaluation" / "templates" / "period.yaml"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNSEEN = re.compile(r"<svg.*?</svg>|<style.*?</style>|<[^>]+>", re.DOTALL)


def page(report: PeriodReport, *, english: bool = False) -> str:
    words = PeriodWords(english=english)
    return document(tell(report, words, office="某办", fictional=True), words)


@pytest.fixture(
    scope="module",
    params=[(much, False), (much, True), (little, False), (little, True)],
    ids=["much-zh", "much-en", "little-zh", "little-en"],
)
def shown(request: pytest.FixtureRequest) -> tuple[str, PeriodReport]:
    make, english = request.param
    return page(make(), english=english), make()


def numbers(value: object) -> Iterator[str]:
    """Every number of a report as it may be written."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from numbers(one)
    elif isinstance(value, float):
        yield from (share(value), share(abs(value)), figure(value), chance(value))
    else:
        # The parts of a day or of a model's name too.
        yield str(value)
        yield from (str(int(part)) for part in re.findall(r"\d+", str(value)))


def of_words() -> set[str]:
    """The numbers that stand in the words themselves, such as those of headings and of years of methods."""
    return set(_NUMBER.findall(WORDS.read_text(encoding="utf-8")))


def test_every_number_of_the_page_is_one_of_the_data(shown: tuple[str, PeriodReport]) -> None:
    text, report = shown
    told = {found for one in numbers(json.loads(as_json(report))) for found in _NUMBER.findall(one)}
    seen = set(_NUMBER.findall(_UNSEEN.sub(" ", unescape(text))))
    assert len(seen) > 15
    assert seen - told - of_words() == set()


@pytest.mark.parametrize("english", [False, True])
def test_a_figure_that_changes_changes_on_the_page(*, english: bool) -> None:
    report = much()
    assert report.verdict is not None
    changed = page(replace(report, verdict=replace(report.verdict, letters=76543)), english=english)
    assert "76543" in changed
    assert "76543" not in page(report, english=english)


def test_the_page_needs_no_script_and_no_network(shown: tuple[str, PeriodReport]) -> None:
    text, _ = shown
    assert "<script" not in text
    assert not re.search(r"(?:src|href)=\"(?!#)|url\((?!#)|@import|https?://(?!www\.w3\.org/2000/svg)|style=", text)
    assert "default-src 'none'" in text


def test_the_verdict_comes_before_every_table_and_drawing(shown: tuple[str, PeriodReport]) -> None:
    text, _ = shown
    assert text.index('class="told"') < min(text.index("<table"), text.index("<svg"))


def test_every_tag_is_closed(shown: tuple[str, PeriodReport]) -> None:
    opened: list[str] = []

    class Balanced(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
            if tag not in {"meta", "br"}:
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Balanced().feed(re.sub(r"<([\w]+)[^<>]*/>", "", shown[0]))
    assert opened == []


def test_typed_words_cannot_become_markup() -> None:
    assert FORMULA.replace("'", "&#39;") in page(much())
    report = much()
    stop = replace(report.changes.stops[0], reason="<b>停</b>")
    marked = page(replace(report, changes=replace(report.changes, stops=(stop,))))
    assert "<b>停" not in marked
    assert "&lt;b&gt;停" in marked


@pytest.mark.parametrize(
    ("make", "said"),
    [(little, "还差30条才能比较"), (little, "至少还要再读27条"), (much, "2/8，满10条才给比例"), (much, "还差17条")],
)
def test_too_few_cases_are_told_and_not_turned_into_a_figure(make: Callable[[], PeriodReport], said: str) -> None:
    assert said in page(make())


def test_what_the_sample_bounds_is_said_in_plain_words_first() -> None:
    text = _UNSEEN.sub("", page(much()))
    said = "有95%的把握说：这420条里含问题的至多24条（5.7%），其中还没有人读到的至多22条。"
    assert text.index(said) < text.index("收件与审读")


def test_letters_written_for_the_program_are_said_to_be_that() -> None:
    assert "不是真实信访件" in page(little())
    words = PeriodWords(english=False)
    assert "不是真实信访件" not in document(tell(little(), words, office="某办"), words)


def test_every_word_stands_in_both_languages_and_fills_the_same_places() -> None:
    entries = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    assert [key for key, entry in entries.items() if set(entry) != {"zh", "en"}] == []
    dated = {"month", "day"}
    places = re.compile(r"{(\w+)}")
    differ = [
        key
        for key, entry in entries.items()
        if key not in dated and sorted(places.findall(entry["zh"])) != sorted(places.findall(entry["en"]))
    ]
    assert differ == []


def test_the_chinese_page_speaks_chinese_only() -> None:
    words = set(re.findall(r"[A-Za-z]{3,}", _UNSEEN.sub(" ", page(much()))))
    methods = {"Kaplan", "Meier", "Kolmogorov", "Smirnov", "Holm", "Cohen", "Gwet", "PSI"}
    codes = {"scope", "categories", "gifts", "dining", "list", "cmd", "calc"}
    assert words - methods - codes == set()


@pytest.mark.parametrize(
    ("value", "look", "told"),
    [
        (None, Look.COUNT, "–"),
        (7, Look.COUNT, "7"),
        (0.1234, Look.SHARE, "12.3%"),
        (0.1234, Look.FIGURE, "0.12"),
        (0.0004, Look.CHANCE, "<0.001"),
        (Ratio(1, 4, 0.25, 0.006, 0.806), Look.RATE, "25.0%"),
        (Estimated(0.8, 0.7, 0.9), Look.ESTIMATE, "0.80"),
        (Estimated(0.8, 0.7, 0.9), Look.SPREAD, "80.0%"),
    ],
)
def test_a_value_is_written_as_its_column_wants(value: object, look: Look, told: str) -> None:
    assert written(value, look) == told  # type: ignore[arg-type]


@pytest.mark.parametrize(("tries", "is_share"), [(0, False), (9, False), (10, True)])
def test_a_share_is_shown_from_ten_cases_on(tries: int, *, is_share: bool) -> None:
    assert isinstance(PeriodWords(english=False).rate(Rate.of(0, tries)), Ratio) is is_share


def test_bars_are_sound_vectors_told_apart_without_colour() -> None:
    drawn = bars(["11-01", "<b>"], [Bars("收", (0, 14)), Bars("读", (3, 7))], title="图")
    root = ET.fromstring(drawn)  # noqa: S314 - our own drawing
    fills = {one.attrib.get("fill") for one in root.iter() if one.tag.endswith("rect")}
    assert "url(#hatched)" in fills
    heights = [float(one.attrib["height"]) for one in root.iter() if one.attrib.get("fill") == "#1f4e79"]
    assert max(heights) == pytest.approx(190 * 14 / 20)
