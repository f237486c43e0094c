"""Owns how a machine did on parts of the letters: by form, length, signature and phenomenon; and which categories it takes for which."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiansuo.domain.category import CATEGORIES
from xiansuo.evaluation.gold import Answers, GoldLetter
from xiansuo.evaluation.metrics import Share
from xiansuo.evaluation.outputs import Outputs

Bools = NDArray[np.bool_]

FEWEST = 10
"""A cell of fewer letters shows no figure: it would say more about single letters than about the program."""
BANDS = ("below_150", "below_400", "from_400")
"""Short, middle and long letters, by their characters."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the letters: how many, which of its letters in scope were missed, which out of scope were raised."""

    group: str
    name: str
    letters: int
    missed: Share
    raised: Share


@dataclass(frozen=True, slots=True)
class Confusion:
    """Per row (a gold category, or out of scope) how many letters there are and how often each category, or none, was proposed.

    A letter with two categories counts in both rows; what is proposed rightly for its other category is no confusion and is left out.
    """

    letters: tuple[int, ...]
    cells: tuple[tuple[int, ...], ...]


def length_band(characters: int) -> str:
    """Return which of the bands a letter of so many characters falls into."""
    return BANDS[(characters >= 150) + (characters >= 400)]


def is_shown(share: Share) -> bool:
    """Tell whether a share stands on enough letters to be shown."""
    return share.tries >= FEWEST


def slices(letters: Sequence[GoldLetter], said: Answers, given: Outputs) -> tuple[Slice, ...]:
    """Return every part that holds a letter."""
    raised = np.asarray(given.raised.any(axis=1), dtype=bool)
    return tuple(
        _slice(group, name, np.array(among, dtype=bool), said, raised) for group, name, among in _parts(letters)
    )


def _parts(letters: Sequence[GoldLetter]) -> Iterator[tuple[str, str, list[bool]]]:
    for kind in sorted({letter.kind for letter in letters}):
        yield "kind", kind, [letter.kind is kind for letter in letters]
    lengths = [length_band(len(letter.text)) for letter in letters]
    for band in BANDS:
        yield "length", band, [length == band for length in lengths]
    for signed in sorted({letter.signed for letter in letters} - {""}):
        yield "signed", signed, [letter.signed == signed for letter in letters]
    for name in sorted({name for letter in letters for name in letter.hard}):
        yield "hard", name, [name in letter.hard for letter in letters]


def _slice(group: str, name: str, among: Bools, said: Answers, raised: Bools) -> Slice:
    wanted, other = among & said.in_scope, among & ~said.in_scope
    return Slice(
        group,
        name,
        int(among.sum()),
        Share(int((wanted & ~raised).sum()), int(wanted.sum())),
        Share(int((other & raised).sum()), int(other.sum())),
    )


def confusion(said: Answers, given: Outputs) -> Confusion:
    """Return the table of gold (six categories, out of scope) against proposed (six categories, none)."""
    rows = [said.labels[:, column] for column in range(len(CATEGORIES))] + [~said.in_scope]
    none = ~given.raised.any(axis=1)
    cells = [
        (
            *(
                int((row & given.raised[:, column] & ((number == column) | ~said.labels[:, column])).sum())
                for column in range(len(CATEGORIES))
            ),
            int((row & none).sum()),
        )
        for number, row in enumerate(rows)
    ]
    return Confusion(tuple(int(row.sum()) for row in rows), tuple(cells))
