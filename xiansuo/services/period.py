"""Computes the figures of a month or a round for one person, always anew from the stored rows; nothing is kept of an earlier report."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from xiansuo.domain.people import Viewer
from xiansuo.errors import NotVisibleError, XiansuoError
from xiansuo.evaluation.period import ASSUMPTIONS, MONTH, ROUND, Period, PeriodReport, Verdict
from xiansuo.evaluation.period_counts import matched, rules, verdict, work
from xiansuo.evaluation.period_drift import drift
from xiansuo.evaluation.period_facts import Span
from xiansuo.evaluation.period_slices import slices
from xiansuo.evaluation.period_veil import veil
from xiansuo.services.agreement import agreement
from xiansuo.services.elusion import statement
from xiansuo.services.office import Office
from xiansuo.services.period_changes import changes
from xiansuo.services.period_facts import Loaded, load
from xiansuo.services.period_limits import Terms, handled, limit_lines, needs, overdue, terms
from xiansuo.services.statistics import may_look_behind, rounds_of, sight_for
from xiansuo.storage.repositories import period as rows
from xiansuo.storage.repositories import rounds
from xiansuo.storage.repositories.figures import Sight
from xiansuo.storage.session import reading
from xiansuo.triage.deadlines import Deadlines

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def month_of(key: str) -> Period:
    """Return a month by its key, such as 2026-11. Raises XiansuoError for anything else."""
    found = _MONTH.fullmatch(key)
    if not found:
        raise XiansuoError(f"月份要写成 2026-11 这样，收到的是“{key}”。")
    year, month = int(found[1]), int(found[2])
    last = date(year, month, monthrange(year, month)[1])
    return Period(MONTH, key, f"{year}年{month}月", date(year, month, 1), last)


def round_of(office: Office, viewer: Viewer, round_id: int) -> Period:
    """Return a round that the viewer may read the statistics of. Raises RefusedError, NotVisibleError."""
    if round_id not in {one.id for one in rounds_of(office, viewer)}:
        raise NotVisibleError
    with reading(office.engine) as session:
        found = rounds.get(session, round_id)
    if found is None:
        raise NotVisibleError
    plan = found.plan
    return Period(ROUND, str(round_id), plan.name, plan.starts, plan.ends)


def before(office: Office, viewer: Viewer, period: Period) -> Period | None:
    """Return the month before, or the last round that ended before this one began among those the viewer may read; None without one."""
    if period.kind == MONTH:
        return month_of(f"{period.first - timedelta(days=1):%Y-%m}")
    others = (round_of(office, viewer, one.id) for one in rounds_of(office, viewer))
    ended = [one for one in others if one.last < period.first]
    return max(ended, key=lambda one: (one.last, int(one.key)), default=None)


def period_report(office: Office, viewer: Viewer, period: Period) -> PeriodReport:
    """Return the report as the viewer may read it.

    Raises RefusedError without the power to read statistics, NotVisibleError for a round that is not the viewer's, XiansuoError for a
    period that has not begun.
    """
    sight, allowed = _sight(office, viewer, period), [one.id for one in rounds_of(office, viewer)]
    if period.first > viewer.today:
        raise XiansuoError(f"{period.name}还没有开始，没有可以统计的数字。")
    earlier = before(office, viewer, period)
    with reading(office.engine) as session:
        report = _report(office, session, sight, (period, earlier), allowed)
    return report if may_look_behind(viewer) else veil(report)


def _report(
    office: Office, session: Session, sight: Sight, periods: tuple[Period, Period | None], allowed: Sequence[int]
) -> PeriodReport:
    period, earlier = periods
    deadlines, least = Deadlines.load(office.settings.rules), office.settings.small_cells
    loaded = load(office, session, sight, _span(sight.viewer, period))
    old = _load_earlier(office, session, sight, earlier) if earlier else None
    facts, ran = loaded.facts, terms(deadlines, loaded)
    whole = period.kind == MONTH and rows.count_all(session) == rows.count_seen(session, sight)
    return PeriodReport(
        period=period,
        until=facts.span.until.isoformat(),
        small=least,
        whole=whole,
        withheld=(),
        verdict=_verdict(loaded, ran),
        before=earlier if old else None,
        verdict_before=_verdict(old, terms(deadlines, old)) if old else None,
        work=work(facts),
        matched=matched(facts),
        slices=slices(facts, least),
        drift=drift(facts, old.facts, earlier, least) if old and earlier else None,
        rules=rules(facts),
        agreement=agreement(session, where=sight.condition, since=facts.span.first, until=facts.span.until),
        elusion=statement(session, where=sight.condition, until=facts.span.until),
        limits=limit_lines(deadlines, ran, facts.span),
        handled=handled(loaded),
        changes=changes(session, facts, allowed if period.kind == MONTH else [int(period.key)], whole=whole),
        assumptions=ASSUMPTIONS,
    )


def _load_earlier(office: Office, session: Session, sight: Sight, earlier: Period) -> Loaded | None:
    seen = replace(sight, round=_round(earlier))
    old = load(office, session, seen, _span(sight.viewer, earlier))
    return old if old.facts.clues or old.facts.letters else None


def _sight(office: Office, viewer: Viewer, period: Period) -> Sight:
    return sight_for(office, viewer, _round(period))


def _round(period: Period) -> int | None:
    return int(period.key) if period.kind == ROUND else None


def _span(viewer: Viewer, period: Period) -> Span:
    return Span(period.first, min(period.last, viewer.today))


def _verdict(loaded: Loaded, ran: Terms) -> Verdict:
    over = overdue(ran, loaded.facts.span)
    return verdict(loaded.facts, over, needs(loaded, over))
