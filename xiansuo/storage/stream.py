"""The encrypted form of a backup: one stream in which any byte that was changed, moved, taken away or added is noticed.

A file is a first line, a header line of JSON, encrypted pieces, and an end with the SHA-256 of all before it. The end tells without
any key that nothing is missing or spoilt; the pieces tell with the key that nobody put other ones in their place. Pieces follow
STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): 64 KiB each, AES-256-GCM under a key of this file alone, the nonce counts the
pieces and marks the last.
"""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xiansuo.errors import BackupError

FIRST_LINE = b"XIANSUO BACKUP 1\n"
_END = b"\nEND OF BACKUP "
PIECE = 1 << 16
_TAG = 16
_LONGEST_HEADER = 1 << 14
_READ = 1 << 20

DAMAGED = "备份文件不完整，或有字节被改动，不能使用。请换另一份备份。"


class SealedWriter(io.RawIOBase):
    """Encrypts what is written to it. Without `finish` the file has no end and is never taken for a whole one."""

    def __init__(self, out: BinaryIO, header: Mapping[str, Any], key: bytes) -> None:
        super().__init__()
        self._out, self._hash = out, hashlib.sha256()
        line = json.dumps(header, sort_keys=True).encode() + b"\n"
        self._cipher, self._number, self._rest = AESGCM(_key_of(key, line)), 0, bytearray()
        self._put(FIRST_LINE + line)

    def writable(self) -> bool:
        """Tell that it takes bytes."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes of any length."""
        self._rest += data
        while len(self._rest) > PIECE:
            self._seal(bytes(self._rest[:PIECE]), last=False)
            del self._rest[:PIECE]
        return len(data)

    def finish(self) -> bytes:
        """Write the last piece and the end; return the SHA-256 that the end states."""
        self._seal(bytes(self._rest), last=True)
        digest = self._hash.digest()
        self._out.write(_END + digest)
        return digest

    def _seal(self, data: bytes, *, last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._number, last=last), data, None))
        self._number += 1

    def _put(self, data: bytes) -> None:
        self._hash.update(data)
        self._out.write(data)


class SealedReader(io.RawIOBase):
    """Gives what was written, piece by piece. Raises BackupError at the first piece that does not fit."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        super().__init__()
        line = _header_line(source)
        self._cipher, self._pieces, self._rest = AESGCM(_key_of(key, line)), _pieces(source), b""

    def readable(self) -> bool:
        """Tell that it gives bytes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one piece does; nothing is the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = self._opened(*piece)
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)

    def _opened(self, number: int, data: bytes, last: bool) -> bytes:  # noqa: FBT001 - a piece as it is read
        try:
            return self._cipher.decrypt(_nonce(number, last=last), data, None)
        except InvalidTag:
            raise BackupError(DAMAGED) from None


def header_of(source: BinaryIO) -> dict[str, Any]:
    """Return the header at the start of a file. Raises BackupError where it is no backup."""
    source.seek(0)
    try:
        header = json.loads(_header_line(source))
    except ValueError:
        raise BackupError(DAMAGED) from None
    if not isinstance(header, dict):
        raise BackupError(DAMAGED)
    return header


def digest_of(source: BinaryIO) -> bytes:
    """Return the SHA-256 that the end of a file states, after holding it against the bytes. Raises BackupError."""
    length = _length(source)
    source.seek(0)
    digest, left = hashlib.sha256(), length
    while left:
        data = source.read(min(_READ, left))
        if not data:
            raise BackupError(DAMAGED)
        digest.update(data)
        left -= len(data)
    if source.read() != _END + digest.digest():
        raise BackupError(DAMAGED)
    return digest.digest()


def _length(source: BinaryIO) -> int:
    """Return how many bytes lie before the end."""
    length = source.seek(0, io.SEEK_END) - len(_END) - SHA256.digest_size
    if length < 0:
        raise BackupError(DAMAGED)
    return length


def _header_line(source: BinaryIO) -> bytes:
    source.seek(0)
    if source.read(len(FIRST_LINE)) != FIRST_LINE:
        raise BackupError("这不是本程序的备份文件。请核对路径。")
    line = source.readline(_LONGEST_HEADER)
    if not line.endswith(b"\n"):
        raise BackupError(DAMAGED)
    return line


def _pieces(source: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """Yield the number of each encrypted piece, its bytes, and whether it is the last."""
    start = source.tell()
    left, number = _length(source) - start, 0
    source.seek(start)
    if left < _TAG:
        raise BackupError(DAMAGED)
    while left:
        data = source.read(min(PIECE + _TAG, left))
        left -= len(data)
        if not data:
            raise BackupError(DAMAGED)
        yield number, data, not left
        number += 1


def _key_of(key: bytes, header_line: bytes) -> bytes:
    # The header goes into the key, so that no other header fits these pieces.
    salt = hashlib.sha256(FIRST_LINE + header_line).digest()
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"xiansuo backup v1").derive(key)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
