"""Which files of a state directory a backup holds beside the database, and which it leaves out on purpose."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from xiansuo.errors import UsageError
from xiansuo.intake.sources import read_table
from xiansuo.services.office import SOURCES_FILE
from xiansuo.storage.address import ADDRESS_FILE, DATABASE_FILE

KEYS = "keys"
ANCHORS = "anchors"
_FOLDERS = ("sealed", "models", "versions", "rule-drafts", ANCHORS)
"""Sealed letters lie there closed for the office's head; whoever opens a backup cannot open them."""

_LEFT = (DATABASE_FILE, ADDRESS_FILE, "prefect", "backups", "head-private-key", "backup-private-key-", ".")
"""How the names begin of what is left out on purpose: the database goes in table by table, private halves belong elsewhere."""

_NAMED = ("password_file", "ca_file", "mapping")


def keys(state_dir: Path) -> dict[str, bytes]:
    """Return the key files by their place in the state directory."""
    # The head's private half lies there for a moment while an installation is made.
    return dict(_read(state_dir, [name for name in _below(state_dir, KEYS) if not name.endswith(".pem")]))


def others(state_dir: Path) -> Iterator[tuple[str, bytes]]:
    """Yield everything else that belongs into a backup; what vanishes meanwhile was not needed."""
    yield from _read(state_dir, _wanted(state_dir))


def unknown(state_dir: Path) -> int:
    """Return how many things in the state directory the program knows nothing about, which no backup holds."""
    wanted = {PurePosixPath(name).parts[0] for name in _wanted(state_dir)} | {KEYS, *_FOLDERS}
    there = (one.name for one in state_dir.iterdir())
    return sum(name not in wanted and not name.startswith(_LEFT) and not name.endswith(".lock") for name in there)


def elsewhere(state_dir: Path) -> int:
    """Return how many files the settings name that lie outside the state directory and so in no backup."""
    return sum(not file.is_relative_to(state_dir.resolve()) for file in _named(state_dir))


def _wanted(state_dir: Path) -> list[str]:
    root = state_dir.resolve()
    found = [SOURCES_FILE, *(_place(root, one) for one in _named(state_dir) if one.is_relative_to(root))]
    for folder in _FOLDERS:
        found += _below(state_dir, folder)
    return sorted(set(found))


def _named(state_dir: Path) -> list[Path]:
    try:
        entries: Any = read_table(state_dir / SOURCES_FILE).get("source", [])
    except UsageError:
        return []
    tables = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    values = [one[name] for one in tables for name in _NAMED if isinstance(one.get(name), str)]
    return [(state_dir / Path(value).expanduser()).resolve() for value in values]


def _below(state_dir: Path, folder: str) -> list[str]:
    files = (one for one in (state_dir / folder).rglob("*") if one.is_file() and not one.is_symlink())
    names = (_place(state_dir, one) for one in files)
    # What begins with a dot is being written, and comes under its name when it is whole.
    return sorted(name for name in names if not any(part.startswith(".") for part in PurePosixPath(name).parts))


def _place(state_dir: Path, file: Path) -> str:
    return file.relative_to(state_dir).as_posix()


def _read(state_dir: Path, names: list[str]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        try:
            yield name, (state_dir / name).read_bytes()
        except FileNotFoundError:
            continue
