"""Puts a new vault key in the place of the one in use while people work, stopped anywhere and continued, and says which records open."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from xiansuo.errors import KeyFileError
from xiansuo.services.keys import begin_rotation, end_rotation, is_rotating, load_keyring, note_keys
from xiansuo.services.office import Office
from xiansuo.services.only_one import only_one
from xiansuo.services.upgrade import copies
from xiansuo.storage import turns
from xiansuo.storage.repositories import audit, letters
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.vault import Place, Vault

_LOCK = ".vault.lock"
_BUSY = "另一个 vault rotate 正在进行。请等它做完。"
_KINDS = {
    "original": "来件 {} 的原件",
    "identities": "来件 {} 的身份信息",
    "mask": "来件 {} 的遮盖对照",
    "quarantine": "待处理第 {} 号的原件",
    "recusal": "第 {} 号账号的回避申报",
    "witness": "密钥核对记录",
}
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rotated:
    """A change of the vault key that came to its end.

    `key` is in use now, `count` records were closed anew in this run, `locked` names those that do not open and stayed as they were,
    `dropped` are the keys removed, `copies` the keys kept for so many copies of the database each, `records` for so many records.
    """

    key: str
    continued: bool
    count: int
    locked: tuple[str, ...]
    dropped: tuple[str, ...]
    copies: Mapping[str, int]
    records: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Checked:
    """How many records the vault has, and which of them do not open, by number."""

    count: int
    locked: tuple[str, ...]
    rotating: bool


def rotate(office: Office, *, actor: str, advance: Advance = lambda _count: None, tidy: bool = False) -> Rotated:
    """Close every record anew with a new key, some at a time, and remove the keys that nothing needs any more.

    A change that was stopped is continued with the key it had begun; with `tidy` no new key is made. Raises KeyFileError.
    """
    with only_one(office.state_dir / _LOCK, KeyFileError(_BUSY)):
        continued = is_rotating(office.state_dir)
        key = load_keyring(office.state_dir).current if tidy and not continued else _put_in_use(office)
        _write_down(office, actor, "vault.rotate", key)
        note_keys(office.engine, office.state_dir)
        count, locked = _close_anew(office, advance)
        copied = _needed_by_copies(office.state_dir)
        records, dropped = _end(office, copied)
        _write_down(office, actor, "vault.rotated", key)
    kept = {one: copied[one] for one in sorted(copied) if one != key}
    return Rotated(key, continued, count, _named(office, locked), dropped, kept, records)


def check(office: Office, *, advance: Advance = lambda _count: None) -> Checked:
    """Open every record of the vault and forget what it says."""
    count, locked = 0, list[Place]()
    with reading(office.engine) as session:
        for place, opens in office.vault.places(session):
            count += 1
            advance(1)
            if not opens:
                locked.append(place)
    return Checked(count, _named(office, locked), is_rotating(office.state_dir))


def _put_in_use(office: Office) -> str:
    # Nothing else happens in this transaction: it waits for everybody who writes, and they may wait for the trail.
    with transaction(office.engine) as session:
        turns.alone(session)
        return begin_rotation(office.state_dir)


def _close_anew(office: Office, advance: Advance) -> tuple[int, list[Place]]:
    count, locked, last = 0, list[Place](), ("", 0)
    while True:
        with transaction(office.engine) as session:
            turned = office.vault.rotate(session, after=last)
        if turned.last is None:
            return count, locked
        count, last = count + turned.records, turned.last
        locked += turned.locked
        advance(turned.records)


def _end(office: Office, copied: Mapping[str, int]) -> tuple[dict[str, int], tuple[str, ...]]:
    with transaction(office.engine) as session:
        turns.alone(session)
        in_use = office.vault.keys_in_use(session)
        dropped = end_rotation(office.state_dir, {*in_use, *copied})
    current = load_keyring(office.state_dir).current
    return {key: count for key, count in in_use.items() if key != current}, tuple(dropped)


def _needed_by_copies(state_dir: Path) -> dict[str, int]:
    """Return how many of the copies that upgrades left need each vault key; they hold the database of then, and no keys."""
    keyring, needed = load_keyring(state_dir), dict[str, int]()
    for file in copies(state_dir):
        for key in _keys_in(file, Vault(keyring), set(keyring.vault)):
            needed[key] = needed.get(key, 0) + 1
    return needed


def _keys_in(file: Path, vault: Vault, every: set[str]) -> set[str]:
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(f"file:{file}?mode=ro", uri=True))
    try:
        with Session(engine) as session:
            return every & set(vault.keys_in_use(session))
    except DatabaseError:
        # What cannot be read may need any of them.
        return every
    finally:
        engine.dispose()


def _write_down(office: Office, actor: str, action: str, key: str) -> None:
    with transaction(office.engine) as session:
        audit.append(session, actor=actor, action=action, object_kind="vault_key", object_id=key)


def _named(office: Office, places: Sequence[Place]) -> tuple[str, ...]:
    """Say which records these are, by the numbers people know."""
    with reading(office.engine) as session:
        numbers = {one.id: one.number for one in letters.get(session, {owner for _, owner in places})}
    of_letters = {"original", "identities", "mask"}
    return tuple(
        _KINDS.get(kind, "记录 {}").format(numbers.get(owner, owner) if kind in of_letters else owner)
        for kind, owner in places
    )
