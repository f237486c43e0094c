"""What lies inside a backup: named members one after the other, each chained to those before, and a manifest as the last."""

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from xiansuo.errors import BackupError
from xiansuo.storage.stream import DAMAGED, SealedReader, SealedWriter

_MANIFEST = "manifest.json"
_START = bytes(32)
_FASTEST = 1
_READ = 1 << 20


class ArchiveWriter:
    """Puts members into an encrypted stream; only `finish` makes a backup of it."""

    def __init__(self, out: BinaryIO, header: Mapping[str, Any], key: bytes) -> None:
        self._sealed = SealedWriter(out, header, key)
        self._packed = gzip.GzipFile(fileobj=self._sealed, mode="wb", compresslevel=_FASTEST, mtime=0)
        self._tar = tarfile.open(fileobj=self._packed, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by finish
        self._chain = _START

    def add(self, name: str, data: bytes) -> None:
        """Add a member."""
        self._chain = _linked(self._chain, name, data)
        self._put(name, data)

    def finish(self, manifest: Mapping[str, Any]) -> bytes:
        """Add the manifest with the end of the chain, then the end of the file; return the file's SHA-256."""
        told = {**manifest, "chain": self._chain.hex()}
        self._put(_MANIFEST, json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode())
        self._tar.close()
        self._packed.close()
        return self._sealed.finish()

    def _put(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), 0o600
        self._tar.addfile(entry, io.BytesIO(data))


class ArchiveReader:
    """Reads the members of a backup in their order; its `manifest` is known and checked once all were read, its `digest` before."""

    def __init__(self, source: BinaryIO, key: bytes, digest: bytes) -> None:
        self._source, self._key = source, key
        self.digest = digest
        self.manifest: dict[str, Any] = {}

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and bytes of every member. Raises BackupError where anything does not fit, at the latest at the end."""
        try:
            yield from self._members()
        except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile):
            raise BackupError(DAMAGED) from None

    def _members(self) -> Iterator[tuple[str, bytes]]:
        packed = gzip.GzipFile(fileobj=io.BufferedReader(SealedReader(self._source, self._key)), mode="rb")
        chain, manifest = _START, b""
        with tarfile.open(fileobj=packed, mode="r|") as tar:
            for name, data in _files(tar):
                if manifest:
                    raise BackupError(DAMAGED)
                if name == _MANIFEST:
                    manifest = data
                    continue
                chain = _linked(chain, name, data)
                yield name, data
        # The tar ends before the stream does, and what comes after has to fit as well.
        while packed.read(_READ):
            pass
        self.manifest = _checked(manifest, chain)


def _files(tar: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for entry in tar:
        path, content = PurePosixPath(entry.name), tar.extractfile(entry)
        # Whoever knows the public key can write a backup; it must not reach out of the folder it is restored to.
        if content is None or not entry.isreg() or path.is_absolute() or ".." in path.parts:
            raise BackupError(DAMAGED)
        yield entry.name, content.read()


def _linked(chain: bytes, name: str, data: bytes) -> bytes:
    told = json.dumps([name, len(data), hashlib.sha256(data).hexdigest()]).encode()
    return hashlib.sha256(chain + told).digest()


def _checked(manifest: bytes, chain: bytes) -> dict[str, Any]:
    try:
        told = json.loads(manifest)
        if isinstance(told, dict) and told.get("chain") == chain.hex():
            return told
    except ValueError:
        pass
    raise BackupError(DAMAGED)
