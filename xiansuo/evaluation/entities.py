"""Owns how far found entities agree with the ones that people listed: per type, exact and overlapping, with intervals."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

from xiansuo.domain.spans import Span
from xiansuo.evaluation.metrics import Share

Named: TypeAlias = Collection[Span]
"""The places where one named thing stands in a text; one place where every mention is listed for itself."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of one type: what was listed and how much of it was found, what was found and how much of it is listed."""

    listed: int = 0
    listed_exact: int = 0
    listed_overlapped: int = 0
    found: int = 0
    found_overlapping: int = 0

    def __add__(self, other: "Agreement") -> "Agreement":
        return Agreement(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def recall(self) -> Share:
        """The share of the listed that something found touches."""
        return Share(self.listed_overlapped, self.listed)

    @property
    def recall_exact(self) -> Share:
        """The share of the listed that was found with the very same bounds."""
        return Share(self.listed_exact, self.listed)

    @property
    def precision(self) -> Share:
        """The share of the found that touches something listed: a lower bound where lists leave things out."""
        return Share(self.found_overlapping, self.found)

    @property
    def f1(self) -> float:
        """The harmonic mean of overlapping recall and precision."""
        touched = self.listed_overlapped * self.found + self.found_overlapping * self.listed
        return 2 * self.listed_overlapped * self.found_overlapping / touched if touched else 0.0

    @classmethod
    def of(cls, listed: Sequence[Named], found: Sequence[Named]) -> Self:
        """Compare the named things of one text and type; a thing counts once, however often it stands there."""
        spans, gold = _spans(found), _spans(listed)
        return cls(
            listed=len(listed),
            listed_exact=sum(any(span in spans for span in named) for named in listed),
            listed_overlapped=sum(_touched(named, spans) for named in listed),
            found=len(found),
            found_overlapping=sum(_touched(named, gold) for named in found),
        )


def _spans(things: Sequence[Named]) -> frozenset[Span]:
    return frozenset(span for named in things for span in named)


def _touched(named: Named, spans: Iterable[Span]) -> bool:
    return any(one.overlaps(other) for other in spans for one in named)


def every_place(text: str, written: str) -> tuple[Span, ...]:
    """Return all the places of a string in a text, from left to right without overlap."""
    return tuple(_places(text, written))


def _places(text: str, written: str) -> Iterator[Span]:
    start = text.find(written) if written else -1
    while start >= 0:
        yield Span(start, start + len(written))
        start = text.find(written, start + len(written))


def by_wording(text: str, spans: Iterable[Span]) -> list[Named]:
    """Gather spans that read alike into one named thing."""
    gathered: dict[str, list[Span]] = {}
    for span in spans:
        gathered.setdefault(span.of(text), []).append(span)
    return list(gathered.values())


def as_table(rows: Mapping[tuple[str, str], Agreement]) -> str:
    """Return a Markdown table of (data, type) rows; intervals are of overlapping recall and precision."""
    lines = [
        "| data | type | listed | recall | exact | found | listed of the found | F1 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {data} | {kind} | {one.listed} | {_with_range(one.recall)} | {_bare(one.recall_exact)} "
        f"| {one.found} | {_with_range(one.precision)} | {one.f1:.2f} |"
        for (data, kind), one in rows.items()
        if one.listed or one.found
    ]
    return "\n".join(lines)


def _bare(share: Share) -> str:
    return f"{share.value:.2f}" if share.tries else "–"


def _with_range(share: Share) -> str:
    low, high = share.range
    return f"{share.value:.3f} [{low:.3f}, {high:.3f}]" if share.tries else "–"
