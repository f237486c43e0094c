"""Finding letters in files and folders."""

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from tests.intake.made import LIMITS, TEXT, collected, locked, mail, ole, pdf_document, raw_mail, word_document, zipped
from xiansuo.domain.letter import Channel, Defect, Item, Letter, Trouble, Unreadable
from xiansuo.intake import media
from xiansuo.intake.collect import collect
from xiansuo.intake.read import read


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("letter.txt", word_document(), media.DOCX),
        ("letter.dat", mail(), media.MAIL),
        ("letter.docx", pdf_document(TEXT[:20]), media.PDF),
        ("letter.pdf", TEXT.encode(), media.PLAIN),
        ("letter.txt", TEXT.encode("utf-16-le"), media.PLAIN),
        ("letter.doc", f"<html><body><p>{TEXT}</p></body></html>".encode(), media.HTML),
        ("letter.jpg", b"\xff\xd8\xff\xe0" + bytes(90), media.JPEG),
        ("letter", ole("WordDocument"), media.DOC),
        ("letter", ole("__properties_version1.0"), media.MSG),
        ("letter.docx", ole("EncryptedPackage"), media.LOCKED_OFFICE),
        ("letter.txt", bytes(range(256)) * 4, media.UNKNOWN),
        ("主题.txt", "主题：反映问题\n时间：去年\n".encode(), media.PLAIN),
    ],
)
def test_a_format_is_recognised_by_content_whatever_the_file_is_called(
    tmp_path: Path, name: str, data: bytes, media_type: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (found,) = collected(tmp_path)
    assert isinstance(found, Item)
    assert found.media_type == media_type


def test_mails_come_by_mailbox_and_files_by_post_unless_the_caller_knows_better(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail())
    (tmp_path / "b.txt").write_text(TEXT, "utf-8")
    assert [found.channel for found in collected(tmp_path) if isinstance(found, Item)] == [
        Channel.MAILBOX,
        Channel.POST,
    ]
    told = list(collect(tmp_path, source="测试", limits=LIMITS, channel=Channel.BOX))
    assert [found.channel for found in told if isinstance(found, Item)] == [Channel.BOX, Channel.BOX]


def test_a_folder_gives_the_same_items_in_the_same_order_every_time(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a/1.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{TEXT}{name}", "utf-8")
    (tmp_path / ".DS_Store").write_bytes(b"\x00\x01")
    assert collected(tmp_path) == collected(tmp_path)
    assert [Path(found.locator).name for found in collected(tmp_path) if isinstance(found, Item)] == [
        "c.txt",
        "1.txt",
        "2.txt",
    ]


def mbox(*mails: bytes) -> bytes:
    return b"".join(b"From writer@example.com Mon Mar  2 10:00:00 2026\n" + one + b"\n\n" for one in mails)


def test_an_mbox_is_split_into_its_mails_and_a_sentence_beginning_with_from_is_no_border(tmp_path: Path) -> None:
    tricky = raw_mail(b"first\n\nFrom here on it got worse in 2025\n\n>From the start\n", "utf-8").replace(
        b"\r\n", b"\n"
    )
    (tmp_path / "box").write_bytes(mbox(tricky, mail(), mail("另一封")))
    items = [found for found in collected(tmp_path) if isinstance(found, Item)]
    assert [one.media_type for one in items] == [media.MAIL] * 3
    assert b"\nFrom here on" in items[0].data
    assert b"\nFrom the start" in items[0].data
    assert items[1].data.strip() == mail().strip()


def test_a_mail_in_an_mbox_has_the_same_bytes_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(mbox(mail(), mail("二")))
    (tmp_path / "b").write_bytes(mbox(mail("三"), mail()))
    first, _, _, second = [found for found in collected(tmp_path) if isinstance(found, Item)]
    assert first.data == second.data


def test_a_maildir_gives_its_mails_and_not_the_servers_files(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "dovecot-uidlist").write_text("3 V1 N2", "utf-8")
    (tmp_path / "cur" / "1:2,S").write_bytes(mail())
    (tmp_path / "new" / "2").write_bytes(b"no headers at all")
    (tmp_path / "tmp" / "3").write_bytes(mail("写了一半"))
    found = collected(tmp_path)
    assert [one.media_type for one in found if isinstance(one, Item)] == [media.MAIL, media.MAIL]
    assert len(found) == 2


def test_every_member_of_a_zip_in_a_folder_is_a_letter_also_in_a_zip_inside(tmp_path: Path) -> None:
    inner = zipped({"深处.txt": TEXT.encode("gb18030")})
    (tmp_path / "a.zip").write_bytes(zipped({"一.eml": mail(), "二.zip": inner, "__MACOSX/._x": b"1", "空.txt": b""}))
    found = collected(tmp_path)
    assert sorted(one.media_type for one in found if isinstance(one, Item)) == [media.MAIL, media.PLAIN]
    assert [one.trouble for one in found if isinstance(one, Unreadable)] == [Trouble.EMPTY]


def test_names_of_chinese_windows_in_a_zip_are_read(tmp_path: Path) -> None:
    name = "举报信.txt".encode("gbk")
    data = zipped({"aaaaaa.txt": TEXT.encode()}).replace(b"aaaaaa.txt", name)
    (tmp_path / "a.zip").write_bytes(data)
    (found,) = collected(tmp_path)
    assert isinstance(found, Item)
    assert found.locator.endswith("!举报信.txt")


def test_locked_members_keep_the_archive_once_and_leave_the_others_readable(tmp_path: Path) -> None:
    data = locked(zipped({"a.txt": TEXT.encode(), "b.txt": TEXT.encode()}))
    (tmp_path / "a.zip").write_bytes(data)
    (found,) = collected(tmp_path)
    assert isinstance(found, Unreadable)
    assert (found.trouble, found.item.data) == (Trouble.ENCRYPTED, data)


def nested_zips(depth: int) -> bytes:
    data = zipped({"a.txt": TEXT.encode()})
    for _ in range(depth):
        data = zipped({"b.zip": data})
    return data


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (zipped({f"{n}.txt": b"x" for n in range(11)}), replace(LIMITS, max_members=10)),
        (zipped({"a.txt": bytes(20_000_000)}), LIMITS),
        (zipped({"a.txt": os.urandom(3000)}, zipfile.ZIP_STORED), replace(LIMITS, max_total_unpacked=2000)),
        (nested_zips(4), LIMITS),
    ],
    ids=["members", "ratio", "size", "depth"],
)
def test_an_archive_beyond_a_limit_is_kept_whole_and_not_unpacked(tmp_path: Path, data: bytes, limits: object) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    (found,) = collected(tmp_path, limits)  # type: ignore[arg-type]
    assert isinstance(found, Unreadable)
    assert found.trouble is Trouble.ARCHIVE_LIMIT
    assert found.item.data


