"""Texts that make a regular expression work hardest, and the processor time each expression of the program takes for them.

`collect` writes every expression that the program compiles to standard output, `time` reads such lines and times them:
    python -m tests.rules.pumping collect > expressions
    python -m tests.rules.pumping time < expressions
"""

import importlib
import json
import pkgutil
import re
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

_C: Any = importlib.import_module("re._constants")
_PARSER: Any = importlib.import_module("re._parser")
_COMPILER: Any = importlib.import_module("re._compiler")
_REPEATS = (_C.MAX_REPEAT, _C.MIN_REPEAT, _C.POSSESSIVE_REPEAT)
# A repetition that ends earlier multiplies the work by a number, whatever the text.
_MANY = 8
_CANDIDATES = "甲0a \n一A，-.@:>(（\t"
_VARIANTS = 6
_LITERALS = 12
_BREAKS = ("\0", "")
_TINY, _SMALL, _LARGE = 250, 2_000, 8_000
# What takes less for the small text stays under the bound for the large one, unless it grows faster than the fourth power.
_NOTHING = 0.001
_SECONDS = 0.25
_GROWTH = 10
# Processor seconds for one expression; only one whose work doubles with each character, or nearly, comes near.
_MOST = 20


class Expression(NamedTuple):
    """A regular expression as the program compiles it, the module that does so first, and whether it is only tried at the start of a text."""

    where: str
    pattern: str
    flags: int
    binary: bool = False
    anchored: bool = False

    def compiled(self) -> re.Pattern[Any]:
        return re.compile(self.pattern.encode("latin-1") if self.binary else self.pattern, self.flags)


class Slow(NamedTuple):
    """Processor seconds for a text of 2,000 and of 8,000 characters, and the text: what stands before, what is repeated, what ends it."""

    small: float
    large: float
    attack: tuple[str, str, str]


def collect() -> list[Expression]:
    """Import all modules, load what reads a letter, and return every expression that was compiled for it."""
    found: dict[tuple[object, int], Expression] = {}
    real = re._compile  # type: ignore[attr-defined]

    def compiling(pattern: Any, flags: int) -> Any:
        module = _who_compiles()
        if module.startswith(("xiansuo", "pipelines")) and isinstance(pattern, str | bytes):
            binary = isinstance(pattern, bytes)
            text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
            found.setdefault((pattern, int(flags)), Expression(module, text, int(flags), binary))
        return real(pattern, flags)

    re._compile = compiling  # type: ignore[attr-defined]
    try:
        _use_everything()
    finally:
        re._compile = real  # type: ignore[attr-defined]
    anchored = set(_anchored())
    return sorted(one._replace(anchored=key in anchored) for key, one in found.items())


def _anchored() -> Iterator[tuple[object, int]]:
    """Yield the patterns with a private name of which the module only ever calls `match` or `fullmatch`."""
    for module in [one for name, one in sys.modules.items() if name.startswith("xiansuo.") and one.__file__]:
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for name, value in vars(module).items():
            if name.startswith("_") and isinstance(value, re.Pattern):
                uses = re.findall(rf"\b{name}\b(?! = )(?:\.(?:full)?(match)\b)?", source)
                if uses and all(uses):
                    yield value.pattern, value.flags & ~re.UNICODE


def _who_compiles() -> str:
    frame = sys._getframe(2)
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] == "re":
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", ""))


def _use_everything() -> None:
    import xiansuo  # noqa: PLC0415
    from xiansuo.classifiers.prepare import load_tools  # noqa: PLC0415
    from xiansuo.settings import Settings  # noqa: PLC0415

    for module in pkgutil.walk_packages(xiansuo.__path__, "xiansuo."):
        if "migrations" not in module.name and not module.name.endswith("_main"):
            importlib.import_module(module.name)
    load_tools(Settings().home)


def attacks(expression: Expression) -> Iterator[tuple[str, str, str]]:
    """Yield, for each long repetition, texts as (before, repeated, end): what it takes repeated, and the way to it repeated with it."""
    given = expression.compiled()
    tree = _PARSER.parse(given.pattern, given.flags)
    literals = "".join(dict.fromkeys(_literals(tree)))[:_LITERALS]
    choose = _chooser(tree.state, given, literals)
    lines = ("", "\n") if given.flags & re.MULTILINE else ("",)
    pumped = dict.fromkeys(_walk(tree, "", choose))
    texts = [
        one for before, body in pumped for one in ((before, body), *(("", line + before + body) for line in lines))
    ]
    yield from ((before, body, end) for before, body in dict.fromkeys(texts) if body for end in _BREAKS)


def _literals(nodes: Any) -> Iterator[str]:
    for op, given in nodes:
        if op is _C.LITERAL:
            yield chr(given)
        for inner in _inner(op, given):
            yield from _literals(inner)


