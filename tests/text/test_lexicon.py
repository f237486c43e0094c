import shutil
from pathlib import Path

import pytest

from xiansuo.domain.category import Category
from xiansuo.settings import Settings
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.wordlists import LexiconError

SHIPPED = Settings().lexicons


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "lexicons"))


def test_the_shipped_lists_load_with_every_group_filled() -> None:
    lexicons = Lexicons.load(SHIPPED)
    assert set(lexicons.terms) == {*Category, None}
    assert all(words for kinds in lexicons.terms.values() for words in kinds.values())
    assert {"王", "赵"} <= lexicons.surnames
    assert "欧阳" in lexicons.compound_surnames
    assert lexicons.benefit_aliases["危改"] == "危房改造"


def test_posts_come_longest_first_without_kinship_words() -> None:
    posts = Lexicons.load(SHIPPED).posts()
    assert [len(post) for post in posts] == sorted(map(len, posts), reverse=True)
    assert "村支书" in posts
    assert "小舅子" not in posts


def test_the_user_dictionary_leaves_long_phrases_out() -> None:
    words = Lexicons.load(SHIPPED).words()
    assert {len(word) for word in words} == {2, 3, 4, 5, 6}
    assert {"拉票贿选", "粮食直补", "村支书"} <= set(words)


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("surnames.yaml", "单姓: [王五]\n复姓: []\n不是人名: []", "单姓.*1 个字.*王五"),
        ("org_types.yaml", "机构: [村委会]", "缺少“单位”"),
        ("benefits.yaml", "待遇: [低保]\n别称: {五保: [五保户]}", "五保"),
        ("benefits.yaml", "待遇: [低保, 低保]\n别称: {}", "重复了：低保"),
        ("documents.yaml", "材料: [12]", "数字要加引号"),
        ("terms.yaml", "赌博: {正式: [赌钱]}", "不认得的类别：赌博"),
        ("terms.yaml", "四风: [公款吃喝]", "再分组"),
        ("titles.yaml", "村级: [村支书", "不是正确的 YAML"),
    ],
)
def test_a_wrong_list_is_refused_with_a_sentence_naming_the_file(
    folder: Path, file: str, content: str, complaint: str
) -> None:
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=rf"{file}.*{complaint}"):
        Lexicons.load(folder)


def test_a_missing_list_is_named(folder: Path) -> None:
    (folder / "regions.yaml").unlink()
    with pytest.raises(LexiconError, match=r"缺少词表 regions\.yaml"):
        Lexicons.load(folder)
