"""Fictional petitioners in letters of every format, each of their names, numbers and addresses standing in one place only."""

import json
import quopri
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import docx
import xlsxwriter

from tests.e2e.garden import Canary, Garden, abroad, as_spoken, full_width, grouped, hyphened, in_chinese, spaced
from tests.intake.made import pdf_document, saved, word_document, zipped

_TRADITIONAL = str.maketrans("陈国华刘爱军", "陳國華劉愛軍")

Files = dict[str, bytes]


def plain_letters(g: Garden) -> Files:
    """Letters on paper, typed: who writes stands in the text."""
    g.planted += [
        Canary("繁体姓名", ("陳國華", "陈国华", "國華", "国华")),
        Canary("繁体落款", ("劉愛軍", "刘爱军", "愛軍", "爱军")),
    ]
    return {
        "01.txt": f"我叫{g.name('自我介绍')}，家住{g.address('自我介绍的住址')}，电话{g.phone('自我介绍的手机')}，"
        f"身份证号{g.id_number('自我介绍的证件号')}。{g.deed()}".encode(),
        "02.txt": f"{g.deed()}\n\n举报人：{g.name('落款姓名')}\n联系电话：{g.phone('落款手机')}\n"
        f"住址：{g.address('落款住址')}\n2026年3月2日".encode("gb18030"),
        "03.txt": f"尊敬的领导：\n{g.deed()}\n此致\n敬礼\n{g.name('敬上')} 敬上\n2026年3月3日".encode("utf-16"),
        "04.txt": f"实名举报。本人{g.name('本人')}，女，{g.deed()}电话{g.phone('空格分组手机', grouped)}。".encode(),
        "05.txt": f"{g.deed()}有事打{g.phone('全角手机', full_width)}，或者{g.phone('逐字隔开的手机', spaced)}。".encode(),
        "06.txt": f"{g.deed()}联系电话：{g.phone('汉字手机', in_chinese)}，夜里打{g.phone('口语汉字手机', as_spoken)}。".encode(),
        "07.txt": f"{g.deed()}手机{g.phone('带国家代码的手机', abroad)}，家里{g.word('座机', '0990-66{:05}')}，"
        f"另一部{g.phone('短横手机', hyphened)}。".encode(),
        "08.txt": f"{g.deed()}身份证{g.id_number('空格证件号', lambda n: f'{n[:6]} {n[6:14]} {n[14:]}')}，"
        f"老伴的身份证{g.id_number('全角证件号', full_width)}。".encode(),
        "09.txt": f"{g.deed()}邮箱{g.email('正文邮箱')}，微信号：{g.account('微信号')}，QQ：{g.word('QQ号', '88001{:04}')}。".encode(),
        "10.txt": f"實名舉報人：{'陈国华'.translate(_TRADITIONAL)}，電話：{g.phone('繁体信手机')}。村會計彭大山貪污修路款。\n"
        f"此致\n敬禮\n{'刘爱军'.translate(_TRADITIONAL)}".encode(),
        "11.txt": f"信访人：{g.name('信访人字段')}\n性别：男\n身份证号码：{g.id_number('表单证件号')}\n联系方式：{g.phone('表单手机')}\n"
        f"通信地址：{g.address('表单住址')}\n电子邮箱：{g.email('表单邮箱')}\n被反映人：马德才\n反映内容：{g.deed()}".encode(),
        "12.txt": f"【来信人】：{g.name('方括号字段')}\n【电　话】：{g.phone('方括号手机')}\n【内　容】：{g.deed()}".encode(),
        "13.txt": f"{g.deed()}\n联名人：{g.name('联名一')} {g.name('联名二')} {g.name('联名三', style=spaced)}".encode(),
        "14.txt": f"来电人称：其为青石村村民{g.name('来电记录')}，电话{g.phone('来电记录手机')}。{g.deed()}".encode(),
        f"{g.name('文件名')}的举报信.txt": g.deed().encode(),
        f"{g.name('文件夹名')}送来/1.txt": g.deed().encode(),
        "收条/1.html": f"<html><head><meta name='author' content='{g.name('网页作者')}'><title>留言</title></head><body>"
        f"<!-- {g.name('网页注释')} --><p>{g.deed()}</p><p>留言人：{g.name('网页落款')}</p></body></html>".encode(),
    }  # fmt: skip


