"""Writes data/lexicons/common_words.tsv: what letters of all kinds have in common, so that linking knows what is rare.

usage: python -m tools.make_common_words

Words and pairs come from the authored corpus without its frozen test part, masked, and only those that two authors use
at least; how often a character occurs at all comes from the dictionary of the package jieba (MIT licence).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.resources import files
from itertools import pairwise

import rjieba

from xiansuo.classifiers.prepare import load_tools, prepare
from xiansuo.evaluation.gold import read_corpus
from xiansuo.evaluation.split import frozen
from xiansuo.settings import Settings
from xiansuo.triage.terms import STRANGE, TABLE, CommonWords, strange_pairs, told

LONE = 0.05
"""A character that stands alone in this share of the letters is no part of a name as far as linking can tell."""
LISTED = 3000
"""So many characters are listed, the commonest."""
_HEADING = "# 由 tools.make_common_words 生成，请勿手改。类别、词、数：每千件中的件数，单字为罕见程度（-ln 概率）。\n"


def count(letters: Iterable[tuple[str, str]], characters: Mapping[str, float]) -> CommonWords:
    """Count what the letters, each an author and what is told, have in common."""
    rows = [(author, text, rjieba.cut(text, False)) for author, text in letters]
    words, lone, authors = Counter[str](), Counter[str](), Counter[str]()
    for _, _, cut in rows:
        words.update({word for word in cut if len(word) > 1})
        lone.update({word for word in cut if len(word) == 1})
    for author in {author for author, _, _ in rows}:
        authors.update(
            {term for by, text, cut in rows if by == author for term in (*cut, *map("".join, pairwise(text)))}
        )
    often = frozenset(one for one, letters_ in lone.items() if letters_ >= LONE * len(rows))
    bare = CommonWords({}, frozenset(), often, characters)
    pairs = {pair for _, _, cut in rows for pair in strange_pairs(cut)}
    return CommonWords(
        {
            word: _in_a_thousand(number, len(rows))
            for word, number in words.items()
            if authors[word] > 1 and word.isalpha()
        },
        frozenset(pair for pair in pairs if authors[pair] > 1 and _is_worth(pair, bare)),
        frozenset(one for one in often if one.isalpha()),
        characters,
    )


def characters() -> dict[str, float]:
    """Return how improbable (-ln) the commonest characters are, by jieba's dictionary."""
    rows = (line.split(" ") for line in (files("jieba") / "dict.txt").read_text(encoding="utf-8").splitlines())
    numbers = {word: int(number) for word, number, *_ in rows}
    total = sum(numbers.values())
    single = sorted(
        ((number, word) for word, number in numbers.items() if len(word) == 1 and word.isalpha()), reverse=True
    )
    return {word: round(-math.log((number + 1) / total), 1) for number, word in single[:LISTED]}


def _is_worth(pair: str, bare: CommonWords) -> bool:
    return not bare.lone & set(pair) and bare.improbable(pair) >= STRANGE


def _in_a_thousand(number: int, of: int) -> int:
    return max(1, round(1000 * number / of))


def main() -> None:
    """Write the table."""
    settings = Settings()
    letters = read_corpus(settings.corpus)
    kept = sorted(set(range(len(letters))) - set(frozen(letters).tolist()))
    data = prepare([letters[row] for row in kept], load_tools(settings.home))
    rows = zip((letter.batch for letter in data.letters), map(told, data.documents), strict=True)
    common = count(list(rows), characters())
    lines = [f"word\t{word}\t{number}" for word, number in sorted(common.words.items())]
    lines += [
        f"{kind}\t{entry}\t0"
        for kind, entries in (("pair", common.pairs), ("lone", common.lone))
        for entry in sorted(entries)
    ]
    lines += [f"character\t{one}\t{number}" for one, number in sorted(common.characters.items())]
    (settings.lexicons / TABLE).write_text(_HEADING + "\n".join(lines) + "\n", encoding="utf-8")
    print(
        f"{len(common.words)} words, {len(common.pairs)} pairs, {len(common.lone)} lone, {len(common.characters)} characters"
    )


if __name__ == "__main__":
    main()
