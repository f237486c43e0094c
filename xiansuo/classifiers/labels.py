"""Owns the order of a model's outputs: scope (any accusation at all) first, then the six categories."""

from xiansuo.domain.category import CATEGORIES

SCOPE = "scope"
LABELS: tuple[str, ...] = (SCOPE, *CATEGORIES)
