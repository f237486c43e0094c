"""Measure allegations and ranking: gold quotes shown, share of the text shown, reading order, grades against priorities.

On the corpus, its frozen part left out, every letter is answered by a model that saw none of its matter (or none of its author);
other gold files by a model of the whole corpus. Authored letters are not real petitions; every row names its data.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from xiansuo.classifiers.prepare import Prepared, fit, prepare
from xiansuo.domain.suggestion import Allegation, Grade, Rank, Suggestion
from xiansuo.evaluation.gold import GoldLetter, Quote, read_corpus, read_measured
from xiansuo.evaluation.metrics import ndcg
from xiansuo.evaluation.split import by_batch, by_matter, frozen
from xiansuo.services.held_out import Bench, Sitting, held_out
from xiansuo.settings import Settings

GRADES = (*(grade.value for grade in Grade), "")


def report(name: str, data: Prepared, proposed: Sequence[tuple[Suggestion, Rank]]) -> Iterator[str]:
    """Yield the lines about one set of letters."""
    rows = list(zip(data.documents, (suggestion.allegations for suggestion, _ in proposed), strict=True))
    quotes = Counter(
        outcome for some, (_, shown) in zip(data.quotes, rows, strict=True) for outcome in _outcomes(some, shown)
    )
    total = sum(quotes.values()) or 1
    shares = [_share(len(document.text), shown) for document, shown in rows if shown]
    count = np.mean([len(shown) for _, shown in rows if shown] or [0])
    yield f"{name}: {len(rows)} letters, {len(shares)} with allegations"
    yield "  gold quotes: " + ", ".join(f"{outcome} {number / total:.3f}" for outcome, number in sorted(quotes.items()))
    yield f"  share of the text shown {np.mean(shares or [0]):.3f}, allegations a letter {count:.1f}"
    yield from _order(data.letters, proposed)


def _outcomes(quotes: Sequence[Quote], shown: Sequence[Allegation]) -> Iterator[str]:
    for quote in quotes:
        over = [one for one in shown if one.span.overlaps(quote.span)]
        if any(one.category is quote.category for one in over):
            yield "shown in its category"
        else:
            yield "shown in another" if over else "other clauses shown" if shown else "nothing shown"


def _share(length: int, shown: Sequence[Allegation]) -> float:
    return len({place for one in shown for place in range(*one.span)}) / max(1, length)


def _order(letters: Sequence[GoldLetter], proposed: Sequence[tuple[Suggestion, Rank]]) -> Iterator[str]:
    priority = np.array([letter.priority for letter in letters])
    total = np.array([rank.total for _, rank in proposed])
    inside = np.array([letter.in_scope for letter in letters])
    spearman = spearmanr(priority[inside], total[inside])[0]
    yield f"  nDCG@20 {ndcg(priority, total):.3f}, Spearman with priority in scope {spearman:.3f}"
    pairs = zip(proposed, priority.tolist(), strict=True)
    table = Counter((rank.grade or "", given) for (suggestion, rank), given in pairs if suggestion.labels)
    known = {grade for grade, _ in table}
    yield "  grade by priority 0-5: " + "; ".join(
        f"{grade or '—'} {[table[grade, given] for given in range(6)]}" for grade in GRADES if grade in known
    )


def _proposed(sitting: Sitting) -> list[tuple[Suggestion, Rank]]:
    return [(one.analysis.suggestion, one.analysis.rank) for one in sitting.answers]


def _corpus(data: Prepared, bench: Bench, *, authors: bool) -> Iterator[str]:
    kept = data.take(np.setdiff1d(np.arange(len(data.letters)), frozen(data.letters)).tolist())
    folds = by_batch(kept.letters) if authors else by_matter(kept.letters, folds=5)
    found, how = held_out(kept, bench, folds), "author left out" if authors else "5 folds by matter"
    for half in sorted({letter.half for letter in kept.letters}):
        mine = found.take([row for row, letter in enumerate(kept.letters) if letter.half == half])
        yield from report(f"{half}, {how}", mine.data, _proposed(mine))


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
        print("\n".join(_corpus(data, bench, authors=given.authors)))
    if not given.real:
        return
    model = fit(data, bench.recipe)
    for path in given.real:
        found = bench.answer(model, prepare(read_measured(path), bench.tools))
        print("\n".join(report(path.stem, found.data, _proposed(found))))


if __name__ == "__main__":
    main()
