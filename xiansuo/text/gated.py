"""Owns patterns that are tried only where one of their words stands."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


def stands(words: Iterable[str], text: str) -> bool:
    """Tell whether one of the words stands in a text; a plain loop, since a generator costs more than the search itself."""
    for word in words:  # noqa: SIM110
        if word in text:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Gated:
    """A pattern that can match only where one of its words stands; looking for the words first is many times faster."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches."""
        return self.pattern.finditer(text) if stands(self.words, text) else iter(())
