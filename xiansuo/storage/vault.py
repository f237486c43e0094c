"""The vault (身份库): original bytes, identities, masks and recusal profiles, encrypted. The only module that touches the vault's tables.

Every record is bound to its kind, owner and key, so it cannot be moved to another letter. Equal names, phones and ID numbers
have equal keyed digests in the index; only the index key tells which, and the index answers questions, it links nobody.
"""

import json
import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind
from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from xiansuo.domain.keys import Keyring, Purpose
from xiansuo.domain.letter import Identity, IdentityKind
from xiansuo.domain.recusal import RecusalProfile, Relative
from xiansuo.domain.spans import Span
from xiansuo.domain.text import EntityType, Replacement
from xiansuo.errors import VaultLockedError
from xiansuo.storage.bulk import insert_tuples
from xiansuo.storage.crypto import Encrypted, decrypt, encrypt
from xiansuo.storage.session import add_missing, chunks
from xiansuo.storage.tables.vault import VaultIndex, VaultRecords
from xiansuo.text.folding import fold

_INDEXED = frozenset({IdentityKind.NAME, IdentityKind.PHONE, IdentityKind.ID_NUMBER})
_IGNORED = re.compile(r"[\s\-\u200b-\u200f\ufeff]+")
_COUNTRY_CODE = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")


class RecordKind(StrEnum):
    """What a vault record holds."""

    ORIGINAL = "original"
    IDENTITIES = "identities"
    MASK = "mask"
    QUARANTINE = "quarantine"
    RECUSAL = "recusal"


_OF_LETTERS = (RecordKind.ORIGINAL, RecordKind.IDENTITIES, RecordKind.MASK)
RECORDS = VaultRecords.__tablename__
"""What the table of records is called, for those who carry tables without opening them."""
_COLUMNS = ("kind", "owner_id", "key_id", "nonce", "ciphertext")
_FIELD = "\n"


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