def mails(g: Garden) -> Files:
    """Mails: headers, quoted replies, signatures, attachments, mails in mails."""
    return {
        "mail/1.eml": _headers(g) + text_part(g.deed()),
        "mail/2.eml": sent_by(g, "回复的发件人") + text_part(
            f"{g.deed()}\n\n{g.name('邮件签名')}\n手机：{g.phone('邮件签名手机')}\n"
            f"地址：{g.address('邮件签名住址')}\n\n"
            f"------------------ 原始邮件 ------------------\n发件人: \"{g.name('引文发件人')}\" <{g.email('引文邮箱')}>;\n"
            '发送时间: 2026年3月1日(星期日) 上午9:00\n收件人: "信访" <office@example.org>;\n主题: 反映问题\n\n'
            f"{g.deed()}我的电话是{g.phone('引文手机')}。\n\n{g.name('引文落款')}"
        ),
        "mail/3.eml": sent_by(g, "引用的发件人") + text_part(
            f"{g.deed()}\n\n在 2026年3月1日，{g.name('引用行')} <{g.email('引用行邮箱')}> 写道：\n> 我叫{g.name('引用正文')}。\n> {g.deed()}"
        ),
        "mail/4.eml": multipart(
            sent_by(g, "附件信的发件人"), g.deed(),
            (f"{g.name('附件名')}的材料.docx", word_document(g.deed(), f"举报人：{g.name('附件落款')}", f"电话：{g.phone('附件手机')}",
                                                       author=g.name("附件作者"))),
            (f"{g.name('压缩附件名')}.zip", zipped({f"{g.name('压缩附件成员名')}.txt": f"{g.deed()}本人{g.name('压缩附件正文')}，"
                                                f"电话{g.phone('压缩附件手机')}。".encode()})),
            ("名单.xlsx", sheet(("姓名", "电话", "住址"), [(g.name("附件表格姓名"), g.phone("附件表格手机"), g.address("附件表格住址"))])),
            (f"{g.name('读不出的附件名')}.png", b"\x89PNG\r\n\x1a\n" + bytes(60)),
        ),
        "mail/5.eml": _forwarded(sent_by(g, "转发人"), f"请阅。{g.deed()}", sent_by(g, "被转发的发件人") + text_part(
            f"{g.deed()}\n举报人：{g.name('被转发信落款')}，手机{g.phone('被转发信手机')}")),
        "mail/6.eml": sent_by(g, "主题里的", subject=f"{g.name('主题')}的举报信") + text_part(g.deed()),
        "mail/7.eml": sent_by(g, "网页邮件的") + b"Content-Type: text/html; charset=gbk\r\n\r\n" + (
            f"<p>{g.deed()}</p><p>反映人：{g.name('网页邮件落款')}<br>电话：<b>{g.phone('网页邮件手机')}</b></p>"
            f"<a href='mailto:{g.email('网页邮件链接')}'>写信给我</a><img alt='{g.name('图片说明')}' src='http://{g.word('图片主机', 'pc{}.lan.example')}/1.gif'>"
        ).encode("gbk"),
        "box.mbox": b"".join(
            b"From " + g.email("信箱分隔行").encode() + b" Mon Mar  2 10:00:00 2026\n"
            + (sent_by(g, "信箱里的") + text_part(f"{g.deed()}\n\n{g.name('信箱信落款')}\n{g.phone('信箱信手机')}")).replace(b"\r\n", b"\n") + b"\n"
            for _ in range(2)
        ),
    }  # fmt: skip


