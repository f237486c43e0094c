"""Decides whether a regular expression from a rule file is safe: bounded, flat, and fast on any letter."""

import math
import re

MOST_WAYS = 20_000
_ALLOWED = (
    "次数写成 {0,8} 这样有上限的形式，可用 ?；括号后面只能跟 ?；不能用 * + 反向引用和断言；次数上限相乘不超过 20000"
)
_TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?:|\(\?[^:]|\{[^}]*\}|.", re.DOTALL)
_FORBIDDEN = re.compile(r"[*+]|\\[1-9]|\(\?[^:]", re.DOTALL)
_REPEAT = re.compile(r"\{(\d+)(?:,(\d+))?\}")


def complaint(expression: str) -> str:
    """Say in one sentence what makes `expression` unsafe, '' when it is safe.

    Repeats must be bounded and may not stand on a group, so no quantifier is nested in another; the product of the
    bounds limits how many ways there are to match at one place, so the work is linear in the letter.
    """
    try:
        re.compile(expression)
    except re.error as error:
        return f"正则表达式写错了（{error.msg}）；{_ALLOWED}"
    tokens = _TOKEN.findall(expression)
    bad = next((token for before, token in zip(["", *tokens], tokens, strict=False) if _bad(before, token)), "")
    if bad:
        return f"“{bad}” 不允许；{_ALLOWED}"
    return "" if math.prod(map(_ways, tokens)) <= MOST_WAYS else f"可能的组合太多；{_ALLOWED}"


def _bad(before: str, token: str) -> bool:
    if _FORBIDDEN.fullmatch(token):
        return True
    if token.startswith("{") and len(token) > 1:
        return _REPEAT.fullmatch(token) is None or before == ")"
    return False


def _ways(token: str) -> int:
    bounds = _REPEAT.fullmatch(token)
    return int(bounds[2] or bounds[1]) + 1 if bounds else 1