class Vault:
    """The vault's tables seen through a keyring. Every reading method raises VaultLockedError when the keys do not fit."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def put_letter(self, session: Session, letters: Sequence[VaultLetter]) -> None:
        """Store originals, identities and masks of letters that have none yet, and index their names, phones and ID numbers."""
        self._put(session, (record for letter in letters for record in _records_of(letter)))
        self._index(session, letters)

    def put_quarantine(self, session: Session, originals: Sequence[tuple[int, Original]]) -> None:
        """Store the bytes of quarantined letters (quarantine id, original)."""
        self._put(session, ((RecordKind.QUARANTINE, owner, _pack(original)) for owner, original in originals))

    def replace_mask(self, session: Session, letter: VaultLetter) -> None:
        """Put the identities and masks of `letter` in the place of those stored; its original stays."""
        kinds = (RecordKind.IDENTITIES, RecordKind.MASK)
        session.execute(
            delete(VaultRecords).where(VaultRecords.owner_id == letter.letter_id, VaultRecords.kind.in_(kinds))
        )
        session.execute(delete(VaultIndex).where(VaultIndex.letter_id == letter.letter_id))
        self._put(session, (record for record in _records_of(letter) if record[0] in kinds))
        self._index(session, [letter])

    def read_original(self, session: Session, letter_id: int) -> Original:
        """Return a letter's source bytes, locator and media type. Raises LookupError for an unknown letter."""
        return _unpack(self._open(session, RecordKind.ORIGINAL, letter_id))

    def read_quarantine(self, session: Session, quarantine_id: int) -> Original:
        """Return a quarantined letter's source bytes, locator and media type. Raises LookupError when there is none."""
        return _unpack(self._open(session, RecordKind.QUARANTINE, quarantine_id))

    def read_identities(self, session: Session, letter_id: int) -> tuple[Identity, ...]:
        """Return the strings that identify a letter's petitioner. Raises LookupError for an unknown letter."""
        pairs = json.loads(self._open(session, RecordKind.IDENTITIES, letter_id))
        return tuple(Identity(IdentityKind(kind), value) for kind, value in pairs)

    def read_mask(self, session: Session, letter_id: int) -> Masks:
        """Return what was masked in a letter. Raises LookupError for an unknown letter."""
        subject, text = json.loads(self._open(session, RecordKind.MASK, letter_id))
        return Masks(tuple(map(_to_replacement, subject)), tuple(map(_to_replacement, text)))

    def find(self, session: Session, value: str) -> list[int]:
        """Return the letters in which `value` is a petitioner's name, phone or ID number, in order of intake."""
        found = select(VaultIndex.letter_id).where(VaultIndex.blind == self._blind(value)).distinct()
        return list(session.scalars(found.order_by(VaultIndex.letter_id)))

    def mentions(self, session: Session, letter_ids: Iterable[int], terms: Sequence[str]) -> dict[int, frozenset[str]]:
        """Tell which of `terms` (folded) stand among each letter's identities; letters with none are left out.

        It answers yes or no for what was asked and gives away nothing else. A term between line ends is looked for as a whole identity.
        The keyed index cannot answer this: names of bystanders and of people in addresses and descriptions are not in it.
        """
        if not terms:
            return {}
        finder, found = AhoCorasick(list(terms), matchkind=MatchKind.Standard), dict[int, frozenset[str]]()
        for chunk in chunks(letter_ids):
            named = select(VaultRecords).where(VaultRecords.kind == RecordKind.IDENTITIES)
            # Plain rows, not mapped objects: every letter of the office is asked about.
            for row in session.connection().execute(named.where(VaultRecords.owner_id.in_(chunk))):
                values = [fold(value) for _, value in json.loads(self._clear(row))]
                hits = finder.find_matches_as_indexes(_FIELD + _FIELD.join(values) + _FIELD, overlapping=True)
                if hits:
                    found[row.owner_id] = frozenset(terms[at] for at, _, _ in hits)
        return found

    def put_recusal(self, session: Session, account_id: int, profile: RecusalProfile) -> None:
        """Put `profile` in the place of what an account declared."""
        place = (VaultRecords.kind == RecordKind.RECUSAL, VaultRecords.owner_id == account_id)
        session.execute(delete(VaultRecords).where(*place))
        self._put(session, [(RecordKind.RECUSAL, account_id, _pack_profile(profile))])

    def read_recusal(self, session: Session, account_id: int) -> RecusalProfile:
        """Return what an account declared; an empty profile before it declared anything."""
        return self.read_recusals(session, [account_id]).get(account_id, RecusalProfile())

    def read_recusals(self, session: Session, account_ids: Iterable[int]) -> dict[int, RecusalProfile]:
        """Return what those of the accounts declared that declared anything."""
        kept = select(VaultRecords).where(VaultRecords.kind == RecordKind.RECUSAL)
        return {
            row.owner_id: _unpack_profile(self._clear(row))
            for chunk in chunks(account_ids)
            for row in session.connection().execute(kept.where(VaultRecords.owner_id.in_(chunk)))
        }

    def rotate(self, session: Session, batch: int = 200) -> int:
        """Re-encrypt up to `batch` records of older keys under the current one and return how many; nothing left is 0."""
        old = select(VaultRecords).where(VaultRecords.key_id != self._keyring.current).limit(batch)
        rows = session.scalars(old).all()
        for row in rows:
            fresh = dict(zip(_COLUMNS, self._close(row.kind, row.owner_id, self._clear(row)), strict=True))
            place = (VaultRecords.kind == row.kind, VaultRecords.owner_id == row.owner_id)
            session.execute(
                update(VaultRecords).where(*place).values(fresh).execution_options(synchronize_session=False)
            )
        session.expire_all()
        return len(rows)

    def delete(self, session: Session, letter_ids: Iterable[int]) -> None:
        """Remove all that the vault holds of these letters."""
        for chunk in chunks(letter_ids):
            owned = (VaultRecords.owner_id.in_(chunk), VaultRecords.kind.in_(_OF_LETTERS))
            session.execute(delete(VaultRecords).where(*owned))
            session.execute(delete(VaultIndex).where(VaultIndex.letter_id.in_(chunk)))

    def delete_quarantine(self, session: Session, quarantine_ids: Iterable[int]) -> None:
        """Remove the bytes of quarantined letters that were stored or sealed after all."""
        for chunk in chunks(quarantine_ids):
            owned = (VaultRecords.owner_id.in_(chunk), VaultRecords.kind == RecordKind.QUARANTINE)
            session.execute(delete(VaultRecords).where(*owned))

    def keys_in_use(self, session: Session) -> dict[str, int]:
        """Return how many records each vault key closes."""
        counted = select(VaultRecords.key_id, func.count().label("total")).group_by(VaultRecords.key_id)
        return {row.key_id: row.total for row in session.execute(counted)}

    def opens(self, record: Any) -> bool:
        """Tell whether a record, as its row stands, opens: its key is there, and nobody changed or moved it."""
        try:
            self._clear(record)
        except VaultLockedError:
            return False
        return True

    def is_foreign(self, session: Session) -> bool:
        """Tell whether there are records and the keyring opens none: keys and database are of two installations."""
        # Both ends of the index are found at once; ids are random, so no foreign vault lies within the own ones.
        ends = [session.scalar(select(end(VaultRecords.key_id))) for end in (func.min, func.max)]
        return ends[0] is not None and not set(ends) & set(self._keyring.vault)

    def _put(self, session: Session, records: Iterable[tuple[RecordKind, int, bytes]]) -> None:
        rows = [self._close(kind.value, owner, data) for kind, owner, data in records]
        insert_tuples(session, VaultRecords, _COLUMNS, rows)

    def _close(self, kind: str, owner: int, data: bytes) -> tuple[str, int, str, bytes, bytes]:
        key_id = self._keyring.current
        closed = encrypt(self._keyring.vault[key_id], data, bound_to=_place(kind, owner, key_id))
        return kind, owner, key_id, closed.nonce, closed.ciphertext

    def _open(self, session: Session, kind: RecordKind, owner: int) -> bytes:
        row = session.get(VaultRecords, (kind.value, owner))
        if row is None:
            raise LookupError(f"the vault holds no {kind} of {owner}")
        return self._clear(row)

    def _clear(self, row: VaultRecords | Row[Any]) -> bytes:
        key = self._keyring.vault.get(row.key_id)
        if key is None:
            raise VaultLockedError(f"身份库记录需要密钥 {row.key_id}，但密钥目录里没有它。请从备份恢复该密钥文件。")
        return decrypt(key, Encrypted(row.nonce, row.ciphertext), bound_to=_place(row.kind, row.owner_id, row.key_id))

    def _index(self, session: Session, letters: Sequence[VaultLetter]) -> None:
        rows = [
            {"blind": self._blind(identity.value), "letter_id": letter.letter_id, "kind": identity.kind}
            for letter in letters
            for identity in letter.identities
            if identity.kind in _INDEXED
        ]
        add_missing(session, VaultIndex, rows)

    def _blind(self, value: str) -> bytes:
        return self._keyring.digest(Purpose.IDENTITY, _normal(value).encode(errors="replace"))


