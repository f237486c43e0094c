from pathlib import Path

import pytest

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.rulebook.fields import Place
from xiansuo.rulebook.guideline import Boundary, load_guideline, read_guideline
from xiansuo.rulebook.load import version
from xiansuo.rulebook.schema import RuleBookError
from xiansuo.settings import Settings

HERE = Place("bullying.yaml")
BOUNDARIES = [{"with": "four_winds", "sentence": "冷淡归四风。"}, {"with": "out_of_scope", "sentence": "邻里不算。"}]


def test_a_guideline_says_what_belongs_and_where_the_neighbours_begin() -> None:
    read = read_guideline({"what": "打骂群众。", "boundaries": BOUNDARIES}, Category.BULLYING, HERE)
    assert read
    assert read.boundaries == (Boundary(Category.FOUR_WINDS, "冷淡归四风。"), Boundary(None, "邻里不算。"))
    assert read_guideline(None, Category.BULLYING, HERE) is None


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"boundaries": BOUNDARIES}, "what"),
        ({"what": "打骂群众。", "boundaries": BOUNDARIES[:1]}, "至少 2 条"),
        ({"what": "长" * 201, "boundaries": BOUNDARIES}, "200"),
        ({"what": "打骂群众。", "boundaries": [*BOUNDARIES, {"with": "bullying", "sentence": "自己"}]}, "另一个类别"),
        ({"what": "打骂群众。", "boundaries": [*BOUNDARIES, {"with": "四风", "sentence": "x"}]}, "with"),
        ({"what": "打骂群众。", "boundary": BOUNDARIES}, "boundary"),
    ],
)
def test_what_is_wrong_with_a_guideline_is_said(value: object, sentence: str) -> None:
    with pytest.raises(RuleBookError, match=sentence):
        read_guideline(value, Category.BULLYING, HERE)


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_shipped_category_has_a_guideline_with_three_borders(category: Category) -> None:
    read = load_guideline(Settings().rules / f"{category.value}.yaml")
    assert read
    assert len(read.boundaries) >= 3
    assert 2 <= read.what.count("。") + read.what.count("：") <= 5


def test_a_guideline_does_not_change_the_version_of_the_rules(tmp_path: Path) -> None:
    for file in Settings().rules.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    before = version(tmp_path)
    book = tmp_path / "bullying.yaml"
    book.write_text(
        book.read_text(encoding="utf-8").replace("不必有人得利。", "不必有人得利，也不必有伤。"), encoding="utf-8"
    )
    assert version(tmp_path) == before == version(Settings().rules)
