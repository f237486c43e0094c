"""Owns the verdict of a measurement in words and ranges: what was missed, what was raised wrongly, on which letters."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from xiansuo.domain.category import CATEGORIES
from xiansuo.evaluation.evaluation import Evaluation, Mode, Part
from xiansuo.evaluation.report import Figure
from xiansuo.evaluation.words import Words

_FEWEST = 20
"""From fewer letters no sentence about a hundred is made."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said about one set of letters."""

    heading: str
    sentences: tuple[str, ...]


def verdicts(evaluation: Evaluation, words: Words) -> tuple[Verdict, ...]:
    """Return a verdict on every gold file, then on each half of the corpus by the hardest test of this run: new authors, else new matters."""
    modes = {part.mode for part in evaluation.parts}
    hardest = Mode.BY_AUTHOR if Mode.BY_AUTHOR in modes else Mode.BY_MATTER
    chosen = sorted(
        (part for part in evaluation.parts if part.mode in {Mode.COLD, hardest}),
        key=lambda part: part.mode is not Mode.COLD,
    )
    return tuple(Verdict(_heading(part, words), tuple(_sentences(part, words))) for part in chosen)


def summary(evaluation: Evaluation, words: Words) -> str:
    """Return in one sentence how many targets are reached."""
    measured = [row for row in evaluation.targets if row.figure]
    reached = sum(row.reached for row in measured)
    return words("verdict.targets", measured=len(measured), reached=reached, missed=len(measured) - reached)


def limits(evaluation: Evaluation, words: Words) -> tuple[str, ...]:
    """Return what the measurement does not show."""
    keys = ["limits.authored", "limits.rules", "limits.readers", "limits.unmeasured", "limits.use"]
    if not any(part.mode is Mode.COLD for part in evaluation.parts):
        keys.insert(1, "limits.no_gold")
    return tuple(words(key) for key in keys)


def _heading(part: Part, words: Words) -> str:
    return words("verdict.heading", data=words.data(part.report.data), letters=part.letters, in_scope=part.in_scope)


def _sentences(part: Part, words: Words) -> Iterator[str]:
    report = part.report
    if (found := report.figure("in_scope_found")) and found.letters >= _FEWEST:
        yield words("verdict.missed", range=hundred(found, turned=True))
    if (silent := report.figure("silently_missed")) and silent.letters >= _FEWEST:
        yield words("verdict.silent", range=hundred(silent))
    if (serious := report.figure("serious_found")) and serious.letters >= _FEWEST:
        yield words("verdict.serious", range=hundred(serious, turned=True))
    if (raised := report.figure("out_of_scope_raised")) and raised.letters >= _FEWEST:
        yield words("verdict.raised", range=hundred(raised))
    if (order := report.figure("recall_20")) and part.in_scope >= _FEWEST:
        best = min(1.0, 0.2 * part.letters / part.in_scope)
        yield words("verdict.reading", range=hundred(order), best=round(100 * best))
    yield from _categories(part, words)


def _categories(part: Part, words: Words) -> Iterator[str]:
    told = [(category, part.report.figure(f"f1_{category}")) for category in CATEGORIES]
    known = sorted(
        ((figure.value, category) for category, figure in told if figure and part.report.figure(f"ap_{category}")),
        reverse=True,
    )
    if len(known) > 1:
        (best, first), (worst, last) = known[0], known[-1]
        yield words(
            "verdict.categories",
            best=words.category(first), best_f1=f"{best:.2f}", worst=words.category(last), worst_f1=f"{worst:.2f}",
        )  # fmt: skip


def hundred(figure: Figure, *, turned: bool = False) -> str:
    """Return a share's range as letters of a hundred, of those left over where `turned`."""
    low, high = (figure.value, figure.value) if math.isnan(figure.low) else (figure.low, figure.high)
    if turned:
        low, high = 1 - high, 1 - low
    least, most = round(100 * low), round(100 * high)
    return str(least) if least == most else f"{least}–{most}"