def documents(g: Garden) -> Files:
    """Word, PDF, tables, records, archives: columns, metadata and names of files."""
    document = docx.Document()
    properties = document.core_properties
    properties.author, properties.last_modified_by = g.name("docx 作者"), g.name("docx 最后修改者")
    properties.title, properties.comments = f"{g.name('docx 标题')}的信", f"{g.name('docx 备注')}代写"
    document.sections[0].header.paragraphs[0].text = f"举报人：{g.name('docx 页眉')}"
    document.add_paragraph(g.deed())
    table = document.add_table(rows=2, cols=2)
    cells = ("反映人", g.name("docx 表格姓名"), "联系电话", g.phone("docx 表格手机"))
    for cell, text in zip((one for row in table.rows for one in row.cells), cells, strict=True):
        cell.text = text
    name, phone = g.name("登记表反映人"), g.phone("登记表电话")
    row = (1, "2026-03-02", name, phone, g.address("登记表住址"), g.id_number("登记表证件号"), g.email("登记表邮箱"), "马德才",
           f"{name}反映：{g.deed()}{name}的电话{phone}。")  # fmt: skip
    headings = ("序号", "收件日期", "反映人", "联系电话", "住址", "身份证号", "电子邮箱", "被反映人", "主要问题")
    listed = f"移送清单（共1件）　移送单位：县审计局　文号：青审移〔2026〕9号\r\n序号,收件日期,反映人,联系电话,被反映人,主要问题\r\n1,2026-03-02,{g.name('移送清单反映人')},{g.phone('移送清单电话')},孙广田,{g.deed()}\r\n"
    record = {"text": f"{g.deed()}留言人{g.name('记录落款')}，{g.phone('记录手机')}", "name": g.name("记录的姓名字段"),
              "phone": g.phone("记录的电话字段"), "ip": g.word("记录的 IP 字段", "198.51.100.{}"), "subject": "留言"}  # fmt: skip
    return {
        f"{g.name('docx 文件名')}.docx": saved(document),
        "a.pdf": pdf_document(g.deed(), f"举报人：{g.name('PDF 落款')}", f"电话：{g.phone('PDF 手机')}", author=g.name("PDF 作者")),
        "登记.xlsx": sheet(headings, [row], author=g.name("xlsx 作者")),
        "移送.csv": listed.encode("gb18030"),
        "留言.jsonl": json.dumps(record, ensure_ascii=False).encode() + b"\n",
        f"{g.name('压缩包名')}.zip": zipped({f"{g.name('压缩包成员名')}.txt": f"{g.deed()}\n反映人：{g.name('压缩包正文')}".encode()}),
        f"{g.name('残缺文件名')}.docx": word_document(g.deed(), author=g.name("残缺文件作者"))[:-700],
        f"{g.name('乱码文件名')}.dat": bytes(range(256)) * 9 + g.name("乱码文件里的").encode(),
    }  # fmt: skip


def interviews(g: Garden) -> Files:
    """Interview records in their layouts."""
    asked = g.name("谈话对象")
    speaker, talker = g.name("以姓名为发言人"), g.name("座谈会发言人")
    return {
        "谈话/1.txt": f"谈话记录\n时间：2026年3月2日\n地点：柳林村村委会\n谈话对象：{asked}，柳林村村民，电话{g.phone('谈话对象手机')}\n"
        f"谈话人：黎静、周航\n问：请你谈谈低保的事。\n答：我叫{asked}。{g.deed()}\n问：还有别的吗？\n答：没有了。\n被谈话人签名：{asked}".encode(),
        "谈话/2.txt": f"个别谈话记录\n被谈话人：{speaker}\n谈话人：黎静\n黎静：村里的账公示过吗？\n{speaker}：没有公示。{g.deed()}\n"
        f"黎静：你亲眼看到的？\n{speaker}：亲眼看到的。".encode(),
        "谈话/3.txt": f"座谈会记录\n参加人员：村民{talker}、{g.name('座谈会另一人')}\n{talker}：{g.deed()}\n主持人：请继续。".encode(),
        "谈话/4.txt": f"访谈要点\n访谈对象：{g.name('要点式访谈对象')}（青石村，手机{g.phone('要点式手机')}）\n1．该同志反映，{g.deed()}\n"
        f"2．该同志希望保密。".encode(),
    }  # fmt: skip


_RUNNING = (
    "我儿子{}拦着他也挨了打。",
    "我爱人{}去镇里问，没有人理。",
    "我弟弟{}去年也被扣了补贴。",
    "我丈夫叫{}，腿有残疾。",
    "我和老伴{}都六十多了。",
    "我是{}的母亲。",
    "会计不肯给{}盖章，他是我父亲。",
    "材料是{}帮我写的。",
    "邻居{}可以作证，钱是当面给的。",
    "我和同村的{}一起去找过他。",
    "这事是{}亲口告诉我的，他就在现场。",
    "我们组的{}家也没有领到钱。",
    "村民{}当场问他，他不作声。",
    "他打了{}，我拉都拉不住。",
    "有事可以找我，{}。",
    "我女儿{}在外地打工，是她叫我写的。",
)


def running_text(g: Garden) -> Files:
    """Names in running text, which nothing but the sense of the sentence marks."""
    return {
        f"行文/{number:02}.txt": f"{g.deed()}{sentence.format(g.name(f'行文：{sentence}', usual=False))}".encode()
        for number, sentence in enumerate(_RUNNING)
    }


SEALED_WORDS = ("河滩玉米地里的界桩", "翡翠湾七号院", "章鱼弄堂的茶楼")


