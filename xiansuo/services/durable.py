"""Writes private files so that a power cut leaves them whole or not there."""

import os
import secrets
from pathlib import Path


def write_new(file: Path, data: bytes) -> None:
    """Write a file (0600) that must not be there yet, not even as a link, down to the disk. Raises OSError."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def put_whole(file: Path, data: bytes) -> None:
    """Write a file (0600) in the place of what stands there: a power cut leaves the one or the other, whole. Raises OSError."""
    aside = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    write_new(aside, data)
    aside.replace(file)
    flush_folder(file.parent)


def flush_folder(folder: Path) -> None:
    """Bring to the disk which files a folder has."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
