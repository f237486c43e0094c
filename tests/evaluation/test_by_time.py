"""Dividing decided letters by matter and time."""

import pytest

from xiansuo.evaluation.split import by_time


def test_the_newest_share_of_the_matters_is_recent() -> None:
    older, recent = by_time([str(number) for number in range(200)], share=0.25, fewest=30)
    assert older.tolist() == list(range(150))
    assert recent.tolist() == list(range(150, 200))


@pytest.mark.parametrize(("matters", "expected"), [(0, 0), (1, 0), (10, 5), (59, 29), (60, 30), (100, 30), (200, 50)])
def test_as_many_as_are_needed_are_recent_where_no_fewer_are_left_to_learn_from(matters: int, expected: int) -> None:
    older, recent = by_time([str(number) for number in range(matters)], share=0.25, fewest=30)
    assert (len(older), len(recent)) == (matters - expected, expected)


def test_a_matter_is_as_new_as_its_newest_letter_and_never_on_both_sides() -> None:
    older, recent = by_time(["a", "b", "c", "a"], share=0.3, fewest=0)
    assert (older.tolist(), recent.tolist()) == ([1, 2], [0, 3])
