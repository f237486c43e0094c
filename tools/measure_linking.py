"""Measure which letters are joined: authored letters against their matters, near misses, and real messages against known copies.

usage: python -m tools.measure_linking [--real FILE] [--list]

Every author's letters are analysed by a model that saw none of them, compared with common words counted without them, and
linked in the order of the file. A near miss is a letter given the people and places of another one, in whose matter it must
not end. `--real` takes messages {id, title, text, time, cluster}; joins outside the clusters are counted by relation, and
`--list` prints their ids for a person to read and judge. Authored letters are not real petitions.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tools.make_common_words import characters, count
from xiansuo.classifiers.artifact import NAME
from xiansuo.classifiers.prepare import Prepared, fit, load_tools, prepare
from xiansuo.classifiers.recipe import read_recipe
from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.suggestion import Facts
from xiansuo.evaluation import grouping
from xiansuo.evaluation.gold import GoldLetter, read_corpus
from xiansuo.evaluation.split import by_batch, frozen
from xiansuo.intake.dates import parse_date
from xiansuo.services.analysis import load_analyser, wording
from xiansuo.services.link_records import link_records
from xiansuo.services.model import thresholds_of
from xiansuo.services.records import Record
from xiansuo.settings import Settings
from xiansuo.triage.facts import facts
from xiansuo.triage.index import LinkIndex
from xiansuo.triage.link import Linkable
from xiansuo.triage.matter import ENOUGH, agreement
from xiansuo.triage.sketch import sketch
from xiansuo.triage.suggest import suggest
from xiansuo.triage.terms import CommonWords, told

SEED = 20261123
_NEAR_MISSES = 4


def letters_apart(settings: Settings) -> tuple[Prepared, dict[str, Linkable]]:
    """Return the authored letters, and each as linking would see it if its author had written nothing before."""
    data = prepare(read_corpus(settings.corpus), load_tools(settings.home))
    signs, seen = characters(), dict[str, Linkable]()
    for learn, test in by_batch(data.letters):
        others = data.take(learn.tolist())
        stories = zip((letter.batch for letter in others.letters), map(told, others.documents), strict=True)
        seen |= _linkables(settings, data.take(test.tolist()), others, count(list(stories), signs))
    return data, {letter.id: seen[letter.id] for letter in data.letters}


def _linkables(settings: Settings, data: Prepared, others: Prepared, common: CommonWords) -> dict[str, Linkable]:
    recipe = read_recipe(settings.models / NAME / "recipe.toml")
    scores, thresholds = fit(others, recipe).score(data.documents, data.readings), thresholds_of(recipe)
    rows = zip(data.letters, data.documents, data.readings, scores, strict=True)
    made = {}
    for letter, document, reading, score in rows:
        suggestion = suggest(document, reading, score, thresholds=thresholds)
        text = wording(document.subject, document.text)
        made[letter.id] = Linkable(letter.id, text, sketch(text), facts(document, suggestion, common))
    return made


def measure_authored(letters: Sequence[GoldLetter], seen: Mapping[str, Linkable]) -> None:
    """Print pairs and B-cubed of each half, of the part for tuning and of the frozen part."""
    held = {letters[row].id for row in frozen(letters)}
    for half in ("literary", "natural"):
        own = [letter for letter in letters if letter.half == half]
        index = LinkIndex()
        clue = {letter.id: index.link(seen[letter.id]).main for letter in own}
        parts = (("", own), (", frozen", [one for one in own if one.id in held]))
        for name, part in (*parts, (", the rest", [one for one in own if one.id not in held])):
            _print_grouping(f"{half}{name}", [one.matter for one in part], [clue[one.id] for one in part])


def _print_grouping(name: str, gold: Sequence[str], given: Sequence[str]) -> None:
    precision, recall = (side.mean() for side in grouping.b_cubed(gold, given))
    pairs = grouping.pairs(gold, given)
    same, joined, right = (int(side.sum()) for side in (pairs.same, pairs.joined, pairs.found))
    f1 = 2 * precision * recall / (precision + recall)
    print(
        f"{name:22}{len(gold):5} letters  B-cubed F1 {f1:.3f} (P {precision:.3f} R {recall:.3f})  "
        f"pairs {right} of {same} ({right / max(1, same):.3f}), falsely joined {joined - right}"
    )


def measure_near_misses(letters: Sequence[GoldLetter], seen: Mapping[str, Linkable]) -> None:
    """Print how many letters end in the matter of a letter whose people and places they were given."""
    joined: dict[bool, list[bool]] = {True: [], False: []}
    for one, other in _strangers(letters):
        first, second = seen[one.id].facts, _moved(seen[other.id].facts, seen[one.id].facts)
        joined[bool(one.labels & other.labels)].append(agreement(first, second) >= ENOUGH)
    for same, found in joined.items():
        kind = "same category" if same else "other category"
        print(f"near misses, {kind:14}{sum(found)} of {len(found)} joined ({sum(found) / len(found):.3f})")


def _strangers(letters: Sequence[GoldLetter]) -> Iterator[tuple[GoldLetter, GoldLetter]]:
    rng = random.Random(SEED)  # noqa: S311 - the same pairs in every run
    accusing = [letter for letter in letters if letter.labels]
    for one in accusing:
        others = [other for other in rng.sample(accusing, 3 * _NEAR_MISSES) if other.matter != one.matter]
        yield from ((one, other) for other in others[:_NEAR_MISSES])


def _moved(letter: Facts, where: Facts) -> Facts:
    return replace(letter, respondents=where.respondents, places=where.places, names=where.names, strange=where.strange)


def measure_real(path: Path, settings: Settings, *, listed: bool) -> None:
    """Print how many pairs of the known clusters of copies are joined, and what else is, by relation."""
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    records = [Record(row["id"], row["text"], row["title"], received=parse_date(str(row["time"]))) for row in rows]
    found = list(link_records(records, load_analyser(settings, OrganisationRegister(), tell=print)))
    gold = [str(row["id"]) if row["cluster"] is None else f"cluster {row['cluster']}" for row in rows]
    _print_grouping("real messages", gold, [str(one["clue"]) for one in found])
    cluster = {str(row["id"]): name for row, name in zip(rows, gold, strict=True)}
    other = [one for one in found if cluster[str(one["id"])] != cluster[str(one["clue"])]]
    print(f"letters joined outside the clusters: {dict(Counter(str(one['relation']) for one in other))}")
    for one in other if listed else ():
        print(f"  {one['id']} {one['relation']} {one['clue']}")


def main() -> None:
    """Print all measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--list", action="store_true")
    given, settings = parser.parse_args(), Settings()
    data, seen = letters_apart(settings)
    measure_authored(data.letters, seen)
    measure_near_misses(data.letters, seen)
    if given.real:
        measure_real(given.real, settings, listed=given.list)


if __name__ == "__main__":
    main()
