"""The secrets of one installation as a value that never prints."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Purpose(StrEnum):
    """What a keyed digest is for; digests of one purpose say nothing about those of another."""

    SEEN = "seen"
    MAILBOX = "mailbox"
    MESSAGE = "message"
    IDENTITY = "identity"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Keyring:
    """All vault keys by id, the one in use, the key of keyed digests, and the key that signs site models. 32 bytes each."""

    current: str
    vault: Mapping[str, bytes] = field(repr=False)
    index: bytes = field(repr=False)
    signing: bytes = field(repr=False)
    head: bytes = field(repr=False)

    def digest(self, purpose: Purpose, data: bytes) -> bytes:
        """Return the 32-byte HMAC-SHA256 of `data`, which nobody can recompute from a guess without the index key."""
        return hmac.digest(self.index, purpose.encode() + b"\0" + data, hashlib.sha256)

    def sign(self, data: bytes) -> bytes:
        """Return the 32-byte HMAC-SHA256 of `data` under the signing key."""
        return hmac.digest(self.signing, data, hashlib.sha256)