def to_seal(g: Garden) -> Files:
    """Letters that must not enter the system, with their writers; none of their words may be found anywhere."""
    for word in SEALED_WORDS:
        g.planted.append(Canary("密封件内容", (word,)))
    told = "举报副市长费宏远利用职权收受砂场老板三十万元，"
    return {
        f"{g.name('密封件文件名')}.txt": f"{told}把{SEALED_WORDS[0]}拔掉。举报人：{g.name('密封件落款')}，{g.phone('密封件手机')}".encode(),
        "密封/2.eml": sent_by(g, "密封邮件的") + text_part(f"{told}送到{SEALED_WORDS[1]}。{g.name('密封邮件落款')}"),
        "密封/3.docx": word_document(f"{told}交钱在{SEALED_WORDS[2]}。", author=g.name("密封件作者")),
    }


def _headers(g: Garden) -> bytes:
    shown, host = b64encode(g.name("发件人显示名").encode()).decode(), g.word("接收记录主机", "home-pc-{}.lan.example")
    return (
        f"Return-Path: <{g.email('退信地址')}>\r\n"
        f"Received: from {host} (unknown [{g.word('接收记录 IP', '203.0.113.{}')}]) by mx.example.org; Mon, 2 Mar 2026 10:00:00 +0800\r\n"
        f"X-Originating-IP: [{g.word('来源 IP', '198.51.100.{}')}]\r\nX-Sender: {g.email('X-Sender')}\r\nSender: {g.email('代发人')}\r\n"
        f"From: =?utf-8?B?{shown}?= <{g.email('发件地址')}>\r\nReply-To: {g.email('回复地址')}\r\n"
        f"Cc: =?gbk?Q?{quopri.encodestring(g.name('抄送人').encode('gbk')).decode().strip()}?= <{g.email('抄送地址')}>\r\n"
        f"To: office@example.org\r\nSubject: =?gb2312?B?{b64encode('反映问题'.encode('gb18030')).decode()}?=\r\n"
        f"Message-ID: <{g.word('邮件编号', 'message{}')}@{g.word('邮件编号主机', 'host{}.home.example')}>\r\n"
        f"Organization: {g.word('单位头', 'Canary Farm {}')}\r\nDate: Mon, 02 Mar 2026 10:00:00 +0800\r\nMIME-Version: 1.0\r\n"
    ).encode()  # fmt: skip


def sent_by(g: Garden, what: str, *, subject: str = "反映问题") -> bytes:
    name, number = (
        b64encode(g.name(f"{what}显示名").encode()).decode() if "信箱" not in what else "",
        g.word(f"{what}邮件编号", "id{}.canary"),
    )
    return (
        f"From: {name and f'=?utf-8?B?{name}?= '}<{g.email(f'{what}地址')}>\r\nTo: office@example.org\r\n"
        f"Subject: =?utf-8?B?{b64encode(subject.encode()).decode()}?=\r\nDate: Tue, 03 Mar 2026 10:00:00 +0800\r\n"
        f"Message-ID: <{number}@mail.example>\r\nMIME-Version: 1.0\r\n"
    ).encode()  # fmt: skip


def text_part(text: str) -> bytes:
    return (
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b64encode(text.encode())
        + b"\r\n"
    )


def multipart(head: bytes, text: str, *files: tuple[str, bytes]) -> bytes:
    parts = [text_part(text)]
    for name, data in files:
        shown = b64encode(name.encode()).decode()
        parts.append(
            f'Content-Type: application/octet-stream; name="=?utf-8?B?{shown}?="\r\nContent-Disposition: attachment; '
            f'filename="=?utf-8?B?{shown}?="\r\nContent-Transfer-Encoding: base64\r\n\r\n'.encode()
            + b64encode(data)
            + b"\r\n"
        )
    return bordered(head, parts)


def _forwarded(head: bytes, text: str, inner: bytes) -> bytes:
    return bordered(head, [text_part(text), b"Content-Type: message/rfc822\r\n\r\n" + inner])


def bordered(head: bytes, parts: list[bytes]) -> bytes:
    start = b'Content-Type: multipart/mixed; boundary="canary-border"\r\n\r\n'
    return head + start + b"".join(b"--canary-border\r\n" + part for part in parts) + b"--canary-border--\r\n"


def sheet(headings: tuple[str, ...], rows: list[tuple[object, ...]], *, author: str = "", comment: str = "") -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.set_properties({"author": author})
        page = book.add_worksheet()
        for number, row in enumerate((headings, *rows)):
            page.write_row(number, 0, row)
        if comment:
            page.write_comment(1, 1, comment)
    return file.getvalue()


def write(folder: Path, files: Files) -> Path:
    """Write files into a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder
