"""Owns the reading of gold letters: JSON Lines with text, labels, matter and evidence quotes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.letter import Kind
from xiansuo.domain.spans import Span
from xiansuo.errors import UsageError


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a letter that carry an accusation of `category` (None: in scope, none of the six)."""

    category: Category | None
    span: Span


@dataclass(frozen=True, slots=True)
class GoldLetter:
    """A letter with what people said about it.

    `half` is the name of the corpus file, `batch` the prefix of the id (one author each), `matter` groups letters that must never be split.
    `named` lists organisations, places, money and times as written. `disputed` holds categories on which readers differ; they count neither as right nor as wrong.
    """

    id: str
    half: str
    batch: str
    matter: str
    kind: Kind
    subject: str = field(repr=False)
    text: str = field(repr=False)
    received: date | None
    in_scope: bool
    labels: frozenset[Category]
    disputed: frozenset[Category] = frozenset()
    priority: int = 0
    quotes: tuple[Quote, ...] = field(default=(), repr=False)
    hard: frozenset[str] = frozenset()
    picked: str = ""
    border: bool = False
    petitioner: tuple[str, ...] = field(default=(), repr=False)
    respondents: tuple[str, ...] = field(default=(), repr=False)
    signed: str = ""
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)


def read_gold(path: Path) -> tuple[GoldLetter, ...]:
    """Read one file of gold letters, in the file's order; a line that is no gold letter is a `UsageError` with its number."""
    letters = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            letters.append(_letter(json.loads(line), path.stem))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path.name} 第 {number} 行不是标注信件（{type(error).__name__}）。请对照标注说明改正。"
            ) from error
    return tuple(letters)


def read_corpus(folder: Path) -> tuple[GoldLetter, ...]:
    """Read every `*.jsonl` of a folder in name order; an empty folder is a `UsageError`."""
    letters = tuple(letter for path in sorted(folder.glob("*.jsonl")) for letter in read_gold(path))
    if not letters:
        raise UsageError(f"{folder.name} 里没有训练信件（*.jsonl）。请检查 XIANSUO_HOME。")
    return letters


def _letter(row: Mapping[str, object], half: str) -> GoldLetter:
    labels = _strings(row["labels"])
    entities = row.get("entities")
    people = entities if isinstance(entities, Mapping) else {}
    received = row.get("date")
    return GoldLetter(
        id=str(row["id"]),
        half=half,
        batch=str(row["id"]).split("-", maxsplit=1)[0],
        matter=str(row.get("matter") or row["id"]),
        kind=Kind(str(row.get("kind") or "letter")),
        subject=str(row.get("subject") or ""),
        text=str(row["text"]),
        received=date.fromisoformat(str(received)[:10]) if received else None,
        in_scope=bool(labels),
        labels=_categories(labels),
        disputed=_categories(_strings(row.get("disputed"))),
        priority=int(str(row.get("priority") or 0)),
        quotes=tuple(_quotes(row)),
        hard=frozenset(_strings(row.get("hard"))),
        picked=str(row.get("picked") or ("random" if "random" in str(row.get("basis") or "") else "")),
        border=bool(row.get("border")),
        petitioner=_strings(people.get("petitioner")),
        respondents=_strings(people.get("accused")),
        signed=str(row.get("signed") or ""),
        named={name: _strings(people.get(name)) for name in ("org", "place", "money", "time")},
    )


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _categories(names: Iterable[str]) -> frozenset[Category]:
    return frozenset(category for category in CATEGORIES if category in names)


def _quotes(row: Mapping[str, object]) -> Iterable[Quote]:
    evidence, text = row.get("evidence"), str(row["text"])
    for item in evidence if isinstance(evidence, list) else ():
        label = str(item.get("label", ""))
        start = text.find(item["quote"])
        if start >= 0:
            category = Category(label) if label in set(CATEGORIES) else None
            yield Quote(category, Span(start, start + len(item["quote"])))
