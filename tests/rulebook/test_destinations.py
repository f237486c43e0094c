from pathlib import Path

import pytest

from xiansuo.rulebook.destinations import Destinations, failing_examples, load_destinations
from xiansuo.rulebook.example import example_document
from xiansuo.rulebook.schema import RuleBookError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def book() -> Destinations:
    return load_destinations(ROOT / "rules" / "out_of_scope.yaml")


def test_every_sign_does_what_its_examples_say(book: Destinations) -> None:
    assert list(failing_examples(book)) == []


@pytest.mark.parametrize(
    ("subject", "text", "code"),
    [
        ("感谢信", "驻村工作队帮我们通了水，特此感谢。", "Z6"),
        ("", "隔壁把院墙往我家这边挪了三尺。", "Z2"),
        ("", "我不服一审判决，请问怎么办？", "Z1"),
        ("", "公司拖欠工资，劳动仲裁也赢了。", "Z2"),
        ("小区暖气不热", "打电话没人管。", "Z3"),
    ],
)
def test_a_letter_is_referred_by_its_signs(book: Destinations, subject: str, text: str, code: str) -> None:
    referral = book.refer(example_document(text, subject))
    assert referral is not None
    assert referral.code == code
    assert referral.to
    assert referral.reasons


def test_a_letter_without_signs_is_referred_nowhere(book: Destinations) -> None:
    assert book.refer(example_document("今天天气很好。")) is None


def test_the_spans_of_a_referral_are_sentences_of_the_text(book: Destinations) -> None:
    document = example_document("你好。隔壁把院墙往我家挪了三尺。再见。")
    referral = book.refer(document)
    assert referral is not None
    assert [span.of(document.text) for span in referral.spans] == ["隔壁把院墙往我家挪了三尺。"]


def test_a_title_weighs_more_than_a_sentence(book: Destinations) -> None:
    named = book.refer(example_document("物业费太高。", "关于路灯不亮的建议"))
    assert named is not None
    assert named.code != "Z2"


def test_a_mistyped_field_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "out_of_scope.yaml"
    path.write_text("destinations:\n  - {id: Z1, name: 甲, to: 乙, sign: []}\n", encoding="utf-8")
    with pytest.raises(RuleBookError, match="sign"):
        load_destinations(path)
