"""Accounts: the states they pass through, what a password must be, and how long a wrong one makes people wait."""

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

SHORTEST, LONGEST = 10, 128
"""Lengths of a password in characters."""

LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,39}")
"""Login names: plain letters only, so that no two look alike."""

FREE_TRIES = 3
LONGEST_WAIT = timedelta(minutes=15)
TEMPORARY = timedelta(days=7)
"""How long a temporary password can be used; then the account has to be reset."""
_FORGOTTEN = timedelta(days=1)


class AccountState(StrEnum):
    """How far an account is: the operator makes or resets it, a head confirms it, somebody closes it."""

    PENDING = "pending"
    ACTIVE = "active"
    CLOSED = "closed"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _STATES[self]


_STATES = {AccountState.PENDING: "待确认", AccountState.ACTIVE: "在用", AccountState.CLOSED: "已停用"}


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    LOGIN = "login"
    OLD = "old"
    COMMON = "common"

    @property
    def sentence(self) -> str:
        """What is wrong and what to do."""
        return _SENTENCES[self]


_SENTENCES = {
    Weakness.SHORT: f"密码太短，至少要{SHORTEST}个字符。可以用几个不相干的词连起来。",
    Weakness.LONG: f"密码太长，最多{LONGEST}个字符。",
    Weakness.LOGIN: "密码里不能有登录名。请另选一个。",
    Weakness.OLD: "新密码不能与原密码相同。请另选一个。",
    Weakness.COMMON: "这个密码太常见，容易被猜中。请另选一个。",
}
_EDGES = "0123456789!@#$%^&*._-?:/ "
_CHOSEN = """
password passwords passw0rd p@ssword p@ssw0rd passcode letmein welcome iloveyou administrator admin test root user
qwerty qwertyuiop asdfgh asdfghjkl zxcvbnm qazwsx qazwsxedc 1qaz2wsx 1q2w3e4r 1q2w3e4r5t zaq12wsx a aa abc abcd abcdef abcdefg q
woaini woaiwojia nihao zhongguo china mima xiansuo xinfang xuncha jijian jiwei 密码 口令 我的密码 我爱中国
"""
# Digits and signs around what people choose most change little.
_STEMS = frozenset(word.strip(_EDGES) for word in _CHOSEN.split()) | {""}
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_FEWEST = 5


def is_expired(issued: datetime | None, at: datetime) -> bool:
    """Tell whether a temporary password issued then has run out; None for a password of the person's own choice."""
    return issued is not None and at > issued + TEMPORARY


def fold_login(typed: str) -> str:
    """Return a login name as it is stored, however it was typed."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def fold_password(typed: str) -> str:
    """Return a password in the one form that is hashed: a Chinese keyboard may give full-width signs."""
    return unicodedata.normalize("NFKC", typed)


def weakness(password: str, *, login: str, old: str = "") -> Weakness | None:
    """Return why `password` is refused, None where it may be used. Length before variety (NIST SP 800-63B 5.1.1.2)."""
    plain = fold_password(password).lower()
    if len(plain) < SHORTEST:
        return Weakness.SHORT
    if len(plain) > LONGEST:
        return Weakness.LONG
    if old and plain == fold_password(old).lower():
        return Weakness.OLD
    if login in plain and len(login) > 2:
        return Weakness.LOGIN
    return Weakness.COMMON if _is_common(plain) else None


def _is_common(plain: str) -> bool:
    if len(set(plain)) < _FEWEST or plain.strip(_EDGES) in _STEMS:
        return True
    return any(plain in run or plain in run[::-1] for run in _RUNS)


def wait_after(failures: int) -> timedelta:
    """Return how long nobody may try again after `failures` wrong passwords in a row: 1 s, doubled each time, 15 min at most."""
    if failures <= FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_TRIES - 1, 10)), LONGEST_WAIT)


def is_locked(until: datetime | None, at: datetime) -> bool:
    """Tell whether an account still waits at `at`. A wait beyond the longest one comes from a wrong clock and counts for nothing."""
    return until is not None and at < until <= at + LONGEST_WAIT


def failures_now(failures: int, until: datetime | None, at: datetime) -> int:
    """Return the failures that still count: a day after the last wait they are forgotten."""
    return 0 if until is not None and at - until > _FORGOTTEN else failures
