"""Owns what of the disk a process may still see: a few folders to read, nothing to write or run (Landlock, Linux 5.13 and later)."""

import ctypes
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# linux/landlock.h; the three calls have the same numbers on every architecture.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_ASKED, _BENEATH = 1, 1
_NO_NEW_PRIVILEGES = 38
_RUN, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# How many rights to files each version of the kernel's interface knows: renaming, cutting short, device commands came later.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_MOST_RIGHTS = 16
_TCP = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def can_restrict() -> bool:
    """Tell whether this kernel lets a process give up its view of the disk."""
    return _version() > 0


def restrict_to(places: Iterable[Path]) -> bool:
    """Give up everything on the disk for good, save reading in these places; tell whether the kernel took it."""
    version = _version()
    if version <= 0:
        return False
    rights = (1 << _RIGHTS.get(version, _MOST_RIGHTS)) - 1
    ruleset = _Ruleset(rights, _TCP if version >= 4 else 0)
    number = _call(_CREATE, ctypes.byref(ruleset), ctypes.sizeof(ruleset) if version >= 4 else 8, 0)
    if number < 0:
        return False
    for place in places:
        with suppress(OSError):
            _allow(number, place)
    ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    taken = _call(_RESTRICT, number, 0) == 0
    os.close(number)
    return taken


def _allow(ruleset: int, place: Path) -> None:
    folder = os.open(place, os.O_PATH | os.O_CLOEXEC)
    rights = _READ | (_LIST if place.is_dir() else 0) | (_WRITE if str(place) == os.devnull else 0)
    _call(_ADD, ruleset, _BENEATH, ctypes.byref(_Beneath(rights, folder)), 0)
    os.close(folder)


def _version() -> int:
    return _call(_CREATE, None, 0, _VERSION_ASKED)


def _call(number: int, *arguments: object) -> int:
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return int(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *passed))
