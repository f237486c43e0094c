"""Two made-up reports: an office in its second year, and one in its first week with hardly a figure."""

from dataclasses import replace
from datetime import date, timedelta

from xiansuo.domain.category import CATEGORIES
from xiansuo.evaluation.agreement import Agreement, Concordance, Question
from xiansuo.evaluation.elusion import Ahead, Aside, Drawn, Pile, Statement, state
from xiansuo.evaluation.estimates import Estimate
from xiansuo.evaluation.period import (
    Challenger,
    Changes,
    Day,
    Drift,
    ModelChange,
    Period,
    PeriodReport,
    Point,
    ShareChange,
    Standing,
    StopAct,
    Verdict,
    Versions,
    Work,
)
from xiansuo.evaluation.period_parts import (
    REST,
    CategoryLine,
    Confusion,
    Count,
    Handled,
    LimitLine,
    Matched,
    Missed,
    Mix,
    MixLine,
    Rate,
    ReadThrough,
    RuleLine,
    RuleShift,
    Scores,
    SliceGroup,
    SliceLine,
    Wait,
    WordLine,
)
from xiansuo.evaluation.sight import Sight

NOVEMBER = Period("month", "2026-11", "2026年11月", date(2026, 11, 1), date(2026, 11, 30))
OCTOBER = Period("month", "2026-10", "2026年10月", date(2026, 10, 1), date(2026, 10, 31))
FORMULA = "=cmd|' /C calc'!A0"
"""What somebody may type as a reason: a spreadsheet would run it."""


def much() -> PeriodReport:
    """Return a report with something in every part."""
    told = Verdict(
        312,
        187,
        164,
        151,
        48,
        71,
        32,
        3,
        Standing(903, 61, 4, 7, 2, 341, 488),
        (Count("overdue", 3), Count("second", 7), Count("disputed", 2), Count("undisposed", 11)),
    )
    return PeriodReport(
        period=NOVEMBER,
        until="2026-11-30",
        small=5,
        whole=False,
        withheld=(),
        verdict=told,
        before=OCTOBER,
        verdict_before=replace(told, letters=287, clues=171),
        work=_work(),
        matched=_matched(),
        slices=_slices(),
        drift=_drift(),
        rules=_rules(),
        agreement=_agreement(),
        elusion=statement(),
        limits=_limits(),
        handled=Handled(
            131,
            120,
            97,
            64,
            58,
            (Count("verification", 61), Count("inquiry", 22), Count("referred", 37), Count("", 11)),
            (Count("true", 19), Count("partly", 21), Count("untrue", 18)),
        ),
        changes=_changes(),
        assumptions=("来件按收到的日期计入，没有日期的按登记日期。",),
    )


def little() -> PeriodReport:
    """Return a report of an office that has just begun."""
    nothing = Verdict(6, 5, 1, 1, 0, 1, 0, 0, Standing(5, 4, 0, 0, 0, 1, 0), ())
    return replace(
        much(),
        until="2026-11-03",
        whole=True,
        verdict=nothing,
        before=None,
        verdict_before=None,
        work=Work((Day("2026-11-02", 6, 5, 1, 0), Day("2026-11-03", 0, 0, 0, 0)), (Point("2026-11-02", 1, 0, 0.0),)),
        matched=None,
        slices=(),
        drift=None,
        rules=(),
        agreement=Agreement(0, 0, 30, withheld=False, same=None, questions=(), sight=Sight()),
        elusion=statement(read=0),
        limits=(),
        handled=Handled(0, 0, 0, 0, 0, (), ()),
        changes=Changes((), (), (), 0, None, None, (), (), 6, 6),
    )


def statement(*, read: int = 75) -> Statement:
    """Return what is said where `read` of 420 clues set aside were drawn and read, one of them with a problem."""
    day = date(2026, 11, 28)
    sample = [Drawn(day, place == 0, (CATEGORIES[1],) if place == 0 else ()) for place in range(read)]
    return state(Pile({day: Aside(420, 6, 1)}, sample), Ahead(380, 131, 22), newer=9)


def _work() -> Work:
    days, points, read, found = [], [], 0, 0
    for place in range(30):
        day = NOVEMBER.first + timedelta(days=place)
        working = day.isoweekday() < 6
        done, hits = (7 + place % 4, 4 if place < 14 else 1) if working else (0, 0)
        read, found = read + done, found + hits
        days.append(Day(day.isoformat(), 14 if working else 2, 8 if working else 1, done, hits))
        if done:
            points.append(Point(day.isoformat(), read, found, 0.0))
    curve = tuple(replace(one, by_chance=one.read * found / read) for one in points)
    return Work(tuple(days), curve)


