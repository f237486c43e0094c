"""Owns the pieces a report is made of: sentences, tables of values, drawings; each way of writing it down shows the same values."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

_LEAST_CHANCE = 0.001


class Look(StrEnum):
    """How the values of a column are written: words, a whole number, a share of 1 (with its range, with its cases too), a figure (with its range), a chance (p)."""

    WORDS = "words"
    COUNT = "count"
    SHARE = "share"
    SPREAD = "spread"
    RATE = "rate"
    FIGURE = "figure"
    ESTIMATE = "estimate"
    CHANCE = "chance"


class Ratio(NamedTuple):
    """`hits` of `tries` as a share with its range."""

    hits: int
    tries: int
    value: float
    low: float
    high: float


class Estimated(NamedTuple):
    """A figure with its range."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Unknown:
    """What stands where there is no value: why, in words."""

    why: str


Value = str | int | float | Ratio | Estimated | Unknown | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and how its values are written."""

    heading: str
    look: Look = Look.WORDS


@dataclass(frozen=True, slots=True)
class Table:
    """Values under headings. The first column names the row; `note` says how to read the table."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A vector drawing (SVG) and the table of all that it draws, for whoever cannot see it; `title` is its caption."""

    title: str
    svg: str
    table: Table


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a report: its heading, what it says, and what stands behind it. `key` names it in addresses and files."""

    key: str
    title: str
    sentences: Sequence[str] = ()
    drawings: Sequence[Drawing] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()

    @property
    def all_tables(self) -> tuple[Table, ...]:
        """Every table, those beside drawings too, in the order of the page."""
        return (*(one.table for one in self.drawings), *self.tables)


def written(value: Value, look: Look) -> str:
    """Return a value as a person reads it; of a share or figure with a range, the value alone."""
    if value is None:
        return "–"
    if isinstance(value, Unknown):
        return value.why
    if isinstance(value, Ratio):
        return share(value.value)
    if isinstance(value, Estimated):
        return _number(value.value, look)
    return _number(value, look) if isinstance(value, float) else str(value)


def beside(value: Value, look: Look) -> str:
    """Return what stands in small type under a value: cases and range."""
    if isinstance(value, Ratio):
        return f"{value.hits}/{value.tries} · {share(value.low)}–{share(value.high)}"
    if isinstance(value, Estimated):
        ends = [_number(end, look) for end in (value.low, value.high)]
        return f"{ends[0]}–{ends[1]}"
    return ""


def share(value: float) -> str:
    """Return a share of 1 as a percentage with one digit after the point."""
    return f"{100 * value:.1f}%"


def figure(value: float) -> str:
    """Return a figure with two digits after the point."""
    return f"{value:.2f}"


def chance(value: float) -> str:
    """Return a p-value with three digits after the point, the smallest as less than the last of them."""
    return "<0.001" if value < _LEAST_CHANCE else f"{value:.3f}"


def chance_sentence(value: float) -> str:
    """Return a p-value as it stands in a sentence: `p=0.031`, `p<0.001`."""
    told = chance(value)
    return f"p{told}" if told.startswith("<") else f"p={told}"


def _number(value: float, look: Look) -> str:
    if look in {Look.SHARE, Look.SPREAD}:
        return share(value)
    return chance(value) if look is Look.CHANCE else figure(value)
