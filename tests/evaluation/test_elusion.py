"""What a sample of the set-aside clues allows to say."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from xiansuo.domain.category import Category
from xiansuo.evaluation.elusion import Ahead, Aside, Drawn, Pile, Statement, base_rate, settled_day, state
from xiansuo.evaluation.finite import most

FIRST = date(2026, 3, 1)
AHEAD = Ahead(read=500, found=400, waiting=25)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def pile(drawn: Iterable[Drawn], *, days: int = 10, a_day: int = 184, besides: tuple[int, int] = (0, 0)) -> Pile:
    return Pile({day(number): Aside(a_day, *besides) for number in range(days)}, tuple(drawn))


def clean(count: int, days: int = 10) -> list[Drawn]:
    return [Drawn(day(number % days), found=False) for number in range(count)]


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
    said = state(pile([*clean(90), Drawn(day(0)), Drawn(day(3))]), AHEAD)
    assert (said.read, said.pending) == (90, 2)
    assert said.most == most(1840, 92, 2)
    assert said.low == 0


def test_fresh_unread_ones_move_the_day_back_and_a_single_old_one_does_not() -> None:
    fresh = [*clean(80, days=8), *(Drawn(day(9)) for _ in range(10))]
    assert settled_day(pile(fresh)) == day(8)
    assert settled_day(pile([*clean(300), Drawn(day(0))])) == day(9)


def test_what_was_found_never_moves_the_day() -> None:
    sample = [*clean(60, days=6), Drawn(day(7))]
    bad = [Drawn(one.day, found=True) if one.found is not None else one for one in sample]
    assert settled_day(pile(sample)) == settled_day(pile(bad))


def test_without_a_sample_there_is_no_figure_but_how_many_are_lacking() -> None:
    said = state(pile([]), AHEAD)
    assert settled_day(pile([])) is None
    assert (said.most, said.enough, base_rate(said)) == (1840, False, None)
    assert most(1840, said.lacking, 0) <= 184 < most(1840, said.lacking - 1, 0)


def test_an_empty_office_says_nothing() -> None:
    said = state(Pile({}), Ahead())
    assert (said.pile, said.most, said.recall, said.enough) == (0, 0, None, False)


def test_a_small_pile_read_whole_is_known() -> None:
    said = state(Pile({day(0): Aside(3)}, (*clean(2, 1), Drawn(day(0), True, (Category.BULLYING,)))), Ahead())
    assert (said.most, said.may_remain, said.recall, said.enough) == (1, 0, 1.0, True)


def test_the_bounds_of_categories_hold_together_and_need_a_larger_sample() -> None:
    found = [*clean(150), *(Drawn(day(0), True, (Category.BULLYING, Category.FOUR_WINDS)) for _ in range(2))]
    by_name = {one.category: one for one in state(pile(found), AHEAD).categories}
    assert [by_name[one].found for one in (Category.BULLYING, Category.FOUR_WINDS, Category.EMBEZZLEMENT)] == [2, 2, 0]
    assert by_name[Category.BULLYING].most == most(1840, 152, 2, risk=0.05 / 6)
    few = state(pile(clean(30)), AHEAD)
    assert few.enough
    assert all(one.most is None and one.lacking > 0 for one in few.categories)


def test_readers_who_overlook_some_make_every_careful_figure_worse() -> None:
    said = state(pile([*clean(90), Drawn(day(0), True)]), AHEAD)
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
    return state(pile([*clean(92), *(Drawn(day(0), True) for _ in range(count))]), AHEAD)


def test_how_many_more_to_read_grows_with_the_wish() -> None:
    needed = [one.if_none for one in _with_finds(0).needed]
    assert all(one is not None for one in needed)
    assert needed == sorted(needed, key=lambda one: one or 0)
