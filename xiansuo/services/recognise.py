"""Owns how a letter is known again: by its bytes, else by its place, and by the file it lay in."""

import re

from xiansuo.domain.keys import Keyring, Purpose
from xiansuo.domain.letter import Item

_INSIDE = re.compile("[!#]")


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
