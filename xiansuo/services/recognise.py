"""Owns how a letter is known again: by its bytes, else by its place, and by the file it lay in; and how a person is told which one it is."""

import re
from pathlib import PurePath

from xiansuo.domain.keys import Keyring, Purpose
from xiansuo.domain.letter import Item

_INSIDE = re.compile("[!#]")
_SUFFIXES = re.compile(r"\.(?:eml|mbox|txt|html?|docx?|wps|pdf|xlsx?|csv|zip|jsonl|msg|png|jpe?g|tif|dat)")


def seen_key(item: Item, keyring: Keyring) -> bytes:
    """Return the digest by which the same letter is known when it comes again.

    Where nothing could be read, the place stands for the bytes: the same trouble is not new on every run.
    """
    place = item.mailbox_key or item.locator
    return keyring.digest(Purpose.SEEN, item.data or b"\0" + place.encode("utf-8", "surrogatepass"))


def mailbox_digest(item: Item, keyring: Keyring) -> bytes | None:
    """Return the digest of a mail's place on its server, nothing for other letters."""
    key = item.mailbox_key
    return keyring.digest(Purpose.MAILBOX, key.encode("utf-8", "surrogatepass")) if key else None


def containers(locator: str) -> set[str]:
    """Return the files (archive, register, mailbox file) that a letter at `locator` may lie in."""
    return {locator[: mark.start()] for mark in _INSIDE.finditer(locator)}


def position_of(item: Item, number: int) -> str:
    """Say which letter of an intake it is without its file name, which may hold a person's name."""
    suffix = PurePath(_INSIDE.split(item.locator)[0]).suffix.lower()
    known = f" {suffix}" if _SUFFIXES.fullmatch(suffix) else ""
    size = f"{len(item.data) / 1024:.0f} KB" if len(item.data) >= 1024 else "不足 1 KB"
    return f"本次第{number}件{known} {size}"
