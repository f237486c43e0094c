from datetime import date
from pathlib import Path

from tools.measure_rules import rule_rows, speed, touched
from xiansuo.classifiers.corpus import GoldLetter, Quote
from xiansuo.classifiers.prepare import Prepared
from xiansuo.domain.category import Category
from xiansuo.domain.letter import Kind
from xiansuo.domain.spans import Span
from xiansuo.rulebook.example import example_document
from xiansuo.rulebook.load import load_rule_books

BOOKS = load_rule_books(Path(__file__).parents[2] / "rules")
TEXT = "租金交给村会计，被他装进个人腰包了。会开了一上午。"
QUOTES = (Quote(Category.EMBEZZLEMENT, Span(8, 17)), Quote(Category.FOUR_WINDS, Span(18, 24)))


def prepared(text: str, quotes: tuple[Quote, ...]) -> Prepared:
    labels = frozenset(quote.category for quote in quotes if quote.category is not None)
    letter = GoldLetter("x-1", "x", "x", "m", Kind.LETTER, "", text, date(2026, 1, 2), True, labels, quotes=quotes)
    document = example_document(text)
    return Prepared((letter,), (document,), (BOOKS.read(document),), (quotes,))


def test_a_quote_is_touched_by_a_counting_hit_of_its_own_category_only() -> None:
    data = prepared(TEXT, QUOTES)
    assert touched(data) == (1, 2)
    assert touched(data, Category.EMBEZZLEMENT) == (1, 1)
    assert touched(data, Category.FOUR_WINDS) == (0, 1)


def test_a_denied_quote_is_not_touched() -> None:
    text = "问：村里有没有小金库？答：没有，绝对没有小金库。"
    assert touched(prepared(text, (Quote(Category.EMBEZZLEMENT, Span(13, len(text))),))) == (0, 1)


def test_every_rule_has_a_row_with_its_precision() -> None:
    rows = list(rule_rows(BOOKS, [("x", prepared(TEXT, QUOTES))]))
    assert len(rows) == len(BOOKS.rules) + 1
    assert "1 1.00" in next(row for row in rows if "emb-official-took" in row)


def test_speed_is_measured_on_letters_without_labels(tmp_path: Path) -> None:
    path = tmp_path / "letters.jsonl"
    path.write_text('{"text": "村支书贪污修路的钱。"}\n{"text": "路灯坏了。", "title": "路灯"}\n', encoding="utf-8")
    assert speed(BOOKS, path).startswith("letters: 2 letters, 0.500 raised")
