"""Measure entity finding per type: on the authored corpus by half and author, and on other files of named entities.

usage: measure_entities.py [--ner FILE]... [--part all|open|frozen] [--by-author] [--tagger FOLDS] [--names FILE]

`FILE` holds lines {text, entities: [[start, end, type]]}; in these every mention is listed. The corpus lists what its author held to be the main
ones, as strings: a listed string counts as found where any of its places is; the last columns say which share of what was found its author listed,
a lower bound of precision. `--tagger` trains the tagger of bodies and places FOLDS times without some authors, about five minutes each, and
measures rules, tagger and both on theirs; `--names` trains it once and measures the names of persons in FILE, a file like
evaluation/gold/masking.jsonl. Authored letters are not real petitions. Nothing of a letter is printed.
"""

import argparse
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from tools.measure_masking import letter_of, read_lines
from xiansuo.classifiers.prepare import load_tools, prepare
from xiansuo.domain.letter import Letter
from xiansuo.domain.spans import Span
from xiansuo.domain.text import Entity, EntityType
from xiansuo.evaluation.entities import Agreement, as_table, by_wording, every_place
from xiansuo.evaluation.gold import read_corpus
from xiansuo.evaluation.split import frozen
from xiansuo.services.tagger import fit_tagger, read_recipe
from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.ner import PERSON, Tagger
from xiansuo.text.prepare import protect
from xiansuo.text.sentences import split_sentences

Finder: TypeAlias = Callable[[Letter], Sequence[Entity]]
Rows: TypeAlias = dict[tuple[str, str], Agreement]

PEOPLE = frozenset({EntityType.PETITIONER, EntityType.RESPONDENT, EntityType.PERSON})
TYPES: Mapping[str, frozenset[EntityType]] = {
    "respondent": frozenset({EntityType.RESPONDENT}),
    "petitioner": frozenset({EntityType.PETITIONER}),
    "person, either side": PEOPLE,
    "person": PEOPLE,
    "org": frozenset({EntityType.ORG}),
    "place": frozenset({EntityType.PLACE, EntityType.ADDRESS}),
    "money": frozenset({EntityType.MONEY}),
    "time": frozenset({EntityType.TIME}),
    "position": frozenset({EntityType.POSITION}),
    "phone": frozenset({EntityType.PHONE}),
    "id_number": frozenset({EntityType.ID_NUMBER}),
}
OTHER_NAMES = {
    "name": "person", "NAME": "person", "organization": "org", "government": "org", "company": "org", "ORG": "org",
    "address": "place", "scene": "place", "LOC": "place", "position": "position", "TITLE": "position",
}  # fmt: skip
_NAME = re.compile(r"[\u3400-\u9fff]{2,4}(?:[·•][\u3400-\u9fff]{1,6})?")
_DIGITS = re.compile(r"\d[\d\s-]{5,}[\dXx]?")


def rules_alone(settings: Settings) -> Finder:
    """Return the finder that every letter goes through."""
    finder = EntityFinder(Lexicons.load(settings.lexicons))
    return lambda letter: protect(letter, finder).entities


