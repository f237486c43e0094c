"""What the queue learned about a clue, as it stands beside the clue."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xiansuo.domain.category import Category
from xiansuo.storage.tables.base import Json


@dataclass(frozen=True, slots=True)
class Learned:
    """How likely a clue holds an accusation: `before` says the suggestion, `after` says what people decided about other clues.

    `categories` are those that the decisions make likelier than not, the likeliest first; they are a hint and no suggestion.
    """

    before: float
    after: float
    categories: Mapping[Category, float] = field(default_factory=dict)


def to_json(one: Learned | None) -> Json:
    """Return it as the column `clues.learned` holds it; `category` is there to be asked for."""
    if one is None:
        return None
    categories = {category.value: chance for category, chance in one.categories.items()}
    return {
        "before": one.before,
        "after": one.after,
        "categories": categories,
        "category": next(iter(categories), None),
    }


def from_json(stored: Json) -> Learned | None:
    """Return what the column `clues.learned` holds."""
    if stored is None:
        return None
    categories = {Category(code): chance for code, chance in stored["categories"].items()}
    return Learned(stored["before"], stored["after"], categories)
