"""The forms in which the vault keeps things: what belongs to a letter, and how each record is written as bytes before it is encrypted."""

import hashlib
import json
import re
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from xiansuo.domain.keys import Keyring
from xiansuo.domain.letter import Identity
from xiansuo.domain.recusal import RecusalProfile, Relative
from xiansuo.domain.spans import Span
from xiansuo.domain.text import EntityType, Replacement

_IGNORED = re.compile(r"[\s\-\u200b-\u200f\ufeff]+")
_COUNTRY_CODE = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")


Place = tuple[str, int]
"""The kind and the owner of a record."""


class Turned(NamedTuple):
    """What became of a stretch of records: how many have a new key, which do not open, and the last one (nothing where none was left)."""

    records: int = 0
    locked: tuple[Place, ...] = ()
    last: Place | None = None


class RecordKind(StrEnum):
    """What a vault record holds."""

    ORIGINAL = "original"
    IDENTITIES = "identities"
    MASK = "mask"
    QUARANTINE = "quarantine"
    RECUSAL = "recusal"
    WITNESS = "witness"


class Original(NamedTuple):
    """The source bytes of a letter, where they came from, and their media type."""

    data: bytes
    locator: str
    media_type: str

    def __repr__(self) -> str:
        """Say nothing but the size."""
        return f"Original({len(self.data)} bytes)"


class Masks(NamedTuple):
    """What was masked in a letter's subject and text."""

    subject: tuple[Replacement, ...]
    text: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class VaultLetter:
    """What the vault keeps of one letter."""

    letter_id: int
    original: Original = field(repr=False)
    identities: tuple[Identity, ...] = field(repr=False)
    text_mask: tuple[Replacement, ...] = ()
    subject_mask: tuple[Replacement, ...] = ()


def records_of(letter: VaultLetter) -> Iterator[tuple[RecordKind, int, bytes]]:
    """Yield the records of a letter: kind, owner, bytes."""
    identities = [[one.kind.value, one.value] for one in letter.identities]
    masks = [[_from_replacement(one) for one in mask] for mask in (letter.subject_mask, letter.text_mask)]
    yield RecordKind.ORIGINAL, letter.letter_id, pack(letter.original)
    yield RecordKind.IDENTITIES, letter.letter_id, json.dumps(identities).encode()
    yield RecordKind.MASK, letter.letter_id, json.dumps(masks).encode()


def pack(original: Original) -> bytes:
    """Write an original as one record."""
    head = json.dumps([original.locator, original.media_type]).encode()
    return struct.pack(">I", len(head)) + head + original.data


def unpack(packed: bytes) -> Original:
    """Read an original."""
    (length,) = struct.unpack_from(">I", packed)
    locator, media_type = json.loads(packed[4 : 4 + length])
    return Original(packed[4 + length :], locator, media_type)


def pack_profile(profile: RecusalProfile) -> bytes:
    """Write what an account declared as one record."""
    relatives = [[one.name, one.relation] for one in profile.relatives]
    return json.dumps([profile.names, relatives, profile.regions, profile.systems, profile.units]).encode()


def unpack_profile(packed: bytes) -> RecusalProfile:
    """Read what an account declared."""
    names, relatives, regions, systems, units = json.loads(packed)
    related = tuple(Relative(*one) for one in relatives)
    return RecusalProfile(tuple(names), related, tuple(regions), tuple(systems), tuple(units))


def pack_witness(keyring: Keyring, heads: Sequence[bytes] = ()) -> bytes:
    """Write by which digests the keys beside the vault keys are known; the head's may be one of several while it is changed."""
    known = {name: [digest] for name, digest in _known_by(keyring).items()}
    known["head.pub"] += [hashlib.sha256(head).hexdigest() for head in heads]
    return json.dumps(known).encode()


def strangers(packed: bytes, keyring: Keyring) -> tuple[str, ...]:
    """Return the names of the key files that are not those of which a witness tells."""
    known = json.loads(packed)
    return tuple(name for name, digest in _known_by(keyring).items() if digest not in known.get(name, [digest]))


def _known_by(keyring: Keyring) -> dict[str, str]:
    keys = {"index.key": keyring.index, "signing.key": keyring.signing, "head.pub": keyring.head}
    return {name: hashlib.sha256(key).hexdigest() for name, key in keys.items()}


def _from_replacement(one: Replacement) -> list[object]:
    return [*one.source, *one.masked, one.type.value]


def to_replacement(row: Any) -> Replacement:
    """Read one replacement of a mask."""
    start, end, masked_start, masked_end, kind = row
    return Replacement(Span(start, end), Span(masked_start, masked_end), EntityType(kind))


def normal(value: str) -> str:
    """Return a name, phone or ID number as it is compared, however it is written."""
    # The same phone is written with spaces, hyphens, full-width digits or +86; an ID number ends in x or X.
    return _COUNTRY_CODE.sub("", _IGNORED.sub("", unicodedata.normalize("NFKC", value)).casefold())
