"""Owns how one setting's value is read; a wrong one is a ValueError whose words, if any, say what is wrong about it."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from xiansuo.domain.letter import Channel
from xiansuo.intake.secrets import password_from


def text(value: object, _: Path) -> str:
    """Return a printable text without the space around it."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError
    return value.strip()


def name(value: object, folder: Path) -> str:
    """Return a name that may stand in a mailbox key."""
    if "/" in (given := text(value, folder)) or len(given) > 40:
        raise ValueError
    return given


def texts(value: object, folder: Path) -> tuple[str, ...]:
    """Return a list of texts that is not empty."""
    if not isinstance(value, list) or not value:
        raise ValueError
    return tuple(text(one, folder) for one in value)


def whole(least: int, most: int) -> Callable[[object, Path], int]:
    """Return the parser of whole numbers between two bounds."""

    def parse(value: object, _: Path) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError
        return value

    return parse


def yes_no(value: object, _: Path) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - every wrong setting takes the same way
    return value


def day(value: object, _: Path) -> date:
    """Return a day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError from None  # without the library's English words


def one_of(words: Sequence[str]) -> Callable[[object, Path], str]:
    """Return the parser of one of these words."""

    def parse(value: object, _: Path) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return parse


def channel(value: object, _: Path) -> Channel:
    """Return a channel."""
    return Channel(one_of(tuple(Channel))(value, Path()))


def path(value: object, folder: Path) -> Path:
    """Return a path; a relative one begins at the settings file's folder."""
    return folder / Path(text(value, folder)).expanduser()


def file(value: object, folder: Path) -> Path:
    """Return the path of a file that is there."""
    found = path(value, folder)
    if not found.is_file():
        raise ValueError("，文件不存在")
    return found


def secret(value: object, folder: Path) -> SecretStr:
    """Return the password that a file holds which nobody but its owner can read."""
    return SecretStr(password_from(file(value, folder)))


def entry(value: object, folder: Path) -> tuple[str, str]:
    """Return the service and the user under which a password lies in the system's keyring."""
    service, mark, user = text(value, folder).rpartition("/")
    if not mark or not service.strip() or not user.strip():
        raise ValueError
    return service.strip(), user.strip()


_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=366)


def duration(value: object, _: Path) -> timedelta:
    """Return a length of time, such as 12h, 3d or 2w."""
    match = re.fullmatch(r"([1-9]\d{0,3})([hdw])", value.strip().lower()) if isinstance(value, str) else None
    if not match or (found := timedelta(**{_UNITS[match[2]]: int(match[1])})) > _LONGEST:
        raise ValueError
    return found
