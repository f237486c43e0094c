"""Checks rule books for their authors: doubtful rules, examples that fail, and what each rule did on a set of letters."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Reading, RuleHit
from xiansuo.rulebook.example import example_document
from xiansuo.rulebook.match import RuleBooks
from xiansuo.rulebook.schema import Rule

_HEAVY_WORD = 2.5
_SHORT_WORD = 2


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not do what its rule says: `wanted` to match, or not to."""

    rule: str
    text: str
    wanted: bool

    @property
    def sentence(self) -> str:
        """What is wrong, for the rule's author."""
        verdict = "应当命中却没有命中" if self.wanted else "不应命中却命中了"
        return f"规则 {self.rule}：{verdict}：{self.text}"


@dataclass(frozen=True, slots=True)
class RuleStatistics:
    """What one rule did on a set of letters, counted in letters, after Snorkel's analysis of labelling functions.

    `overlaps`: another rule of its category counts too; `conflicts`: in the same clause only rules of other
    categories count; `alone`: only this rule raises its category; `precision` is None without gold or without hits.
    """

    rule: str
    category: Category
    fired: int
    counted: int
    coverage: float
    overlaps: int
    conflicts: int
    alone: int
    precision: float | None


def lint(books: RuleBooks) -> tuple[str, ...]:
    """Return sentences about rules that load but are doubtful."""
    return (*_repeated_terms(books.rules), *_weak_words(books.rules), *_same_sentences(books.rules))


def _single_words(rule: Rule) -> Iterator[str]:
    for pattern in rule.patterns:
        if len(pattern.slots) == 1 and not pattern.expression:
            yield from pattern.slots[0]


def _repeated_terms(rules: Sequence[Rule]) -> Iterator[str]:
    owners: dict[tuple[Category, str], list[str]] = defaultdict(list)
    for rule in rules:
        for word in sorted(set(_single_words(rule))):
            owners[rule.category, word].append(rule.id)
    yield from (
        f"“{word}” 同时写在规则 {'、'.join(ids)} 里，会重复计分。" for (_, word), ids in owners.items() if len(ids) > 1
    )


def _weak_words(rules: Sequence[Rule]) -> Iterator[str]:
    for rule in rules:
        if rule.words_only and rule.weight > _HEAVY_WORD:
            yield f"规则 {rule.id} 只凭词就给 {rule.weight:g} 分，高于行为规则；请降到 {_HEAVY_WORD:g} 以下或写成组合。"
        short = sorted(word for word in _single_words(rule) if len(word) < _SHORT_WORD)
        if short:
            yield f"规则 {rule.id} 单凭一个字就会命中：{'、'.join(short)}。"


def _same_sentences(rules: Sequence[Rule]) -> Iterator[str]:
    counts = Counter(rule.sentence for rule in rules)
    yield from (f"规则 {rule.id} 的说明和别的规则相同，审阅人分不清。" for rule in rules if counts[rule.sentence] > 1)


def run_examples(books: RuleBooks) -> tuple[Failure, ...]:
    """Run every rule on its own examples and return those that fail."""
    return tuple(failure for rule in books.rules for failure in _failures(books, rule))


def _failures(books: RuleBooks, rule: Rule) -> Iterator[Failure]:
    examples = [(text, True) for text in rule.match] + [(text, False) for text in rule.reject]
    for text, wanted in examples:
        hits = books.read(example_document(text)).hits
        if any(hit.rule == rule.id and hit.counts for hit in hits) is not wanted:
            yield Failure(rule.id, text, wanted)


def statistics(
    books: RuleBooks, readings: Sequence[Reading], gold: Sequence[frozenset[Category]] | None = None
) -> tuple[RuleStatistics, ...]:
    """Return what each rule did on these letters; `gold` gives the right categories of each, in the same order."""
    letters = [_by_rule(reading) for reading in readings]
    return tuple(_one(rule, readings, letters, gold) for rule in books.rules)


def _by_rule(reading: Reading) -> dict[str, list[RuleHit]]:
    hits: dict[str, list[RuleHit]] = defaultdict(list)
    for hit in reading.hits:
        hits[hit.rule].append(hit)
    return hits


def _one(
    rule: Rule,
    readings: Sequence[Reading],
    letters: Sequence[dict[str, list[RuleHit]]],
    gold: Sequence[frozenset[Category]] | None,
) -> RuleStatistics:
    fired = [index for index, hits in enumerate(letters) if rule.id in hits]
    counted = [index for index in fired if any(hit.counts for hit in letters[index][rule.id])]
    supported = sum(_others(rule, readings[index]) > 0 for index in counted)
    right = sum(rule.category in gold[index] for index in counted) if gold is not None else 0
    return RuleStatistics(
        rule=rule.id,
        category=rule.category,
        fired=len(fired),
        counted=len(counted),
        coverage=len(counted) / len(readings) if readings else 0.0,
        overlaps=supported,
        conflicts=sum(_conflicts(rule, readings[index], letters[index][rule.id]) for index in counted),
        alone=len(counted) - supported,
        precision=right / len(counted) if gold is not None and counted else None,
    )


def _others(rule: Rule, reading: Reading) -> int:
    return sum(hit.counts and hit.category is rule.category and hit.rule != rule.id for hit in reading.hits)


def _conflicts(rule: Rule, reading: Reading, own: Iterable[RuleHit]) -> bool:
    clauses = [hit.clause for hit in own if hit.counts]
    beside = {
        hit.category
        for hit in reading.hits
        if hit.counts and hit.rule != rule.id and any(hit.clause.overlaps(clause) for clause in clauses)
    }
    return bool(beside) and rule.category not in beside
