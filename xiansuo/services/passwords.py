"""Passwords: hashed with Argon2id, compared in the same time whether an account exists or not, made up for first use."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from xiansuo.domain.account import LONGEST, fold_password
from xiansuo.errors import RefusedError

# RFC 9106, second recommended option: 64 MiB, three passes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
# Each takes 64 MiB, so many log-ins at the same time would take the machine's memory; they wait for each other instead.
_TURNS = BoundedSemaphore(2)
# And no more may wait than leave the pages of people at work their threads.
_LINE = BoundedSemaphore(16)
BUSY = "同时登录的人太多，没有核对密码。请过几秒再试。"
# Nothing that is read as something else when written by hand.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


@contextmanager
def in_line() -> Iterator[None]:
    """Stand in line for a log-in. Raises RefusedError where too many stand there already."""
    if not _LINE.acquire(blocking=False):
        raise RefusedError(BUSY)
    try:
        yield
    finally:
        _LINE.release()


def hash_password(password: str) -> str:
    """Return the salted hash of a password."""
    with _TURNS:
        return _HASHER.hash(fold_password(password))


def is_right(secret: str | None, password: str) -> bool:
    """Tell whether `password` belongs to the hash `secret`; None, for an account that is not there, costs the same time."""
    decoy = _decoy(_HASHER)
    folded = fold_password(password[: LONGEST + 1])
    with _TURNS:
        try:
            right = _HASHER.verify(secret or decoy, folded)
        except VerificationError:
            return False
    return right and secret is not None


def temporary_password() -> str:
    """Make up a password of 79 bits that can be read out and written down, as k7mf-2hqx-9wpt-c4zn."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


@cache
def _decoy(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(16))
