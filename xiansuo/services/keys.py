"""Makes, checks and reads the key files of a state directory. Keys never print and never lie in the database."""

import hashlib
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from xiansuo.domain.keys import Keyring
from xiansuo.errors import KeyFileError, system_sentence
from xiansuo.services.durable import flush_folder, put_whole, write_new
from xiansuo.storage.session import transaction
from xiansuo.storage.vault import Vault

_KEY_BYTES = 32
_FOLDER = "keys"
_CURRENT = "current"
_ROTATING = "rotating"
_ID = re.compile(r"[0-9a-f]{8}")
_INDEX = "index.key"
_SIGNING = "signing.key"
_HEAD = "head.pub"
HEAD_PRIVATE_FILE = "head-private-key.pem"
HEADS_FILE = f"{_FOLDER}/heads"
"""The numbers of the head's keys in the order in which they were in use; there is none before the first change."""


@dataclass(frozen=True, slots=True)
class NewKeys:
    """Where the head's private key was left, and what the operator has to do with it."""

    head_private: Path
    message: str


def has_keys(state_dir: Path) -> bool:
    """Tell whether there are any key files."""
    folder = state_dir / _FOLDER
    return folder.exists() and any(folder.iterdir())


def create_keys(state_dir: Path) -> NewKeys:
    """Make all keys of a new installation. Raises KeyFileError when there are keys already; they are never overwritten."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if has_keys(state_dir) or (state_dir / HEAD_PRIVATE_FILE).exists():
        raise KeyFileError(f"{state_dir} 里已有密钥，没有改动。密钥一旦丢失，身份库和密封件都无法打开，请勿删除。")
    # A folder made aside and renamed is either complete or not there, whenever the power goes.
    aside = Path(tempfile.mkdtemp(prefix=".keys-", dir=state_dir))
    try:
        _write_all(aside, X25519PrivateKey.generate())
        aside.rename(state_dir / _FOLDER)
    except OSError as error:
        shutil.rmtree(aside)
        raise KeyFileError(f"无法在 {state_dir} 写入密钥。{system_sentence(error)}") from error
    return finish_keys(state_dir)


def finish_keys(state_dir: Path) -> NewKeys:
    """Hand over the head's private key, also where the making of an installation stopped before. Raises KeyFileError."""
    load_keyring(state_dir)
    private_file, inside = state_dir / HEAD_PRIVATE_FILE, state_dir / _FOLDER / HEAD_PRIVATE_FILE
    # Only now, so that the public half is never in use while the private half is not on disk.
    if inside.exists():
        inside.rename(private_file)
        flush_folder(state_dir)
    return NewKeys(
        private_file,
        f"主要负责人的私钥在 {private_file}。请移到离线介质，交主要负责人本人保管，然后从本机删除：只有它能打开密封件。",
    )


def load_keyring(state_dir: Path) -> Keyring:
    """Read all keys. Raises KeyFileError when one is missing, damaged, or open to other users."""
    folder = state_dir / _FOLDER
    if not folder.is_dir():
        raise KeyFileError(f"{state_dir} 里没有密钥。新装请执行 xiansuo init；否则请从备份恢复 {_FOLDER} 目录。")
    require_private(folder)
    names = (*(file.name for file in folder.glob("vault-*.key")), _CURRENT, _INDEX, _SIGNING, _HEAD)
    return keyring_of({name: _read(folder / name) for name in names}, folder)


def keyring_of(files: Mapping[str, bytes], folder: Path) -> Keyring:
    """Return the keyring that the contents of key files make, by file name. Raises KeyFileError, naming the file in `folder`."""
    vault = {
        name.removeprefix("vault-").removesuffix(".key"): _key_in(data, folder / name)
        for name, data in files.items()
        if name.startswith("vault-")
    }
    current = files.get(_CURRENT, b"").decode("ascii", "replace").strip()
    if current not in vault:
        raise KeyFileError(f"{folder / _CURRENT} 指向的身份库密钥不存在。请从备份恢复 {_FOLDER} 目录。")
    index, signing = (_key_in(files.get(name, b""), folder / name) for name in (_INDEX, _SIGNING))
    head = _head_in(files.get(_HEAD, b""), folder / _HEAD)
    return Keyring(current=current, vault=vault, index=index, signing=signing, head=head)


def renewed(state_dir: Path, keyring: Keyring) -> Keyring:
    """Return the keys as they are now, `keyring` itself where no other vault key was put in use since. Raises KeyFileError."""
    current = _read(state_dir / _FOLDER / _CURRENT).decode("ascii", "replace").strip()
    return keyring if current == keyring.current else load_keyring(state_dir)


def is_rotating(state_dir: Path) -> bool:
    """Tell whether a change of the vault key was begun and not ended."""
    return (state_dir / _FOLDER / _ROTATING).exists()


