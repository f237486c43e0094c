"""The `[[source]]` entries of the settings file."""

from datetime import date
from pathlib import Path

import pytest

from xiansuo.domain.letter import Channel
from xiansuo.intake.mail_session import MailboxSource
from xiansuo.intake.sources import FolderSource, RegisterSource, SourcesError, read_sources

MAILBOX = """
[[source]]
name = "举报信箱"
type = "imap"
host = "mail.example.org"
user = "petition@example.org"
password_file = "mail.key"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    key = tmp_path / "mail.key"
    key.write_text("geheim\n", "utf-8")
    key.chmod(0o600)
    return tmp_path


def written(home: Path, content: str) -> Path:
    path = home / "xiansuo.toml"
    path.write_text(content, "utf-8")
    return path


def test_a_mailbox_has_safe_defaults_and_hides_its_account(home: Path) -> None:
    [source] = read_sources(written(home, MAILBOX)).sources
    assert isinstance(source, MailboxSource)
    assert (source.port, source.tls, source.folders, source.mark_seen) == (993, "ssl", ("INBOX",), False)
    assert source.password.get_secret_value() == "geheim"
    assert not any(secret in repr(source) for secret in ("geheim", "petition@", "mail.example"))


def test_every_setting_of_a_mailbox_is_read(home: Path) -> None:
    (home / "ca.pem").touch()
    more = 'folders = ["INBOX", "来信"]\nsince = 2026-01-01\ntls = "starttls"\nca_file = "ca.pem"\nmax_bytes = 1_000_000\nmark_seen = true\n'
    [source] = read_sources(written(home, MAILBOX + more + 'move_to = "已处理"\ncron = "*/30 8-18 * * 1-5"\n')).sources
    assert isinstance(source, MailboxSource)
    assert (source.port, source.since, source.folders) == (143, date(2026, 1, 1), ("INBOX", "来信"))
    assert (source.ca_file, source.max_bytes, source.move_to) == (home / "ca.pem", 1_000_000, "已处理")
    assert (source.mark_seen, source.cron) == (True, "*/30 8-18 * * 1-5")


def test_folders_and_registers_lie_beside_the_settings_file(home: Path) -> None:
    content = '[[source]]\nname = "甲"\ntype = "folder"\npath = "letters"\nchannel = "来信"\n[[source]]\nname = "乙"\ntype = "register"\npath = "/srv/a.xlsx"\n'
    first, second = read_sources(written(home, content)).sources
    assert first == FolderSource("甲", home / "letters", Channel.POST)
    assert second == RegisterSource("乙", Path("/srv/a.xlsx"))


def test_a_file_without_sources_has_none(home: Path) -> None:
    assert read_sources(written(home, "[limits]\nx = 1\n")).sources == ()


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ('tls = "yes"', ["的 tls = 'yes' 有误", "ssl、starttls、none"]),
        ("port = 70000", ["port = 70000", "1 到 65535"]),
        ("port = true", ["port = True"]),
        ('since = "昨天"', ["since", "2026-01-01"]),
        ('cron = "61 * * * *"', ["cron", "“61”"]),
        ('cron = "* * *"', ["cron", "五段"]),
        ('channel = "微信"', ["channel", "来信、来访"]),
        ("folders = []", ["folders", '["INBOX"]']),
        ("mark_seen = 1", ["mark_seen", "true 或 false"]),
        ('ca_file = "none.pem"', ["ca_file", "文件不存在"]),
        ("max_bytes = 0", ["max_bytes = 0", "1024"]),
        ('folder = "INBOX"', ["'folder' 不认识", "是否想写 folders"]),
        ('password_env = "MAIL_PASSWORD"', ["password_env 不允许", "password_file"]),
        ('password = "geheim"', ["password 不允许", "0600"]),
    ],
)
def test_a_wrong_setting_is_told_with_what_is_allowed(home: Path, line: str, parts: list[str]) -> None:
    found = read_sources(written(home, f"{MAILBOX}{line}\n"))
    assert found.sources == ()
    [sentence] = found.wrong
    assert sentence.startswith("xiansuo.toml 第1个[[source]]（'举报信箱'）")
    assert all(part in sentence for part in parts), sentence
    assert "geheim" not in sentence
    assert "alid" not in sentence, "the library's own words are not for operators"


def test_a_password_file_that_others_can_read_is_refused(home: Path) -> None:
    (home / "mail.key").chmod(0o640)
    [sentence] = read_sources(written(home, MAILBOX)).wrong
    assert "password_file 有误，别人也能读这个文件，请执行 chmod 600" in sentence


def test_an_empty_password_file_is_refused(home: Path) -> None:
    (home / "mail.key").write_text("\n", "utf-8")
    assert "文件是空的" in read_sources(written(home, MAILBOX)).wrong[0]


def test_one_wrong_entry_leaves_the_others_standing(home: Path) -> None:
    content = '[[source]]\nname = "甲"\ntype = "pop3"\n[[source]]\nname = "乙"\ntype = "folder"\n' + MAILBOX
    found = read_sources(written(home, content))
    assert [source.name for source in found.sources] == ["举报信箱"]
    assert "type = 'pop3' 有误。可用：imap、folder、register。" in found.wrong[0]
    assert "没有填写 path" in found.wrong[1]


def test_a_second_source_of_the_same_name_is_refused(home: Path) -> None:
    found = read_sources(written(home, MAILBOX + MAILBOX))
    assert len(found.sources) == 1
    assert "第2个[[source]]" in found.wrong[0]
    assert "重名" in found.wrong[0]


@pytest.mark.parametrize(("content", "part"), [("[[source]\n", "第1行不合 TOML"), ("[source]\n", "两层方括号")])
def test_a_file_that_is_no_settings_file_is_told(home: Path, content: str, part: str) -> None:
    with pytest.raises(SourcesError, match=part):
        read_sources(written(home, content))


def test_a_missing_settings_file_is_told(home: Path) -> None:
    with pytest.raises(SourcesError, match="无法读取"):
        read_sources(home / "xiansuo.toml")
