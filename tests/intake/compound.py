"""Writes what our tests need of Microsoft's compound files (MS-CFB) and of the mails Outlook keeps in them (MS-OXMSG)."""

import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

Tree = Mapping[str, "bytes | Tree"]
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def compound(tree: Tree) -> bytes:
    """Return a compound file of version 3 with these streams (bytes) and storages (mappings)."""
    entries = [["Root Entry", _ROOT, b"", _FREE, _FREE], *()]
    _add(tree, entries, 0)
    mini, minifat, fat, body = bytearray(), list[int](), list[int](), bytearray()
    places = [(0, 0)] * len(entries)
    for number, (_, kind, data, _, _) in enumerate(entries):
        if kind == _STREAM and len(data) < _CUTOFF:
            places[number] = (_chain(minifat, mini, data, _MINI), len(data))
        elif kind == _STREAM:
            places[number] = (_chain(fat, body, data, _SECTOR), len(data))
    places[0] = (_chain(fat, body, bytes(mini), _SECTOR), len(mini))
    first_minifat = _chain(fat, body, struct.pack(f"<{len(minifat)}I", *minifat), _SECTOR)
    directory = b"".join(_entry(entry, *place) for entry, place in zip(entries, places, strict=True))
    first_directory = _chain(fat, body, directory, _SECTOR)
    return _header(fat, first_directory, first_minifat, len(minifat)) + bytes(body) + _fat_sectors(fat)


def outlook_message(
    texts: Mapping[int, str],
    *,
    binaries: Mapping[int, bytes] | None = None,
    sent: datetime | None = None,
    rows: Tree | None = None,
    start: int = 32,
) -> dict[str, "bytes | Tree"]:
    """Return the streams of a mail: properties by their number in MS-OXPROPS, `rows` its attachments and recipients."""
    streams: dict[str, bytes | Tree] = {
        f"__substg1.0_{n:04X}001F": text.encode("utf-16-le") for n, text in texts.items()
    }
    streams |= {f"__substg1.0_{n:04X}0102": data for n, data in (binaries or {}).items()}
    fixed = [_property(0x0039, 0x0040, _filetime(sent))] if sent else []
    fixed += [_property(n, 0x001F, struct.pack("<II", 2 * len(text) + 2, 0)) for n, text in texts.items()]
    return streams | {"__properties_version1.0": bytes(start) + b"".join(fixed)} | dict(rows or {})


def attachment(name: str, data: "bytes | Tree", number: int = 0) -> dict[str, Tree]:
    """Return a file attached to a mail, or a mail inside one."""
    stream = "__substg1.0_37010102" if isinstance(data, bytes) else "__substg1.0_3701000D"
    return {
        f"__attach_version1.0_#{number:08X}": {
            "__properties_version1.0": bytes(8),
            "__substg1.0_3707001F": name.encode("utf-16-le"),
            stream: data,
        }
    }


def _add(tree: Tree, entries: list[list[object]], parent: int) -> None:
    numbers = []
    for name, content in sorted(tree.items()):
        numbers.append(len(entries))
        is_stream = isinstance(content, bytes)
        entries.append([name, _STREAM if is_stream else _STORAGE, content if is_stream else b"", _FREE, _FREE])
        if not isinstance(content, bytes):
            _add(content, entries, numbers[-1])
    for before, after in zip([None, *numbers], numbers, strict=False):
        entries[parent if before is None else before][4 if before is None else 3] = after


def _chain(fat: list[int], body: bytearray, data: bytes, size: int) -> int:
    if not data:
        return _END
    first, count = len(fat), -(-len(data) // size)
    fat.extend([*range(first + 1, first + count), _END])
    body.extend(data.ljust(count * size, b"\x00"))
    return first


def _entry(entry: list[object], start: int, size: int) -> bytes:
    name, kind, _, right, child = entry
    wide = str(name).encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ", wide, len(wide) + 2, kind, 1, _FREE, right, child, bytes(16), 0, 0, 0, start, size
    )


def _fat_sectors(fat: list[int]) -> bytes:
    count = _fat_count(fat)
    whole = [*fat, *[_FAT] * count]
    return struct.pack(f"<{count * 128}I", *whole, *[_FREE] * (count * 128 - len(whole)))


def _fat_count(fat: list[int]) -> int:
    return -(-len(fat) // 127)


def _header(fat: list[int], directory: int, minifat: int, mini_count: int) -> bytes:
    count = _fat_count(fat)
    places = [*range(len(fat), len(fat) + count)]
    minifats = -(-mini_count * 4 // _SECTOR)
    head = struct.pack(
        "<8s16sHHHHH6xIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 62, 3, 0xFFFE, 9, 6, 0, count, directory
    )
    return head + struct.pack("<IIIIII109I", 0, _CUTOFF, minifat, minifats, _END, 0, *places, *[_FREE] * (109 - count))


def _property(number: int, kind: int, value: bytes) -> bytes:
    return struct.pack("<HHI8s", kind, number, 6, value)


def _filetime(moment: datetime) -> bytes:
    return struct.pack("<Q", int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000)


def winmail(subject: str, body: str, *attached: tuple[str, bytes], page: int = 936) -> bytes:
    """Return a winmail.dat (MS-OXTNEF) with a plain body and files."""
    pieces = [
        _attribute(1, 0x9006, 8, struct.pack("<I", 0x10000)),
        _attribute(1, 0x9007, 6, struct.pack("<II", page, 0)),
        _attribute(1, 0x8004, 1, subject.encode("gb18030") + b"\x00"),
        _attribute(1, 0x800C, 2, body.encode("gb18030") + b"\x00"),
        *(piece for name, data in attached for piece in _file(name, data)),
    ]
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(pieces)


def _file(name: str, data: bytes) -> Iterator[bytes]:
    yield _attribute(2, 0x9002, 6, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 32, 32, 0))
    yield _attribute(2, 0x8010, 1, name.encode("ascii") + b"\x00")
    yield _attribute(2, 0x800F, 6, data)


def _attribute(level: int, number: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, number, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
