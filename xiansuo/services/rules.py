"""Checks the rule books for the inspectors who write them: doubtful rules, examples, and what each rule does on letters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xiansuo.classifiers.prepare import Prepared, load_tools, prepare
from xiansuo.domain.category import Category
from xiansuo.domain.register import OrganisationRegister
from xiansuo.evaluation.gold import read_corpus, read_measured
from xiansuo.evaluation.split import frozen
from xiansuo.rulebook.check import Failure, lint, run_examples, statistics
from xiansuo.rulebook.destinations import Destinations, failing_examples
from xiansuo.rulebook.load import load_rule_books
from xiansuo.rulebook.match import RuleBooks
from xiansuo.rulebook.schema import Book, Rule
from xiansuo.rulebook.seal import SealCheck, load_seal
from xiansuo.services.labelled import titles
from xiansuo.services.office import Office
from xiansuo.services.retention_rules import load_retention
from xiansuo.services.rule_preview import stored_documents
from xiansuo.settings import Settings
from xiansuo.storage.session import CHINA
from xiansuo.triage.deadlines import Deadlines
from xiansuo.triage.rubric import load_rubric

SEAL_BOOK = "密封移送"
OUT_OF_SCOPE_BOOK = "业务范围外"


@dataclass(frozen=True, slots=True)
class BookResult:
    """How many rules and examples a book has and which examples fail, as sentences with rule, number and kind."""

    name: str
    rules: int
    examples: int
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule did on the corpus without its frozen part, in letters; `precision` per set, None where it never counted.

    `alone` are letters that only this rule raises for its category, `last` is the date of the last stored letter in which
    it counted.
    """

    rule: str
    category: Category
    sentence: str
    coverage: float
    overlaps: int
    conflicts: int
    alone: int
    precision: tuple[tuple[str, float | None], ...]
    last: date | None = None


def lint_rules(settings: Settings) -> tuple[str, ...]:
    """Return a sentence for every doubtful rule. Raises RuleBookError or RankingError where a file cannot be used at all."""
    load_seal(settings.rules / "seal.yaml")
    load_rubric(settings.rules / "ranking.yaml")
    Deadlines.load(settings.rules)
    load_retention(settings.rules)
    return lint(load_rule_books(settings.rules))


def run_rule_examples(settings: Settings) -> tuple[BookResult, ...]:
    """Run the examples of every rule book and of the seal rules."""
    books = load_rule_books(settings.rules)
    failures = run_examples(books)
    categories = (_book_result(book, failures) for book in books.compiled.books)
    return (*categories, _destination_result(books.destinations), _seal_result(settings))


def rule_statistics(
    settings: Settings, *, gold: Sequence[Path] = (), last: Mapping[str, date] | None = None
) -> tuple[RuleLine, ...]:
    """Return what every rule does on the authored letters, which are no real petitions, and how precise it is on gold files too.

    The frozen part is left out, because rules are tuned by what is shown here. `last` comes from `last_counted`.
    """
    tools = load_tools(settings.home)
    corpus = read_corpus(settings.corpus)
    held = set(frozen(corpus).tolist())
    data = prepare([letter for row, letter in enumerate(corpus) if row not in held], tools)
    sets = [(half, _half(data, half)) for half in sorted({letter.half for letter in data.letters})]
    named = zip(titles(gold, settings.home), gold, strict=True)
    sets += [(name, prepare(read_measured(path), tools)) for name, path in named]
    precisions = [(name, _precisions(tools.books, part)) for name, part in sets]
    found = statistics(tools.books, data.readings, [letter.labels for letter in data.letters])
    return tuple(
        RuleLine(
            rule=rule.id,
            category=rule.category,
            sentence=rule.sentence,
            coverage=one.coverage,
            overlaps=one.overlaps,
            conflicts=one.conflicts,
            alone=one.alone,
            precision=tuple((name, by_rule[rule.id]) for name, by_rule in precisions),
            last=(last or {}).get(rule.id),
        )
        for rule, one in zip(tools.books.rules, found, strict=True)
    )


def last_counted(office: Office, *, advance: Callable[[int], None] = lambda _count: None) -> dict[str, date]:
    """Return, per rule, the date of the last stored letter in which it counts; letters without a date have that of intake."""
    books = load_rule_books(office.settings.rules)
    last: dict[str, date] = {}
    for batch in stored_documents(office):
        for letter, document in batch:
            day = letter.received or letter.ingested_at.astimezone(CHINA).date()
            for hit in books.read(document).hits:
                if hit.counts and day > last.get(hit.rule, date.min):
                    last[hit.rule] = day
        advance(len(batch))
    return last


def _half(data: Prepared, half: str) -> Prepared:
    return data.take(row for row, letter in enumerate(data.letters) if letter.half == half)


def _precisions(books: RuleBooks, part: Prepared) -> dict[str, float | None]:
    labels = [letter.labels for letter in part.letters]
    return {found.rule: found.precision for found in statistics(books, part.readings, labels)}


def _book_result(book: Book, failures: Sequence[Failure]) -> BookResult:
    rules = {rule.id: rule for rule in book.rules}
    return BookResult(
        name=book.category.chinese,
        rules=len(rules),
        examples=sum(len(rule.match) + len(rule.reject) for rule in book.rules),
        failures=tuple(_told(failure, rules[failure.rule]) for failure in failures if failure.rule in rules),
    )


def _destination_result(destinations: Destinations) -> BookResult:
    signs = destinations.signs
    failures = tuple(
        _sentence(sign.id, (sign.match if wanted else sign.reject).index(text) + 1, text, wanted=wanted)
        for sign, text, wanted in failing_examples(destinations)
    )
    return BookResult(
        OUT_OF_SCOPE_BOOK, len(signs), sum(len(sign.match) + len(sign.reject) for sign in signs), failures
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
