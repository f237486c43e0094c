"""What the rank of a letter was weighed from, as it is stored beside its suggestion."""

from xiansuo.domain.spans import Span
from xiansuo.domain.text import OffsetMap
from xiansuo.storage.tables.base import Json
from xiansuo.triage.signals import Finding, Findings, Found


def to_json(found: Found | None, offsets: OffsetMap | None = None) -> Json:
    """Return what signals found as lists, the letter as a whole first, then its points; with `offsets` in the text these lead back to."""
    return [_to_json(one, offsets) for one in (found.whole, *found.points)] if found else None


def from_json(stored: Json) -> Found | None:
    """Return what signals found as it was stored, None where it was nothing."""
    if stored is None:
        return None
    whole, *points = map(_from_json, stored)
    return Found(whole, tuple(points))


def _to_json(findings: Findings, offsets: OffsetMap | None) -> Json:
    return [
        [
            name,
            one.level,
            one.number,
            [list(offsets.span(*span) if offsets else span) for span in one.spans],
            one.far,
            one.quote,
        ]
        for name, one in findings.items()
    ]


def _from_json(stored: Json) -> Findings:
    return {
        name: Finding(level, number, tuple(Span(*span) for span in spans), far, quote)
        for name, level, number, spans, far, quote in stored
    }
