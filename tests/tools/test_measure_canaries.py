"""The figures of planted people."""

from tests.e2e.garden import Canary
from tools.measure_canaries import figures, leaks

PLANTED = (
    Canary("落款姓名", ("陶映秋", "映秋")),
    Canary("落款手机", ("13800004101",)),
    Canary("行文：甲", ("傅砚青",), usual=False),
)


def test_a_string_found_anywhere_in_any_spelling_counts_once() -> None:
    hits = {"tables": {"映秋": ["table letters"], "陶映秋": ["table letters"]}, "pages": {"傅砚青": ["/queue"]}}
    found = figures(PLANTED, hits)
    assert (found["promised"]["outside"], found["promised"]["planted"]) == (1, 2)
    assert (found["running_text"]["outside"], found["running_text"]["planted"]) == (1, 1)
    assert {(one["surface"], one["what"]) for one in leaks(PLANTED, hits)} == {("tables", "落款姓名")}


def test_hiding_all_of_a_few_is_not_told_as_certain() -> None:
    promised = figures(PLANTED, {})["promised"]
    assert promised["hidden"] == 1
    assert promised["low"] < 0.5
