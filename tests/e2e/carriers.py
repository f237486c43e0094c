"""Fictional petitioners in what letters come in: metadata, hidden text, attachments of attachments, cards, appointments, pictures."""

import struct
import zlib
from base64 import b64encode
from io import BytesIO
from quopri import encodestring
from zipfile import ZipFile

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image

from tests.e2e.canaries import Files, bordered, multipart, sent_by, sheet, text_part
from tests.e2e.garden import Garden
from tests.intake.compound import attachment, compound, outlook_message, winmail
from tests.intake.made import pdf_document, saved, word_document, zipped
from tests.intake.pages import A5, page
from tests.intake.pages import saved as pixels

_DC = 'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def word_files(g: Garden) -> Files:
    """Word documents: changes kept on record, comments, fields, hidden text, a text box, all properties."""
    document = docx.Document()
    document.add_paragraph(g.deed())
    changed = document.add_paragraph()
    gone, come = g.name("docx 修订删除"), g.name("docx 修订插入")
    author = g.name("docx 修订者")
    changed._p.append(parse_xml(
        f'<w:del {nsdecls("w")} w:id="1" w:author="{author}"><w:r><w:delText>举报人：{gone}</w:delText></w:r></w:del>'))  # fmt: skip
    changed._p.append(parse_xml(
        f'<w:ins {nsdecls("w")} w:id="2" w:author="{author}"><w:r><w:t>举报人：{come}</w:t></w:r></w:ins>'))  # fmt: skip
    document.add_comment(
        document.paragraphs[0].runs, text=f"请{g.name('docx 批注内容')}再看", author=g.name("docx 批注者")
    )
    hidden = document.add_paragraph().add_run(f"反映人：{g.name('docx 隐藏文字')}")
    hidden.font.hidden = True
    properties = document.core_properties
    properties.author, properties.keywords = g.name("docx 第二作者"), g.name("docx 关键词")
    properties.subject, properties.category = g.name("docx 主题"), g.name("docx 类别")
    return {"word/1.docx": saved(document)}


def slides(g: Garden) -> Files:
    """A presentation with an author, a slide and the speaker's notes."""

    def slide(text: str) -> str:
        return f"<p:sld xmlns:p='p' {_A}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>"

    core = f"<cp:coreProperties {_DC}><dc:creator>{g.name('pptx 作者')}</dc:creator><cp:lastModifiedBy>{g.name('pptx 最后修改者')}</cp:lastModifiedBy></cp:coreProperties>"
    return {
        "slides/1.pptx": zipped({
            "[Content_Types].xml": b"<Types/>",
            "docProps/core.xml": core.encode(),
            "ppt/slides/slide1.xml": slide(f"{g.deed()}举报人：{g.name('pptx 幻灯片')}，电话{g.phone('pptx 手机')}").encode(),
            "ppt/notesSlides/notesSlide1.xml": slide(f"反映人：{g.name('pptx 备注')}").encode(),
        })
    }  # fmt: skip


def outlook(g: Garden) -> Files:
    """Outlook's own formats."""
    texts = {0x0037: f"{g.name('msg 主题')}的举报信", 0x1000: f"{g.deed()}\n举报人：{g.name('msg 落款')}\n电话：{g.phone('msg 手机')}",
             0x0C1A: g.name("msg 发件人"), 0x0C1F: g.email("msg 发件地址"), 0x0E04: g.name("msg 显示收件人"),
             0x007D: f"Received: from pc (unknown [{g.word('msg 接收记录 IP', '203.0.113.{}')}]) by mx.example.org\r\n"}  # fmt: skip
    inside = outlook_message(
        texts, rows=attachment(f"{g.name('msg 附件名')}.txt", f"反映人：{g.name('msg 附件落款')}。{g.deed()}".encode())
    )
    packed = winmail(f"{g.name('winmail 主题')}的来信", f"{g.deed()}\n举报人：{g.name('winmail 落款')}，{g.phone('winmail 手机')}",
                     ("a.txt", f"反映人：{g.name('winmail 附件落款')}".encode()))  # fmt: skip
    return {
        "outlook/1.msg": compound(inside),
        "outlook/2.eml": multipart(sent_by(g, "winmail 信"), "见附件。", ("winmail.dat", packed)),
    }


