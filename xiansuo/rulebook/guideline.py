"""Reads the guideline of a category: what belongs to it, on which clause that stands, and where its neighbours begin."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xiansuo.domain.category import Category
from xiansuo.rulebook import fields
from xiansuo.rulebook.fields import Place

_FIELDS = ("what", "basis", "boundaries")
_BOUNDARY_FIELDS = ("with", "sentence")
_LONGEST = 200
_FEWEST = 2
OUTSIDE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A case on the border: what lies with the neighbour `other` (None: 业务范围外) and what does not."""

    other: Category | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Guideline:
    """What a reviewer reads beside the text when deciding on a category. `basis` names clauses whose wording was checked."""

    category: Category
    what: str
    boundaries: tuple[Boundary, ...]
    basis: tuple[str, ...] = ()


def load_guideline(path: Path) -> Guideline | None:
    """Load the guideline of a category's rule book, None where it has none. Raises RuleBookError."""
    raw, place = fields.read_yaml(path), Place(path.name)
    return read_guideline(raw.get("guideline"), fields.choice(raw.get("category"), "category", place, Category), place)


def read_guideline(value: object, category: Category, place: Place) -> Guideline | None:
    """Read a rule book's `guideline`. Raises RuleBookError."""
    if value is None:
        return None
    here = Place(place.file, "guideline")
    raw = fields.section(value, "guideline", here)
    fields.known(raw, _FIELDS, here)
    listed = fields.entries(raw.get("boundaries"), "boundaries", here)
    if len(listed) < _FEWEST:
        raise here.error("boundaries", f"{len(listed)} 条", f"至少 {_FEWEST} 条与相邻类别的界限")
    boundaries = tuple(_boundary(fields.section(entry, "boundaries", here), category, here) for entry in listed)
    return Guideline(category, _short(raw, "what", here), boundaries, fields.words(raw.get("basis"), "basis", here))


def _boundary(raw: Mapping[str, object], category: Category, place: Place) -> Boundary:
    fields.known(raw, _BOUNDARY_FIELDS, place)
    other = raw.get("with")
    if other == OUTSIDE:
        return Boundary(None, _short(raw, "sentence", place))
    neighbour = fields.choice(other, "with", place, Category)
    if neighbour is category:
        raise place.error("with", other, f"另一个类别，或者 {OUTSIDE}")
    return Boundary(neighbour, _short(raw, "sentence", place))


def _short(raw: Mapping[str, object], name: str, place: Place) -> str:
    text = fields.sentence(raw, name, place)
    if len(text) > _LONGEST:
        raise place.error(name, f"{len(text)} 字", f"不超过 {_LONGEST} 字，一眼能看完")
    return text
