import pytest

from xiansuo.domain.spans import Span
from xiansuo.evaluation.entities import Agreement, as_table, by_wording, every_place

TEXT = "柳河村的账，柳河村委会没人看过。"


def agreement(listed: list[str], found: list[tuple[int, int]]) -> Agreement:
    gold = [every_place(TEXT, string) for string in listed]
    return Agreement.of(gold, by_wording(TEXT, [Span(*span) for span in found]))


def test_a_thing_named_twice_counts_once() -> None:
    one = agreement(["柳河村"], [(0, 3), (6, 9)])
    assert (one.listed, one.found, one.recall.hits, one.precision.hits, one.f1) == (1, 1, 1, 1, 1.0)


def test_a_part_counts_as_found_but_not_as_exact() -> None:
    one = agreement(["柳河村委会"], [(6, 9)])
    assert (one.recall.value, one.recall_exact.value) == (1.0, 0.0)


def test_f1_is_the_harmonic_mean_of_recall_and_precision() -> None:
    one = agreement(["柳河村", "看过"], [(0, 3), (3, 5), (5, 6)])
    assert one.f1 == pytest.approx(2 * (1 / 2) * (1 / 3) / (1 / 2 + 1 / 3))


def test_what_was_never_listed_has_no_recall_in_the_table() -> None:
    row = as_table({("编写的信件", "org"): agreement([], [(0, 3)])}).splitlines()[-1]
    assert row == "| 编写的信件 | org | 0 | – | – | 1 | 0.000 [0.000, 0.793] | 0.00 |"
