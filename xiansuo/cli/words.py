"""The language of the screens: Chinese, with English beside it where the locale is English."""

import os
from functools import cache


@cache
def english() -> bool:
    """Tell whether the user's locale asks for English beside the Chinese."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return locale.startswith("en")


def say(chinese: str, in_english: str) -> str:
    """Return the Chinese words, followed by the English ones for an English locale."""
    return f"{chinese} {in_english}" if english() else chinese
