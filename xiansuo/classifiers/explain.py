"""Owns the reasons of a model: its own exact additive shares in the log-odds of scope, laid back onto the letter's characters."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from xiansuo.classifiers.encode import Batch, rows_of
from xiansuo.classifiers.expert import SILENT, VIEW_NAMES, Expert, unit_log_odds
from xiansuo.classifiers.features import RULE_NAMES, Floats
from xiansuo.classifiers.ngrams import Ints
from xiansuo.classifiers.units import Unit
from xiansuo.classifiers.vocabulary import Matrix, Vocabulary
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Reading

_LETTER, _UNITS = VIEW_NAMES.index("letter"), VIEW_NAMES.index("units")
_RULES = slice(len(VIEW_NAMES) - len(RULE_NAMES), len(VIEW_NAMES))
_LEAST = 1e-3


@dataclass(frozen=True, slots=True)
class Shares:
    """What adds up to the log-odds of scope: `base`, the rules, and per unit one share per character."""

    base: float
    rules: float
    units: tuple[tuple[Unit, Floats], ...]

    @property
    def log_odds(self) -> float:
        """The sum of all shares."""
        return self.base + self.rules + float(sum(characters.sum() for _, characters in self.units))


def shares(batch: Batch, experts: Iterable[tuple[float, Expert]], vocabulary: Vocabulary, *, top: int) -> Shares:
    """Take the log-odds of scope of a batch of one letter apart; `experts` are (weight, expert)."""
    base = rules = 0.0
    characters = [np.zeros(len(unit.text)) for unit in batch.cut.units]
    for weight, expert in experts:
        stack = weight * expert.stack.weights[0]
        loud = _loud_units(expert, batch, top)
        base += weight * expert.stack.bias[0] + stack[_LETTER] * expert.words.letter.bias[0]
        base += stack[_UNITS] * (expert.words.unit.bias[0] if len(loud) else SILENT)
        rules += float(batch.letter_rules[0, 0] @ stack[_RULES])
        known = len(vocabulary.keys)
        if len(loud):
            rules += stack[_UNITS] * float(
                batch.unit_rules[loud, 0].mean(axis=0) @ expert.words.unit.weights[0, known : known + len(RULE_NAMES)]
            )
        _lay(characters, batch, vocabulary, stack, expert, loud)
        _lay_contexts(characters, batch, stack[_UNITS] * expert.words.unit.weights[0, known + len(RULE_NAMES) :], loud)
    return Shares(base, rules, tuple(zip(batch.cut.units, characters, strict=True)))


def _loud_units(expert: Expert, batch: Batch, top: int) -> Ints:
    rows = rows_of(batch.cut)[0]
    order = np.argsort(unit_log_odds(expert.words, batch)[rows, 0], kind="stable")
    return rows[order[-top:]]


def _lay(
    characters: list[Floats], batch: Batch, vocabulary: Vocabulary, stack: Floats, expert: Expert, loud: Ints
) -> None:
    """Add the share of every n-gram, divided among its occurrences and their characters."""
    known = len(vocabulary.keys)
    occurrences = [vocabulary.occurrences(unit.text) for unit in batch.cut.units]
    letter = stack[_LETTER] * expert.words.letter.weights[0] * _dense(batch.letter_words, 0)
    total = np.bincount(
        np.concatenate([found.columns for found in occurrences] or [np.zeros(0, np.int64)]), minlength=known
    )
    letter = letter / np.maximum(total, 1)
    unit_weights = stack[_UNITS] * expert.words.unit.weights[0, :known]
    for number, found in enumerate(occurrences):
        value = letter[found.columns]
        if number in loud:
            mine = np.bincount(found.columns, minlength=known)
            value = value + (unit_weights * _dense(batch.unit_words, number) / np.maximum(mine, 1))[
                found.columns
            ] / len(loud)
        for start, end, share in zip(found.starts, found.ends, value, strict=True):
            characters[number][start:end] += share / (end - start)


def _lay_contexts(characters: list[Floats], batch: Batch, weights: Floats, loud: Ints) -> None:
    """Add what denials, questions and quotations over a unit weigh, evenly over its characters."""
    for number in loud:
        share = float(batch.unit_contexts[number] @ weights) / len(loud)
        characters[number] += share / max(1, len(characters[number]))


def _dense(words: Matrix, row: int) -> Floats:
    return np.asarray(words[[row]].todense()).ravel()


def spans(found: Shares, reading: Reading) -> tuple[tuple[Span, float], ...]:
    """Return (span, share) of the document's text, largest first: runs of characters that pull the same way, and the rule hits together."""
    parts = [
        part for unit, characters in found.units if unit.span is not None for part in _runs(unit.span.start, characters)
    ]
    if reading.hits and found.rules:
        parts += [(hit.span, found.rules / len(reading.hits)) for hit in reading.hits]
    return tuple(sorted((part for part in parts if abs(part[1]) >= _LEAST), key=lambda part: (-abs(part[1]), part[0])))


def _runs(start: int, characters: Floats) -> Iterable[tuple[Span, float]]:
    if not len(characters):
        return
    turns = np.flatnonzero(np.diff(np.sign(characters))) + 1
    for run in np.split(np.arange(len(characters)), turns):
        yield Span(start + int(run[0]), start + int(run[-1]) + 1), float(characters[run].sum())
