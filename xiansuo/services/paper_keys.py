"""Puts a key file on paper and takes it back: the sheet says what the key opens and where it belongs."""

import hashlib
import re
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from xiansuo.domain.paper import KEY_BYTES, KeyKind, PaperKey, Slips, lines_of, read_lines
from xiansuo.domain.times import CHINA
from xiansuo.errors import KeyFileError, UsageError
from xiansuo.services.durable import write_new
from xiansuo.services.keys import number_of

_VAULT = re.compile(r"vault-([0-9a-f]{8})\.key")
_MOST = 1 << 16
_NAMES = {
    KeyKind.VAULT: "身份库密钥",
    KeyKind.INDEX: "查重密钥",
    KeyKind.SIGNING: "签名密钥",
    KeyKind.HEAD: "主要负责人的私钥",
    KeyKind.BACKUP: "备份私钥",
}
_OPENS = {
    KeyKind.VAULT: "同数据库放在一起，能看到全部来信原件和反映人的身份。打不开密封件，也打不开备份文件。",
    KeyKind.INDEX: "不能打开任何内容。没有它，收过的来件会当作新件重收，按姓名、电话查不到来件。",
    KeyKind.SIGNING: "不能打开任何内容。没有它，本单位自己训练的模型和旧备份的归属认不出来。",
    KeyKind.HEAD: "能打开密封移送的来件，只有它能打开。打不开数据库和备份文件。",
    KeyKind.BACKUP: "同备份介质放在一起，能看到备份里的全部内容；密封件除外。没有它，用它做的备份谁也打不开。",
}
_KEEP = {
    KeyKind.VAULT: "封入信封，封口签名盖章，放保险柜；不与机器、数据库拷贝放在一处。",
    KeyKind.INDEX: "同身份库密钥一样保管。",
    KeyKind.SIGNING: "同身份库密钥一样保管。",
    KeyKind.HEAD: "只由主要负责人本人保管，封入信封、封口签名，放本人的保险柜；操作员和本办其他人员不得经手。",
    KeyKind.BACKUP: "交备份私钥的保管人，封入信封、封口签名，放保险柜；不与备份介质放在一处。",
}


def sheet_of(file: Path) -> str:
    """Return the sheet to print for a key file. Raises KeyFileError where it is none that belongs on paper."""
    return _sheet(_read(file), datetime.now(CHINA))


def take_back(typed: Path, output: Path) -> str:
    """Write the key that was typed from paper to a new file (0600) and say which it is. Raises UsageError naming the lines that are wrong."""
    try:
        found = read_lines(typed.read_text(encoding="utf-8-sig")[:_MOST])
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"无法读取 {typed}，或不是 UTF-8 文字。请核对文件。") from error
    if isinstance(found, Slips):
        raise UsageError(f"没有还原，什么也没写：{'；'.join(found.sentences)}。请对照纸面改正后再来一次。")
    try:
        write_new(output, _as_file(found))
    except OSError as error:
        raise UsageError(f"无法新建 {output}：{error.strerror}。请换一个不存在的文件名。") from error
    return f"{_NAMES[found.kind]}（编号 {found.id}）。原来的文件名是 {_file_name(found)}。"


def _read(file: Path) -> PaperKey:
    try:
        data = file.read_bytes()[:_MOST]
    except OSError as error:
        raise KeyFileError(f"密钥文件 {file} 读不到：{error.strerror}。请核对路径。") from error
    if data.startswith(b"-----BEGIN"):
        return _private(file, data)
    kind, id_ = _kind_by(file.name)
    try:
        key = bytes.fromhex(data.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"密钥文件 {file} 已损坏，没有打印。请从备份恢复。")
    return PaperKey(kind, id_ or hashlib.sha256(key).hexdigest()[:8], key)


def _kind_by(name: str) -> tuple[KeyKind, str]:
    if match := _VAULT.fullmatch(name):
        return KeyKind.VAULT, match[1]
    kinds = {"index.key": KeyKind.INDEX, "signing.key": KeyKind.SIGNING}
    if name not in kinds:
        raise KeyFileError(
            f"{name} 不是要抄在纸上的密钥。可以抄的有：keys/ 里的 vault-编号.key、index.key、signing.key，"
            "主要负责人的私钥，备份私钥。文件名请照原样。"
        )
    return kinds[name], ""


def _private(file: Path, data: bytes) -> PaperKey:
    try:
        private = load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"私钥文件 {file} 已损坏，没有打印。请换另一份。") from error
    if not isinstance(private, X25519PrivateKey):
        raise KeyFileError(f"{file} 不是本程序的私钥。请核对文件。")
    kind = KeyKind.BACKUP if file.name.startswith("backup") else KeyKind.HEAD
    return PaperKey(kind, number_of(private.public_key().public_bytes_raw()), private.private_bytes_raw())


def _as_file(key: PaperKey) -> bytes:
    if key.kind in {KeyKind.HEAD, KeyKind.BACKUP}:
        private = X25519PrivateKey.from_private_bytes(key.key)
        return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return f"{key.key.hex()}\n".encode()


def _file_name(key: PaperKey) -> str:
    return {
        KeyKind.VAULT: f"keys/vault-{key.id}.key",
        KeyKind.INDEX: "keys/index.key",
        KeyKind.SIGNING: "keys/signing.key",
        KeyKind.HEAD: "head-private-key.pem",
        KeyKind.BACKUP: f"backup-private-key-{key.id}.pem",
    }[key.kind]


def _sheet(key: PaperKey, at: datetime) -> str:
    lines = "\n\n".join(f"    {line}" for line in lines_of(key))
    return f"""\
════════════════════════════════════════════════════════════
  纸面密钥：{_NAMES[key.kind]}    编号 {key.id}
════════════════════════════════════════════════════════════

打印日期：{at:%Y-%m-%d}

能打开什么：{_OPENS[key.kind]}
放在哪里：{_KEEP[key.kind]}

{lines}

每行最后一组是校验，录错一个字符就能指出是哪一行。
没有字母 I、L、O、U；把 0 写成 O、把 1 写成 I 或 L，程序会自动认出。大小写、连字符、空格都不要紧。

怎样还原：把上面四行连同行首的序号录入一个文本文件，在装有本程序的机器上执行
    xiansuo vault retype 录入.txt --output {Path(_file_name(key)).name}
还原后核对屏幕上的编号是不是 {key.id}，再删掉录入的文本文件。

打印后请立即删掉本文件；打印机若有存储，请按保密规定处理。
保管人：____________    封存日期：____________
"""
