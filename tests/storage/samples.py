"""Letters for tests."""

from datetime import date

from xiansuo.domain.letter import Channel, Kind
from xiansuo.storage.repositories.letters import NewLetter


def new_letter(source_id: int, *, text: str = "村干部冒领低保金", subject: str = "") -> NewLetter:
    """Make a letter by post."""
    return NewLetter(source_id, Kind.LETTER, Channel.POST, date(2026, 3, 2), subject, text)
