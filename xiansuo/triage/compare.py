"""Owns the comparison of two letters side by side: sentences aligned, and within changed sentences the characters that differ."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

from xiansuo.text.sentences import split_sentences

_ALIKE = 0.5
"""Two sentences that share at least this part of their pairs of characters are the same one, reworded."""
_MOST_PAIRS = 1_000_000
"""A gap with more pairs of sentences than this is not searched for reworded ones: two letters with nothing in common."""
_LEAST_SAME = 2
_MOST_CHARACTERS = 600


class Change(StrEnum):
    """How a row of the comparison differs."""

    SAME = "same"
    REWORDED = "reworded"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of a row; `differs` marks those that the other letter has not at this place."""

    text: str = field(repr=False)
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence of the left letter beside the one of the right letter that it corresponds to; one side may be empty."""

    change: Change
    left: tuple[Piece, ...] = ()
    right: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rows in reading order; the pieces of a side, joined, are that letter's text without the space between sentences."""

    rows: tuple[Row, ...]

    @property
    def same(self) -> float:
        """The share of the sentences of both letters that stand in both word for word, 0-1."""
        equal = 2 * sum(row.change is Change.SAME for row in self.rows)
        total = sum(bool(row.left) + bool(row.right) for row in self.rows)
        return equal / total if total else 1.0

    def count(self, change: Change) -> int:
        """Return how many rows differ in this way."""
        return sum(row.change == change for row in self.rows)


def compare(left: str, right: str) -> Comparison:
    """Align two texts by sentence; spaces and line breaks between sentences are no difference."""
    ours, theirs = _sentences(left), _sentences(right)
    matcher = SequenceMatcher(None, [_bare(one) for one in ours], [_bare(one) for one in theirs], autojunk=False)
    rows: list[Row] = []
    for kind, i, k, j, m in matcher.get_opcodes():
        if kind == "equal":
            rows += (Row(Change.SAME, (Piece(a),), (Piece(b),)) for a, b in zip(ours[i:k], theirs[j:m], strict=True))
        else:
            rows += _between(ours[i:k], theirs[j:m])
    return Comparison(tuple(rows))


def _sentences(text: str) -> list[str]:
    return [stripped for span in split_sentences(text) if (stripped := span.of(text).strip())]


def _bare(sentence: str) -> str:
    return "".join(sentence.split())


def _between(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a gap: reworded sentences beside each other in order, the others alone."""
    done = 0
    for i, one in enumerate(_partners(ours, theirs)):
        if one is None:
            yield Row(Change.ONLY_LEFT, left=(Piece(ours[i], differs=True),))
            continue
        yield from (Row(Change.ONLY_RIGHT, right=(Piece(new, differs=True),)) for new in theirs[done:one])
        yield Row(Change.REWORDED, *_pieces(ours[i], theirs[one]))
        done = one + 1
    yield from (Row(Change.ONLY_RIGHT, right=(Piece(new, differs=True),)) for new in theirs[done:])


def _partners(ours: Sequence[str], theirs: Sequence[str]) -> list[int | None]:
    """Return for each of our sentences the one of theirs that rewords it; partners keep their order (heaviest increasing chain)."""
    candidates = sorted(_candidates(ours, theirs))
    best: list[tuple[float, int]] = []
    for place, (i, j, alike) in enumerate(candidates):
        before = ((best[p][0], p) for p in range(place) if candidates[p][0] < i and candidates[p][1] < j)
        weight, previous = max(before, default=(0.0, -1))
        best.append((weight + alike, previous))
    partners: list[int | None] = [None] * len(ours)
    place = max(range(len(best)), key=lambda p: best[p][0], default=-1)
    while place >= 0:
        i, j, _ = candidates[place]
        partners[i] = j
        place = best[place][1]
    return partners


def _candidates(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Yield pairs that are alike enough by the Dice measure of their pairs of characters, at most two for each of ours."""
    if len(ours) * len(theirs) > _MOST_PAIRS:
        return
    sets = [_grams(one) for one in theirs]
    holders: dict[str, list[int]] = defaultdict(list)
    for j, grams in enumerate(sets):
        for gram in grams:
            holders[gram].append(j)
    for i, one in enumerate(ours):
        grams = _grams(one)
        shared = Counter(j for gram in grams for j in holders.get(gram, ()))
        alike = ((j, 2 * count / (len(grams) + len(sets[j]))) for j, count in shared.most_common(2))
        yield from ((i, j, share) for j, share in alike if share >= _ALIKE)


def _grams(sentence: str) -> frozenset[str]:
    bare = _bare(sentence)
    return frozenset(bare[i : i + 2] for i in range(max(1, len(bare) - 1)))


def _pieces(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return both sentences with the characters marked that only one of them has."""
    if max(len(left), len(right)) > _MOST_CHARACTERS:
        return (Piece(left, differs=True),), (Piece(right, differs=True),)
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    # A single character in common is chance: 了 or 的 between two changed words.
    blocks = [block for block in blocks if block.size >= _LEAST_SAME]
    ours = _marked(left, [(block.a, block.a + block.size) for block in blocks])
    return ours, _marked(right, [(block.b, block.b + block.size) for block in blocks])


def _marked(text: str, kept: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    pieces, done = list[Piece](), 0
    for start, end in kept:
        pieces += (Piece(text[done:start], differs=True), Piece(text[start:end]))
        done = end
    pieces.append(Piece(text[done:], differs=True))
    return tuple(piece for piece in pieces if piece.text)
