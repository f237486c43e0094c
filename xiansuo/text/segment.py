"""Owns segmentation into words: jieba's dictionary and algorithm with our user dictionary, by one of two engines."""

import logging
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

from xiansuo.domain.spans import Span
from xiansuo.text.lexicon import Lexicons

Engine = Literal["rjieba", "jieba"]
Cut = Callable[[str], Sequence[str]]


class Segmenter:
    """Cuts text into words that together are the text again.

    `rjieba` is the fast engine, `jieba` the reference; without the hidden Markov model both give the same words. The engine is built at the first
    call (about 0.3 s), and pickling carries the settings only, because engines cannot be pickled.
    """

    def __init__(self, lexicons: Path, engine: Engine = "rjieba") -> None:
        self._lexicons = lexicons
        self._engine: Engine = engine

    def __reduce__(self) -> tuple[type["Segmenter"], tuple[Path, Engine]]:
        return Segmenter, (self._lexicons, self._engine)

    def words(self, text: str) -> list[str]:
        """Return the words of `text` in order, blanks and punctuation included."""
        return list(self._cut(text))

    def spans(self, text: str) -> list[Span]:
        """Return the place of every word; the spans follow each other without gaps."""
        bounds = list(accumulate(map(len, self._cut(text)), initial=0))
        return list(map(Span, bounds, bounds[1:]))

    @cached_property
    def _cut(self) -> Cut:
        fast, frequencies = _fast(Lexicons.load(self._lexicons).words())
        return _reference(frequencies) if self._engine == "jieba" else lambda text: fast.cut(text, False)


def _fast(words: Sequence[str]) -> tuple[Any, dict[str, int]]:
    """Build the Rust engine and return it with the frequency that each of our words got: just enough to stay whole, the longer words last."""
    engine = import_module("rjieba").Jieba()
    frequencies: dict[str, int] = {}
    for word in sorted(words, key=lambda word: (len(word), word)):
        frequencies[word] = engine.suggest_freq(word)
        engine.add_word(word, frequencies[word], None)
    return engine, frequencies


def _reference(frequencies: Mapping[str, int]) -> Cut:
    """Build jieba's own tokenizer with the same frequencies.

    Its dictionary cache goes to a private folder: in the shared one anybody could plant a file that jieba unmarshals. jieba 0.42 counts repeated
    lines and a changed word's old frequency in its total, which the Rust engine does not; uncorrected, about 1 % of letters are cut differently.
    """
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as private:
        warnings.simplefilter("ignore")  # jieba imports pkg_resources and has unescaped patterns
        jieba = import_module("jieba")
        jieba.setLogLevel(logging.WARNING)
        engine = jieba.Tokenizer()
        engine.tmp_dir = private
        engine.initialize()
    for word, frequency in frequencies.items():
        engine.add_word(word, frequency)
    engine.total = sum(engine.FREQ.values())
    return lambda text: engine.lcut(text, HMM=False)
