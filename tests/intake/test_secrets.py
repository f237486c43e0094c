"""Passwords from files, from a service's credentials, and from the system's keyring."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from pydantic import SecretStr

from xiansuo.intake.mail_session import MailboxSource, MailboxUnreachableError, password_of
from xiansuo.intake.secrets import password_from
from xiansuo.intake.sources import read_sources

_MAILBOX = '[[source]]\nname = "信箱"\ntype = "imap"\nhost = "mail.example"\nuser = "u"\n'


class OpenKeyring(KeyringBackend):
    """A keyring that holds one entry and is locked for one user."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        if username == "locked":
            raise KeyringLocked
        return "geheim" if (service, username) == ("xiansuo", "xinfang") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def ring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(OpenKeyring())
    yield
    keyring.set_keyring(before)


def mailbox(entry: tuple[str, str]) -> MailboxSource:
    return MailboxSource("信箱", "mail.example", 993, "u", SecretStr(""), keyring=entry)


@pytest.mark.usefixtures("ring")
def test_a_password_is_looked_up_in_the_keyring_at_every_login(tmp_path: Path) -> None:
    file = tmp_path / "xiansuo.toml"
    file.write_text(f'{_MAILBOX}password_keyring = "xiansuo/xinfang"\n', "utf-8")
    (source,) = read_sources(file).sources
    assert isinstance(source, MailboxSource)
    assert (source.keyring, password_of(source)) == (("xiansuo", "xinfang"), "geheim")
    assert "xinfang" not in repr(source)


@pytest.mark.usefixtures("ring")
@pytest.mark.parametrize(("user", "told"), [("nobody", "没有密码。请用运行本程序的账号存入"), ("locked", "是锁着的")])
def test_a_keyring_that_does_not_give_the_password_is_told(user: str, told: str) -> None:
    with pytest.raises(MailboxUnreachableError, match=f"^邮箱来源“信箱”.*{told}"):
        password_of(mailbox(("xiansuo", user)))


def test_a_service_without_a_keyring_is_told_what_to_use_instead() -> None:
    from keyring.backends.fail import Keyring as NoKeyring  # noqa: PLC0415 - the library's own for machines without one

    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        with pytest.raises(MailboxUnreachableError, match=r"没有可用的系统钥匙环.*password_file 或 systemd 凭据"):
            password_of(mailbox(("xiansuo", "xinfang")))
    finally:
        keyring.set_keyring(before)


@pytest.mark.parametrize("lines", ["", 'password_keyring = "a/b"\npassword_file = "key"\n'])
def test_a_password_comes_from_one_place(tmp_path: Path, lines: str) -> None:
    (tmp_path / "key").touch(0o600)
    (tmp_path / "key").write_text("geheim", "utf-8")
    file = tmp_path / "xiansuo.toml"
    file.write_text(_MAILBOX + lines, "utf-8")
    (sentence,) = read_sources(file).wrong
    assert "填一个，也只填一个" in sentence


def test_a_service_credential_may_look_open_and_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mail"
    file.write_text("geheim\n", "utf-8")
    file.chmod(0o440)
    with pytest.raises(ValueError, match="chmod 600"):
        password_from(file)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert password_from(file) == "geheim"
