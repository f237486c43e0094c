"""What a period's report says of an office small enough to count by hand."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from tests.services.deciding import GRAFT, WINDS, Room
from tests.services.handling_samples import aged, asked, whole
from tests.services.period_books import Books
from tests.services.period_recount_report import recount
from tests.services.test_period_figures import differences
from xiansuo.domain.decision import Outcome
from xiansuo.errors import XiansuoError
from xiansuo.evaluation.period import PeriodReport
from xiansuo.services.decide import Choice, decide, last_act, postpone, undo
from xiansuo.services.handling import record
from xiansuo.services.period import before, month_of, period_report
from xiansuo.storage.session import reading


def _report(room: Room, who: str = "head") -> PeriodReport:
    viewer = room.people[who]
    return period_report(room.office, viewer, month_of(f"{viewer.today:%Y-%m}"))


def test_a_day_of_work_is_told_as_a_person_would_count_it(room: Room) -> None:
    first, second, third, fourth = room.numbers
    jia, yi = room.people["jia"], room.people["yi"]
    decide(room.office, jia, room.asked(first), Choice(labels=(GRAFT,)))
    decide(room.office, yi, room.asked(second), Choice(labels=(WINDS,)))
    decide(room.office, jia, room.asked(third), Choice(Outcome.NO_SUBSTANCE))
    postpone(room.office, yi, room.asked(fourth, "等材料"), yi.today + timedelta(days=3))
    record(room.office, room.people["lead"], asked(room, first), whole(jia.today), end=True)
    report = _report(room)
    assert report.verdict is not None
    assert report.matched is not None
    told = report.verdict
    assert (told.letters, told.clues, told.read, told.decided, told.confirmed, told.no_substance) == (4, 4, 3, 3, 2, 1)
    standing = told.standing
    assert (standing.open, standing.postponed, standing.decided, standing.closed, standing.unread) == (0, 1, 2, 1, 1)
    assert (report.matched.precision.hits, report.matched.precision.tries) == (2, 3)
    graft = next(line for line in report.matched.categories if line.category == GRAFT)
    assert (graft.suggested, graft.found, graft.precision.hits) == (3, 1, 1)


def test_an_act_taken_back_counts_nowhere(room: Room) -> None:
    jia, number = room.people["jia"], room.numbers[0]
    decide(room.office, jia, room.asked(number), Choice(labels=(GRAFT,)))
    with reading(room.office.engine) as session:
        act = last_act(session, jia)
    assert act is not None
    undo(room.office, jia, room.asked(number), act.id)
    told = _report(room).verdict
    assert told is not None
    assert (told.read, told.decided, told.standing.open) == (0, 0, 4)


def test_an_office_that_really_worked_is_recounted_too(room: Room) -> None:
    jia, yi, lead, head = (room.people[one] for one in ("jia", "yi", "lead", "head"))
    room.shares(double=1.0)
    for number in room.numbers[:3]:
        decide(room.office, jia, room.asked(number), Choice(labels=(GRAFT,)))
    decide(room.office, yi, room.asked(room.numbers[0]), Choice(labels=(GRAFT,)))
    decide(room.office, yi, room.asked(room.numbers[1]), Choice(labels=(WINDS,)))
    decide(room.office, lead, room.asked(room.numbers[1], "两份材料一致"), Choice(labels=(WINDS,)))
    period = month_of(f"{head.today:%Y-%m}")
    report = period_report(room.office, head, period)
    with reading(room.office.engine) as session:
        again = recount(room.office, Books(session), head, period, before(room.office, head, period))
    assert list(differences(asdict(report), again)) == []
    assert report.verdict is not None
    assert (report.verdict.standing.decided, report.verdict.standing.second, report.verdict.standing.open) == (2, 1, 1)


def test_a_comparison_of_structures_finds_every_field_that_differs(room: Room) -> None:
    told = asdict(_report(room))
    less = {**told, "verdict": {name: value for name, value in told["verdict"].items() if name != "letters"}}
    other = {**told, "work": {**told["work"], "days": told["work"]["days"][1:]}}
    assert list(differences(told, less)) == [".verdict.letters stands on one side only"]
    assert len(list(differences(told, other))) == 1


def test_an_unread_clue_is_over_its_limits_since_the_earliest_of_them(room: Room) -> None:
    aged(room, room.numbers[0], days=0)
    viewer = replace(room.people["head"], today=room.people["head"].today + timedelta(days=40))
    report = period_report(room.office, viewer, month_of(f"{viewer.today:%Y-%m}"))
    line = next(line for line in report.limits if line.id == "first-reading")
    assert report.verdict is not None
    assert (line.overdue, report.verdict.overdue) == (4, 4)
    assert line.oldest < viewer.today.isoformat()


@pytest.mark.parametrize("key", ["2026-13", "26-11", "", "2026-1", "二〇二六"])
def test_a_month_is_written_as_four_and_two_digits(key: str) -> None:
    with pytest.raises(XiansuoError, match="2026-11"):
        month_of(key)
