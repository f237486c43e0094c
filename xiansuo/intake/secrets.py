"""Owns where passwords come from: files that nobody else can read, the credentials of a service, the system's keyring."""

import os
import stat
from pathlib import Path

_NO_SERVICE = (
    "本机没有可用的系统钥匙环，服务账号没有桌面会话时多半如此。请改用 password_file 或 systemd 凭据（见运行手册）。"
)
_LOCKED = "需要的系统钥匙环是锁着的。请用运行本程序的账号解锁，或改用 password_file。"
_BROKEN = "需要的系统钥匙环打不开。请用运行本程序的账号检查，或改用 password_file。"


def password_from(file: Path) -> str:
    """Read a password from a file. Raises ValueError with what is wrong about the file."""
    if stat.S_IMODE(file.stat().st_mode) & 0o077 and not _is_credential(file):
        raise ValueError("，别人也能读这个文件，请执行 chmod 600")
    try:
        password = file.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise ValueError("，文件无法读取") from None
    if not password:
        raise ValueError("，文件是空的")
    return password


def _is_credential(file: Path) -> bool:
    # systemd lets the service alone into this folder and grants the reading by an access list, which looks like a group's.
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return folder is not None and file.resolve().parent == Path(folder).resolve()


def password_in(service: str, user: str) -> str:
    """Return the password of an entry of the system's keyring. Raises LookupError with a sentence for the operator."""
    import keyring  # noqa: PLC0415 - looking for keyrings takes a while, and few installations use one
    from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError  # noqa: PLC0415

    try:
        password = keyring.get_password(service, user)
    except NoKeyringError:
        raise LookupError(_NO_SERVICE) from None
    except (KeyringLocked, InitError):
        raise LookupError(_LOCKED) from None
    except (KeyringError, OSError, RuntimeError):
        raise LookupError(_BROKEN) from None
    if not password:
        raise LookupError(
            "在系统钥匙环里没有密码。请用运行本程序的账号存入：keyring set 服务名 用户名，与 password_keyring 所写一致。"
        )
    return password
