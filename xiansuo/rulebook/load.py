"""Reads the rule books of a folder, all of them or none."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import Context, CueKind
from xiansuo.rulebook import fields
from xiansuo.rulebook.compile import compile_books
from xiansuo.rulebook.destinations import OUT_OF_SCOPE_FILE, load_destinations
from xiansuo.rulebook.expression import complaint
from xiansuo.rulebook.fields import Groups, Place
from xiansuo.rulebook.guideline import read_guideline
from xiansuo.rulebook.match import RuleBooks
from xiansuo.rulebook.schema import (
    Answers,
    Book,
    ContextBook,
    CueRule,
    Direction,
    PartyWords,
    Pattern,
    Reach,
    Rule,
    Topic,
    Within,
)

CONTEXT_FILE = "context.yaml"
SEAL_FILE = "seal.yaml"
_BOOK_FIELDS = ("category", "name", "guideline", "groups", "rules")
_RULE_FIELDS = ("id", "sentence", "subtype", "weight", "source", "anyone", "patterns", "match", "reject")
_PATTERN_FIELDS = ("any", "all", "within", "ordered", "gap", "without", "regex")
_CUE_FIELDS = (
    "id",
    "context",
    "terms",
    "direction",
    "reach",
    "limit",
    "stops",
    "pseudo",
    "unless",
    "words_only",
    "at_least",
)
_ANSWER_LISTS = (
    "negative",
    "belittling",
    "unknown",
    "hearsay",
    "affirmative",
    "hedged",
    "admitted",
    "reversal",
    "declined",
    "lawful",
)
_EXAMPLES = 2
_HEAVIEST = 5.0


def load_rule_books(rules: Path) -> RuleBooks:
    """Load the six rule books, their context words and the destinations of other letters; raises RuleBookError, and then nothing is loaded."""
    context, shared = load_context(rules / CONTEXT_FILE)
    books = tuple(load_book(rules / f"{category.value}.yaml", shared) for category in CATEGORIES)
    _refuse_duplicates(books)
    destinations = load_destinations(rules / OUT_OF_SCOPE_FILE)
    return RuleBooks(compile_books(books, context), destinations, version(rules))


def version(rules: Path) -> str:
    """Return the SHA-256 over what the rule files say, whatever their layout and comments; guidelines are for people and left out."""
    names = sorted([*(f"{category.value}.yaml" for category in CATEGORIES), CONTEXT_FILE, OUT_OF_SCOPE_FILE, SEAL_FILE])
    content = {name: {**fields.read_yaml(rules / name)} for name in names}
    for file in content.values():
        file.pop("guideline", None)
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def load_book(path: Path, shared: Groups) -> Book:
    """Load one category's rule book; `shared` are the groups of context.yaml."""
    raw, place = fields.read_yaml(path), Place(path.name)
    fields.known(raw, _BOOK_FIELDS, place)
    category = fields.choice(raw.get("category"), "category", place, Category)
    if path.stem != category.value:
        raise place.error("category", category.value, f"与文件名一致的 {path.stem}")
    read_guideline(raw.get("guideline"), category, place)
    words = fields.groups(raw.get("groups"), place, shared)
    listed = fields.entries(raw.get("rules"), "rules", place)
    return Book(
        category, tuple(_rule(fields.section(entry, "rules", place), category, words, place) for entry in listed)
    )


def _rule(raw: Mapping[str, object], category: Category, words: Groups, place: Place) -> Rule:
    name = fields.identifier(raw, place)
    here = Place(place.file, name)
    fields.known(raw, _RULE_FIELDS, here)
    patterns = tuple(
        _pattern(fields.section(entry, "patterns", here), words, here)
        for entry in fields.entries(raw.get("patterns"), "patterns", here)
    )
    if not patterns:
        raise here.error("patterns", raw.get("patterns"), "至少一个 any 或 all 组合")
    return Rule(
        id=name,
        category=category,
        subtype=fields.sentence(raw, "subtype", here),
        sentence=fields.sentence(raw, "sentence", here),
        weight=fields.number(raw.get("weight"), "weight", here, (0.1, _HEAVIEST)),
        patterns=patterns,
        match=_examples(raw, "match", here),
        reject=_examples(raw, "reject", here),
        source=_source(raw, here),
        anyone=flag(raw, "anyone", here),
    )


def _source(raw: Mapping[str, object], place: Place) -> str:
    return fields.sentence(raw, "source", place) if raw.get("source") is not None else ""


def _examples(raw: Mapping[str, object], name: str, place: Place) -> tuple[str, ...]:
    examples = fields.words(raw.get(name), name, place)
    if len(examples) < _EXAMPLES:
        raise place.error(name, f"{len(examples)} 个例子", f"至少 {_EXAMPLES} 个例子")
    return examples


def flag(raw: Mapping[str, object], name: str, place: Place) -> bool:
    """Return a yes-or-no field, no when it is left out."""
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise place.error(name, value, " true 或 false")
    return value


def _pattern(raw: Mapping[str, object], words: Groups, place: Place) -> Pattern:
    fields.known(raw, _PATTERN_FIELDS, place)
    within = fields.choice(raw.get("within", "clause"), "within", place, Within)
    slots = _slots(raw, words, place)
    gap = raw.get("gap")
    return Pattern(
        slots=slots,
        within=within,
        ordered=flag(raw, "ordered", place),
        gap=None if gap is None else int(fields.number(gap, "gap", place, (0, 60))),
        without=words.expand(fields.words(raw.get("without"), "without", place), "without", place),
        expression=_expression(raw, place),
    )


