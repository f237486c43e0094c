import time

import pytest

from xiansuo.domain.people import Role
from xiansuo.errors import RefusedError
from xiansuo.services import accounts
from xiansuo.services.accounts import Machine
from xiansuo.services.login import log_in
from xiansuo.services.office import Office
from xiansuo.services.passwords import hash_password, is_right, temporary_password


def test_a_wrong_name_takes_as_long_as_a_wrong_password(office: Office) -> None:
    """With the real hash; the bound is wide, for the machine is shared, and still far below what skipping the hash would show."""
    accounts.create(office, Machine(), "head", "演示领导", Role.HEAD, password="松花江上-2026")

    def took(login: str) -> float:
        begun = time.perf_counter()
        with pytest.raises(RefusedError):
            log_in(office, login, "错误的密码-0000")
        return time.perf_counter() - begun

    took("nobody")
    unknown, known = (min(took(login) for _ in range(3)) for login in ("nobody", "head"))
    assert 0.4 < unknown / known < 2.5


def test_a_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    first, second = hash_password("松花江上-2026"), hash_password("松花江上-2026")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,")
    assert first != second
    assert is_right(first, "松花江上-２０２６")
    assert not is_right(first, "松花江上-2027")
    assert not is_right(None, "松花江上-2026")


def test_temporary_passwords_differ_and_are_easy_to_read_out() -> None:
    made = {temporary_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("01ilo")