def _place(kind: str, owner: int, key_id: str) -> bytes:
    return f"{kind}\0{owner}\0{key_id}".encode()


def _normal(value: str) -> str:
    # The same phone is written with spaces, hyphens, full-width digits or +86; an ID number ends in x or X.
    return _COUNTRY_CODE.sub("", _IGNORED.sub("", unicodedata.normalize("NFKC", value)).casefold())


def _records_of(letter: VaultLetter) -> Iterator[tuple[RecordKind, int, bytes]]:
    identities = [[one.kind.value, one.value] for one in letter.identities]
    masks = [[_from_replacement(one) for one in mask] for mask in (letter.subject_mask, letter.text_mask)]
    yield RecordKind.ORIGINAL, letter.letter_id, _pack(letter.original)
    yield RecordKind.IDENTITIES, letter.letter_id, json.dumps(identities).encode()
    yield RecordKind.MASK, letter.letter_id, json.dumps(masks).encode()


def _pack(original: Original) -> bytes:
    head = json.dumps([original.locator, original.media_type]).encode()
    return struct.pack(">I", len(head)) + head + original.data


def _unpack(packed: bytes) -> Original:
    (length,) = struct.unpack_from(">I", packed)
    locator, media_type = json.loads(packed[4 : 4 + length])
    return Original(packed[4 + length :], locator, media_type)


def _pack_profile(profile: RecusalProfile) -> bytes:
    relatives = [[one.name, one.relation] for one in profile.relatives]
    return json.dumps([profile.names, relatives, profile.regions, profile.systems, profile.units]).encode()


def _unpack_profile(packed: bytes) -> RecusalProfile:
    names, relatives, regions, systems, units = json.loads(packed)
    related = tuple(Relative(*one) for one in relatives)
    return RecusalProfile(tuple(names), related, tuple(regions), tuple(systems), tuple(units))


def _from_replacement(one: Replacement) -> list[object]:
    return [*one.source, *one.masked, one.type.value]


def _to_replacement(row: Any) -> Replacement:
    start, end, masked_start, masked_end, kind = row
    return Replacement(Span(start, end), Span(masked_start, masked_end), EntityType(kind))
