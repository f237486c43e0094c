import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiansuo.settings import Settings
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.segment import Segmenter

LEXICONS = Settings().lexicons
FAST = Segmenter(LEXICONS)


@pytest.fixture(scope="module")
def reference() -> Segmenter:
    return Segmenter(LEXICONS, "jieba")


def corpus() -> Iterator[str]:
    for path in sorted(Settings().corpus.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]


def test_both_engines_cut_the_whole_corpus_alike(reference: Segmenter) -> None:
    letters = list(corpus())
    assert len(letters) > 1000
    assert sum(FAST.words(letter) != reference.words(letter) for letter in letters) == 0


@pytest.mark.parametrize("around", ["{}", "{}作响", "听到{}...", "我们{}，"])
def test_both_engines_break_exact_ties_alike(reference: Segmenter, around: str) -> None:
    tied = [around.format(char * 3) for char in "咚滋哗嗡天人年家星哥姐妈爸弟妹轻慢好多"]
    assert [FAST.words(text) for text in tied] == [reference.words(text) for text in tied]


def test_the_words_of_this_field_stay_whole() -> None:
    assert [word for word in Lexicons.load(LEXICONS).words() if FAST.words(word) != [word]] == []


@settings(deadline=None)
@given(st.text(alphabet="村支书冒领低保补贴 \r\nab12-.，。①〔反映人〕", max_size=60))
def test_words_together_are_the_text_and_spans_are_their_places(text: str) -> None:
    words = FAST.words(text)
    assert "".join(words) == text
    assert [span.of(text) for span in FAST.spans(text)] == words


def test_a_segmenter_survives_pickling_after_use() -> None:
    FAST.words("村支书")
    assert pickle.loads(pickle.dumps(FAST)).words("村支书冒领低保") == ["村支书", "冒领", "低保"]  # noqa: S301


def test_importing_loads_no_engine() -> None:
    program = "import sys, xiansuo.text.segment; sys.exit(any(name in sys.modules for name in ('jieba', 'rjieba')))"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2]).returncode == 0
