"""Telling new text from quotations and signatures in mails."""

import pytest

from xiansuo.domain.letter import PartRole
from xiansuo.intake.quotes import divide
from xiansuo.intake.signatures import signature_start

NEW = "补充一点：那笔补助款是去年十月发的。"
OLD = "您好，请补充具体时间。"
HEADS = {
    "qq": '------------------ 原始邮件 ------------------\n发件人: "信访室" <office@example.org>;\n发送时间: 2026年3月2日(星期一) 上午10:00\n收件人: "来信人"<writer@example.com>;\n主题: Re: 反映问题',
    "163": '在 2026-03-02 10:00:00，"信访室" <office@example.org> 写道：',
    "wrote": "On Mon, Mar 2, 2026 at 10:00 AM Office <office@example.org>\nwrote:",
    "outlook": "________________________________\n发件人: 信访室 <office@example.org>\n发送时间: 2026年3月2日 10:00\n收件人: 来信人\n主题: 回复",
    "outlook-en": "-----Original Message-----\nFrom: Office\nSent: Monday, March 2, 2026 10:00 AM\nTo: Writer\nSubject: Re",
    "foxmail": "发件人： 信访室\n发送时间： 2026-03-02 10:00\n收件人： 来信人\n主题： 回复",
    "master": "---- 回复的原邮件 ----\n| 发件人 | 信访室 |\n发件人: office@example.org\n日期: 2026年03月02日 10:00\n收件人: writer@example.com",
    "outlook-cn": "-----邮件原件-----\n发件人: 信访室 [mailto:office@example.org]\n发送时间: 2026年3月2日 10:00\n收件人: 来信人",
    "gmail-cn": "信访室 <office@example.org> 于2026年3月2日周一 10:00写道：",
}


def roles(text: str, subject: str = "") -> dict[PartRole, str]:
    found: dict[PartRole, str] = {}
    for piece in divide(text, subject=subject):
        found[piece.role] = f"{found.get(piece.role, '')}{piece.text}\n"
    return found


@pytest.mark.parametrize("name", HEADS)
def test_what_stands_below_a_reply_heading_is_quoted(name: str) -> None:
    found = roles(f"{NEW}\n\n{HEADS[name]}\n\n{OLD}")
    assert found[PartRole.BODY] == f"{NEW}\n"
    assert OLD in found[PartRole.QUOTED]


@pytest.mark.parametrize("name", HEADS)
def test_a_quoted_mail_without_new_text_is_read_as_forwarded(name: str) -> None:
    found = roles(f"{HEADS[name]}\n\n{OLD}")
    assert PartRole.BODY not in found
    assert OLD in found[PartRole.FORWARDED]
    assert "office@example.org" not in found[PartRole.FORWARDED]


def test_a_forwarded_mail_with_a_covering_note_is_read_like_new_text() -> None:
    found = roles(
        f"请阅处。\n\n---------- 转发邮件信息 ----------\n发件人：甲\n日期：2026-03-02\n收件人：乙\n主题：反映\n\n{OLD}"
    )
    assert (found[PartRole.BODY], found[PartRole.FORWARDED]) == ("请阅处。\n", f"{OLD}\n")


def test_a_subject_that_says_forwarded_makes_the_quotation_readable() -> None:
    assert roles(f"{NEW}\n\n{HEADS['qq']}\n\n{OLD}", "转发: 反映问题")[PartRole.FORWARDED] == f"{OLD}\n"


def test_answers_between_cited_lines_stay_new_text() -> None:
    found = roles(f"{HEADS['wrote']}\n> 哪一年？\n去年十月。\n> 谁经手？\n会计经手。")
    assert found[PartRole.BODY] == "去年十月。\n会计经手。\n"
    assert "哪一年" in found[PartRole.QUOTED]


@pytest.mark.parametrize(
    "text",
    [
        "他在保证书中写道：以后再也不收钱了。\n后来又收了。",
        "时间：去年十月\n地点：村委会\n村主任把补助款扣了。",
        "发件人是谁我不知道，收件人是我。\n这件事请查一查。",
        "一、扣补助款——原始邮件我没有保存。\n二、公款吃喝。",
    ],
)
def test_ordinary_sentences_are_not_taken_for_headings(text: str) -> None:
    assert roles(text) == {PartRole.BODY: f"{text}\n"}


@pytest.mark.parametrize(
    "signature",
    [
        "-- \n来信人\n青石村",
        "发自我的iPhone",
        "来自我的手机邮箱",
        "Sent from my iPhone",
        "------------------\n来信人",
        "此致\n敬礼\n来信人\n联系电话：13900000000\n地址：青石村三组",
        "来信人\n电话 13900000000\n邮箱 writer@example.com",
    ],
)
def test_a_closing_signature_is_not_part_of_the_letters_new_text(signature: str) -> None:
    found = roles(f"{NEW}\n\n{signature}")
    assert found[PartRole.BODY] == f"{NEW}\n"
    assert PartRole.SIGNATURE in found


@pytest.mark.parametrize(
    "text",
    [
        NEW,
        f"{NEW}\n证人：甲某某 13900000000",
        f"{NEW}\n\n他的电话是13900000000，你们可以问他。",
        "张某收了三千元\n李某收了两千元",
        f"{NEW}\n\n甲某某",
    ],
)
def test_the_end_of_a_letter_without_a_signature_stays_whole(text: str) -> None:
    assert signature_start(text) == len(text)
