"""Owns opening zip archives of strangers: bounds before unpacking, names of Chinese Windows, members in order."""

import re
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO

from xiansuo.domain.letter import Trouble
from xiansuo.intake.content import CannotRead, Content, Declared, Nest, Tally
from xiansuo.intake.limits import Limits

# Written by systems beside the user's files; they never hold a letter.
_LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$[^/]*$)", re.IGNORECASE)

_ENCRYPTED_FLAG = 0x1
_UTF8_FLAG = 0x800


def is_litter(name: str) -> bool:
    """Tell whether a file of this name is written by a system beside the user's files."""
    return bool(_LITTER.search(name))


def open_zip(file: BinaryIO, limits: Limits, tally: Tally) -> zipfile.ZipFile:
    """Open an archive after checking its directory against the limits; raise CannotRead beyond them or when it is broken.

    The declared sizes are binding: `zipfile` never unpacks more of a member than its directory entry says.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, IndexError, UnicodeDecodeError) as error:
        raise CannotRead(Trouble.DAMAGED, "压缩包目录不完整") from error
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    tally.take(limits, members=len(infos), unpacked=unpacked)
    packed = max(1, sum(info.compress_size for info in infos))
    if unpacked > limits.ratio_free_bytes and unpacked > limits.max_ratio * packed:
        raise CannotRead(Trouble.ARCHIVE_LIMIT, f"解压倍数{unpacked // packed}，超过上限{limits.max_ratio}")
    return archive


def members(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """List the files of an archive with their readable names, in the order of the names."""
    named = [(_name(info), info) for info in archive.infolist() if not info.is_dir()]
    return sorted((pair for pair in named if not is_litter(pair[0])), key=lambda pair: (pair[0], pair[1].header_offset))


def is_encrypted(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member needs a password."""
    return bool(info.flag_bits & _ENCRYPTED_FLAG)


def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> bytes:
    """Return the bytes of a member; raise CannotRead when it is locked, too large or broken."""
    if is_encrypted(info):
        raise CannotRead(Trouble.ENCRYPTED, "压缩包成员有密码")
    if info.file_size > limits.max_kept_bytes:
        raise CannotRead(Trouble.TOO_LARGE, f"{info.file_size}字节，未保存内容")
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise CannotRead(Trouble.DAMAGED, f"压缩包成员无法解压（{type(error).__name__}）") from error


def read_zip(file: BinaryIO, nest: Nest) -> Content:
    """Read an archive that belongs to one letter: every member becomes parts of it, in the order of the names."""
    inner = nest.deeper()
    archive = open_zip(file, nest.limits, nest.tally)
    contents = [
        nest.open_part(_loader(archive, info, nest), name, Declared(), inner) for name, info in members(archive)
    ]
    pieces = tuple(piece for content in contents for piece in content.pieces)
    if not pieces:
        raise CannotRead(Trouble.EMPTY, "压缩包里没有文件")
    return Content(pieces, tuple(identity for content in contents for identity in content.identities))


def _loader(archive: zipfile.ZipFile, info: zipfile.ZipInfo, nest: Nest) -> Callable[[], bytes]:
    return lambda: unpack(archive, info, nest.limits)


def _name(info: zipfile.ZipInfo) -> str:
    """Undo the cp437 reading of a name that was written in UTF-8 or GB18030 without saying so."""
    if info.flag_bits & _UTF8_FLAG or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return info.filename
