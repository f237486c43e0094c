"""Files that cannot be read as letters, or look as if they could not, and what the user must be told about each."""

import base64
import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import xlsxwriter

from tests.e2e.command import Said
from tests.intake.made import locked, mail, ole, pdf_document, word_document, zipped
from xiansuo.services.office import open_office
from xiansuo.services.quarantine import list_open, locator_of
from xiansuo.settings import Settings

LETTER = "村会计马德才2024年3月冒用六户村民的名字，领走危房改造补助款三万六千元，存进他妻子的存折。请查第{}本账。"
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BadFile:
    """One file; `told` are words of the sentence about it, in their order, none where it is read as a letter."""

    what: str
    name: str
    write: Callable[[Path], object]
    told: tuple[str, ...] = ()


def _bytes(make: Callable[[], bytes]) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(make())


def _letter(number: int) -> str:
    return LETTER.format(number)


def _large_mail() -> bytes:
    head = mail("附件是账本的照片。").split(b"Content-Type", 1)[0]
    border = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: image/png\r\n'
    return (
        head
        + border
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(bytes(37 * _MIB))
        + b"--b--\r\n"
    )


def _flat_bomb() -> bytes:
    return zipped({"信.txt": bytes(96 * _MIB)})


def _lying_bomb() -> bytes:
    """Make an archive whose directory says that 96 MiB are 100 bytes."""
    data = bytearray(_flat_bomb())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def _wide_bomb() -> bytes:
    """Make an archive of archives that would unpack to 9 GiB, each level harmless by itself."""
    packed = zipped({"信.txt": bytes(7 * _MIB)})
    for copies in (36, 36):
        file = BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for number in range(copies):
                archive.writestr(f"{number}.zip", packed)
        packed = file.getvalue()
    return packed


def _deep_bomb() -> bytes:
    packed = zipped({"信.txt": _letter(99).encode()})
    for number in range(8):
        packed = zipped({f"{number}.zip": packed})
    return packed


def _without_headings() -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for row in range(6):
            sheet.write_row(row, 0, (row + 7, row * 3, "甲乙丙"))
    return file.getvalue()


def _torn(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _unreadable(path: Path) -> None:
    path.write_text(_letter(0), encoding="utf-8")
    path.chmod(0)


LIMIT = "压缩炸弹", "请人工核对"
PASSWORD = "密码", "索取密码"
DAMAGED = "已损坏或不完整", "索取完好的文件"
ACCESS = "没有读取权限或读取时出错", "quarantine retry"

BAD_FILES = [
    BadFile("空文件", "01.txt", Path.touch, ("空的", "请核对来源")),
    BadFile("零字节邮件", "02.eml", Path.touch, ("空的", "请核对来源")),
    BadFile("只有空白的文件", "03.txt", _bytes(lambda: b"  \n\n \t"), ("空的", "请核对来源")),
    BadFile("50 MB 邮件", "04.eml", _bytes(_large_mail), ("超过单件大小上限", "重新导入")),
    BadFile("压缩炸弹：一层", "05.zip", _bytes(_flat_bomb), LIMIT),
    BadFile("压缩炸弹：谎报大小", "06.zip", _bytes(_lying_bomb), DAMAGED),
    BadFile("压缩炸弹：层层相套", "07.zip", _bytes(_wide_bomb), LIMIT),
    BadFile("压缩包套得太深", "08.zip", _bytes(_deep_bomb), LIMIT),
    BadFile("压缩包文件太多", "09.zip", _bytes(lambda: zipped({f"{n}.txt": b"x" for n in range(900)})), LIMIT),
    BadFile("加密压缩包", "10.zip", _bytes(lambda: locked(zipped({"信.txt": _letter(1).encode()}))), PASSWORD),
    BadFile("加密 PDF", "11.pdf", _bytes(lambda: pdf_document("letter", password="secret")), PASSWORD),
    BadFile("加密 docx", "12.docx", _bytes(lambda: ole("EncryptedPackage")), PASSWORD),
    BadFile("没有表头的 xlsx", "13.xlsx", _bytes(_without_headings), ("没有认得的表头", "补上表头")),
    BadFile("二进制乱码", "14.dat", _bytes(lambda: bytes(os.urandom(1) + bytes(range(256))) * 99),
            ("无法识别文件格式", "请转成")),
    BadFile("二进制乱码冒充 txt", "15.txt", _bytes(lambda: bytes([0x80, 0x81, 0x82, 0xFF, 0xFE, 0x00]) * 200),
            ("编码无法判断", "另存为 UTF-8")),
    BadFile("二进制乱码冒充 PDF", "16.pdf", _bytes(lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20), DAMAGED),
    BadFile("残缺的 docx", "17.docx", _bytes(lambda: _torn(word_document(_letter(2)))), DAMAGED),
    BadFile("残缺的 xlsx", "18.xlsx", _bytes(lambda: _torn(_without_headings())), DAMAGED),
    BadFile("没有文字的 PDF", "19.pdf", _bytes(pdf_document), ("没有可读文字", "人工阅读")),
    BadFile("图片", "20.png", _bytes(lambda: b"\x89PNG\r\n\x1a\n" + bytes(99)), ("已损坏", "完好的文件")),
    BadFile("后缀写错：docx 写成 pdf", "21.pdf", _bytes(lambda: word_document(_letter(3)))),
    BadFile("后缀写错：邮件写成 txt", "22.txt", _bytes(lambda: mail(_letter(4)))),
    BadFile("后缀写错：GBK 文字写成 docx", "23.docx", _bytes(lambda: _letter(5).encode("gb18030"))),
    BadFile("没有后缀的文字", "24", _bytes(lambda: _letter(6).encode())),
    BadFile("失效的链接", "25.txt", lambda path: path.symlink_to("/no/such/letter"), (*ACCESS, "失效的链接")),
    BadFile("绕回自身的链接", "26.txt", lambda path: path.symlink_to(path), (*ACCESS, "绕回自身")),
    BadFile("管道", "27.txt", os.mkfifo, (*ACCESS, "不是普通文件")),
    BadFile("没有读取权限的文件", "28.txt", _unreadable, (*ACCESS, "没有读取权限")),
]  # fmt: skip


def write_all(folder: Path, files: Iterable[BadFile] = BAD_FILES) -> Path:
    """Write the files into a new folder."""
    folder.mkdir()
    for one in files:
        one.write(folder / one.name)
    return folder


def sentences_by_file(state: Path, said: Said) -> dict[str, list[str]]:
    """Return what a command said about each file that it could not read; only the vault knows the files' names."""
    told = dict(re.findall(r"待处理第 (\d+) 号(.*)", said.out))
    office = open_office(Settings(state_dir=state))
    found = defaultdict[str, list[str]](list)
    for one in list_open(office):
        found[Path(locator_of(office, one.number).split("!")[0]).name].append(told[str(one.number)])
    office.engine.dispose()
    return dict(found)


def in_order(words: Iterable[str], sentence: str) -> bool:
    """Tell whether the words stand in a sentence in their order."""
    return re.search(".*".join(map(re.escape, words)), sentence) is not None
