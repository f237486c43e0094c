"""Corrections of what words name: where they stand, what they are, and what it came to."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words to be corrected stand: the clue, the letter's number, the place in its text, and the type they were given."""

    number: str
    letter: str
    start: int
    type: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the words are: a type or NOTHING, and their right form, '' to leave it."""

    type: str
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a correction touched."""

    letters: int
    places: int


@dataclass(frozen=True, slots=True)
class Past:
    """A correction as the clue's page tells it."""

    request: str
    words: str = field(repr=False)
    type: str
    new_type: str
    new_value: str = field(repr=False)
    letters: int
    by: str = field(repr=False)
    at: datetime
    undone: bool