def cards(g: Garden) -> Files:
    """Visiting cards and appointments beside a letter."""
    name = g.name("名片姓名")
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nN:{name[0]};{name[1:]};;;\r\nTEL:{g.phone('名片手机')}\r\nEMAIL:{g.email('名片邮箱')}\r\nADR:;;{g.address('名片住址')};;;;\r\nEND:VCARD\r\n"
    old = encodestring(g.name("引用编码名片").encode()).decode().replace("=\n", "")
    older = f"BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{old}\r\nEND:VCARD\r\n"
    invited = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nORGANIZER;CN={g.name('日程组织者')}:mailto:{g.email('日程组织者邮箱')}\r\nATTENDEE;CN={g.name('日程参加者')}:mailto:{g.email('日程参加者邮箱')}\r\nSUMMARY:查账\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return {
        "cards/1.eml": multipart(sent_by(g, "名片信"), g.deed(), ("1.vcf", card.encode()), ("2.vcf", older.encode()),
                                 ("3.ics", invited.encode()))
    }  # fmt: skip


def mail_corners(g: Garden) -> Files:
    """What mails carry beside their text: lists, encoded words in pieces and twice over, hidden text, numbers in the subject."""
    name = g.name("断开的编码字").encode("gb18030")
    words = " ".join(f"=?gb18030?B?{b64encode(one).decode()}?=" for one in (name[:3], name[3:]))
    twice = b64encode(f"=?utf-8?B?{b64encode(g.name('两次编码的显示名').encode()).decode()}?=".encode()).decode()
    lists = (
        f"From: {words} <{g.email('断开的编码字地址')}>\r\nSender: =?utf-8?B?{twice}?= <{g.email('两次编码地址')}>\r\n"
        f"List-Id: <{g.word('列表编号', 'canary-list-{}')}.home.example>\r\nList-Unsubscribe: <mailto:{g.email('退订地址')}>\r\n"
        f"X-Forwarded-For: {g.word('转发 IP', '192.0.2.{}')}\r\nX-Mailer: {g.word('邮件程序', 'Canary Mail {}.7.3')}\r\n"
        f"In-Reply-To: <{g.email('回复编号')}>\r\nReferences: <{g.email('引用编号')}>\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"
    ).encode()
    page = (
        f"<p>{g.deed()}</p><div style='display:none'>举报人：{g.name('隐藏层文字')}</div><span style='font-size:0'>{g.email('零号字邮箱')}</span>"
        f"<p title='{g.name('悬停文字')}'>请查</p><input value='{g.name('表单值')}'><img alt='{g.name('替代文字')}' src='cid:1'>"
    )
    inner = zipped(
        {
            f"{g.name('两层压缩成员名')}.txt": f"反映人：{g.name('两层压缩正文')}，{g.phone('两层压缩手机')}。{g.deed()}".encode()
        }
    )
    return {
        "corners/1.eml": lists + text_part(g.deed()),
        "corners/2.eml": sent_by(g, "隐藏文字信") + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page.encode(),
        "corners/3.eml": sent_by(g, "主题邮箱信", subject=f"来自{g.email('主题里的邮箱')}的举报") + text_part(g.deed()),
        "corners/4.eml": sent_by(g, "主题手机信", subject=f"请回电{g.phone('主题里的手机')}") + text_part(g.deed()),
        "corners/5.eml": sent_by(g, "转发主题信", subject=f"转发：{g.name('转发主题')}的举报材料") + text_part(g.deed()),
        "corners/6.eml": sent_by(g, "繁体主题信", subject=f"實名舉報：{g.phone('繁体主题手机')}") + text_part(g.deed()),
        "corners/7.zip": zipped({"里层.zip": inner}),
        "corners/8.eml": bordered(sent_by(g, "嵌套信"), [text_part("请阅"), b"Content-Type: message/rfc822\r\n\r\n" + bordered(
            sent_by(g, "第二层信"), [text_part("转"), b"Content-Type: message/rfc822\r\n\r\n" + sent_by(g, "第三层信")
                                 + text_part(f"{g.deed()}\n举报人：{g.name('第三层落款')}，{g.phone('第三层手机')}")])]),
    }  # fmt: skip


