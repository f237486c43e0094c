"""That every number of a period's report is the one that a plain recount of the rows gives, for every viewer, on both databases."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.services.period_books import Books
from tests.services.period_office import HEAD, LEAD, MODELLER, NARROW, REGISTER, TODAY, fill
from tests.services.period_recount_report import recount
from xiansuo.domain.people import Role, Viewer
from xiansuo.errors import NotVisibleError, RefusedError, XiansuoError
from xiansuo.evaluation.period import Period, PeriodReport
from xiansuo.evaluation.period_parts import REST
from xiansuo.services.office import Office
from xiansuo.services.period import before, month_of, period_report, round_of
from xiansuo.services.period_facts import end_of
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Clues

_MANY = range(100, 200)
_WHO = {"head": HEAD, "lead": LEAD, "narrow": NARROW}


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest) -> Office:
    """An office without people, on both databases."""
    office: Office = request.getfixturevalue("office" if request.param == "sqlite" else "postgres_office")
    return replace(office, register=REGISTER)


def _drawn(office: Office, seed: int, clues: int = 50, *, open_to_all: bool = False) -> Office:
    office = replace(office, register=REGISTER)
    with transaction(office.engine) as session:
        fill(session, seed, clues, open_to_all=open_to_all)
    return office


@pytest.mark.parametrize(
    ("seed", "who", "month"), [(1, "head", "2026-11"), (2, "lead", "2026-12"), (3, "narrow", "2026-10")]
)
def test_every_number_of_a_month_is_that_of_the_recount(empty: Office, seed: int, who: str, month: str) -> None:
    _agree(_drawn(empty, seed), _WHO[who], month_of(month))


@pytest.mark.parametrize("who", ["head", "lead"])
def test_every_number_of_a_round_is_that_of_the_recount(office: Office, who: str) -> None:
    office = _drawn(office, 4)
    _agree(office, _WHO[who], round_of(office, _WHO[who], 2))


def test_who_may_meet_every_clue_reads_what_the_queue_learned_from(office: Office) -> None:
    report = _agree(_drawn(office, 5, open_to_all=True), HEAD, month_of("2026-11"))
    assert report.whole
    assert report.changes.moved is not None


@pytest.mark.slow
@pytest.mark.parametrize("seed", _MANY)
def test_every_number_of_many_offices_is_that_of_the_recount(office: Office, seed: int) -> None:
    office = _drawn(office, seed, 120)
    viewer = _WHO[sorted(_WHO)[seed % len(_WHO)]]
    for month in ("2026-10", "2026-11", "2026-12"):
        _agree(office, viewer, month_of(month))


def test_where_clues_stand_is_told_by_the_record_as_the_tables_have_it_today(office: Office) -> None:
    office = _drawn(office, 6, 150, open_to_all=True)
    standing = period_report(office, HEAD, month_of("2026-12")).verdict
    assert standing is not None
    with reading(office.engine) as session:
        states = session.scalars(select(Clues.state).where(Clues.created < end_of(TODAY))).all()
    told = {name: count for name, count in asdict(standing.standing).items() if name != "clues"}
    assert told == {name: states.count(name) for name in told}


def test_a_report_does_not_change_when_people_work_on(office: Office) -> None:
    office = _drawn(office, 7)
    early = period_report(office, replace(HEAD, today=date(2026, 11, 30)), month_of("2026-11"))
    late = period_report(office, replace(HEAD, today=date(2026, 12, 20)), month_of("2026-11"))
    assert replace(early, elusion=None, agreement=None) == replace(late, elusion=None, agreement=None)


def test_a_reader_of_totals_sees_no_unit_and_no_small_number(office: Office) -> None:
    report = period_report(_drawn(office, 8), MODELLER, month_of("2026-11"))
    assert report.withheld
    assert {one.name for one in report.slices}.isdisjoint({"area", "unit_type"})
    assert report.elusion is None
    told = (report.slices, report.limits, report.rules, report.handled, report.drift, report.agreement)
    parts = (report.verdict, report.matched, *told)
    assert not [path for part in parts for path, count in _counts(part) if 0 < count < report.small]


def _counts(value: Any, path: str = "") -> Iterator[tuple[str, int]]:
    if isinstance(value, int) and not isinstance(value, bool):
        yield path, value
    if isinstance(value, tuple):
        for one in value:
            yield from _counts(one, path)
    if is_dataclass(value):
        for one in fields(value):
            if one.name != "lacking":
                yield from _counts(getattr(value, one.name), f"{path}.{one.name}")


def test_units_with_few_letters_are_named_to_nobody(office: Office) -> None:
    report = period_report(_drawn(office, 9, 20), HEAD, month_of("2026-11"))
    lines = [line for group in report.slices if group.name in {"area", "unit_type"} for line in group.lines]
    assert lines
    assert all(line.letters >= report.small for line in lines if line.code != REST)


@pytest.mark.parametrize("viewer", [replace(HEAD, role=Role.REVIEWER), replace(HEAD, role=Role.OPERATOR)])
def test_who_may_not_read_statistics_gets_no_report(office: Office, viewer: Viewer) -> None:
    with pytest.raises(RefusedError):
        period_report(_drawn(office, 1, 5), viewer, month_of("2026-11"))


def test_a_foreign_round_does_not_exist_and_a_coming_month_has_no_numbers(office: Office) -> None:
    office = _drawn(office, 1, 5)
    with pytest.raises(NotVisibleError):
        period_report(office, NARROW, round_of(office, HEAD, 1))
    with pytest.raises(XiansuoError, match="还没有开始"):
        period_report(office, HEAD, month_of("2027-01"))


def _agree(office: Office, viewer: Viewer, period: Period) -> PeriodReport:
    report = period_report(office, viewer, period)
    with reading(office.engine) as session:
        again = recount(office, Books(session), viewer, period, before(office, viewer, period))
    assert list(differences(asdict(report), again)) == []
    return report


def differences(told: Any, again: Any, place: str = "") -> Iterator[str]:
    """Yield where two structures differ: a field that one lacks, a number, a length."""
    if isinstance(told, Mapping) and isinstance(again, Mapping):
        yield from (f"{place}.{name} stands on one side only" for name in sorted(set(told) ^ set(again)))
        for name in sorted(set(told) & set(again)):
            yield from differences(told[name], again[name], f"{place}.{name}")
    elif isinstance(told, list | tuple) and isinstance(again, list | tuple):
        if len(told) != len(again):
            yield f"{place}: {len(told)} here, {len(again)} there: {told} {again}"
        else:
            for number, pair in enumerate(zip(told, again, strict=True)):
                yield from differences(*pair, f"{place}[{number}]")
    elif isinstance(told, float) and isinstance(again, int | float):
        if not math.isclose(told, again, rel_tol=1e-7, abs_tol=1e-9):
            yield f"{place}: {told} here, {again} there"
    elif told != again:
        yield f"{place}: {told!r} here, {again!r} there"
