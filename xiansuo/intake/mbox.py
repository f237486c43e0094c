"""Owns splitting an mbox file into mails, from disk, one mail in memory at a time."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from xiansuo.intake.sniff import is_from_line, starts_with_headers

_LINE = 1024 * 1024
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def split_mbox(file: BinaryIO, *, keep: int) -> Iterator[tuple[bytes, int]]:
    """Yield every mail as (its bytes without the From line and without mbox quoting, its size in bytes in the file).

    Of a mail larger than `keep` bytes only the size is yielded, with b"". A From line counts only after an empty line
    and before a header, so that a sentence beginning with "From" does not cut a letter in two.
    """
    lines: list[bytes] = []
    size = 0
    previous = b"\n"
    for line, following in _pairs(file):
        if previous.strip(b"\r\n") == b"" and is_from_line(line) and starts_with_mail(following):
            if size:
                yield _mail(lines, size, keep)
            lines, size = [], 0
        else:
            size += len(line)
            if size <= keep:
                lines.append(line)
        previous = line
    if size:
        yield _mail(lines, size, keep)


def starts_with_mail(line: bytes) -> bool:
    """Tell whether a line can be the first after a From line: a header, or a second, quoted From line."""
    return bool(re.match(rb"[!-9;-~]+[ \t]*:|>From ", line)) or starts_with_headers(line)


def _pairs(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield each line with the one after it; no line is longer than 1 MiB, so a file without line ends fits in memory."""
    line = file.readline(_LINE)
    while line:
        following = file.readline(_LINE)
        yield line, following
        line = following


def _mail(lines: list[bytes], size: int, keep: int) -> tuple[bytes, int]:
    if size > keep:
        return b"", size
    data = b"".join(lines)
    end = b"\r\n" if data.endswith(b"\r\n\r\n") else b"\n" if data.endswith(b"\n\n") else b""
    data = data[: len(data) - len(end)]
    return (_QUOTED_FROM.sub(rb"\1", data) if b">From " in data else data), size
