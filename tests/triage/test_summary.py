import pytest

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Particular, ParticularKind, Reach
from xiansuo.triage.summary import summary, total_amounts, values


def told(kind: ParticularKind, value: str = "", reach: Reach = Reach.SENTENCE) -> Particular:
    return Particular(kind, Span(0, 1), reach, value)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (ParticularKind.AMOUNT, "180000-180000 元", "18万元"),
        (ParticularKind.AMOUNT, "3800-3800 元/桌", "3800元/桌"),
        (ParticularKind.AMOUNT, "30000-50000 元", "3万至5万元"),
        (ParticularKind.COUNT, "23-23 户", "23户"),
        (ParticularKind.TIME, "2026-01/2026-02", "2026-01至2026-02"),
    ],
)
def test_a_fact_is_told_in_words(kind: ParticularKind, value: str, words: str) -> None:
    assert values([told(kind, value)], kind) == [words]


def test_a_summary_names_neither_people_nor_what_the_allegation_only_takes_over() -> None:
    particulars = [
        told(ParticularKind.RESPONDENT, "某人"),
        told(ParticularKind.UNIT, "金沟村"),
        told(ParticularKind.TIME, "2019", Reach.INHERITED),
        told(ParticularKind.AMOUNT, "60000-60000 元"),
        told(ParticularKind.EVIDENCE),
    ]
    assert summary(particulars) == "金沟村、6万元、有证据线索"


def test_hearsay_is_said_unless_somebody_saw_it() -> None:
    hearsay, seen = told(ParticularKind.HEARSAY), told(ParticularKind.FIRSTHAND)
    assert "系听说" in summary([hearsay])
    assert "系听说" not in summary([hearsay, seen])


def test_prices_per_head_are_no_total() -> None:
    amounts = [told(ParticularKind.AMOUNT, value) for value in ("3800-3800 元/桌", "50000-50000 元")]
    assert total_amounts(amounts) == ["5万元"]
