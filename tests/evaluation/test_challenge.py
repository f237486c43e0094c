"""How figures of two models become a verdict in words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.evaluation.made_pairings import answers, pairing
from xiansuo.errors import UsageError
from xiansuo.evaluation.challenge import (
    FROZEN,
    BehaviourChange,
    Measured,
    NameCheck,
    Tolerances,
    hold_against,
    judge,
    read_tolerances,
)
from xiansuo.evaluation.challenge_figures import holm, sign_test, slice_results, worse_by_chance
from xiansuo.settings import Settings

BARE = Measured("旧", "新", decisions=100, in_scope=50)


@pytest.fixture(scope="module")
def tolerances() -> Tolerances:
    return read_tolerances(Settings().home / "evaluation/challenge.toml")


@pytest.mark.parametrize(("missed", "passed"), [(0, True), (1, True), (3, False), (25, False)])
def test_missing_more_than_allowed_refuses_and_a_letter_or_two_do_not(
    tolerances: Tolerances,
    missed: int,
    passed: bool,  # noqa: FBT001 - a table
) -> None:
    found = hold_against(BARE, [pairing(missed), pairing(0, data=FROZEN)], tolerances)
    assert found.passed is passed
    if not passed:
        assert found.reasons[0].startswith(
            f"近期认定的 100 条中，反映问题的 50 条，现用模型漏 0 条，新模型漏 {missed} 条"
        )


def test_a_slice_that_got_worse_is_named_while_the_others_hide_it(tolerances: Tolerances) -> None:
    found = hold_against(BARE, [pairing(20)], tolerances)
    assert any("“来信”这一组 25 条" in one and "漏 20 条" in one for one in found.reasons)
    assert not any("“来访”" in one for one in found.reasons)


def test_many_slices_of_equal_models_refuse_hardly_ever() -> None:
    random = np.random.default_rng(0)
    refused = 0
    for _ in range(200):
        base = pairing(0)
        truth = base.in_scope
        sides = [answers(random.random(100) > 0.2, truth) for _ in range(2)]
        cut = tuple(("channel", str(one), random.random(100) > 0.3) for one in range(10))
        found = slice_results([replace(base, champion=sides[0], challenger=sides[1], slices=cut)], fewest=20)
        refused += any(one.p < 0.05 for one in found)
    assert refused / 200 <= 0.05


def test_holm_gives_the_smallest_the_whole_correction_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    assert sign_test(5, 0) == pytest.approx(1 / 32)
    assert sign_test(0, 0) == 1.0


def test_letters_on_one_matter_count_once_against_a_model() -> None:
    right, wrong = np.zeros(6, dtype=bool), np.ones(6, dtype=bool)
    assert worse_by_chance(["a"] * 6, right, wrong) == 0.5
    assert worse_by_chance(list("abcdef"), right, wrong) == pytest.approx(1 / 64)


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (replace(BARE, decisions=30, in_scope=20), "还看不出好坏"),
        (replace(BARE, decisions=60, in_scope=55), "还看不出好坏"),
        (replace(BARE, gates=("越线。",)), "越线。"),
        (replace(BARE, names=NameCheck(100, 1, 9, 0.01)), "记住了名字"),
        (
            replace(BARE, behaviours=(BehaviourChange("interview denial", 8, 8, 4, 4, 0, fell=True),)),
            "“谈话中否认”共 8 例",
        ),
        (replace(BARE, behaviours=(BehaviourChange("denial", 40, 30, 18, 14, 2, fell=False),)), "改错了 14 例"),
    ],
)
def test_every_kind_of_harm_is_a_reason(tolerances: Tolerances, measured: Measured, reason: str) -> None:
    found = judge(measured, tolerances)
    assert not found.passed
    assert any(reason in one for one in found.reasons)


def test_little_that_may_be_chance_is_none(tolerances: Tolerances) -> None:
    little = BehaviourChange("denial", 8, 8, 6, 2, 0, fell=True)
    assert judge(replace(BARE, behaviours=(little,), names=NameCheck(100, 1, 4, 0.4)), tolerances).passed


def test_a_comparison_is_json_of_figures_and_sentences(tolerances: Tolerances) -> None:
    plain = hold_against(BARE, [pairing(3)], tolerances).as_json()
    assert plain["passed"] is False
    assert plain["measured"]["differences"][0]["figure"] == "missed"


def test_an_unusable_file_of_tolerances_names_itself(tmp_path: Path) -> None:
    (tmp_path / "challenge.toml").write_text("[recent]\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"challenge\.toml"):
        read_tolerances(tmp_path / "challenge.toml")
