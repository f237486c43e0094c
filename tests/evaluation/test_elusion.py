"""What a sample of the set-aside clues allows to say."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from xiansuo.domain.category import Category
from xiansuo.evaluation.base_rate import base_rate
from xiansuo.evaluation.elusion import Ahead, Aside, Drawn, Pile, Statement, settled, state
from xiansuo.evaluation.finite import most

FIRST = date(2026, 3, 1)
AHEAD = Ahead(read=500, found=400, waiting=25)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def pile(drawn: Iterable[Drawn], *, days: int = 10, a_day: int = 184, besides: tuple[int, int] = (0, 0)) -> Pile:
    return Pile({day(number): Aside(a_day, *besides) for number in range(days)}, tuple(drawn))


def clean(count: int, days: int = 10) -> list[Drawn]:
    return [drawn(number, days, found=False) for number in range(count)]


def drawn(number: int, days: int = 10, *, found: bool | None = None, labels: tuple[Category, ...] = ()) -> Drawn:
    """One of a sample drawn at one share, its lot as good as random."""
    return Drawn(day(number % days), number * 0.618 % 1 * 0.05, found, labels)


def test_the_sentence_of_the_page_follows_from_the_sample() -> None:
    said = state(pile(clean(92)), AHEAD)
    assert (said.pile, said.read, said.found, said.unread) == (1840, 92, 0, 1748)
    assert said.most == most(1840, 92, 0) == said.may_remain
    assert said.recall == pytest.approx(400 / (400 + said.most))
    assert said.enough


def test_what_is_known_already_cannot_remain_and_what_was_read_clean_cannot_hold_anything() -> None:
    bare, more = state(pile(clean(92)), AHEAD), state(pile(clean(92), besides=(160, 2)), AHEAD)
    assert more.known == bare.known + 20
    assert more.may_remain == min(bare.most, 1840 - 92 - 1580) - 20
    assert more.unread == 1840 - 92 - 1600


def test_drawn_and_not_settled_counts_as_if_it_held_an_accusation() -> None:
    said = state(pile([*clean(90), drawn(0), drawn(3)]), AHEAD)
    assert (said.read, said.pending) == (90, 2)
    assert said.most == most(1840, 92, 2)
    assert said.low == 0


def _last(sample: list[Drawn]) -> tuple[date, int]:
    part = settled(pile(sample))
    return max(part.days), len(part.sample)


def test_fresh_unread_ones_move_the_day_back_and_a_single_old_one_does_not() -> None:
    fresh = [*clean(80, days=8), *(drawn(9) for _ in range(10))]
    assert _last(fresh) == (day(8), 80)
    assert _last([*clean(300), drawn(0)]) == (day(9), 301)


def test_of_one_days_draw_the_lots_read_so_far_are_a_sample() -> None:
    half = [Drawn(day(0), number / 1000, False if number < 60 else None) for number in range(100)]
    part = settled(Pile({day(0): Aside(1000)}, tuple(half)))
    assert (len(part.sample), part.clues) == (60, 1000)


def test_a_larger_share_read_in_part_counts_for_what_was_set_aside_before_and_a_fresh_day_read_in_part_does_not() -> (
    None
):
    first = [Drawn(day(0), number / 1000, found=False) for number in range(50)]
    more = [Drawn(day(5), 0.05 + number / 1000, False if number < 30 else None) for number in range(60)]
    assert _last([*first, *more])[1] == 80
    fresh = [Drawn(day(5), number / 1000, False if number < 10 else None) for number in range(50)]
    assert _last([*first, *fresh]) == (day(4), 50)


def test_what_was_found_never_changes_the_part() -> None:
    sample = [*clean(60, days=6), drawn(7)]
    bad = [replace(one, found=True) if one.found is not None else one for one in sample]
    assert _last(sample) == _last(bad)


def test_without_a_sample_there_is_no_figure_but_how_many_are_lacking() -> None:
    said = state(pile([]), AHEAD)
    assert settled(pile([])) == pile([])
    assert (said.most, said.enough, base_rate(said)) == (1840, False, None)
    assert most(1840, said.lacking, 0) <= 184 < most(1840, said.lacking - 1, 0)


def test_an_empty_office_says_nothing() -> None:
    said = state(Pile({}), Ahead())
    assert (said.pile, said.most, said.recall, said.enough) == (0, 0, None, False)


def test_a_small_pile_read_whole_is_known() -> None:
    said = state(
        Pile({day(0): Aside(3)}, (*clean(2, 1), drawn(2, 1, found=True, labels=(Category.BULLYING,)))), Ahead()
    )
    assert (said.most, said.may_remain, said.recall, said.enough) == (1, 0, 1.0, True)


def test_the_bounds_of_categories_hold_together_and_need_a_larger_sample() -> None:
    found = [
        *clean(150),
        *(drawn(one, found=True, labels=(Category.BULLYING, Category.FOUR_WINDS)) for one in range(2)),
    ]
    by_name = {one.category: one for one in state(pile(found), AHEAD).categories}
    assert [by_name[one].found for one in (Category.BULLYING, Category.FOUR_WINDS, Category.EMBEZZLEMENT)] == [2, 2, 0]
    assert by_name[Category.BULLYING].most == most(1840, 152, 2, risk=0.05 / 6)
    few = state(pile(clean(30)), AHEAD)
    assert few.enough
    assert all(one.most is None and one.lacking > 0 for one in few.categories)


def test_readers_who_overlook_some_make_every_careful_figure_worse() -> None:
    said = state(pile([*clean(90), drawn(0, found=True)]), AHEAD)
    mild, strong = said.careful
    assert said.most < mild.most < strong.most
    assert said.recall is not None
    assert mild.recall is not None
    assert strong.recall is not None
    assert said.recall > mild.recall > strong.recall


def test_the_base_rate_takes_both_parts_together() -> None:
    found = base_rate(_with_finds(4))
    assert found is not None
    assert found.rate == pytest.approx((400 + 1840 * 4 / 96) / (500 + 1840))
    assert found.low < found.rate < found.high
    assert (found.ahead.found, found.aside.found) == (400, 4)


def _with_finds(count: int) -> Statement:
    return state(pile([*clean(92), *(drawn(one, found=True) for one in range(count))]), AHEAD)


def test_how_many_more_to_read_grows_with_the_wish() -> None:
    needed = [one.if_none for one in _with_finds(0).needed]
    assert all(one is not None for one in needed)
    assert needed == sorted(needed, key=lambda one: one or 0)