def _matched() -> Matched:
    lines = tuple(
        CategoryLine(code, 12 + place, 10 + place, Rate.of(9, 12 + place), Rate.of(9, 10 + place))
        for place, code in enumerate(CATEGORIES)
    )
    size = len(CATEGORIES) + 1
    cells = tuple(tuple(9 if row == column else (row + column) % 2 for column in range(size)) for row in range(size))
    words = (
        WordLine("很可能", Rate.of(21, 25)),
        WordLine("较可能", Rate.of(17, 30)),
        WordLine("存疑", Rate.of(6, 41)),
        WordLine("需人工通读", Rate.of(4, 38)),
    )
    through = ReadThrough(38, (Count("confirmed", 4), Count("out_of_scope", 34)), (Count("bullying", 4),))
    return Matched(
        146, Rate.of(40, 62), Rate.of(40, 48), lines, words, Confusion((*CATEGORIES, ""), (12,) * size, cells), through
    )


def _slices() -> tuple[SliceGroup, ...]:
    fine = Missed(31, 0, Rate.of(0, 31), 0)
    lacking = Missed(3, None, None, 17)
    return (
        SliceGroup(
            "channel",
            (
                SliceLine("来信", 140, 84, Wait(70, 14, 3, 0.41, slower=False), fine, Rate.of(9, 60)),
                SliceLine("网络", 99, 61, Wait(58, 3, 2, 1.0, slower=False), fine, Rate.of(4, 51)),
                SliceLine("来访", 58, 31, Wait(20, 11, 9, 0.004, slower=True), lacking, Rate.of(2, 18)),
                SliceLine(REST, 15, 11, Wait(3, 8, None, None, slower=False), lacking, Rate.of(0, 0)),
            ),
            folded=3,
        ),
        SliceGroup(
            "dialect",
            (
                SliceLine("dialect", 61, 40, Wait(12, 28, None, 0.021, slower=True), lacking, Rate.of(2, 8)),
                SliceLine("plain", 251, 147, Wait(139, 8, 3, 0.021, slower=False), fine, Rate.of(13, 119)),
            ),
        ),
    )


def _drift() -> Drift:
    channel = Mix(
        "channel",
        (MixLine("来信", 140, 150), MixLine("网络", 99, 80), MixLine("来访", 58, 50), MixLine(REST, 15, 7)),
        0.03,
        0,
    )
    signed = Mix("signed", (MixLine("real_name", 101, 190), MixLine("anonymous", 211, 97)), 0.61, 0)
    bins = tuple(MixLine(f"{place / 10:.1f}", 60 - 5 * place, 50 - 4 * place) for place in range(10))
    shift = RuleShift("fw-gifts", Rate.of(41, 312), Rate.of(12, 287), 0.0004, changed=True)
    steady = RuleShift("fw-dining", Rate.of(20, 312), Rate.of(19, 287), 1.0, changed=False)
    return Drift(
        OCTOBER,
        (channel, signed),
        Scores(Mix("scope", bins, 0.02, 0), 0.06, 0.71),
        (shift, steady),
        (Count("金沟村", 6),),
        2,
        (("scope_categories 1",), ("scope_categories 1",)),
    )


def _rules() -> tuple[RuleLine, ...]:
    return (
        RuleLine("fw-gifts", 41, 30, Rate.of(12, 30), "2026-11-29"),
        RuleLine("fw-dining", 20, 11, Rate.of(5, 11), "2026-11-12"),
        RuleLine("bm-list", 0, 0, Rate.of(0, 0), ""),
    )


def _agreement() -> Agreement:
    said = Concordance(14, 3, 27, Estimate(0.93, 0.82, 0.98), Estimate(0.85, 0.68, 1.0), Estimate(0.87, 0.7, 1.0))
    machine = Concordance(26, 14, 48, Estimate(0.84, 0.75, 0.91), Estimate(0.66, 0.48, 0.81), Estimate(0.7, 0.53, 0.84))
    few = Concordance(2, 1, 41)
    questions = (Question("scope", said, machine, 0), *(Question(code, few, few, 7) for code in CATEGORIES))
    sight = Sight(91, 78, 40, 29, 6, 5, 1, Estimate(0.132, -0.01, 0.29), lacking=0)
    return Agreement(44, 2, 0, withheld=False, same=Estimate(0.86, 0.73, 0.95), questions=questions, sight=sight)


def _limits() -> tuple[LimitLine, ...]:
    return (
        LimitLine("real-name-notice", "实名检举控告受理告知", "法定", 31, 27, 2, 2, 3, "2026-11-09"),
        LimitLine("proposed-disposition", "提出处置意见", "本办", 40, 38, 2, 0, 0, ""),
    )


def _changes() -> Changes:
    return Changes(
        models=(ModelChange("2026-11-16", "promote", "2026-11-15-1", "近期认定上更准，各类没有变差。"),),
        challengers=(
            Challenger("2026-11-14", "2026-11-14-1", passed=False, reasons=("近期认定上没有更准。",)),
            Challenger("2026-11-15", "2026-11-15-1", passed=True, reasons=()),
        ),
        versions=(
            Versions("scope_categories 1", "3f2a91", "2026-11-01", 170),
            Versions("2026-11-15-1", "3f2a91", "2026-11-16", 142),
        ),
        orders=19,
        learned_from=318,
        moved=902,
        shares=(ShareChange("2026-11-05", 0.18, FORMULA),),
        stops=(StopAct("2026-11-30", "延后部分抽读已够，余下的不再逐条读。", ""),),
        accounts=9,
        new_accounts=1,
    )