def test_a_bad_line_of_a_record_file_is_named_by_its_number_and_stops_nothing(tmp_path: Path) -> None:
    good = [
        json.dumps(
            {"id": "1", "kind": "letter", "subject": "题", "text": TEXT, "date": "2026-03-02", "channel": "来访"},
            ensure_ascii=False,
        )
    ]
    lines = [*good, '{"id": 2, "text": ', '{"id": 3}', '{"text": "  "}', "", *good]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), "utf-8")
    found = collected(tmp_path)
    bad = [one for one in found if isinstance(one, Unreadable)]
    assert [one.detail.split("：")[0] for one in bad] == ["第2行", "第3行", "第4行"]
    first, second = [one for one in found if isinstance(one, Item)]
    assert (first.channel, first.data) == (Channel.VISIT, second.data)
    letter = read(first, limits=LIMITS)
    assert isinstance(letter, Letter)
    assert (letter.text, letter.subject, str(letter.received)) == (TEXT, "题", "2026-03-02")


def test_a_table_is_split_into_rows(tmp_path: Path) -> None:
    (tmp_path / "登记表.csv").write_text(
        "序号,收件日期,反映人,被反映人,反映内容\n1,2026-03-02,甲某某,乙某某,克扣补助款\n2,2026-03-03,甲某某,乙某某,公款吃喝\n",
        "utf-8",
    )
    assert [one.media_type for one in collected(tmp_path) if isinstance(one, Item)] == [media.ROW] * 2


