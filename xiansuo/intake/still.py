"""Owns telling files that somebody is still writing, so that half of a letter or register is never taken for the whole."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

_UNDER_WAY = (".part", ".partial", ".filepart", ".crdownload", ".tmp")
"""What copying programs call a file until it is complete."""
_FORGOTTEN = 24 * 60 * 60
"""A file under such a name that did not change for so many seconds is read like any other, so that nothing is lost."""

_Look = tuple[int, int, int]


def being_written(path: Path, seconds: int) -> frozenset[Path]:
    """Return the files at `path` that are still being written, after waiting at most `seconds` for young ones to rest.

    Young is what changed within that time by the file system's own clock of changes, which copying programs cannot set back.
    """
    at = time.time()
    ages = [(file, look, at - _changed(look)) for file, look in _looks(path)]
    under_way = {file for file, _, age in ages if _is_under_way(file, age)}
    before = {file: look for file, look, age in ages if age < seconds and file not in under_way}
    if before:
        time.sleep(max(0.0, min(seconds, max(map(_changed, before.values())) + seconds - at)))
    return frozenset({file for file, look in before.items() if _look(file) != look} | under_way)


def _is_under_way(file: Path, age: float) -> bool:
    return file.suffix.lower() in _UNDER_WAY and age < _FORGOTTEN


def _looks(path: Path) -> Iterator[tuple[Path, _Look]]:
    files = [path] if path.is_file() else (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
    return ((file, look) for file in files if (look := _look(file)))


def _look(file: Path) -> _Look | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _changed(look: _Look) -> float:
    return max(look[1:]) / 1e9
