"""Owns the sentences that stand in a letter where an attachment could not be read."""

from xiansuo.domain.letter import Trouble
from xiansuo.intake.media import label

_REASONS = {
    Trouble.EMPTY: "是空的",
    Trouble.UNKNOWN_FORMAT: "格式无法识别，没有读取",
    Trouble.TOO_LARGE: "超过大小上限，没有读取",
    Trouble.ARCHIVE_LIMIT: "超过压缩包的层数、文件数或解压倍数上限，没有展开",
    Trouble.ENCRYPTED: "有密码保护，没有读取",
    Trouble.DAMAGED: "已损坏或不完整，没有读取",
    Trouble.NO_TEXT: "没有可读文字，可能是扫描件或照片",
    Trouble.UNDECODABLE: "文字编码无法判断，没有读取",
    Trouble.NEEDS_EXTRA: "本机没有读取这种格式的组件，请人工查看原件",
    Trouble.FAILED: "读取时发生意外错误，请人工查看原件",
}


def note(media_type: str, trouble: Trouble) -> str:
    """Say in one sentence what an attachment is and why it was not read."""
    return f"附件是{label(media_type)}，{_REASONS.get(trouble, '没有读取')}。"