def test_an_empty_file_and_a_file_too_large_keep_what_can_be_kept(tmp_path: Path) -> None:
    limits = replace(LIMITS, max_letter_bytes=100, max_kept_bytes=200)
    for name, size in (("a", 0), ("b", 150), ("c", 250)):
        (tmp_path / name).write_bytes(b"x" * size)
    found = [one for one in collected(tmp_path, limits) if isinstance(one, Unreadable)]
    assert [(one.trouble, len(one.item.data)) for one in found] == [
        (Trouble.EMPTY, 0),
        (Trouble.TOO_LARGE, 150),
        (Trouble.TOO_LARGE, 0),
    ]
    assert "未保存" in found[2].detail


def test_a_mail_too_large_in_an_mbox_does_not_hide_the_next(tmp_path: Path) -> None:
    limits = replace(LIMITS, max_letter_bytes=5000, max_kept_bytes=6000)
    (tmp_path / "box").write_bytes(mbox(mail("长" * 5500), mail("二")))
    big, small = collected(tmp_path, limits)
    assert isinstance(big, Unreadable)
    assert isinstance(small, Item)
    assert (big.trouble, big.item.data) == (Trouble.TOO_LARGE, b"")


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Permissions do not stop root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_may_not_be_opened_is_reported_without_its_name_and_the_rest_goes_on(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.name.startswith(("pytest-", "popen-", "test_")) and folder.owner() == Path.home().owner():
            folder.chmod(0o755)
    (tmp_path / "张某的信.txt").write_text(TEXT, "utf-8")
    (tmp_path / "李某的信.txt").write_text(TEXT, "utf-8")
    (tmp_path / "王某的信").mkdir()
    (tmp_path / "张某的信.txt").chmod(0)
    (tmp_path / "王某的信").chmod(0)
    with ordinary_user():
        found = collected(tmp_path)
    (tmp_path / "王某的信").chmod(0o700)
    defects = [one.sentence for one in found if isinstance(one, Defect)]
    assert defects == ["所给文件夹的第1个子文件夹没有读取权限，其中的文件没有导入。"]
    assert [one.trouble for one in found if isinstance(one, Unreadable)] == [Trouble.UNREADABLE]
    assert len([one for one in found if isinstance(one, Item)]) == 1


def test_a_pipe_a_dead_link_and_a_linked_folder_do_not_stop_collecting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dead").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "z.txt").write_text(TEXT, "utf-8")
    found = collected(tmp_path)
    assert [one.trouble for one in found if isinstance(one, Unreadable)] == [Trouble.UNREADABLE] * 2
    assert [one.sentence for one in found if isinstance(one, Defect)] == ["有1个文件夹是指向别处的链接，没有跟随。"]


def test_a_path_that_is_not_there_is_a_defect(tmp_path: Path) -> None:
    (found,) = collected(tmp_path / "张某")
    assert isinstance(found, Defect)
    assert "张某" not in found.sentence


def test_a_damaged_zip_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a.txt": os.urandom(500)})[:300])
    (found,) = collected(tmp_path)
    assert isinstance(found, Unreadable)
    assert (found.trouble, len(found.item.data)) == (Trouble.DAMAGED, 300)


def test_a_broken_member_keeps_the_archive_and_the_good_ones_are_letters(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"a" * 400, "b.txt": TEXT.encode()}, zipfile.ZIP_STORED))
    at = bytes(data).find(b"a" * 400)
    data[at] ^= 1
    (tmp_path / "a.zip").write_bytes(data)
    good, bad = collected(tmp_path)
    assert isinstance(good, Item)
    assert isinstance(bad, Unreadable)
    assert (good.data, bad.trouble, bad.item.data) == (TEXT.encode(), Trouble.DAMAGED, bytes(data))
    assert zipfile.ZipFile(BytesIO(data)).namelist()
