import os
from pathlib import Path

import pytest

from xiansuo.domain.keys import Purpose
from xiansuo.errors import KeyFileError
from xiansuo.services.keys import (
    HEAD_PRIVATE_FILE,
    begin_rotation,
    create_keys,
    end_rotation,
    is_rotating,
    load_head_private,
    load_keyring,
)


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    create_keys(tmp_path)
    return tmp_path


def test_all_keys_differ_and_belong_together(state_dir: Path) -> None:
    ring = load_keyring(state_dir)
    secrets = [ring.vault[ring.current], ring.index, ring.signing, ring.head]
    assert len(set(secrets)) == 4
    assert {len(secret) for secret in secrets} == {32}
    assert load_head_private(state_dir / HEAD_PRIVATE_FILE).public_key().public_bytes_raw() == ring.head


def test_two_installations_share_no_key(tmp_path: Path) -> None:
    for name in "ab":
        create_keys(tmp_path / name)
    rings = [load_keyring(tmp_path / name) for name in "ab"]
    assert (
        len({secret for ring in rings for secret in (*ring.vault.values(), ring.index, ring.signing, ring.head)}) == 8
    )


def test_key_files_are_closed_to_other_users(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        new = create_keys(tmp_path / "state")
    finally:
        os.umask(before)
    folder = tmp_path / "state" / "keys"
    assert {file.stat().st_mode & 0o777 for file in [*folder.iterdir(), new.head_private]} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent)} == {0o700}


def test_keys_are_never_overwritten(state_dir: Path) -> None:
    before = load_keyring(state_dir)
    with pytest.raises(KeyFileError, match="已有密钥"):
        create_keys(state_dir)
    (state_dir / HEAD_PRIVATE_FILE).unlink()
    with pytest.raises(KeyFileError, match="已有密钥"):
        create_keys(state_dir)
    assert load_keyring(state_dir) == before
    assert {path.name for path in state_dir.iterdir()} == {"keys"}


def test_the_operator_is_told_to_take_the_private_key_away(tmp_path: Path) -> None:
    new = create_keys(tmp_path)
    assert str(new.head_private) in new.message
    assert "离线" in new.message


@pytest.mark.parametrize("name", [".", "index.key", "signing.key", "head.pub", "current"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_keys_open_to_others_are_refused_with_the_command_to_run(state_dir: Path, name: str, mode: int) -> None:
    path = state_dir / "keys" / name
    path.chmod(mode | 0o100 if name == "." else mode)
    with pytest.raises(KeyFileError, match="chmod"):
        load_keyring(state_dir)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_keys_of_another_user_are_refused(state_dir: Path) -> None:
    os.chown(state_dir / "keys" / "index.key", 65534, 65534)
    with pytest.raises(KeyFileError, match="当前用户"):
        load_keyring(state_dir)


def test_a_linked_key_is_refused(state_dir: Path) -> None:
    key = state_dir / "keys" / "index.key"
    key.rename(state_dir / "elsewhere")
    key.symlink_to(state_dir / "elsewhere")
    with pytest.raises(KeyFileError, match="符号链接"):
        load_keyring(state_dir)


@pytest.mark.parametrize("name", ["index.key", "signing.key", "head.pub", "current"])
@pytest.mark.parametrize("content", [None, b"", b"zz", "密钥".encode()])
def test_a_missing_or_damaged_key_is_a_sentence_not_a_traceback(
    state_dir: Path, name: str, content: bytes | None
) -> None:
    file = state_dir / "keys" / name
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(KeyFileError, match="备份"):
        load_keyring(state_dir)


def test_without_keys_the_operator_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="xiansuo init"):
        load_keyring(tmp_path)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_private_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "head.pem").write_bytes(content)
    with pytest.raises(KeyFileError, match="私钥"):
        load_head_private(tmp_path / "head.pem")


def test_a_new_vault_key_is_used_and_the_old_one_kept(state_dir: Path) -> None:
    before = load_keyring(state_dir)
    key_id = begin_rotation(state_dir)
    after = load_keyring(state_dir)
    assert after.current == key_id != before.current
    assert after.vault.items() >= before.vault.items()
    assert (after.index, after.signing, after.head) == (before.index, before.signing, before.head)


def test_only_keys_that_close_nothing_are_dropped(state_dir: Path) -> None:
    first = load_keyring(state_dir).current
    second = begin_rotation(state_dir)
    assert end_rotation(state_dir, {first}) == []
    third = begin_rotation(state_dir)
    assert end_rotation(state_dir, {first}) == [second]
    assert set(load_keyring(state_dir).vault) == {first, third}


def test_a_change_that_was_begun_goes_on_with_its_own_key(state_dir: Path) -> None:
    first = load_keyring(state_dir)
    key_id = begin_rotation(state_dir)
    folder = state_dir / "keys"
    assert is_rotating(state_dir)
    assert begin_rotation(state_dir) == key_id
    (folder / "current").write_text(first.current)
    assert begin_rotation(state_dir) == key_id == load_keyring(state_dir).current
    (folder / "current").write_text(first.current)
    (folder / f"vault-{key_id}.key").unlink()
    assert begin_rotation(state_dir) == key_id == load_keyring(state_dir).current
    assert end_rotation(state_dir, ()) == [first.current]
    assert not is_rotating(state_dir)
    assert begin_rotation(state_dir) != key_id


def test_a_damaged_note_of_a_change_is_a_sentence(state_dir: Path) -> None:
    begin_rotation(state_dir)
    (state_dir / "keys" / "rotating").write_text("../../x")
    with pytest.raises(KeyFileError, match="rotating"):
        begin_rotation(state_dir)


def test_a_keyring_does_not_print_its_secrets(state_dir: Path) -> None:
    ring = load_keyring(state_dir)
    printed = repr(ring)
    assert not [
        secret
        for secret in (*ring.vault.values(), ring.index, ring.signing)
        if repr(secret) in printed or secret.hex() in printed
    ]


def test_digests_differ_by_purpose_and_by_key(state_dir: Path, tmp_path: Path) -> None:
    create_keys(tmp_path / "other")
    rings = [load_keyring(state_dir), load_keyring(tmp_path / "other")]
    digests = {ring.digest(purpose, b"data") for ring in rings for purpose in Purpose}
    assert len(digests) == 2 * len(Purpose)
    assert rings[0].sign(b"data") not in digests
