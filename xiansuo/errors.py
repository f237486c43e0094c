"""Every error the program raises on purpose, and the sentences people read.

A message says what happened, to which letter or file, and what to do. It never holds letter text or identities.
"""

import errno
import traceback
from pathlib import Path

from xiansuo.domain.letter import Trouble


class XiansuoError(Exception):
    """Base of all expected errors; the CLI prints its message and exits 1. `passing`: trying again later may help."""

    passing: bool = False


class UsageError(XiansuoError):
    """The command was given something it cannot work with; the CLI exits 2."""


class OfficeError(XiansuoError):
    """The installation is missing, incomplete or older than the program."""


class StorageError(XiansuoError):
    """The database cannot be opened or is not at the revision this program needs."""


class KeyFileError(XiansuoError):
    """A key file is missing, damaged, already there, or open to others."""


class VaultLockedError(XiansuoError):
    """An encrypted record cannot be opened with the keys at hand."""


class BackupError(XiansuoError):
    """A backup is incomplete, was changed, does not open with the key given, or cannot be put where it should go."""


class NotVisibleError(XiansuoError):
    """What was asked for does not exist, or must seem so to the person who asks."""

    def __init__(self) -> None:
        super().__init__("没有找到这个页面或线索，或者不在您的授权范围内。")


class RefusedError(XiansuoError):
    """The person may not do this."""


class TooOftenError(XiansuoError):
    """The person or the address asks more often than anybody at work would."""


class ConflictError(XiansuoError):
    """Somebody changed the same thing in the meantime; the sentence says what to look at."""


DISK_FULL = "磁盘已满或超出配额，没有写完。已经入库的来件都在；请腾出空间后再执行同一命令，会接着做完。"
NOT_WRITABLE = "状态目录不能写入：磁盘是只读的，或者没有权限。请检查挂载方式和目录权限后重试。"
DISK_FAULT = "磁盘读写出错。已经入库的来件都在；请检查磁盘和剩余空间，用 xiansuo doctor 检查后重试。"
DATABASE_BUSY = "数据库被另一个进程占用太久。请等它做完后重试。"
DATABASE_AWAY = "PostgreSQL 数据库连不上，或者连接断了。已经提交的都在；请检查数据库服务、网络、用户名和密码（~/.pgpass），再重新运行。"
OUT_OF_MEMORY = "内存不够，没有做完。已经入库的来件都在；请关掉别的程序或减少 xiansuo.toml 里的 workers，再执行同一命令，会接着做完。"
DATABASE_DAMAGED = "数据库文件已损坏。请停止使用，从备份恢复。"
_SYSTEM = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), DISK_FULL),
    **dict.fromkeys(
        (errno.EROFS, errno.EACCES, errno.EPERM), "没有权限，或者磁盘是只读的。请检查状态目录和所给路径后重试。"
    ),
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR), "本应是文件夹的地方是一个文件。请核对状态目录和所给路径。"),
    errno.ENOENT: "文件或文件夹不存在。请核对所给路径。",
    errno.EISDIR: "本应是文件的地方是一个文件夹。请核对所给路径。",
    errno.EIO: DISK_FAULT,
}


def system_sentence(error: OSError) -> str:
    """Say what the operating system refused; never the file, whose name may be a person's."""
    return _SYSTEM.get(error.errno or 0, f"操作系统报告错误 {type(error).__name__}。请检查磁盘、目录权限后重试。")


def unexpected_sentence(error: Exception) -> str:
    """Say that something failed that nobody foresaw, and where; never its message, which may quote a letter."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(__file__).parent in Path(frame.filename).parents] or list(frames)
    place = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "?"
    return f"意外错误 {type(error).__name__}（{place}）。已经入库的来件都在；请把这一行报给维护人员。"


TROUBLES: dict[Trouble, str] = {
    Trouble.EMPTY: "文件是空的，没有任何内容。请核对来源后重新导入。",
    Trouble.UNKNOWN_FORMAT: "无法识别文件格式。请转成 docx、pdf、txt 或邮件后重新导入。",
    Trouble.TOO_LARGE: "超过单件大小上限。请人工查看，或拆成几份后重新导入。",
    Trouble.ARCHIVE_LIMIT: "压缩包层数、文件数或解压倍数超过上限，可能是压缩炸弹。请人工核对后再处理。",
    Trouble.ENCRYPTED: "文件有密码保护。请向来源索取密码，解密另存后重新导入。",
    Trouble.DAMAGED: "文件已损坏或不完整，无法读取。请向来源索取完好的文件。",
    Trouble.NO_TEXT: "没有可读文字，可能是扫描件或照片。请人工阅读，或录入文字后重新导入。",
    Trouble.NO_HEADINGS: "表格没有认得的表头。请补上表头，或用对照文件说明各列含义。",
    Trouble.UNREADABLE: "没有读取权限或读取时出错。请检查权限后用 quarantine retry 重试。",
    Trouble.UNDECODABLE: "文字编码无法判断。请另存为 UTF-8 后重新导入。",
    Trouble.NEEDS_EXTRA: "本机没有读取这种格式的组件。请按方括号里的说明安装，再用 quarantine retry 重读；也可人工阅读，或转成 docx、录成文字后重新导入。",
    Trouble.FAILED: "读取时发生意外错误，原件已保存。请联系操作员，升级后用 quarantine retry 重试。",
}
