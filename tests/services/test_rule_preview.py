import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.e2e.search import office_tables
from tests.services.samples import BANQUET, BENEFITS, holding, write
from xiansuo.domain.category import Category
from xiansuo.errors import UsageError
from xiansuo.rulebook.schema import RuleBookError
from xiansuo.services.rule_preview import Preview, preview
from xiansuo.services.rules import last_counted
from xiansuo.services.triage import Bench, ingest_paths, work_off

LAMP = "柳河镇街上的路灯坏了，灯杆也歪了，请有关部门维修。"
RULE = """
  - id: tried-out
    sentence: 试写的规则
    subtype: 试写
    weight: 5
    anyone: true
    patterns:
      - any: [路灯坏了]
    match: [路灯坏了。, 村口路灯坏了。]
    reject: [路灯亮着。, 水管坏了。]
"""


@pytest.fixture
def filled(bench: Bench, letters_folder: Path) -> Bench:
    """An office with three ranked letters."""
    ingest_paths(bench, [write(letters_folder, {"1.txt": BENEFITS, "2.txt": BANQUET, "3.txt": LAMP})])
    work_off(bench)
    return bench


@pytest.fixture
def book(filled: Bench, tmp_path: Path) -> Path:
    """A copy of one rule book, to be changed."""
    return Path(shutil.copy(filled.office.settings.rules / "four_winds.yaml", tmp_path))


def tried(bench: Bench, changed: Path) -> Preview:
    return preview(bench.office, changed, tell=lambda _sentence: None)


def test_a_new_rule_names_the_letters_and_clues_that_it_would_raise(filled: Bench, book: Path) -> None:
    book.write_text(book.read_text(encoding="utf-8") + RULE, encoding="utf-8")
    found = tried(filled, book)
    assert [(change.before, change.after) for change in found.raised] == [((), (Category.FOUR_WINDS,))]
    assert all(change.clue.startswith("XS-") for change in found.raised)
    assert [(change.rule, change.before, change.after) for change in found.rules] == [("tried-out", 0, 1)]


def test_a_renamed_rule_counts_no_longer_under_its_old_name(filled: Bench, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(filled.office.settings.rules, tmp_path / "changed"))
    book = folder / "benefit_misuse.yaml"
    book.write_text(book.read_text(encoding="utf-8").replace("id: bm-", "id: old-bm-"), encoding="utf-8")
    assert tried(filled, filled.office.settings.rules).changes == ()
    changed = {change.rule: (change.before, change.after) for change in tried(filled, folder).rules}
    assert any(rule.startswith("bm-") and before > after == 0 for rule, (before, after) in changed.items())


def test_a_preview_changes_no_byte_of_the_database(filled: Bench, book: Path) -> None:
    book.write_text(book.read_text(encoding="utf-8") + RULE, encoding="utf-8")
    before = _rows(filled)
    tried(filled, book)
    assert _rows(filled) == before
    assert holding(filled.office.state_dir, "tried-out") == {}


def _rows(bench: Bench) -> list[tuple[str, bytes]]:
    return sorted(office_tables(bench.office.state_dir))


def test_a_mistake_in_the_changed_file_is_the_usual_sentence(filled: Bench, book: Path) -> None:
    book.write_text("rules: [", encoding="utf-8")
    with pytest.raises(RuleBookError, match=r"four_winds\.yaml 不是正确的 YAML"):
        tried(filled, book)


def test_a_file_that_is_no_rule_book_is_refused_with_the_names_that_are(filled: Bench, tmp_path: Path) -> None:
    other = tmp_path / "mine.yaml"
    other.write_text("rules: []", encoding="utf-8")
    with pytest.raises(UsageError, match=r"mine\.yaml 不是规则文件的名字"):
        tried(filled, other)
    with pytest.raises(UsageError, match="找不到"):
        tried(filled, tmp_path / "nowhere")


def test_the_last_letter_of_a_rule_is_dated(filled: Bench) -> None:
    last = last_counted(filled.office)
    assert last
    assert all(isinstance(day, date) for day in last.values())
