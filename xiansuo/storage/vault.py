"""The vault (身份库): original bytes, identities, masks and recusal profiles, encrypted. The only module that touches the vault's tables.

Every record is bound to its kind, owner and key, so it cannot be moved to another letter. Equal names, phones and ID numbers
have equal keyed digests in the index; only the index key tells which, and the index answers questions, it links nobody.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind
from sqlalchemy import Row, Select, delete, func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from xiansuo.domain.keys import Keyring, Purpose
from xiansuo.domain.letter import Identity, IdentityKind
from xiansuo.domain.recusal import RecusalProfile
from xiansuo.errors import VaultLockedError
from xiansuo.storage import turns
from xiansuo.storage.bulk import insert_tuples
from xiansuo.storage.crypto import Encrypted, decrypt, encrypt
from xiansuo.storage.session import add_missing, chunks
from xiansuo.storage.tables.vault import VaultIndex, VaultRecords
from xiansuo.storage.vault_forms import (
    Masks,
    Original,
    Place,
    RecordKind,
    Turned,
    VaultLetter,
    normal,
    pack,
    pack_profile,
    pack_witness,
    records_of,
    strangers,
    to_replacement,
    unpack,
    unpack_profile,
)
from xiansuo.text.folding import fold

__all__ = ["RECORDS", "Masks", "Original", "Place", "RecordKind", "Turned", "Vault", "VaultLetter"]

_INDEXED = frozenset({IdentityKind.NAME, IdentityKind.PHONE, IdentityKind.ID_NUMBER})

_OF_LETTERS = (RecordKind.ORIGINAL, RecordKind.IDENTITIES, RecordKind.MASK)
RECORDS = VaultRecords.__tablename__
"""What the table of records is called, for those who carry tables without opening them."""
_COLUMNS = ("kind", "owner_id", "key_id", "nonce", "ciphertext")
_FIELD = "\n"
_TRIED = 3
_MOST_BYTES = 32 << 20


class Vault:
    """The vault's tables seen through a keyring. Every reading method raises VaultLockedError when the keys do not fit.

    `renew` returns the keyring as it is now, the same one where no vault key was put in use since: vault keys change while people work.
    """

    def __init__(self, keyring: Keyring, renew: Callable[[Keyring], Keyring] | None = None) -> None:
        self._keyring, self._renew = keyring, renew

    def put_letter(self, session: Session, letters: Sequence[VaultLetter]) -> None:
        """Store originals, identities and masks of letters that have none yet, and index their names, phones and ID numbers."""
        self._put(session, (record for letter in letters for record in records_of(letter)))
        self._index(session, letters)

    def put_quarantine(self, session: Session, originals: Sequence[tuple[int, Original]]) -> None:
        """Store the bytes of quarantined letters (quarantine id, original)."""
        self._put(session, ((RecordKind.QUARANTINE, owner, pack(original)) for owner, original in originals))

    def replace_mask(self, session: Session, letter: VaultLetter) -> None:
        """Put the identities and masks of `letter` in the place of those stored; its original stays."""
        kinds = (RecordKind.IDENTITIES, RecordKind.MASK)
        session.execute(
            delete(VaultRecords).where(VaultRecords.owner_id == letter.letter_id, VaultRecords.kind.in_(kinds))
        )
        session.execute(delete(VaultIndex).where(VaultIndex.letter_id == letter.letter_id))
        self._put(session, (record for record in records_of(letter) if record[0] in kinds))
        self._index(session, [letter])

    def read_original(self, session: Session, letter_id: int) -> Original:
        """Return a letter's source bytes, locator and media type. Raises LookupError for an unknown letter."""
        return unpack(self._open(session, RecordKind.ORIGINAL, letter_id))

    def read_quarantine(self, session: Session, quarantine_id: int) -> Original:
        """Return a quarantined letter's source bytes, locator and media type. Raises LookupError when there is none."""
        return unpack(self._open(session, RecordKind.QUARANTINE, quarantine_id))

    def read_identities(self, session: Session, letter_id: int) -> tuple[Identity, ...]:
        """Return the strings that identify a letter's petitioner. Raises LookupError for an unknown letter."""
        pairs = json.loads(self._open(session, RecordKind.IDENTITIES, letter_id))
        return tuple(Identity(IdentityKind(kind), value) for kind, value in pairs)

    def read_mask(self, session: Session, letter_id: int) -> Masks:
        """Return what was masked in a letter. Raises LookupError for an unknown letter."""
        subject, text = json.loads(self._open(session, RecordKind.MASK, letter_id))
        return Masks(tuple(map(to_replacement, subject)), tuple(map(to_replacement, text)))

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
        self._put(session, [(RecordKind.RECUSAL, account_id, pack_profile(profile))])

    def read_recusal(self, session: Session, account_id: int) -> RecusalProfile:
        """Return what an account declared; an empty profile before it declared anything."""
        return self.read_recusals(session, [account_id]).get(account_id, RecusalProfile())

    def read_recusals(self, session: Session, account_ids: Iterable[int]) -> dict[int, RecusalProfile]:
        """Return what those of the accounts declared that declared anything."""
        kept = select(VaultRecords).where(VaultRecords.kind == RecordKind.RECUSAL)
        return {
            row.owner_id: unpack_profile(self._clear(row))
            for chunk in chunks(account_ids)
            for row in session.connection().execute(kept.where(VaultRecords.owner_id.in_(chunk)))
        }

    def rotate(self, session: Session, batch: int = 100, *, after: Place = ("", 0)) -> Turned:
        """Re-encrypt up to `batch` records of older keys behind the record `after` under the current key.

        A record that does not open stays as it is. Nobody changes these records until the transaction ends.
        """
        self._keep_up(session)
        places = self._older(session, batch, after)
        rows = session.connection().execute(_at(places).with_for_update()).all()
        locked = tuple((row.kind, row.owner_id) for row in rows if not self._close_again(session, row))
        return Turned(len(rows) - len(locked), locked, places[-1] if places else None)

    def put_witness(self, session: Session, heads: Sequence[bytes] = ()) -> None:
        """Note by which digests the keys that close no record are known, and further public keys of the head, instead of what was noted."""
        session.execute(delete(VaultRecords).where(VaultRecords.kind == RecordKind.WITNESS))
        self._put(session, [(RecordKind.WITNESS, 0, pack_witness(self._keyring, heads))])

    def strange_keys(self, session: Session) -> tuple[str, ...]:
        """Return the names of the key files that hold other keys than those with which this vault was filled."""
        wrong = tuple(f"vault-{key_id}.key" for key_id in self._keyring.vault if self._refuses(session, key_id))
        row = session.get(VaultRecords, (RecordKind.WITNESS.value, 0))
        return wrong + (strangers(self._clear(row), self._keyring) if row is not None and self.opens(row) else ())

    def delete(self, session: Session, letter_ids: Iterable[int], *, only_original: bool = False) -> None:
        """Remove all that the vault holds of these letters, or nothing but their source bytes."""
        kinds = (RecordKind.ORIGINAL,) if only_original else _OF_LETTERS
        for chunk in chunks(letter_ids):
            owned = (VaultRecords.owner_id.in_(chunk), VaultRecords.kind.in_(kinds))
            session.execute(delete(VaultRecords).where(*owned))
            if not only_original:
                session.execute(delete(VaultIndex).where(VaultIndex.letter_id.in_(chunk)))

    def delete_quarantine(self, session: Session, quarantine_ids: Iterable[int]) -> None:
        """Remove the bytes of quarantined letters that were stored or sealed after all, or erased."""
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

    def places(self, session: Session) -> Iterator[tuple[Place, bool]]:
        """Yield every record's kind and owner, and whether it opens, in the order of its table."""
        rows = session.connection().execute(select(VaultRecords), execution_options={"yield_per": _TRIED})
        yield from (((row.kind, row.owner_id), self.opens(row)) for row in rows)

    def is_foreign(self, session: Session) -> bool:
        """Tell whether there are records and the keyring opens none: keys and database are of two installations."""
        # Both ends of the index are found at once; ids are random, so no foreign vault lies within the own ones.
        ends = [session.scalar(select(end(VaultRecords.key_id))) for end in (func.min, func.max)]
        return ends[0] is not None and not set(ends) & set(self._keyring.vault)

    def _close_again(self, session: Session, row: Row[Any]) -> bool:
        try:
            clear = self._clear(row)
        except VaultLockedError:
            return False
        fresh = dict(zip(_COLUMNS, self._close(row.kind, row.owner_id, clear), strict=True))
        place = (VaultRecords.kind == row.kind, VaultRecords.owner_id == row.owner_id)
        session.connection().execute(update(VaultRecords).where(*place).values(fresh))
        return True

    def _older(self, session: Session, batch: int, after: Place) -> list[Place]:
        """Return the next records of older keys, not more than one transaction should hold in memory."""
        size = func.length(VaultRecords.ciphertext).label("size")
        behind = tuple_(VaultRecords.kind, VaultRecords.owner_id) > tuple_(literal(after[0]), literal(after[1]))
        wanted = select(VaultRecords.kind, VaultRecords.owner_id, size).where(behind)
        wanted = wanted.where(VaultRecords.key_id != self._keyring.current)
        found, total = list[Place](), 0
        for row in session.execute(wanted.order_by(VaultRecords.kind, VaultRecords.owner_id).limit(batch)):
            total += row.size
            if found and total > _MOST_BYTES:
                break
            found.append((row.kind, row.owner_id))
        return found

    def _refuses(self, session: Session, key_id: str) -> bool:
        # One damaged record says nothing of its key.
        tried = select(VaultRecords).where(VaultRecords.key_id == key_id).limit(_TRIED)
        rows = session.connection().execute(tried).all()
        return bool(rows) and not any(self.opens(row) for row in rows)

    def _keep_up(self, session: Session) -> None:
        """Take up the vault key that is in use now; no other one is put in use before this transaction ends."""
        turns.share(session)
        self._take_up()

    def _take_up(self) -> None:
        if self._renew is None:
            return
        now = self._renew(self._keyring)
        if (now.index, now.signing) != (self._keyring.index, self._keyring.signing):
            raise VaultLockedError(
                "运行中密钥目录被换成了另一套，没有写入任何内容。请放回原来的 keys 目录，再重新启动。"
            )
        # What another process has just read may still be closed with a key that is no longer on disk.
        self._keyring = now if now is self._keyring else replace(now, vault={**self._keyring.vault, **now.vault})

    def _put(self, session: Session, records: Iterable[tuple[RecordKind, int, bytes]]) -> None:
        self._keep_up(session)
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
        if row.key_id not in self._keyring.vault:
            self._take_up()
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
        return self._keyring.digest(Purpose.IDENTITY, normal(value).encode(errors="replace"))


def _at(places: Sequence[Place]) -> Select[Any]:
    return select(VaultRecords).where(tuple_(VaultRecords.kind, VaultRecords.owner_id).in_(places))


def _place(kind: str, owner: int, key_id: str) -> bytes:
    return f"{kind}\0{owner}\0{key_id}".encode()
