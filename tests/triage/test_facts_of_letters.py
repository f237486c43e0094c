import pytest

from tests.triage.letters import document, suggestion
from xiansuo.domain.category import Category
from xiansuo.settings import Settings
from xiansuo.triage.facts import facts, place_names, respondent_names, unit_names
from xiansuo.triage.quantities import bounds, money, quantity
from xiansuo.triage.terms import CommonWords

COMMON = CommonWords.load(Settings().lexicons)
TEXT = "石坳村村主任周贵生从信用社领了2.7万元，有花名册，涉及十九户，电话〔电话〕。"


def test_a_letters_facts_are_whom_where_how_much_and_when() -> None:
    letter = document(
        TEXT,
        ("place", "石坳村"),
        ("position", "村主任"),
        ("respondent", "周贵生"),
        ("org", "信用社"),
        ("money", "2.7万元", "27000-27000 元"),
        ("count", "十九户", "19-19 户"),
        ("document", "花名册"),
        ("petitioner", "〔电话〕"),
    )
    found = facts(letter, suggestion(0.9, Category.BENEFIT_MISUSE), COMMON)
    assert found.respondents == {"周贵生", "周主任", "~贵生"}
    assert (found.places, found.sums) == ({"石坳村"}, {"27000-27000 元", "19-19 户"})
    assert (found.documents, found.categories) == ({"花名册"}, {Category.BENEFIT_MISUSE})


def test_an_everyday_word_that_begins_with_a_surname_is_no_respondent() -> None:
    letter = document("他在农家乐摆酒。", ("respondent", "农家乐"))
    assert not facts(letter, suggestion(), COMMON).respondents


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("周贵生", {"周贵生", "~贵生"}),
        ("周书记", {"周书记"}),
        ("周贵生书记", {"周贵生", "~贵生", "周书记"}),
        ("贵生叔", {"贵生", "~贵生"}),
        ("张某某", {"张某某"}),
        ("书记", set()),
    ],
)
def test_a_respondent_is_known_by_every_way_of_calling_him(written: str, names: set[str]) -> None:
    assert set(respondent_names(written)) == names


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("岚谷县桐子镇三台岩村四组", ["岚谷县", "桐子镇", "三台岩村"]),
        ("桐子镇三台岩", ["桐子镇", "三台岩"]),
        ("农贸市场", ["农贸市场"]),
        ("县城", []),
        ("柏桥镇下井头自然村", ["柏桥镇", "下井头自然村"]),
        ("自然村", []),
        ("某县某村", []),
    ],
)
def test_a_place_is_its_levels(written: str, names: list[str]) -> None:
    assert list(place_names(written)) == names


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("东崮县林业局", {"东崮县林业局", "~林业局"}),
        ("县林业局", {"~林业局"}),
        ("林业局", {"林业局", "~林业局"}),
    ],
)
def test_a_unit_is_its_name_with_and_without_its_place(written: str, names: set[str]) -> None:
    assert set(unit_names(written)) == names


@pytest.mark.parametrize(
    ("text", "number"),
    [("三十多户", 30), ("68亩", 68), ("1.2万人", 12000), ("两千一百零五人", 2105), ("十几个", 10), ("全村", None)],
)
def test_a_quantity_is_read_from_any_numeral(text: str, number: float | None) -> None:
    assert quantity(text) == number


def test_money_tells_sums_from_prices() -> None:
    assert money("42000-42000 元") == (42000, False)
    assert money("220-220 元/亩") == (220, True)
    assert money("19-19 户") is None
    assert bounds("约若干") is None
