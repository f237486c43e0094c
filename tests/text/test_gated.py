import json
import re
from collections.abc import Iterator
from dataclasses import fields

import pytest

from xiansuo.settings import Settings
from xiansuo.text import addresses, contacts, disclosure, money, time_forms
from xiansuo.text.cues import compile_cues
from xiansuo.text.gated import Gated, gate_of, open_gates, pairs
from xiansuo.text.introductions import NameCue
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.names import name_shapes
from xiansuo.text.normalise import normalise

SAMPLE = 150


@pytest.fixture(scope="module")
def texts() -> list[str]:
    corpus = Settings().corpus
    files = [corpus / f"{name}.jsonl" for name in ("literary", "natural")]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return [normalise(json.loads(line)["text"]).text for line in lines[:: len(lines) // SAMPLE]]


def gated_patterns() -> Iterator[tuple[re.Pattern[str], int]]:
    lexicons = Lexicons.load(Settings().lexicons)
    cues = compile_cues(name_shapes(lexicons.surnames | lexicons.compound_surnames), lexicons.posts())
    held = [getattr(cues, one.name) for one in fields(cues)]
    forms = [form.gated for form in time_forms.FORMS]
    told = (*disclosure._REMARKS, disclosure._OPENING, disclosure._WE, money._SHARES, contacts._ACCOUNT)
    for one in (*held, *cues.before, *forms, *told, addresses._BUILDING, addresses._MAIL):
        if isinstance(one, Gated | NameCue):
            yield one.pattern, one.gate


def test_no_gate_shuts_out_what_its_pattern_would_find(texts: list[str]) -> None:
    lost = [
        (pattern.pattern, match[0])
        for pattern, gate in gated_patterns()
        for text in texts
        if gate not in open_gates(text) and (match := pattern.search(text))
    ]
    assert lost == []


def test_most_gates_are_shut_for_most_texts(texts: list[str]) -> None:
    patterns = list(gated_patterns())
    tried = sum(gate in open_gates(text) for _, gate in patterns for text in texts)
    assert tried < len(patterns) * len(texts) / 2


@pytest.mark.parametrize(
    ("words", "text", "is_open"),
    [
        ((), "", True),
        (("补贴",), "冒领补贴", True),
        (("补贴", "钱"), "冒领粮补", False),
        (("补贴", "钱"), "拿了钱", True),
        (("补贴款", "补贴"), "补贴款", True),
        (("贴款",), "补贴款", True),
    ],
)
def test_a_gate_is_open_where_one_of_its_words_stands(words: tuple[str, ...], text: str, *, is_open: bool) -> None:
    assert (gate_of(words) in open_gates(text)) is is_open


def test_a_gate_entered_later_counts_for_a_text_asked_about_before() -> None:
    text = "东头老槐树"
    before = open_gates(text)
    assert gate_of(("老槐",)) in open_gates(text) - before


def test_every_first_word_stands_with_every_second() -> None:
    assert pairs("我俺", ("是", "名叫")) == ("我是", "我名叫", "俺是", "俺名叫")
