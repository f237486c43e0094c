"""Tells what changed in the program and in the office during a period: models, rules, orders, the sample, accounts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from xiansuo.evaluation.period import Challenger, Changes, ModelChange, ShareChange, StopAct, Versions
from xiansuo.evaluation.period_facts import Facts, day_of
from xiansuo.services.period_facts import end_of, start_of
from xiansuo.storage.repositories import period_changes as rows


def changes(session: Session, facts: Facts, rounds: Sequence[int], *, whole: bool) -> Changes:
    """Return what changed during the days counted. Numbers that count every clue of the office are left out unless `whole`."""
    between = start_of(facts.span.first), end_of(facts.span.until)
    orders = rows.orders(session, between)
    return Changes(
        models=tuple(
            ModelChange(_day(at), act, name, reason) for at, act, name, reason in rows.promotions(session, between)
        ),
        challengers=tuple(
            Challenger(_day(at), name, passed, tuple(map(str, reasons)) if whole else ())
            for at, name, passed, reasons in rows.challengers(session, between)
        ),
        versions=_versions(facts),
        orders=len(orders),
        learned_from=(orders[-1].gold if orders else 0) if whole else None,
        moved=sum(one.raised + one.lowered for one in orders[-1:]) if whole else None,
        shares=tuple(ShareChange(_day(at), share, reason) for at, share, reason in rows.shares(session, between)),
        stops=tuple(
            StopAct(_day(at), reason, _day(withdrawn) if withdrawn and withdrawn < between[1] else "")
            for at, reason, withdrawn in rows.stops(session, between, rounds)
        ),
        accounts=rows.accounts(session, None, between[1]),
        new_accounts=rows.accounts(session, *between),
    )


def _versions(facts: Facts) -> tuple[Versions, ...]:
    """Return by which models and rule books the letters of the period stand suggested, in the order in which they came."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in facts.letters:
        if one.scope is not None:
            found.setdefault((one.model, one.version), []).append(one.came.isoformat())
    return tuple(Versions(model, version, min(days), len(days)) for (model, version), days in found.items())


def _day(moment: datetime) -> str:
    return day_of(moment).isoformat()