def tables(g: Garden) -> Files:
    """Registers under unusual headings, hidden columns and comments of cells."""
    headings = ("编号", "登记日期", "诉求人", "诉求人电话", "诉求人地址", "被反映人", "诉求内容")
    row = (1, "2026-03-02", g.name("诉求人列"), g.phone("诉求人电话列"), g.address("诉求人地址列"), "马德才", g.deed())
    listed = "来信人姓名\t手机号\t信访内容\n" + f"{g.name('制表符列')}\t{g.phone('制表符手机列')}\t{g.deed()}\n"
    return {
        f"{g.name('登记表文件名')}.xlsx": sheet(
            headings, [row], author=g.name("登记表作者"), comment=f"{g.name('单元格批注')}送来"
        ),
        "tables/2.csv": listed.encode("utf-16"),
    }


def pictures(g: Garden) -> Files:
    """Photos: what the camera notes, and a letter that only text recognition reads; and a file that tells its page is none."""
    noted = Image.Exif()
    noted[0x010E], noted[0x013B], noted[0x8298] = (f"canary place {g.word('EXIF 说明', 'exifplace{}')}",
                                                   g.word("EXIF 作者", "exifowner{}"), g.word("EXIF 版权", "exifright{}"))  # fmt: skip
    file = BytesIO()
    Image.new("RGB", (64, 64), "white").save(file, "JPEG", exif=noted.tobytes())
    told = g.word("PNG 文字块", "pngtext{}").encode()
    chunk = b"tEXt" + b"Author\x00" + told
    plain = BytesIO()
    Image.new("RGB", (8, 8)).save(plain, "PNG")
    whole = plain.getvalue()
    png = whole[:33] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + whole[33:]
    letter, _ = page(f"{g.deed()}\n举报人：{g.name('图片文字姓名')}\n电话：{g.phone('图片文字手机')}", size=A5)
    return {
        "pictures/3.png": pixels(letter),
        f"{g.name('照片文件名')}.jpg": file.getvalue(),
        "pictures/2.eml": multipart(sent_by(g, "照片信"), g.deed(), (f"{g.name('附件照片名')}.png", png)),
    }


def broken(g: Garden) -> Files:
    """Files that provoke errors, with somebody in their bytes."""
    inside = g.name("坏文件里的").encode()
    whole = BytesIO(word_document(g.deed(), author=g.name("坏 docx 作者")))
    with ZipFile(whole) as good:
        members = {one: good.read(one) for one in good.namelist()}
    body = members["word/document.xml"].replace(b"<w:body>", b"<w:body><w:p>" + inside)
    return {
        "broken/1.docx": zipped(members | {"word/document.xml": body}),
        "broken/2.pdf": pdf_document(g.deed(), author=g.name("坏 PDF 作者"))[:400] + inside,
        f"{g.name('坏记录文件名')}.jsonl": b'{"text": "' + g.name("坏记录里的").encode() + b"\n",
        f"{g.name('坏压缩包名')}.zip": b"PK\x03\x04 " + g.name("坏压缩包里的").encode(),
        f"{g.name('空文件名')}.txt": b"",
    }


ALL = (word_files, slides, outlook, cards, mail_corners, tables, pictures, broken)
