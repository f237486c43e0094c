"""Owns statistics for readers who may see totals only: small numbers are withheld, and units and readings are left out."""

from collections.abc import Sequence
from dataclasses import replace

from xiansuo.domain.figures import ClueFact, LetterFact
from xiansuo.evaluation.figures import CLUE_DIMENSIONS, LETTER_DIMENSIONS, Dimension, F, Figure, Part, RoundFigures
from xiansuo.evaluation.suppression import LEAST, Publication, withheld


def veiled(
    counted: RoundFigures, clues: Sequence[ClueFact], letters: Sequence[LetterFact], least: int = LEAST
) -> RoundFigures:
    """Return statistics of which no number, shown or computed from others, tells of fewer than `least` clues or letters."""
    hidden = _hidden(clues, CLUE_DIMENSIONS, least) | _hidden(letters, LETTER_DIMENSIONS, least)
    figures = tuple(_without(figure, hidden) for figure in counted.figures)
    return RoundFigures(counted.letters, counted.clues, figures)


def _hidden(facts: Sequence[F], dimensions: Sequence[Dimension[F]], least: int) -> frozenset[tuple[str, str]]:
    cells: dict[tuple[str, str], set[int]] = {}
    for place, fact in enumerate(facts):
        for dimension in dimensions:
            for code in dimension.of(fact):
                cells.setdefault((dimension.name, code), set()).add(place)
    values = [frozenset(range(len(facts))), *map(frozenset, cells.values())]
    publication = Publication([fact.count for fact in facts], values)
    places = withheld(publication, least)
    return frozenset(key for place, key in enumerate(cells, 1) if place in places)


def _without(figure: Figure, hidden: frozenset[tuple[str, str]]) -> Figure:
    parts = tuple(
        Part(part.code, part.name, None) if (figure.name, part.code) in hidden else part for part in figure.parts
    )
    return replace(figure, parts=parts)
