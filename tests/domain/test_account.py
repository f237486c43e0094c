from datetime import UTC, datetime, timedelta

import pytest

from xiansuo.domain.account import Weakness, failures_now, fold_login, is_locked, wait_after, weakness

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("九个字的密码太短了", Weakness.SHORT),
        ("长" * 129, Weakness.LONG),
        ("9876543210", Weakness.COMMON),
        ("Password2026!", Weakness.COMMON),
        ("P@ssw0rd123", Weakness.COMMON),
        ("1q2w3e4r5t", Weakness.COMMON),
        ("qwertyuiop", Weakness.COMMON),
        ("ababababababab", Weakness.COMMON),
        ("woaini1314520", Weakness.COMMON),
        ("20261123-08:00", Weakness.COMMON),
        ("ｐａｓｓｗｏｒｄ２０２６", Weakness.COMMON),
        ("wang.fang的密码", Weakness.LOGIN),
        ("旧密码就是这一个哦", Weakness.SHORT),
        ("旧密码就是这一个哦哦", Weakness.OLD),
        ("杨柳青青江水平，闻郎江上", None),
        ("correct horse battery", None),
        ("k7mf-2hqx-9wpt-c4zn", None),
    ],
)
def test_a_password_is_refused_for_a_reason(password: str, why: Weakness | None) -> None:
    assert weakness(password, login="wang.fang", old="旧密码就是这一个哦哦") is why


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (3, 0), (4, 1), (5, 2), (8, 16), (13, 512), (14, 900), (10_000, 900)]
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert wait_after(failures) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "locked"), [(None, False), (-1, False), (0, False), (1, True), (900, True), (901, False)]
)
def test_a_wait_holds_until_it_ends_and_never_longer_than_the_longest(seconds: int | None, *, locked: bool) -> None:
    until = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert is_locked(until, NOW) is locked


def test_failures_are_forgotten_after_a_day() -> None:
    assert failures_now(9, NOW - timedelta(hours=23), NOW) == 9
    assert failures_now(9, NOW - timedelta(hours=25), NOW) == 0


@pytest.mark.parametrize("typed", ["wang.fang", " Wang.Fang ", "ＷＡＮＧ．ｆａｎｇ"])
def test_a_login_name_is_folded(typed: str) -> None:
    assert fold_login(typed) == "wang.fang"
