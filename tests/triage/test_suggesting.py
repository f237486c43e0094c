import pytest

from tests.triage.letters import NOTHING, document, hit, scores
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import SILENCING, Context, Reading
from xiansuo.triage.suggest import Thresholds, raise_by_rules, suggest

TEXT = "村会计冒领了五户的低保，账上没有签字。"
LETTER = document(TEXT)
TAKEN = Category.BENEFIT_MISUSE


def _proposed(reading: Reading, scope: float, **categories: float) -> tuple[Category, ...]:
    return suggest(LETTER, reading, scores(scope, **categories), thresholds=Thresholds()).labels


def test_the_model_alone_proposes_a_category_at_its_threshold() -> None:
    assert _proposed(NOTHING, 0.9, benefit_misuse=0.5) == (TAKEN,)
    assert _proposed(NOTHING, 0.9, benefit_misuse=0.49) == ()


def test_a_strong_rule_proposes_a_category_against_a_model_that_never_met_its_words() -> None:
    assert _proposed(Reading((hit(TEXT, "冒领", TAKEN, 4.0),), ()), 0.001) == (TAKEN,)


def test_an_ordinary_rule_alone_proposes_nothing() -> None:
    assert _proposed(Reading((hit(TEXT, "冒领", TAKEN, 1.0),), ()), 0.05, benefit_misuse=0.02) == ()


def test_an_ordinary_rule_lifts_a_doubtful_model_over_the_threshold() -> None:
    reading = Reading((hit(TEXT, "冒领", TAKEN, 1.5),), ())
    assert _proposed(reading, 0.6, benefit_misuse=0.4) == (TAKEN,)


@pytest.mark.parametrize("context", sorted(SILENCING))
def test_a_silenced_hit_changes_nothing(context: Context) -> None:
    silenced = Reading((hit(TEXT, "冒领", TAKEN, 5.0, context),), ())
    asked = scores(0.3, benefit_misuse=0.2)
    with_hit = suggest(LETTER, silenced, asked, thresholds=Thresholds())
    assert with_hit == suggest(LETTER, NOTHING, asked, thresholds=Thresholds())


@pytest.mark.parametrize("probability", [0.0, 0.01, 0.5, 0.99, 1.0])
def test_hits_never_lower_a_probability_and_stay_probabilities(probability: float) -> None:
    hits = [hit(TEXT, words, TAKEN, weight) for words, weight in (("冒领", 0.1), ("签字", 5.0))]
    raised = raise_by_rules(probability, hits, strong=3.0)
    assert probability <= raised + 1e-6
    assert 0.0 <= raised <= 1.0


def test_the_same_rule_firing_often_counts_once() -> None:
    once = [hit(TEXT, "冒领", TAKEN, 1.0, rule="r")]
    often = [hit(TEXT, words, TAKEN, 1.0, rule="r") for words in ("冒领", "低保", "签字")]
    assert raise_by_rules(0.2, once, strong=3.0) == raise_by_rules(0.2, often, strong=3.0)


def test_hearsay_raises_less_than_first_hand() -> None:
    seen = raise_by_rules(0.2, [hit(TEXT, "冒领", TAKEN, 2.0)], strong=3.0)
    heard = raise_by_rules(0.2, [hit(TEXT, "冒领", TAKEN, 2.0, Context.HEARSAY)], strong=3.0)
    assert 0.2 < heard < seen


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
