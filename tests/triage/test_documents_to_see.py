"""Which papers an inspection can call for."""

from pathlib import Path

import pytest

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.rulebook.schema import RuleBookError
from xiansuo.settings import Settings
from xiansuo.triage.documents import load_documents


def test_the_shipped_list_has_papers_for_every_category() -> None:
    listed = load_documents(Settings().rules / "documents.yaml")
    assert all(listed.for_([(category, "")]) for category in CATEGORIES)


def test_papers_of_the_sub_type_come_first_and_each_once() -> None:
    listed = load_documents(Settings().rules / "documents.yaml")
    found = listed.for_([(Category.BENEFIT_MISUSE, "D5"), (Category.BENEFIT_MISUSE, "D5")])
    assert found[0] == "收费依据文件和收据"
    assert len(found) == len(set(found)) > 1


@pytest.mark.parametrize("line", ["偷税: [账册]", "A9: [账册]", "四风: 账册", "四风: [1]", "四风: ['']"])
def test_a_mistake_is_told_with_what_is_allowed(tmp_path: Path, line: str) -> None:
    file = tmp_path / "documents.yaml"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(RuleBookError, match="应当是"):
        load_documents(file)
