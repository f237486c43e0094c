"""Writes a report over a period as a page that needs no script and no network and prints well, or as the middle of a page of the app."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from xiansuo.evaluation import told_office, told_slices, told_trust, told_work
from xiansuo.evaluation.charts import FONTS
from xiansuo.evaluation.parts import Part, Unknown, beside, written
from xiansuo.evaluation.period import PeriodReport
from xiansuo.evaluation.told_verdict import verdict
from xiansuo.evaluation.told_words import PeriodWords

_HERE = Path(__file__).parent
_PARTS = (
    verdict,
    told_work.work,
    told_work.matched,
    told_slices.slices,
    told_slices.drift,
    told_slices.rules,
    told_trust.agreement,
    told_trust.elusion,
    told_office.limits,
    told_office.changes,
    told_office.reading,
)
_LONG = 12
"""A drawing's table of more rows than this is folded away on the screen."""


@dataclass(frozen=True, slots=True)
class Told:
    """A report in words: its title, what stands below it, a notice where the letters are not real ones, and its parts."""

    title: str
    subtitle: str
    notice: str
    parts: tuple[Part, ...]


def tell(report: PeriodReport, words: PeriodWords, *, office: str, fictional: bool = False) -> Told:
    """Return a report in the words of one language; `office` is the office's name."""
    title = words(f"title.{report.period.kind}", office=office, name=words.period(report.period))
    return Told(
        title,
        words("subtitle", first=report.period.first, until=report.until),
        words("fictional") if fictional else "",
        tuple(part(report, words) for part in _PARTS),
    )


def document(told: Told, words: PeriodWords, *, stamp: str = "") -> str:
    """Return the whole page, with `stamp` at its foot."""
    style = (_HERE / "styles" / "report.css").read_text(encoding="utf-8")
    return _render("period.html.j2", told, words, style=style, fonts=FONTS, stamp=stamp)


def fragment(told: Told, words: PeriodWords) -> str:
    """Return the report without a page around it; it needs styles/report.css and holds no inline style."""
    return _render("parts.html.j2", told, words)


def _render(template: str, told: Told, words: PeriodWords, **more: str) -> str:
    made = _environment().get_template(template)
    return made.render(told=told, t=words, language="en" if words.english else "zh-CN", long=_LONG, **more)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"written": written, "beside": beside}
    made.tests["unknown"] = lambda value: isinstance(value, Unknown)
    return made
