import json
import subprocess
import sys
from collections.abc import Iterable

import pytest

from tests.rules.pumping import Expression, slowest
from xiansuo.domain.audit import read_anchors
from xiansuo.domain.paper import Slips, read_lines

# An expression with a bracket that is never closed is refused before it is cut into these parts.
BOUNDED = ("xiansuo.rulebook.expression", r"\\.|\[(?:")
LONG_DIGITS, LONG_SPACES, BLANK_LINES = "7" * 60_000, "1." + "a" + " " * 60_000 + "\0", "\n " * 30_000


def collected() -> list[Expression]:
    told = subprocess.run(
        [sys.executable, "-m", "tests.rules.pumping", "collect"], capture_output=True, text=True, check=True
    )
    found = [Expression(*json.loads(line)) for line in told.stdout.splitlines()]
    return [one for one in found if not (one.where == BOUNDED[0] and one.pattern.startswith(BOUNDED[1]))]


def slow_among(expressions: Iterable[Expression]) -> list[str]:
    """Return the expressions under which a child took too long or was killed; the child goes on behind one that kills it."""
    waiting, found = list(expressions), []
    while waiting:
        given = "".join(json.dumps(one) + "\n" for one in waiting)
        command = [sys.executable, "-m", "tests.rules.pumping", "time"]
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        tried = [Expression(*line["tried"]) for line in lines if "tried" in line]
        assert tried, done.stderr
        found += [str(lines[at - 1]["tried"]) + str(line["slow"]) for at, line in enumerate(lines) if "slow" in line]
        found += [f"{list(tried[-1])} killed"] if done.returncode else []
        waiting = waiting[len(tried) :]
    return found


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(\d+)\D*?\s+x", r"^\s*([1-4])\s*:"])
def test_an_expression_that_explodes_is_found(pattern: str) -> None:
    assert slow_among([Expression("here", pattern, 8)])


@pytest.mark.parametrize("pattern", [r"abc", r"[甲乙]丙", r"\d{1,3}年", r"第[一二三四五六七八九十]{1,4}条", r" ++x?"])
def test_an_expression_that_grows_with_its_text_is_not(pattern: str) -> None:
    assert slowest(Expression("here", pattern, 0)) is None


def test_no_expression_of_the_domain_or_the_rule_books_explodes() -> None:
    chosen = [one for one in collected() if one.where.startswith(("xiansuo.domain", "xiansuo.rulebook"))]
    assert len(chosen) > 20
    assert slow_among(chosen) == []


@pytest.mark.slow
def test_no_expression_of_the_program_explodes() -> None:
    assert slow_among(collected()) == []


@pytest.mark.parametrize("text", [LONG_DIGITS, "1" + LONG_SPACES, "1 " * 30_000], ids=["digits", "spaces", "numbers"])
def test_a_text_that_is_no_anchor_is_read_in_steps_that_grow_with_it(text: str) -> None:
    # Without bounds these take minutes.
    assert read_anchors(text) == []


@pytest.mark.parametrize("text", [LONG_SPACES, BLANK_LINES, "1.\n" * 20_000], ids=["spaces", "lines", "numbers"])
def test_a_text_that_is_no_paper_key_is_read_in_steps_that_grow_with_it(text: str) -> None:
    assert isinstance(read_lines(text), Slips)
