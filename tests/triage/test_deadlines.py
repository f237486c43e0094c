from datetime import date, timedelta
from pathlib import Path

import pytest

from xiansuo.rulebook.schema import RuleBookError
from xiansuo.triage.deadlines import (
    AGREED,
    Deadlines,
    Matter,
    Origin,
    Scope,
    Status,
    Step,
    TimeLimit,
    Unit,
    load_deadlines,
)
from xiansuo.triage.workdays import WorkCalendar

RULES = Path(__file__).parents[2] / "rules"
SHIPPED = Deadlines.load(RULES)
FRIDAY = date(2026, 11, 20)


def limit(amount: int, unit: Unit) -> TimeLimit:
    return TimeLimit("a-limit", "时限", Origin.OFFICE, Step.RECEIVED, Step.DECIDED, amount, unit, Scope.ALL)


@pytest.mark.parametrize(
    ("amount", "unit", "start", "due"),
    [
        (5, Unit.WORKDAYS, FRIDAY, date(2026, 11, 27)),
        (15, Unit.DAYS, FRIDAY, date(2026, 12, 5)),
        (1, Unit.MONTHS, date(2026, 1, 31), date(2026, 2, 28)),
        (3, Unit.MONTHS, FRIDAY, date(2027, 2, 20)),
        (1, Unit.QUARTERS, FRIDAY, date(2026, 12, 31)),
        (2, Unit.QUARTERS, date(2026, 1, 1), date(2026, 6, 30)),
    ],
)
def test_a_limit_is_due_after_its_length_without_the_day_it_starts(
    amount: int, unit: Unit, start: date, due: date
) -> None:
    assert SHIPPED.due(limit(amount, unit), start) == due


@pytest.mark.parametrize(
    ("today", "status", "words"),
    [
        (date(2026, 11, 20), Status.AHEAD, "还有5个工作日"),
        (date(2026, 11, 24), Status.NEAR, "还有3个工作日"),
        (date(2026, 11, 27), Status.TODAY, "今天到期"),
        (date(2026, 11, 28), Status.OVER, "已超期"),
        (date(2026, 11, 30), Status.OVER, "超期1个工作日"),
    ],
)
def test_a_clock_says_how_near_its_limit_is(today: date, status: Status, words: str) -> None:
    clock = SHIPPED.clock(limit(5, Unit.WORKDAYS), FRIDAY, today)
    assert (clock.status, clock.words) == (status, words)


def test_a_real_name_letter_has_the_notice_for_its_statutory_clock_and_reading_for_the_offices() -> None:
    clocks = SHIPPED.clocks(Matter(received=FRIDAY, scopes=frozenset({Scope.REAL_NAME})), FRIDAY)
    assert clocks.statute is not None
    assert clocks.office is not None
    assert (clocks.statute.limit.id, clocks.office.limit.id) == ("real-name-notice", "first-reading")


def test_a_clock_stops_with_its_step() -> None:
    read = Matter(received=FRIDAY, read=FRIDAY)
    assert [clock.limit.id for clock in SHIPPED.running(read, FRIDAY)] == ["decision", "proposed-disposition"]
    assert SHIPPED.running(Matter(), FRIDAY) == []


def test_a_clock_that_reaches_into_a_year_without_holidays_says_so() -> None:
    bare = Deadlines((), WorkCalendar(frozenset({2026})))
    assert "2027年放假安排尚未录入" in bare.clock(limit(60, Unit.WORKDAYS), FRIDAY, FRIDAY).note
    assert not bare.clock(limit(5, Unit.WORKDAYS), FRIDAY, FRIDAY).note


@pytest.mark.parametrize("id_", ["decision", "handling", "petition-transfer"])
def test_what_started_by_the_bound_is_over_and_nothing_later(id_: str) -> None:
    one, today = SHIPPED.limit(id_), date(2026, 10, 8)
    assert one is not None
    bound = SHIPPED.started_by(one, today)
    assert SHIPPED.due(one, bound) < today <= SHIPPED.due(one, bound + timedelta(days=1))


def test_only_a_checked_clause_is_shown_as_authority() -> None:
    shown = {one.id: one.authority for one in SHIPPED.limits}
    assert shown["real-name-notice"] == "《纪检监察机关处理检举控告工作规则》第二十六条"
    assert shown["proposed-disposition"] == shown["inquiry-reply"] == shown["competent-body"] == AGREED


ENTRY = {
    "id": "a-limit",
    "名称": "时限",
    "种类": "本办",
    "起算": "收到",
    "止于": "认定",
    "期限": "5",
    "单位": "工作日",
    "适用": "全部",
    "依据": "''",
    "已核对": "false",
}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"期限": "0"}, "期限"),
        ({"期限": "2.5"}, "整数"),
        ({"单位": "周"}, "单位"),
        ({"种类": "地方"}, "种类"),
        ({"起算": "昨天"}, "起算"),
        ({"已核对": "是"}, "已核对"),
        ({"已核对": "true"}, "依据"),
        ({"备注": "无"}, "备注"),
    ],
)
def test_a_mistake_in_a_limit_is_named(tmp_path: Path, change: dict[str, str], place: str) -> None:
    fields = ", ".join(f"{name}: {value}" for name, value in (ENTRY | change).items())
    file = tmp_path / "deadlines.yaml"
    file.write_text(f"临近: 3\n时限:\n  - {{{fields}}}\n", encoding="utf-8")
    with pytest.raises(RuleBookError, match=place):
        load_deadlines(file, WorkCalendar())


def test_two_limits_with_one_id_are_refused(tmp_path: Path) -> None:
    fields = ", ".join(f"{name}: {value}" for name, value in ENTRY.items())
    file = tmp_path / "deadlines.yaml"
    file.write_text(f"临近: 3\n时限:\n  - {{{fields}}}\n  - {{{fields}}}\n", encoding="utf-8")
    with pytest.raises(RuleBookError, match="没有用过的短名"):
        load_deadlines(file, WorkCalendar())
