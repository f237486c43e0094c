"""Writes an evaluation as one page that needs no script and no network and prints well."""

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from xiansuo.domain.category import CATEGORIES
from xiansuo.evaluation.charts import FONTS, Axis, Series, plot
from xiansuo.evaluation.curves import Curves
from xiansuo.evaluation.evaluation import Evaluation, LearningStep
from xiansuo.evaluation.report import Figure
from xiansuo.evaluation.slices import FEWEST, is_shown
from xiansuo.evaluation.verdict import limits, summary, verdicts
from xiansuo.evaluation.words import Words

HEADLINE = (
    "scope_auroc", "mean_ap", "macro_f1", "out_of_scope_raised", "serious_found", "wss95_share", "ndcg20", "ece",
)  # fmt: skip
SECTIONS = {
    "hard": ("traps_raised", "denied_raised", "implicit_found"),
    "ranking": ("ndcg20", "recall_10", "recall_20", "recall_30", "recall_50", "wss95_share", "tnr95"),
    "decisions": (
        "scope_auroc_after_50", "scope_auroc_after_100", "scope_auroc_after_200", "screening_saved",
    ),
    "spans": ("quotes_covered", "accusations_covered", "text_shown"),
    "links": ("b_cubed_f1", "b_cubed_precision", "b_cubed_recall", "pairs_found", "pairs_right"),
    "identities": (
        "masked", "readable", "entities_accused", "entities_org", "entities_place", "entities_money", "entities_time",
    ),
    "interviews": ("interview_macro_f1", "interview_out_of_scope_raised", "interview_found"),
    "calibration": ("ece", "ece_at_share", "slope", "abstained", "silently_missed"),
}  # fmt: skip
MOST_RULES = 40
LEARNED = ("scope_auroc", "mean_ap", "macro_f1")


def render(evaluation: Evaluation, *, english: bool) -> str:
    """Return the page, in Chinese or in English."""
    words = Words(english=english)
    return (
        pages()
        .get_template("report.html.j2")
        .render(
            e=evaluation,
            t=words,
            language="en" if english else "zh-CN",
            fonts=FONTS,
            verdicts=verdicts(evaluation, words),
            summary=summary(evaluation, words),
            limits=limits(evaluation, words),
            charts=lambda curves: _charts(curves, words),
            learning=_learning(evaluation.learning, words),
            categories=CATEGORIES,
            headline=HEADLINE,
            sections=SECTIONS,
            learned=LEARNED,
            fewest=FEWEST,
            is_shown=is_shown,
            most_rules=MOST_RULES,
        )
    )


@cache
def pages() -> Environment:
    """Return where the templates of pages lie, with the ways in which they write numbers."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"number": number, "range": span}
    return made


def number(value: float) -> str:
    """Return a figure with three digits, without decimals where it is large."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3f}"


def span(figure: Figure) -> str:
    """Return a figure's range, empty where none was drawn."""
    return "" if math.isnan(figure.low) else f"{figure.low:.3f}–{figure.high:.3f}"


def _charts(curves: Curves, words: Words) -> list[tuple[str, str]]:
    drawn = {
        "pr": plot(
            [Series(words.category(code), points) for code, points in curves.precision_recall.items()],
            Axis(words("charts.recall")),
            Axis(words("charts.precision")),
            title=words("charts.pr"),
        ),
        "reliability": plot(
            [
                Series(words("charts.perfect"), ((0, 0), (1, 1)), guide=True),
                Series(
                    words("charts.measured"),
                    [(one.stated, one.observed) for one in curves.reliability],
                    [(one.low, one.high) for one in curves.reliability],
                    dots=True,
                ),
            ],
            Axis(words("charts.stated")),
            Axis(words("charts.observed")),
            title=words("charts.reliability"),
        ),
        "risk": _risk(curves, words),
        "reading": plot(
            [
                Series(words("charts.program"), curves.reading),
                Series(words("charts.best"), curves.best_reading, guide=True),
                Series(words("charts.chance"), ((0, 0), (1, 1)), guide=True),
            ],
            Axis(words("charts.read")),
            Axis(words("charts.found")),
            title=words("charts.reading"),
        ),
    }
    return [(words(f"charts.{name}"), svg) for name, svg in drawn.items()]


def _risk(curves: Curves, words: Words) -> str:
    most = max(0.2, *(risk for _, risk in curves.risk.points), curves.risk.band[1])
    series = [Series(words("charts.risk_line"), curves.risk.points)]
    if curves.risk.band[0] < 1:
        series.append(Series(words("charts.band"), [curves.risk.band], dots=True))
    return plot(series, Axis(words("charts.coverage")), Axis(words("charts.wrong"), most), title=words("charts.risk"))


def _learning(steps: Sequence[LearningStep], words: Words) -> str:
    halves = [report.data for report in steps[-1].reports] if steps else []
    series = [
        Series(
            f"{words.name('figure', name)}·{words.name('short', half)}",
            [
                (step.share, figure.value)
                for step in steps
                for report in step.reports
                if report.data == half and (figure := report.figure(name))
            ],
        )
        for half in halves
        for name in LEARNED
    ]
    return plot(series, Axis(words("learning.share")), Axis(""), title=words("learning.title")) if steps else ""