def begin_rotation(state_dir: Path) -> str:
    """Put a new vault key in use and return its id; where a change was begun and not ended, the one it made. Raises KeyFileError.

    Stopped anywhere and said again, it goes on with the key it had begun.
    """
    keyring, folder = load_keyring(state_dir), state_dir / _FOLDER
    if not is_rotating(state_dir):
        put_whole(folder / _ROTATING, f"{_new_id()}\n".encode())
    key_id = _read(folder / _ROTATING).decode("ascii", "replace").strip()
    if not _ID.fullmatch(key_id):
        raise KeyFileError(
            f"{folder / _ROTATING} 已损坏。请删掉这一个文件，再执行 xiansuo vault rotate；其他密钥文件不要动。"
        )
    if key_id not in keyring.vault:
        put_whole(folder / f"vault-{key_id}.key", _new_key())
    if key_id != keyring.current:
        put_whole(folder / _CURRENT, f"{key_id}\n".encode())
    return key_id


def end_rotation(state_dir: Path, in_use: Collection[str]) -> list[str]:
    """Remove the vault keys that nothing needs any more (what is `in_use` is) and return their ids; the current one stays."""
    keyring, folder = load_keyring(state_dir), state_dir / _FOLDER
    unused = sorted(set(keyring.vault) - set(in_use) - {keyring.current})
    for key_id in unused:
        (folder / f"vault-{key_id}.key").unlink()
    (folder / _ROTATING).unlink(missing_ok=True)
    flush_folder(folder)
    return unused


def number_of(public: bytes) -> str:
    """Return the eight digits by which people tell public keys, and the private halves to them, apart."""
    return hashlib.sha256(public).hexdigest()[:8]


def head_public(state_dir: Path) -> bytes:
    """Return the public half of the head's key as it is now. Raises KeyFileError."""
    file = state_dir / _FOLDER / _HEAD
    return _head_in(_read(file), file)


def note_keys(engine: Engine, state_dir: Path, *, heads: Sequence[bytes] = ()) -> None:
    """Note in the database by which digests its keys are known, so that other ones are noticed before anything is written."""
    vault = Vault(load_keyring(state_dir), partial(renewed, state_dir))
    with transaction(engine) as session:
        vault.put_witness(session, heads)


def records_without_key(session: Session, keyring: Keyring) -> int:
    """Return how many records of the vault no key of `keyring` opens."""
    in_use = Vault(keyring).keys_in_use(session)
    return sum(count for key_id, count in in_use.items() if key_id not in keyring.vault)


def require_private(path: Path) -> None:
    """Raise KeyFileError where a key file or its folder is a link, of another user, or open to others."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise KeyFileError(f"{path} 是符号链接，不予使用。请把密钥直接放在密钥目录里。")
    if status.st_uid != os.geteuid():
        raise KeyFileError(f"{path} 不属于当前用户。请用安装时的用户运行，或用 chown 改正。")
    if status.st_mode & 0o077:
        raise KeyFileError(f"{path} 对其他用户开放。请执行 chmod {'700' if path.is_dir() else '600'} {path} 后重试。")


def put_head_public(state_dir: Path, private: X25519PrivateKey) -> None:
    """Close sealed letters for this key from now on."""
    put_whole(state_dir / _FOLDER / _HEAD, _public_pem(private))


def load_head_private(file: Path) -> X25519PrivateKey:
    """Read the head's private key from the file the head keeps. Raises KeyFileError."""
    try:
        private = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyFileError(f"无法从 {file} 读取主要负责人的私钥。请核对文件。") from error
    if not isinstance(private, X25519PrivateKey):
        raise KeyFileError(f"{file} 不是主要负责人的私钥。请核对文件。")
    return private


def _write_all(folder: Path, private: X25519PrivateKey) -> None:
    key_id = _new_id()
    write_new(folder / f"vault-{key_id}.key", _new_key())
    write_new(folder / _CURRENT, f"{key_id}\n".encode())
    write_new(folder / _INDEX, _new_key())
    write_new(folder / _SIGNING, _new_key())
    write_new(folder / _HEAD, _public_pem(private))
    write_new(folder / HEAD_PRIVATE_FILE, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    flush_folder(folder)


def _public_pem(private: X25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _new_id() -> str:
    return secrets.token_hex(4)


def _new_key() -> bytes:
    # Hexadecimal, so that a key can also be kept on paper.
    return f"{secrets.token_hex(_KEY_BYTES)}\n".encode()


def _read(file: Path) -> bytes:
    try:
        require_private(file)
        return file.read_bytes()
    except OSError as error:
        raise KeyFileError(f"密钥文件 {file} 读不到：{error.strerror}。请从备份恢复。") from error


def _key_in(data: bytes, file: Path) -> bytes:
    try:
        key = bytes.fromhex(data.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise KeyFileError(f"密钥文件 {file} 已损坏。请从备份恢复。")
    return key


def _head_in(data: bytes, file: Path) -> bytes:
    try:
        return load_pem_public_key(data).public_bytes(Encoding.Raw, PublicFormat.Raw)
    except ValueError as error:
        raise KeyFileError(f"密钥文件 {file} 已损坏。请从备份恢复。") from error