def _chooser(state: Any, given: re.Pattern[Any], literals: str) -> Callable[[Any], list[str]]:
    """Return what finds, for a part that takes one character, characters that it takes."""
    binary = isinstance(given.pattern, bytes)
    candidates = [one for one in dict.fromkeys(_CANDIDATES + literals) if not binary or one.isascii()]

    def choose(node: Any) -> list[str]:
        part = _COMPILER.compile(_PARSER.SubPattern(state, [node]), given.flags)
        own = [chr(one[1][0]) for one in node[1] if one[0] is _C.RANGE] if node[0] is _C.IN else []
        own += [chr(one[1]) for one in node[1] if one[0] is _C.LITERAL][:2] if node[0] is _C.IN else []
        return [
            one for one in dict.fromkeys([*candidates, *own]) if part.match(one.encode("latin-1") if binary else one)
        ]

    return choose


def _walk(nodes: Any, before: str, choose: Callable[[Any], list[str]]) -> Iterator[tuple[str, str]]:
    for op, given in nodes:
        if op in _REPEATS and given[1] >= _MANY:
            yield from ((before, body) for body in _variants(given[2], choose))
        for inner in _inner(op, given):
            yield from _walk(inner, before, choose)
        before += _one(op, given, choose)


def _inner(op: Any, given: Any) -> list[Any]:
    if op in _REPEATS:
        return [given[2]]
    if op is _C.SUBPATTERN:
        return [given[3]]
    if op is _C.BRANCH:
        return list(given[1])
    if op in {_C.ASSERT, _C.ASSERT_NOT}:
        return [given[1]]
    return [given] if op is _C.ATOMIC_GROUP else []


def _variants(body: Any, choose: Callable[[Any], list[str]]) -> list[str]:
    """Return some texts that fit what is repeated: one for each branch, or for each kind of character in a set."""
    if len(body) != 1:
        return [_sample(body, choose)]
    op, given = body[0]
    if op in {_C.IN, _C.ANY, _C.NOT_LITERAL}:
        return choose(body[0])[:_VARIANTS]
    if op is _C.SUBPATTERN:
        return _variants(given[3], choose)
    if op is _C.BRANCH:
        return [text for branch in given[1] for text in _variants(branch, choose)][:_VARIANTS]
    return [_sample(body, choose)]


def _sample(nodes: Any, choose: Callable[[Any], list[str]]) -> str:
    return "".join(_one(op, given, choose) for op, given in nodes)


def _one(op: Any, given: Any, choose: Callable[[Any], list[str]]) -> str:
    if op is _C.LITERAL:
        return chr(given)
    if op in {_C.IN, _C.ANY, _C.NOT_LITERAL}:
        return next(iter(choose((op, given))), "")
    if op in _REPEATS:
        return _sample(given[2], choose) * given[0]
    if op is _C.BRANCH:
        return _sample(given[1][0], choose)
    if op is _C.ASSERT:
        return _sample(given[1], choose) if given[0] < 0 else ""
    return _sample(given[3], choose) if op is _C.SUBPATTERN else _sample(given, choose) if op is _C.ATOMIC_GROUP else ""


def slowest(expression: Expression) -> Slow | None:
    """Return the attack under which an expression grows too fast, None where there is none."""
    for attack in attacks(expression):
        tiny = _seconds(expression, attack, _TINY)
        if tiny > _SECONDS:
            return Slow(tiny, tiny, attack)
        if (small := _seconds(expression, attack, _SMALL)) < _NOTHING:
            continue
        large = _seconds(expression, attack, _LARGE)
        if large > _SECONDS and large > _GROWTH * small:
            return Slow(small, large, attack)
    return None


def _seconds(expression: Expression, attack: tuple[str, str, str], size: int) -> float:
    given, (before, body, end) = expression.compiled(), attack
    text = before + body * (size // len(body)) + end
    subject: Any = text.encode("latin-1", "replace") if isinstance(given.pattern, bytes) else text
    started = process_time()
    if expression.anchored:
        given.match(subject)
        given.fullmatch(subject)
    else:
        for _ in given.finditer(subject):
            pass
    return process_time() - started


def main() -> None:
    """Write the program's expressions, or time those on standard input: a line names each before it is tried, one follows if it is slow."""
    if sys.argv[1] == "collect":
        sys.stdout.writelines(json.dumps(one) + "\n" for one in collect())
        return
    for line in sys.stdin:
        resource.setrlimit(resource.RLIMIT_CPU, (int(process_time()) + _MOST, -1))
        expression = Expression(*json.loads(line))
        print(json.dumps({"tried": expression}), flush=True)  # noqa: T201
        if slow := slowest(expression):
            print(json.dumps({"slow": slow}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