def _slots(raw: Mapping[str, object], words: Groups, place: Place) -> tuple[frozenset[str], ...]:
    single = fields.words(raw.get("any"), "any", place)
    listed = [_slot(entry, place) for entry in fields.entries(raw.get("all"), "all", place)]
    slots = tuple(words.expand(slot, "any/all", place) for slot in ([single] if single else []) + listed)
    if not slots or not all(slots):
        raise place.error("patterns", dict(raw), "写有 any 或 all 的组合；单写 regex 不行，要有引出它的词")
    return slots


def _slot(entry: object, place: Place) -> tuple[str, ...]:
    return (entry,) if isinstance(entry, str) and entry.strip() else fields.words(entry, "all", place)


def _expression(raw: Mapping[str, object], place: Place) -> str:
    if raw.get("regex") is None:
        return ""
    expression = fields.sentence(raw, "regex", place)
    if trouble := complaint(expression):
        raise place.error("regex", expression, f"安全的写法：{trouble}")
    return expression


def _refuse_duplicates(books: tuple[Book, ...]) -> None:
    seen: dict[str, str] = {}
    for book in books:
        for rule in book.rules:
            if rule.id in seen:
                raise Place(f"{book.category.value}.yaml", rule.id).error(
                    "id", rule.id, f"没有用过的名字（{seen[rule.id]} 里已有）"
                )
            seen[rule.id] = f"{book.category.value}.yaml"


def load_context(path: Path) -> tuple[ContextBook, Groups]:
    """Load context.yaml: the book itself and its word groups for the other books."""
    raw, place = fields.read_yaml(path), Place(path.name)
    fields.known(raw, ("groups", "cues", "parties", "signals", "questions", "answers"), place)
    words = fields.groups(raw.get("groups"), place)
    parties = _word_lists(raw, "parties", ("public", "private", "arbiters", "receiving", "pseudo"), words, place)
    questions = _word_lists(raw, "questions", ("yes_no", "rhetorical"), words, place)
    signals = fields.section(raw.get("signals"), "signals", place)
    book = ContextBook(
        cues=tuple(
            _cue(fields.section(entry, "cues", place), words, place)
            for entry in fields.entries(raw.get("cues"), "cues", place)
        ),
        signals={
            fields.choice(kind, "signals", place, CueKind): words.expand(
                fields.words(listed, f"signals.{kind}", place), "signals", place
            )
            for kind, listed in signals.items()
        },
        parties=PartyWords(**parties),
        **questions,
        answers=_answers(raw, words, place),
    )
    return book, words


def _answers(raw: Mapping[str, object], words: Groups, place: Place) -> Answers:
    section = dict(fields.section(raw.get("answers"), "answers", place))
    topics = fields.section(section.pop("topics", {}), "answers.topics", place)
    lists = _word_lists({"answers": section}, "answers", _ANSWER_LISTS, words, place)
    return Answers(**lists, topics=tuple(_topic(name, entry, words, place) for name, entry in topics.items()))


def _topic(name: str, entry: object, words: Groups, place: Place) -> Topic:
    here = Place(place.file, f"answers.topics.{name}")
    raw = fields.section(entry, name, here)
    fields.known(raw, ("subtype", "sentence", "weight", "terms"), here)
    return Topic(
        category=fields.choice(name, "topics", here, Category),
        subtype=fields.sentence(raw, "subtype", here),
        sentence=fields.sentence(raw, "sentence", here),
        weight=fields.number(raw.get("weight"), "weight", here, (0.1, _HEAVIEST)),
        terms=words.expand(fields.required_words(raw.get("terms"), "terms", here), "terms", here),
    )


def _word_lists(
    raw: Mapping[str, object], name: str, wanted: tuple[str, ...], words: Groups, place: Place
) -> dict[str, frozenset[str]]:
    lists = fields.section(raw.get(name), name, place)
    fields.known(lists, wanted, place)
    return {
        key: words.expand(fields.words(lists.get(key), f"{name}.{key}", place), f"{name}.{key}", place)
        for key in wanted
    }


def _cue(raw: Mapping[str, object], words: Groups, place: Place) -> CueRule:
    name = fields.identifier(raw, place)
    here = Place(place.file, name)
    fields.known(raw, _CUE_FIELDS, here)
    limit = raw.get("limit")

    def listed(field: str) -> frozenset[str]:
        return words.expand(fields.words(raw.get(field), field, here), field, here)

    return CueRule(
        id=name,
        context=fields.choice(raw.get("context"), "context", here, Context),
        terms=listed("terms"),
        direction=fields.choice(raw.get("direction", "forward"), "direction", here, Direction),
        reach=fields.choice(raw.get("reach", "clause"), "reach", here, Reach),
        limit=None if limit is None else int(fields.number(limit, "limit", here, (1, 200))),
        stops=listed("stops"),
        pseudo=listed("pseudo"),
        unless=listed("unless"),
        words_only=flag(raw, "words_only", here),
        at_least=int(fields.number(raw.get("at_least", 1), "at_least", here, (1, 5))),
    )
