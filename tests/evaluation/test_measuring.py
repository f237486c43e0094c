import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from xiansuo.classifiers.corpus import GoldLetter
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.letter import Kind
from xiansuo.domain.suggestion import Suggestion
from xiansuo.errors import UsageError
from xiansuo.evaluation.baselines import Bag, char_regression, dummy, lexicon
from xiansuo.evaluation.gates import failures, read_gates
from xiansuo.evaluation.gold import countable
from xiansuo.evaluation.report import as_json, as_table, evaluate
from xiansuo.evaluation.split import by_batch, by_matter, frozen


def letter(number: int, *labels: Category, text: str = "路坏了没人修。") -> GoldLetter:
    return GoldLetter(
        f"a{number % 3}-{number}",
        "natural",
        f"a{number % 3}",
        f"m{number // 2}",
        Kind.FORM,
        "",
        text,
        None,
        bool(labels),
        frozenset(labels),
        priority=len(labels),
    )


def said(*labels: Category, scope: float = 0.0) -> Suggestion:
    scores = {category: 0.9 if category in labels else 0.1 for category in CATEGORIES}
    return Suggestion(scope or (0.9 if labels else 0.1), scores, labels, abstained=False)


GOLD = [letter(0, Category.BULLYING), letter(1), letter(2, Category.FOUR_WINDS, Category.BULLYING), letter(3)]
RIGHT = [said(Category.BULLYING), said(), said(Category.FOUR_WINDS, Category.BULLYING), said()]


def test_right_answers_reach_every_figure() -> None:
    report = evaluate(GOLD, RIGHT, data="d", rounds=0)
    assert report.value("scope_auroc") == report.value("mean_ap") == report.value("f1_bullying") == 1.0
    assert report.value("out_of_scope_raised") == 0.0
    assert report.letters == 4


def test_a_range_leaves_room_for_errors_that_few_letters_could_not_show() -> None:
    report = evaluate(GOLD * 3, RIGHT * 3, data="d", rounds=8)
    figure = report.figure("out_of_scope_raised")
    assert figure is not None
    assert (figure.low, figure.value) == (0.0, 0.0)
    assert 0.3 < figure.high < 0.5


def test_a_false_alarm_is_counted_among_letters_out_of_scope() -> None:
    report = evaluate(GOLD, [*RIGHT[:3], said(Category.BULLYING)], data="d", rounds=0)
    assert report.value("out_of_scope_raised") == 0.5
    assert report.value("f1_bullying") == pytest.approx(0.8)


def test_a_disputed_category_counts_neither_as_right_nor_as_wrong() -> None:
    doubted = [*GOLD[:3], dataclasses.replace(GOLD[3], disputed=frozenset({Category.BULLYING}))]
    report = evaluate(doubted, [*RIGHT[:3], said(Category.BULLYING)], data="d", rounds=0)
    assert report.value("f1_bullying") == 1.0


def test_answers_for_other_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="4 letters, 3 answers"):
        evaluate(GOLD, RIGHT[:3], data="d", rounds=0)


def test_letters_a_reader_was_unsure_about_are_left_out() -> None:
    assert countable([GOLD[0], dataclasses.replace(GOLD[1], border=True)]) == (GOLD[0],)


def test_a_report_says_that_authored_letters_are_no_petitions() -> None:
    report = evaluate(GOLD, RIGHT, data="手写四封", rounds=3)
    table, (plain,) = as_table([report], ["scope_auroc", "unknown"]), json.loads(as_json([report]))
    assert "手写四封" in table
    assert "不是真实信访件" in table
    assert plain["notice"] in table
    assert {row["name"]: row["value"] for row in plain["figures"]}["ap_vote_buying"] is None


@pytest.mark.parametrize("folds", [2, 5])
def test_no_matter_stands_on_both_sides(folds: int) -> None:
    letters = [letter(number) for number in range(40)]
    tested = []
    for learn, test in by_matter(letters, folds=folds):
        assert not {letters[row].matter for row in learn} & {letters[row].matter for row in test}
        tested += test.tolist()
    assert sorted(tested) == list(range(40))


def test_a_left_out_author_is_left_out_whole() -> None:
    letters = [letter(number) for number in range(9)]
    assert [{letters[row].batch for row in test} for _, test in by_batch(letters)] == [{"a0"}, {"a1"}, {"a2"}]


def test_new_letters_move_no_old_one_into_the_frozen_part() -> None:
    letters = [letter(number) for number in range(60)]
    assert 0 < len(frozen(letters)) < 30
    assert [row for row in frozen(letters).tolist() if row < 30] == frozen(letters[:30]).tolist()


@pytest.mark.parametrize(
    ("line", "failed"),
    [
        ("scope_auroc = { least = 0.9 }", 0),
        ("scope_auroc = { least = 1.1 }", 1),
        ("out_of_scope_raised = { most = 0.1 }", 0),
        ("ece = { most = 0.01 }", 1),
        ("ap_vote_buying = { least = 0.1 }", 1),
    ],
)
def test_a_gate_that_is_missed_or_cannot_be_measured_says_so(tmp_path: Path, line: str, failed: int) -> None:
    (tmp_path / "gates.toml").write_text(f"[d]\n{line}\n", encoding="utf-8")
    found = failures([evaluate(GOLD, RIGHT, data="d", rounds=0)], read_gates(tmp_path / "gates.toml"))
    assert len(found) == failed
    assert all(line.split(maxsplit=1)[0] in sentence for sentence in found)


def test_a_gate_for_letters_nobody_measured_fails(tmp_path: Path) -> None:
    (tmp_path / "gates.toml").write_text("[elsewhere]\nece = { most = 1 }\n", encoding="utf-8")
    assert "没有测量" in failures([], read_gates(tmp_path / "gates.toml"))[0]


@pytest.mark.parametrize("content", ["[d]\nece = 3", "[d]\nece = { about = 3 }", "ece = 3", "["])
def test_unusable_gates_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "gates.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"gates\.toml"):
        read_gates(tmp_path / "gates.toml")


def test_baselines_answer_every_letter_in_the_same_form() -> None:
    learn = [
        letter(
            number,
            *([Category.BULLYING] if number % 2 else []),
            text="村长打骂威胁我们。" if number % 2 else "路灯不亮。",
        )
        for number in range(12)
    ]
    test = [letter(20, text="他打骂村民。"), letter(21, text="路灯坏了。")]
    bag = Bag.of_characters([*learn, *test])
    characters = char_regression(bag, np.arange(len(learn)), np.arange(len(learn), len(learn) + len(test)))
    for found in (dummy(learn, test), lexicon(test), characters):
        assert found.scope.shape == (2,)
        assert found.scores.shape == found.raised.shape == (2, len(CATEGORIES))
    assert np.diff(characters.scope)[0] < 0 < lexicon(test).scope[0]
    assert len(set(dummy(learn, test).scope)) == 1
