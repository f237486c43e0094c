"""Letters of every rule that seals, with words that nothing else in the world says in every place where a letter holds some."""

from email.message import EmailMessage
from io import BytesIO

import xlsxwriter

from tests.intake.made import mail, with_mail_inside, word_document, zipped
from tests.intake.pages import A5, saved
from tests.intake.pages import page as scan

WORDS = {
    "正文": "河滩玉米地里的界桩",
    "署名": "欧阳砚青",
    "电话": "13800009901",
    "文件名": "翡翠湾七号院",
    "本办人员": "章鱼弄堂的茶楼",
    "主题": "鹭鸶岛码头",
    "发件人": "慕容雁秋",
    "发件地址": "luci.island@mail.example",
    "附件": "琥珀色的旧账本",
    "附件名": "银杏巷收条",
    "附件作者": "司徒溪珍",
    "转发的正文": "蓝靛染坊后院",
    "转发的发件人": "夏侯若琪",
    "登记表内容": "碧螺山养蜂场",
    "登记表反映人": "端木麦屏",
    "压缩包成员": "芦苇荡的灯塔",
    "压缩包成员名": "石榴渡口",
    "坏压缩包": "苦楝树下的地窖",
}
SCANNED = {"照片": "甘蔗园旧磨坊", "扫描件": "青石巷药铺后门"}
KEPT = "枇杷园的水渠"
"""Stands in a letter that is stored, to show that the search would find a sealed one."""
HIGHER, OWN = "举报副市长费宏远收受砂场老板三十万元", "控告县委巡察办陆明收了被举报人的烟酒，包庇他们"
COUNT = 8
"""How many of them are sealed: an archive that cannot be read to its end goes with the letter it holds."""


def sealed_everywhere() -> dict[str, bytes]:
    """Return files to take in, by name: letters that are sealed, and two that are stored."""
    w = WORDS
    return {
        f"{w['文件名']}.txt": f"{HIGHER}，把{w['正文']}拔掉。举报人：{w['署名']}，{w['电话']}".encode(),
        "own.txt": f"{OWN}，在{w['本办人员']}交的。".encode("gb18030"),
        "with_attachment.eml": _with_attachment(),
        "forwarded.eml": with_mail_inside(
            mail(f"{HIGHER}，送到{w['转发的正文']}。\n\n{w['转发的发件人']}"), "请阅。"
        ),
        "register.xlsx": _register(),
        "archive.zip": zipped({f"{w['压缩包成员名']}.txt": f"{HIGHER}，藏在{w['压缩包成员']}。".encode(),
                               "other.txt": f"村会计马德才冒领补助款，修了{KEPT}。请查账。".encode()}),
        "broken.zip": _broken(),
    }  # fmt: skip


def sealed_scans() -> dict[str, bytes]:
    """Return letters that only text recognition can tell to be sealed: a picture, and a document that holds nothing but a picture."""
    picture, document = (scan(f"{HIGHER}，地点在{words}。", size=A5)[0] for words in SCANNED.values())
    return {"scan.png": saved(picture), "scan.pdf": saved(document, "PDF")}


def _with_attachment() -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = f"{WORDS['发件人']} <{WORDS['发件地址']}>", "office@example.org"
    message["Subject"] = f"关于副市长费宏远在{WORDS['主题']}违纪问题的举报"
    message.set_content("详见附件。")
    document = word_document(f"{WORDS['附件']}可以为证。", author=WORDS["附件作者"])
    message.add_attachment(document, maintype="application", subtype="octet-stream", filename=f"{WORDS['附件名']}.docx")
    return message.as_bytes()


def _register() -> bytes:
    rows = (
        ("序号", "收件日期", "反映人", "联系电话", "被反映人", "主要问题"),
        (1, "2026-03-02", WORDS["登记表反映人"], "13800009902", "费宏远", f"{HIGHER}，地点在{WORDS['登记表内容']}。"),
        (2, "2026-03-02", "", "", "马德才", "村会计马德才多报两户补助，请查账。"),
    )
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def _broken() -> bytes:
    """Make an archive whose second member cannot be read; what is left of it would bring the sealed first one along."""
    archive = zipped({"1.txt": f"{HIGHER}，埋在{WORDS['坏压缩包']}。".encode(), "2.txt": b"x" * 99})
    return archive.replace(b"2.txt", b"?.txt", 1)
