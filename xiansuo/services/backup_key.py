"""The key of backups: the machine keeps the half that closes them, a person keeps the half or the words that open them."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from xiansuo.domain.account import fold_password
from xiansuo.errors import BackupError, KeyFileError, UsageError, VaultLockedError
from xiansuo.services.durable import put_whole
from xiansuo.services.keys import number_of, require_private
from xiansuo.storage.crypto import open_sealed, seal_bytes

FILE = "keys/backup.json"
PRIVATE_FILES = "backup-private-key-*.pem"
FEWEST_CHARACTERS = 16
_KEY_BYTES = 32
_SPOILT = "备份文件的开头已损坏，不能使用。请换另一份备份。"
# RFC 9106 with four times the memory of its second option: whoever holds the medium may try as long as they like.
_MEMORY_KIB, _PASSES, _LANES = 1 << 18, 3, 4


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who can open backups: a public X25519 key, and the salt where its private half comes from a passphrase."""

    public: bytes
    salt: bytes = b""

    @property
    def id(self) -> str:
        """Eight digits by which people tell keys apart."""
        return number_of(self.public)

    def as_json(self) -> dict[str, str]:
        """Return it for a file."""
        return {"public": self.public.hex(), "salt": self.salt.hex()}


@dataclass(frozen=True, slots=True)
class Unlock:
    """What a person brings to open a backup: the file of the private half, or the passphrase."""

    file: Path | None = None
    passphrase: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    """A new key: who opens backups from now on, and where the private half was left, None where it comes from a passphrase."""

    recipient: Recipient
    private: Path | None

    @property
    def message(self) -> str:
        """What a person has to do with it."""
        if self.private is None:
            return (
                f"备份口令已设定（编号 {self.recipient.id}）。本机不存口令；请写在纸上封存，忘记口令，备份谁也打不开。"
            )
        return (
            f"备份私钥（编号 {self.recipient.id}）在 {self.private}。请复制到两份离线介质，与备份分开存放，交专人保管，"
            "然后从本机删除：没有它，备份谁也打不开；留在本机，机器损坏时它也没了。"
        )


def known_recipient(state_dir: Path) -> Recipient | None:
    """Return for whom backups are closed here, None where that was never set. Raises KeyFileError."""
    file = state_dir / FILE
    if not file.exists():
        return None
    # Whoever writes into it opens all backups to come.
    require_private(file)
    try:
        return _recipient(json.loads(file.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyFileError(f"备份公钥 {file} 读不到或已损坏。请执行 xiansuo backup --new-key。") from error


def make_key(state_dir: Path, passphrase: str = "") -> Made:
    """Make a key for the backups to come; those made before keep theirs. Raises UsageError for words too easy to guess."""
    if passphrase and len(set(fold_password(passphrase))) < FEWEST_CHARACTERS // 2:
        raise UsageError("备份口令里重复的字太多，容易猜到。请换一句。")
    if passphrase and len(fold_password(passphrase)) < FEWEST_CHARACTERS:
        raise UsageError(f"备份口令至少 {FEWEST_CHARACTERS} 个字。拿到介质的人可以无限次地试，请用一句不常见的话。")
    salt = secrets.token_bytes(16) if passphrase else b""
    private = _from_passphrase(passphrase, salt) if passphrase else X25519PrivateKey.generate()
    recipient = Recipient(private.public_key().public_bytes_raw(), salt)
    file = None if passphrase else _write_private(state_dir, recipient, private)
    put_whole(state_dir / FILE, json.dumps(recipient.as_json()).encode() + b"\n")
    return Made(recipient, file)


def left_on_machine(state_dir: Path) -> list[Path]:
    """Return the private halves that still lie in the state directory."""
    return sorted(state_dir.glob(PRIVATE_FILES))


def header_for(recipient: Recipient, key: bytes) -> dict[str, Any]:
    """Return the header of a backup, with the key of its contents closed for the recipient."""
    return {**recipient.as_json(), "key": base64.b64encode(seal_bytes(recipient.public, key)).decode()}


def recipient_in(header: Mapping[str, Any]) -> Recipient:
    """Return for whom a backup is closed. Raises BackupError."""
    try:
        return _recipient(header)
    except (ValueError, KeyError, TypeError):
        raise BackupError(_SPOILT) from None


def key_in(header: Mapping[str, Any], unlock: Unlock) -> bytes:
    """Return the key of a backup's contents. Raises BackupError where the private half or the passphrase is another one."""
    recipient = recipient_in(header)
    try:
        sealed = base64.b64decode(header["key"])
    except (ValueError, KeyError, TypeError):
        raise BackupError(_SPOILT) from None
    private = _private(recipient, unlock)
    if private.public_key().public_bytes_raw() != recipient.public:
        given = Recipient(private.public_key().public_bytes_raw()).id
        raise BackupError(_wrong(recipient, given))
    try:
        return open_sealed(private, sealed)
    except VaultLockedError:
        raise BackupError(_SPOILT) from None


def _wrong(recipient: Recipient, given: str) -> str:
    if recipient.salt:
        return "备份口令不对，打不开这份备份。请核对是不是做这份备份时用的口令。"
    return f"这份备份要用编号 {recipient.id} 的备份私钥打开，给出的是编号 {given} 的。请换用对应的私钥。"


def _private(recipient: Recipient, unlock: Unlock) -> X25519PrivateKey:
    if recipient.salt:
        if not unlock.passphrase:
            raise UsageError("这份备份要用口令打开。请用 --passphrase-file 给出，或在终端输入。")
        return _from_passphrase(unlock.passphrase, recipient.salt)
    if unlock.file is None:
        raise UsageError(f"这份备份要用编号 {recipient.id} 的备份私钥打开。请用 --key 给出私钥文件。")
    try:
        private = load_pem_private_key(unlock.file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyFileError(f"无法从 {unlock.file} 读取备份私钥。请核对文件。") from error
    if not isinstance(private, X25519PrivateKey):
        raise KeyFileError(f"{unlock.file} 不是备份私钥。请核对文件。")
    return private


def _from_passphrase(passphrase: str, salt: bytes) -> X25519PrivateKey:
    secret = hash_secret_raw(
        fold_password(passphrase).encode(),
        salt,
        time_cost=_PASSES,
        memory_cost=_MEMORY_KIB,
        parallelism=_LANES,
        hash_len=_KEY_BYTES,
        type=Type.ID,
    )
    return X25519PrivateKey.from_private_bytes(secret)


def _recipient(told: Mapping[str, Any]) -> Recipient:
    public, salt = bytes.fromhex(told["public"]), bytes.fromhex(told["salt"])
    if len(public) != _KEY_BYTES:
        raise ValueError
    return Recipient(public, salt)


def _write_private(state_dir: Path, recipient: Recipient, private: X25519PrivateKey) -> Path:
    file = state_dir / PRIVATE_FILES.replace("*", recipient.id)
    put_whole(file, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file
