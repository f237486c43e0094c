"""Owns the bounds within which a stranger's file is opened."""

from dataclasses import dataclass

_MIB = 1024 * 1024
LONGEST = 600
"""Seconds that no helper is waited for longer, whatever was asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large, deep and numerous a letter's contents may be before it goes to quarantine.

    `max_kept_bytes` is how much of a letter that is too large is kept beside the reason. `max_ratio` is unpacked to
    packed bytes of an archive as a whole, checked once it unpacks to more than `ratio_free_bytes`. `max_pixels` and
    `max_scan_pages` bound pictures and pages without text; the seconds are those of a scanned page, of one conversion
    by LibreOffice, of taking an Outlook mail apart, and of reading a letter between two such requests.
    """

    max_letter_bytes: int = 25 * _MIB
    max_kept_bytes: int = 100 * _MIB
    max_total_unpacked: int = 200 * _MIB
    ratio_free_bytes: int = 8 * _MIB
    max_depth: int = 3
    max_members: int = 500
    max_ratio: int = 200
    max_pages: int = 2000
    max_text_chars: int = 2_000_000
    max_pixels: int = 100_000_000
    max_scan_pages: int = 200
    scan_seconds: int = 120
    office_seconds: int = 120
    outlook_seconds: int = 60
    read_seconds: int = 60
