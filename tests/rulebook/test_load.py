import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from xiansuo.rulebook.expression import complaint
from xiansuo.rulebook.load import load_rule_books, version
from xiansuo.rulebook.schema import RuleBookError

RULES = Path(__file__).parents[2] / "rules"

RULE = """
category: vote_buying
groups:
  ring: ["@ring2"]
  ring2: ["@ring"]
rules:
  - id: vb-one
    sentence: 拉票。
    subtype: C1
    weight: 1.0
    patterns:
      - any: [拉票]
    match: [他拉票, 他又拉票]
    reject: [没有, 也没有]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight: 1.0", "weight: 99", ["weight", "99", "0.1 到 5"]),
        ("weight: 1.0", "wieght: 1.0", ["wieght", "weight"]),
        ("any: [拉票]", 'any: ["@nobody"]', ["@nobody", "词组"]),
        ("any: [拉票]", 'any: ["@ring"]', ["@ring"]),
        ("any: [拉票]", "any: [拉票]\n        regex: '(a+)+'", ["regex", "+"]),
        ("any: [拉票]", "regex: 拉票", ["any"]),
        ("any: [拉票]", "any: [拉票]\n        within: page", ["within", "page", "clause"]),
        ("match: [他拉票, 他又拉票]", "match: [他拉票]", ["match", "至少 2"]),
        ("reject: [没有, 也没有]", "", ["reject", "至少 2"]),
        ("id: vb-one", "id: emb-split", ["emb-split", "没有用过"]),
        ("sentence: 拉票。", "", ["sentence"]),
        ("category: vote_buying", "category: bullying", ["category", "vote_buying"]),
        ("any: [拉票]", "any: [12]", ["12", "引号"]),
    ],
)
def test_a_mistake_in_a_rule_file_is_named_with_file_field_and_value(
    folder: Path, old: str, new: str, said: list[str]
) -> None:
    (folder / "vote_buying.yaml").write_text(RULE.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleBookError) as raised:
        load_rule_books(folder)
    assert all(word in str(raised.value) for word in ["vote_buying.yaml", *said])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.unlink(), "找不到"),
        (lambda path: path.write_text("rules: [", encoding="utf-8"), "第 "),
        (lambda path: path.write_text("category: vote_buying\ncategory: bullying\n", encoding="utf-8"), "两次"),
        (lambda path: path.write_text("just words", encoding="utf-8"), "列表"),
        (lambda path: path.write_bytes(b"\xff\xfe\xff"), "YAML"),
    ],
)
def test_a_rule_file_that_cannot_be_read_stops_all(folder: Path, damage: Callable[[Path], object], said: str) -> None:
    damage(folder / "vote_buying.yaml")
    with pytest.raises(RuleBookError, match=said):
        load_rule_books(folder)


def test_the_version_follows_what_the_files_say_and_not_their_layout(folder: Path) -> None:
    before = version(folder)
    path = folder / "vote_buying.yaml"
    content = path.read_text(encoding="utf-8")
    path.write_text("# a remark\n" + content, encoding="utf-8")
    assert version(folder) == before
    path.write_text(content.replace("weight: 1.5", "weight: 1.4"), encoding="utf-8")
    assert version(folder) != before


@pytest.mark.parametrize(
    "expression",
    ["(a+)+", "a*", "a{1,}", "(ab){2,5}", r"(a)\1", "(?=a)b", "a{0,99999}", "(", "a{0,40}b{0,40}c{0,40}d{0,40}"],
)
def test_an_unsafe_expression_is_refused(expression: str) -> None:
    assert complaint(expression)


@pytest.mark.parametrize("expression", ["[0-9]{1,8}[元万]", "(?:三|五)?成", r"\d{1,4}个点", "[*+]"])
def test_a_bounded_expression_is_allowed(expression: str) -> None:
    assert complaint(expression) == ""
