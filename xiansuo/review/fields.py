"""Reads numbers and days that somebody typed into an address or a form, where what is none has its own meaning."""

from datetime import date

from xiansuo.errors import NotVisibleError


def number(text: str) -> int:
    """Return the number of a thing. Raises NotVisibleError: what is no number names nothing, and one too long for a database is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise NotVisibleError
    return int(text)


def round_chosen(text: str) -> int | None:
    """Return the number of the round that was chosen, None for all of them."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def day(text: str) -> date | None:
    """Return a day written as 2026-11-23, None where nothing or no day was typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
