"""Owns which database a state directory uses: the SQLite file in it, or the PostgreSQL database whose address stands in one file."""

import os
import stat
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from xiansuo.errors import StorageError, system_sentence

ADDRESS_FILE = "database"
DATABASE_FILE = "xiansuo.db"
_FORM = "postgresql://用户名:密码@主机/数据库名"


def has_database(state_dir: Path) -> bool:
    """Tell whether an installation has its database, here or on a server."""
    return (state_dir / DATABASE_FILE).exists() or (state_dir / ADDRESS_FILE).exists()


def on_server(state_dir: Path) -> bool:
    """Tell whether the database is a PostgreSQL one."""
    return (state_dir / ADDRESS_FILE).exists()


def address_of(state_dir: Path) -> str:
    """Return the address of the PostgreSQL database, an empty string for SQLite. Raises StorageError; the address stays untold."""
    file = state_dir / ADDRESS_FILE
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise StorageError(f"文件 {file} 里可能有数据库密码，却对其他用户开放。请执行 chmod 600 后重试。")
        text = file.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        told = system_sentence(error) if isinstance(error, OSError) else "它应是一行 UTF-8 文字。"
        raise StorageError(f"数据库地址文件 {file} 读不出来。{told}") from None
    return _checked(text, f"数据库地址文件 {file} 的内容")


def keep_address(state_dir: Path, address: str) -> None:
    """Let the state directory use the PostgreSQL database at `address` from now on. Raises StorageError where it uses another one."""
    url = make_url(_checked(address, "--database 给出的地址"))
    if url.password or "password" in url.query:
        raise StorageError("命令行上的密码别人看得到。请把它写进运行用户的 ~/.pgpass（chmod 600），地址里不写密码。")
    if (state_dir / ADDRESS_FILE).exists() and address_of(state_dir) == address:
        return
    if has_database(state_dir):
        raise StorageError(f"{state_dir} 已经有数据库，不能改用另一个。要换，请用新的状态目录建立，再重新导入来件。")
    file = state_dir / ADDRESS_FILE
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as made:
        made.write(f"{address}\n")


def _checked(address: str, what: str) -> str:
    try:
        if make_url(address).get_backend_name() == "postgresql":
            return address
    except (ArgumentError, ValueError):
        # Its message quotes the address, which holds a password.
        pass
    raise StorageError(f"{what}不是 PostgreSQL 地址。应写成一行：{_FORM}。")