def listed(row: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what an author listed, by our types; whose name is on both sides is on neither."""
    fields: Mapping[str, Sequence[str]] = row.get("entities") or {}
    accused, own = dict.fromkeys(fields.get("accused") or ()), dict.fromkeys(fields.get("petitioner") or ())
    names = [one for one in own if _is_name(one) and one not in accused]
    respondents = [one for one in accused if one not in own]
    numbers = [one for one in own if _DIGITS.fullmatch(one)]
    return {
        "respondent": respondents,
        "petitioner": names,
        "person, either side": [*names, *respondents],
        "phone": [one for one in numbers if len(re.sub(r"\D", "", one)) < 15],
        "id_number": [one for one in numbers if len(re.sub(r"\D", "", one)) >= 15],
        **{name: list(dict.fromkeys(fields.get(name) or ())) for name in ("org", "place", "money", "time")},
    }


def _is_name(written: str) -> bool:
    return bool(_NAME.fullmatch(written)) and written[-1] not in "村镇乡县组户队街路社区市"


def measure_corpus(rows: Iterable[Mapping[str, Any]], find: Finder, *, by_author: bool) -> Rows:
    """Return the agreement by half, or by author, and by type."""
    table: Rows = defaultdict(Agreement)
    for row in rows:
        found = find(letter_of(row))
        group = str(row["id"]).split("-", maxsplit=1)[0] if by_author else row["half"]
        for kind, strings in listed(row).items():
            gold = [every_place(row["text"], written) for written in strings]
            mine = [entity.span for entity in found if entity.type in TYPES[kind]]
            table[group, kind] += Agreement.of(gold, by_wording(row["text"], mine))
    return dict(sorted(table.items()))


def measure_other(path: Path, find: Finder) -> Rows:
    """Return the agreement with a file in which every mention is listed; only the types it has count."""
    table: Rows = defaultdict(Agreement)
    rows = read_lines(path)
    kinds = {OTHER_NAMES[kind] for row in rows for _, _, kind in row["entities"] if kind in OTHER_NAMES}
    for row in rows:
        found = find(letter_of(row))
        for kind in sorted(kinds):
            gold = [[Span(start, end)] for start, end, name in row["entities"] if OTHER_NAMES.get(name) == kind]
            mine = [[entity.span] for entity in found if entity.type in TYPES[kind]]
            table[path.stem, kind] += Agreement.of(gold, mine)
    return table


def corpus_rows(settings: Settings, part: str) -> Iterator[dict[str, Any]]:
    """Yield the corpus's records of a part: the frozen test part, the open rest, or all."""
    letters = read_corpus(settings.corpus)
    kept = {letters[place].id for place in frozen(letters)}
    for path in sorted(settings.corpus.glob("*.jsonl")):
        for row in read_lines(path):
            if part == "all" or (row["id"] in kept) == (part == "frozen"):
                yield row | {"half": path.stem}


def measure_tagger(settings: Settings, folds: int, *, part: str) -> Rows:
    """Return how rules, the tagger and both agree with authors whom the tagger has not read, in the masked text that it sees."""
    letters = {row["id"] for row in corpus_rows(settings, part)}
    data = prepare([one for one in read_corpus(settings.corpus) if one.id in letters], load_tools(settings.home))
    authors = sorted({letter.batch for letter in data.letters})
    table: Rows = defaultdict(Agreement)
    for fold in range(folds):
        left_out = set(authors[fold::folds])
        learn = [row for row, letter in enumerate(data.letters) if letter.batch not in left_out]
        tagger = Tagger(fit_tagger(data.take(learn), read_recipe(settings), settings))
        for row in sorted(set(range(len(data.letters))) - set(learn)):
            letter, document = data.letters[row], data.documents[row]
            mine = tagger.find(document.text, document.sentences)
            both = [*document.entities, *tagger.add(document)]
            for kind in ("org", "place"):
                gold = [places for one in letter.named[kind] if (places := every_place(document.text, one))]
                for name, found in (("rules", document.entities), ("tagger", mine), ("both", both)):
                    spans = [entity.span for entity in found if entity.type in TYPES[kind]]
                    table[f"{letter.half}, {name}", kind] += Agreement.of(gold, by_wording(document.text, spans))
    return dict(sorted(table.items()))


def measure_names(settings: Settings, path: Path, *, part: str) -> Rows:
    """Return how many names of persons rules, the tagger and both find in letters that nobody trained on, whatever their side."""
    letters = {row["id"] for row in corpus_rows(settings, part)}
    data = prepare([one for one in read_corpus(settings.corpus) if one.id in letters], load_tools(settings.home))
    tagger, find = Tagger(fit_tagger(data, read_recipe(settings), settings)), rules_alone(settings)
    table: Rows = defaultdict(Agreement)
    for row in read_lines(path):
        text, strings = row["text"], listed(row)
        rules = [entity.span for entity in find(letter_of(row)) if entity.type in PEOPLE]
        tagged = [span for label, span in tagger.named(text, split_sentences(text)) if label == PERSON]
        for name, spans in (("rules", rules), ("tagger", tagged), ("both", [*rules, *tagged])):
            for kind in ("petitioner", "respondent"):
                gold = [every_place(text, one) for one in strings[kind]]
                table[f"{path.stem}, {name}", kind] += Agreement.of(gold, by_wording(text, spans))
    return table


def main() -> None:
    """Print one table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--ner", type=Path, action="append", default=[])
    asked.add_argument("--part", choices=("all", "open", "frozen"), default="all")
    asked.add_argument("--by-author", action="store_true")
    asked.add_argument("--tagger", type=int, default=0, metavar="FOLDS")
    asked.add_argument("--names", type=Path, metavar="FILE")
    given = asked.parse_args()
    settings = Settings()
    if given.tagger:
        print(as_table(measure_tagger(settings, given.tagger, part=given.part)))
        return
    if given.names:
        print(as_table(measure_names(settings, given.names, part=given.part)))
        return
    find = rules_alone(settings)
    table = measure_corpus(corpus_rows(settings, given.part), find, by_author=given.by_author)
    for path in given.ner:
        table |= measure_other(path, find)
    print(as_table(table))


if __name__ == "__main__":
    main()
