from dataclasses import replace

import pytest

from tests.triage.letters import NOTHING, document, hit, scores
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import SILENCING, Context, Reading
from xiansuo.domain.text import Interview
from xiansuo.triage.suggest import Thresholds, propose, suggest

TEXT = "村会计冒领了五户的低保，账上没有签字。"
LETTER = document(TEXT)
TAKEN = Category.BENEFIT_MISUSE


def _proposed(reading: Reading, scope: float, **categories: float) -> tuple[Category, ...]:
    return suggest(LETTER, reading, scores(scope, **categories), thresholds=Thresholds()).labels


def test_below_the_threshold_of_scope_nothing_is_proposed() -> None:
    assert _proposed(NOTHING, 0.5, benefit_misuse=0.5) == (TAKEN,)
    assert _proposed(NOTHING, 0.49, benefit_misuse=0.49) == ()


@pytest.mark.parametrize(
    ("benefit", "bullying", "proposed"),
    [
        (0.8, 0.35, [TAKEN, Category.BULLYING]),
        (0.8, 0.3, [TAKEN]),
        (0.2, 0.1, [TAKEN]),
        (0.1, 0.1, []),
    ],
)
def test_categories_are_proposed_by_their_share_of_scope_or_the_likeliest_alone(
    benefit: float, bullying: float, proposed: list[Category]
) -> None:
    found = dict.fromkeys(CATEGORIES, 0.0) | {TAKEN: benefit, Category.BULLYING: bullying}
    assert list(propose(0.8, found, Thresholds())) == proposed


def test_a_strong_rule_proposes_a_category_against_a_model_that_never_met_its_words() -> None:
    assert _proposed(Reading((hit(TEXT, "冒领", TAKEN, 4.0),), ()), 0.001) == (TAKEN,)


def test_an_ordinary_rule_alone_proposes_nothing() -> None:
    assert _proposed(Reading((hit(TEXT, "冒领", TAKEN, 1.0),), ()), 0.05, benefit_misuse=0.02) == ()


def test_a_letter_whose_every_hit_is_denied_needs_a_surer_model() -> None:
    denied = Reading((hit(TEXT, "冒领", TAKEN, 2.0, Context.NEGATED),), ())
    assert _proposed(denied, 0.55, benefit_misuse=0.5) == ()
    assert _proposed(denied, 0.65, benefit_misuse=0.6) == (TAKEN,)
    assert _proposed(NOTHING, 0.55, benefit_misuse=0.5) == (TAKEN,)


def test_an_interview_record_has_a_threshold_of_its_own() -> None:
    record = replace(LETTER, interview=Interview((), ()))
    asked, thresholds = scores(0.3, benefit_misuse=0.3), Thresholds(scope=0.1, spoken=0.4)
    assert suggest(LETTER, NOTHING, asked, thresholds=thresholds).labels == (TAKEN,)
    assert suggest(record, NOTHING, asked, thresholds=thresholds).labels == ()


@pytest.mark.parametrize("context", sorted(SILENCING))
def test_a_silenced_hit_changes_nothing(context: Context) -> None:
    silenced = Reading((hit(TEXT, "冒领", TAKEN, 5.0, context),), ())
    asked = scores(0.3, benefit_misuse=0.2)
    with_hit = suggest(LETTER, silenced, asked, thresholds=Thresholds())
    assert with_hit == suggest(LETTER, NOTHING, asked, thresholds=Thresholds())


def test_no_category_is_likelier_than_any_accusation_at_all() -> None:
    found = suggest(LETTER, NOTHING, scores(0.3, embezzlement=0.8), thresholds=Thresholds())
    assert set(found.scores) == set(CATEGORIES)
    assert max(found.scores.values()) <= found.scope == 0.3


@pytest.mark.parametrize(
    ("scope", "benefit", "abstained"),
    [(0.1, 0.0, False), (0.5, 0.2, True), (0.5, 0.5, True), (0.9, 0.9, False), (0.9, 0.1, True)],
)
def test_a_person_reads_doubtful_letters_and_accusations_outside_the_six(
    scope: float, benefit: float, *, abstained: bool
) -> None:
    found = suggest(LETTER, NOTHING, scores(scope, benefit_misuse=benefit), thresholds=Thresholds())
    assert found.abstained is abstained


def test_labels_come_likeliest_first() -> None:
    found = _proposed(NOTHING, 0.95, benefit_misuse=0.6, embezzlement=0.9)
    assert found == (Category.EMBEZZLEMENT, TAKEN)


def test_of_a_letter_neither_proposed_nor_doubtful_nothing_is_shown() -> None:
    clause = [(LETTER.sentences[0], {TAKEN: 0.9})]
    shown, doubtful = (
        suggest(LETTER, NOTHING, scores(scope, among=clause), thresholds=Thresholds()) for scope in (0.1, 0.4)
    )
    assert (shown.allegations, bool(doubtful.allegations)) == ((), True)
