"""Checks the rule books for the inspectors who write them: doubtful rules, examples, and what each rule does on letters."""

from collections.abc import Sequence
from dataclasses import dataclass

from xiansuo.classifiers.prepare import load_tools, prepare
from xiansuo.domain.category import Category
from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.suggestion import Reading
from xiansuo.evaluation.gold import read_corpus
from xiansuo.rulebook.check import Failure, RuleStatistics, lint, run_examples, statistics
from xiansuo.rulebook.load import load_rule_books
from xiansuo.rulebook.match import RuleBooks
from xiansuo.rulebook.schema import Book, Rule
from xiansuo.rulebook.seal import SealCheck, load_seal
from xiansuo.settings import Settings
from xiansuo.triage.rubric import load_rubric

SEAL_BOOK = "密封移送"


@dataclass(frozen=True, slots=True)
class BookResult:
    """How many rules and examples a book has and which examples fail, as sentences with rule, number and kind."""

    name: str
    rules: int
    examples: int
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule did on the corpus; `precision` per half, None where it never counted."""

    rule: str
    category: Category
    sentence: str
    coverage: float
    overlaps: int
    conflicts: int
    precision: tuple[tuple[str, float | None], ...]


def lint_rules(settings: Settings) -> tuple[str, ...]:
    """Return a sentence for every doubtful rule. Raises RuleBookError or RankingError where a file cannot be used at all."""
    load_seal(settings.rules / "seal.yaml")
    load_rubric(settings.rules / "ranking.yaml")
    return lint(load_rule_books(settings.rules))


def run_rule_examples(settings: Settings) -> tuple[BookResult, ...]:
    """Run the examples of every rule book and of the seal rules."""
    books = load_rule_books(settings.rules)
    failures = run_examples(books)
    return (*(_book_result(book, failures) for book in books.compiled.books), _seal_result(settings))


def rule_statistics(settings: Settings) -> tuple[RuleLine, ...]:
    """Return what every rule does on the authored letters, which are no real petitions."""
    tools = load_tools(settings.home)
    data = prepare(read_corpus(settings.corpus), tools)
    labels = [letter.labels for letter in data.letters]
    everything = statistics(tools.books, data.readings, labels)
    halves = {
        half: _precisions(tools.books, data.take(rows).readings, [labels[row] for row in rows])
        for half in sorted({letter.half for letter in data.letters})
        for rows in [[row for row, letter in enumerate(data.letters) if letter.half == half]]
    }
    rules = zip(tools.books.rules, everything, strict=True)
    return tuple(_line(rule, found, halves) for rule, found in rules)


def _precisions(
    books: RuleBooks, readings: Sequence[Reading], gold: Sequence[frozenset[Category]]
) -> dict[str, float | None]:
    return {found.rule: found.precision for found in statistics(books, readings, gold)}


def _line(rule: Rule, found: RuleStatistics, halves: dict[str, dict[str, float | None]]) -> RuleLine:
    return RuleLine(
        rule=rule.id,
        category=rule.category,
        sentence=rule.sentence,
        coverage=found.coverage,
        overlaps=found.overlaps,
        conflicts=found.conflicts,
        precision=tuple((half, by_rule[rule.id]) for half, by_rule in halves.items()),
    )


def _book_result(book: Book, failures: Sequence[Failure]) -> BookResult:
    rules = {rule.id: rule for rule in book.rules}
    return BookResult(
        name=book.category.chinese,
        rules=len(rules),
        examples=sum(len(rule.match) + len(rule.reject) for rule in book.rules),
        failures=tuple(_told(failure, rules[failure.rule]) for failure in failures if failure.rule in rules),
    )


def _told(failure: Failure, rule: Rule) -> str:
    number = (rule.match if failure.wanted else rule.reject).index(failure.text) + 1
    return _sentence(rule.id, number, failure.text, wanted=failure.wanted)


def _sentence(rule: str, number: int, text: str, *, wanted: bool) -> str:
    if wanted:
        return f"规则 {rule}，match 第 {number} 例：应当命中，没有命中：{text}"
    return f"规则 {rule}，reject 第 {number} 例：不应命中，却命中了：{text}"


def _seal_result(settings: Settings) -> BookResult:
    words = load_seal(settings.rules / "seal.yaml")
    check = SealCheck(settings.rules, OrganisationRegister())
    missed = [(number, text, True) for number, text in enumerate(words.match, 1) if not check.match("", text)]
    wrong = [(number, text, False) for number, text in enumerate(words.reject, 1) if check.match("", text)]
    failures = tuple(_sentence(words.higher, number, text, wanted=kind) for number, text, kind in (*missed, *wrong))
    return BookResult(SEAL_BOOK, 1, len(words.match) + len(words.reject), failures)
