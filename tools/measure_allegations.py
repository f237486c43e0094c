"""Measure allegations and ranking: gold quotes shown, share of the text shown, reading order and grades against priorities, time.

On the corpus every letter is answered by a model that saw none of its matter (or none of its author); other gold files by a model of the whole
corpus. Authored letters are not real petitions; every row names its data.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import ndcg_score

from xiansuo.classifiers.prepare import Prepared, fit, prepare
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Grade, ModelScores, Rank, Suggestion
from xiansuo.evaluation.gold import read_corpus, read_measured
from xiansuo.evaluation.split import by_batch, by_matter
from xiansuo.services.held_out import Bench
from xiansuo.services.model import thresholds_of
from xiansuo.settings import Settings
from xiansuo.triage.suggest import suggest

GRADES = (*(grade.value for grade in Grade), "")


@dataclass(frozen=True, slots=True)
class Answered:
    """Letters with what is proposed for them, and the milliseconds a letter takes from the model's scores to its rank."""

    data: Prepared
    suggestions: tuple[Suggestion, ...]
    ranks: tuple[Rank, ...]
    milliseconds: float

    def part(self, rows: Sequence[int]) -> "Answered":
        """Return some of the letters."""
        chosen = [self.suggestions[row] for row in rows], [self.ranks[row] for row in rows]
        return Answered(self.data.take(rows), tuple(chosen[0]), tuple(chosen[1]), self.milliseconds)


def answer(data: Prepared, scores: Sequence[ModelScores], bench: Bench) -> Answered:
    """Propose allegations and ranks."""
    thresholds = thresholds_of(bench.recipe)
    started = time.process_time()
    suggestions = [
        suggest(*row, thresholds=thresholds) for row in zip(data.documents, data.readings, scores, strict=True)
    ]
    rows = zip(data.documents, data.readings, suggestions, strict=True)
    ranks = [bench.ranking.rank(*row) for row in rows]
    spent = (time.process_time() - started) / max(1, len(ranks)) * 1000
    return Answered(data, tuple(suggestions), tuple(ranks), spent)


def held_out(data: Prepared, bench: Bench, *, authors: bool) -> list[ModelScores]:
    """Return the scores of every letter by a model that did not see its fold."""
    scores: dict[int, ModelScores] = {}
    for learn, test in by_batch(data.letters) if authors else by_matter(data.letters, folds=5):
        part = data.take(test.tolist())
        model = fit(data.take(learn.tolist()), bench.recipe)
        scores |= dict(zip(test.tolist(), model.score(part.documents, part.readings), strict=True))
    return [scores[row] for row in range(len(data.letters))]


def report(name: str, found: Answered) -> Iterator[str]:
    """Yield the lines about one set of letters."""
    quotes = Counter(outcome for row in range(len(found.ranks)) for outcome in _outcomes(found, row))
    total = sum(quotes.values()) or 1
    shares = [_share(*row) for row in _shown(found)]
    yield f"{name}: {len(found.ranks)} letters, {len(shares)} with allegations"
    yield "  gold quotes: " + ", ".join(f"{outcome} {count / total:.3f}" for outcome, count in sorted(quotes.items()))
    yield f"  share of the text shown {np.mean(shares):.3f}, allegations a letter {_mean_count(found):.1f}, {found.milliseconds:.2f} ms a letter"
    yield from _order(found)


def _outcomes(found: Answered, row: int) -> Iterator[str]:
    shown = found.suggestions[row].allegations
    for quote in found.data.quotes[row]:
        over = [one for one in shown if one.span.overlaps(quote.span)]
        if any(one.category is quote.category for one in over):
            yield "shown in its category"
        else:
            yield "shown in another" if over else "other clauses shown" if shown else "nothing shown"


def _shown(found: Answered) -> Iterator[tuple[int, tuple[Allegation, ...]]]:
    for document, suggestion in zip(found.data.documents, found.suggestions, strict=True):
        if suggestion.allegations:
            yield len(document.text), suggestion.allegations


def _share(length: int, allegations: Sequence[Allegation]) -> float:
    spans: list[Span] = [one.span for one in allegations]
    return len({place for span in spans for place in range(*span)}) / max(1, length)


def _mean_count(found: Answered) -> float:
    return float(np.mean([len(allegations) for _, allegations in _shown(found)] or [0]))


def _order(found: Answered) -> Iterator[str]:
    priority = np.array([letter.priority for letter in found.data.letters])
    total = np.array([rank.total for rank in found.ranks])
    inside = np.array([letter.in_scope for letter in found.data.letters])
    spearman = spearmanr(priority[inside], total[inside])[0]
    yield f"  nDCG@20 {ndcg_score([2.0**priority - 1], [total], k=20):.3f}, Spearman with priority in scope {spearman:.3f}"
    pairs = zip(found.ranks, found.suggestions, priority, strict=True)
    table = Counter((rank.grade or "", int(given)) for rank, one, given in pairs if one.labels)
    yield "  grade by priority 0-5: " + "; ".join(
        f"{grade or '—'} {[table[grade, given] for given in range(6)]}" for grade in GRADES if _any(table, grade)
    )


def _any(table: Counter[tuple[str, int]], grade: str) -> bool:
    return any(given == grade for given, _ in table)


def main() -> None:
    """Print a report for each half of the corpus and for each gold file."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--real", type=Path, action="append", default=[], help="gold file nobody trained on")
    asked.add_argument("--authors", action="store_true", help="leave authors out instead of matters")
    asked.add_argument("--quick", action="store_true", help="other gold files only, no cross-validation")
    given = asked.parse_args()
    settings = Settings()
    bench = Bench.load(settings)
    data = prepare(read_corpus(settings.corpus), bench.tools)
    if not given.quick:
        found = answer(data, held_out(data, bench, authors=given.authors), bench)
        how = "author left out" if given.authors else "5 folds by matter"
        for half in sorted({letter.half for letter in data.letters}):
            rows = [row for row, letter in enumerate(data.letters) if letter.half == half]
            print("\n".join(report(f"{half}, {how}", found.part(rows))))
    if given.real:
        model = fit(data, bench.recipe)
        for path in given.real:
            other = prepare(read_measured(path), bench.tools)
            found = answer(other, model.score(other.documents, other.readings), bench)
            print("\n".join(report(path.stem, found)))


if __name__ == "__main__":
    main()
