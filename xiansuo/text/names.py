"""Owns the shapes of Chinese personal names and where one ends in running text."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import rjieba

HAN = r"[\u3400-\u9fff〇]"
# Signs that follow a name and hardly ever belong to a given name, so they tell a two-character name from a longer one.
_NOT_GIVEN = "的了在是就说讲把被和与跟有没不去来到给要问叫让从向也都还又才等我你他她它这那个们吗呢吧啊嘛收拿打骂住为以及将或使用对着过会可已未则却之该各每什怎么谁此先"
_NOT_SECOND = (
    _NOT_GIVEN.replace("有", "").replace("来", "").replace("先", "").replace("可", "")
    + "书主局镇县村乡院副所站校上下里内同两今男女电签写找做当于其某"
)
# Signs that never stand in a name, even one that punctuation closes.
_NEVER = "的了村镇县我你他她它们吗呢吧啊这那个说讲把被给要就都吃没不"
_VEILED = r"(?:某某?|[×xXＸ＊*○□]{1,3})"
_NAME_AFTER = re.compile(
    r"[^\u3400-\u9fff〇某]|$|[的了在是就说讲把被和与跟有没不去来到给要问叫让从向也都还又才等我你他她这那两家同书主局先签按手住男女今年现电谨敬顿泣捺夫妻以及经于]"
)


_LONE = re.compile(r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[ \u3000]{1,3}([\u3400-\u9fff])(?![\u3400-\u9fff])")


@dataclass(frozen=True, slots=True)
class NameShapes:
    """Regular-expression sources built from the surnames: `surname`, and `full` for a whole name, the longest reading first."""

    surname: str
    full: str
    surnames: frozenset[str]


def name_shapes(surnames: Collection[str]) -> NameShapes:
    """Build the shapes; two-character surnames come first so that they win."""
    double = either_of(sorted(s for s in surnames if len(s) > 1))
    single = "".join(sorted(s for s in surnames if len(s) == 1))
    first = rf"(?![{_NOT_GIVEN}])[\u3400-\u9fff]"
    second = rf"(?![{_NOT_SECOND}])[\u3400-\u9fff]"
    given = rf"(?:{_VEILED}{HAN}?(?<![{_NOT_GIVEN}])|{first}(?:{second}|某|[×xX])?)"
    closed = rf"(?:[^\W\d_a-zA-Z{_NEVER}]{{1,2}}(?![\u3400-\u9fff]))"
    either = rf"(?:{closed}|{given})"
    full = rf"(?:{double}{either}|(?!{double})[{single}]{either})" if double else rf"(?:[{single}]{either})"
    return NameShapes(f"(?:{double}|[{single}])" if double else f"[{single}]", full, frozenset(surnames))


def either_of(words: Sequence[str]) -> str:
    """Return a pattern for any of these words, '' for none. One look at the first sign saves trying the words one by one at every place of a text."""
    if not words:
        return ""
    firsts = "".join(sorted({word[0] for word in words}))
    return f"(?:(?=[{re.escape(firsts)}])(?:{'|'.join(map(re.escape, words))}))"


def surname_of(name: str, surnames: Collection[str]) -> str:
    """Return the surname a full name starts with."""
    return name[:2] if name[:2] in surnames and len(name) > 2 else name[:1]


def settle(text: str, start: int, end: int, ends_word: Callable[[int], bool]) -> int:
    """Return where the name at `start` ends; `end` is its longest reading. A clear boundary wins, then the end of a word, then the longest."""
    if end - start <= 2 or _NAME_AFTER.match(text, end):
        return end
    if _NAME_AFTER.match(text, end - 1):
        return end - 1
    return end - 1 if ends_word(end - 1) and not ends_word(end) else end


@lru_cache(maxsize=8192)
def is_word(written: str) -> bool:
    """Tell whether a name-shaped string is an ordinary word of the dictionary."""
    tokens = rjieba.tag(written, False)
    return len(tokens) == 1 and tokens[0][1][:2] not in {"nr", "zg"} and bool(rjieba.has_word(written))


def join_lone(written: str) -> str:
    """Join two signs that stand alone with a gap between them, a two-character name set wide: 尹　兵."""
    return _LONE.sub(r"\1\2", written)
