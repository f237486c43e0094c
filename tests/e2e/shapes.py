"""The shapes in which fictional petitioners are planted, what becomes of each, and what the program promises of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tests.e2e.garden import Canary


class Promise(StrEnum):
    """What is promised of a shape."""

    NEVER = "never"
    """A number, an address, a header, metadata: outside the vault nowhere."""
    RULES = "rules"
    """A name where names usually stand: found by rules, every planted one."""
    MEASURED = "measured"
    """Only the sense of a sentence tells whose it is: found as often as is measured."""
    NOWHERE = "nowhere"
    """Of a sealed letter: not even in the vault."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A way in which somebody is named. `where` matches what the planted strings of it are called."""

    name: str
    how: str
    promise: Promise
    where: re.Pattern[str]


def _shape(name: str, how: str, promise: Promise, where: str) -> Shape:
    return Shape(name, how, promise, re.compile(where))


_N, _R, _M, _S = Promise.NEVER, Promise.RULES, Promise.MEASURED, Promise.NOWHERE

# The first that fits counts.
SHAPES = (
    _shape("words typed on pages", "a search that finds nobody, the name of a file on the command line, a name in an address", _N, "页面上|命令行"),
    _shape("sealed letters", "letters about people above the office, with their writers", _S, "密封"),
    _shape("running text", "a name that only the sense of the sentence gives to the writer's side", _M, "行文"),
    _shape("identifying clauses", "a clause that fits one person only", _M, "身份从句"),
    _shape("file names", "the name of a file, a folder, an archive", _N, "(?:文件|文件夹|docx 文件|照片文件|登记表文件|残缺文件|乱码文件|坏记录文件|空文件|不存在的文件|压缩包|坏压缩包)名"),
    _shape("names of archive members", "the name of a file inside an archive", _N, ".*成员名"),
    _shape("attachment names", "the file name of an attachment", _N, "(?:附件|压缩附件|读不出的附件|msg 附件|附件照片)名"),
    _shape("web page comments", "HTML comment, meta element, file of a page", _N, "网页(?:作者|注释)"),
    _shape("hidden text of a mail", "HTML that is not shown: display none, size 0, title, value", _N, "隐藏层文字|零号字邮箱|悬停文字|表单值"),
    _shape("alt texts", "alt and src of a picture, target of a link", _N, "替代文字|图片说明|图片主机|网页邮件链接"),
    _shape("EXIF and picture chunks", "description, owner, copyright of a photo", _N, "EXIF|PNG"),
    _shape("tracked changes", "text that was taken out or put in, and by whom", _N, "docx 修订"),
    _shape("Word comments", "a remark beside the text and who made it", _N, "docx 批注"),
    _shape("hidden text of a document", "hidden run of a Word document", _R, "docx 隐藏文字"),
    _shape("document properties", "author, last modified by, title, subject, keywords, comments", _N, "docx (?:作者|最后|标题|备注|第二作者|关键词|主题|类别)|坏 docx 作者|残缺文件作者|附件作者"),
    _shape("page headers", "header of a Word page", _R, "docx 页眉"),
    _shape("Word tables", "a form as a table", _R, "docx 表格"),
    _shape("workbook properties", "author of a workbook, comment of a cell", _N, "xlsx 作者|登记表作者|单元格批注"),
    _shape("PDF metadata", "author of a PDF", _N, "(?:坏 )?PDF 作者"),
    _shape("PDF text", "text of a PDF", _R, "PDF"),
    _shape("presentations", "slide, notes, author", _R, "pptx"),
    _shape("Outlook mails", ".msg with subject, sender, headers, attachment", _R, "msg"),
    _shape("winmail.dat", "TNEF with subject, text, attachment", _R, "winmail (?:主题|落款|手机|附件)"),
    _shape("visiting cards", "vCard 2.1 and 3.0", _N, "名片(?!信)|引用编码名片"),
    _shape("appointments", "organiser and attendee of an iCalendar file", _N, "日程"),
    _shape("subject: numbers", "a number or mail address in the subject, also in traditional script", _N, "主题里的(?:邮箱|手机)|繁体主题手机"),
    _shape("subject: names", "whose letter it is, in the subject", _R, "主题$"),
    _shape("subject: forwarded", "whose letter it is, in the subject of a forwarded mail", _R, "转发主题$"),
    _shape("encoded words in pieces", "a display name cut inside a character", _N, "断开的编码字"),
    _shape("encoded words twice over", "an encoded word inside an encoded word", _N, "两次编码"),
    _shape("list headers", "List-Id, List-Unsubscribe, References, In-Reply-To", _N, "列表编号|退订地址|回复编号|引用编号"),
    _shape("network addresses", "Received, X-Originating-IP, X-Forwarded-For, host names, ip field of a record", _N, "接收记录|来源 IP|转发 IP|记录的 IP"),
    _shape("Message-ID", "name and host in a Message-ID", _N, ".*邮件编号"),
    _shape("display names", "who sent it, in any charset", _N, ".*显示名|抄送人|代发人|信箱分隔行"),
    _shape("sender addresses", "From, Sender, Reply-To, Return-Path, Cc, mbox From line", _N, "(?!回信).*(?:的|信|人|里的)地址|退信地址|发件地址|抄送地址|回复地址|X-Sender"),
    _shape("mail program and organisation", "Organization, X-Mailer", _N, "单位头|邮件程序"),
    _shape("quoted replies", "the mail below, its header lines and its signature", _R, "引文|引用"),
    _shape("mail signatures", "name, number, address below the text", _R, "邮件签名|信箱信"),
    _shape("forwarded mails", "a mail in a mail in a mail", _R, "被转发|第三层"),
    _shape("HTML mails", "text of an HTML mail in GBK", _R, "网页"),
    _shape("attached documents", "text of an attached document", _R, "附件落款|附件手机"),
    _shape("attached lists", "list of people in an attached workbook", _R, "附件表格"),
    _shape("archives", "text of a file in an archive, in an archive", _R, "压缩|两层压缩"),
    _shape("register columns", "name, number, address, ID, mail under the headings of a register", _N, "登记表|诉求人|制表符"),
    _shape("hand-over lists", "columns of another office's list", _N, "移送清单"),
    _shape("records", "fields of a JSON record and its text", _N, "记录"),
    _shape("interview headings", "the heading of an interview record", _R, "谈话对象|要点式"),
    _shape("interview speakers", "speakers by name in interviews and meetings", _R, "以姓名为发言人|座谈会"),
    _shape("callers' minutes", "a minute of a call: 来电人称其为…", _R, "来电记录"),
    _shape("form fields", "labelled fields: 信访人, 【来信人】, Name, | 姓名 |", _R, "信访人字段|表单|方括号|英文标签|竖线表格"),
    _shape("introductions", "我叫…, 本人…", _R, "自我介绍|本人"),
    _shape("closings", "落款, 敬上, 联名", _R, "落款(?:姓名|手机|住址)|敬上|联名"),
    _shape("third person", "信访人…称, 据…反映, …来电反映", _R, "第三人称"),
    _shape("helpers", "who told it, who wrote it down", _R, "口述人|代笔人"),
    _shape("traditional script", "name and number in traditional characters", _N, "繁体"),
    _shape("spaced and joined digits", "138 0000, 1 3 8, 138-0000, 1_3_8, 138*0000, across a line break", _N, "空格分组|逐字隔开的手机|短横手机|下划线|星号|断行手机|空格证件号|短横证件号|逐字隔开证件号"),
    _shape("full-width digits", "１３８", _N, "全角(?:手机|证件号)"),
    _shape("Chinese numerals", "一三八, 幺三八, 壹叁捌, ①③⑧", _N, "汉字手机|口语汉字|大写数字|圈码"),
    _shape("numbers from abroad and lines", "+86, 0086, area codes, fax", _N, "带国家代码|国际前缀|座机|传真"),
    _shape("zero-width characters", "invisible characters inside a name or number", _N, "零宽"),
    _shape("veiled ID numbers", "991101********5217", _N, "遮盖证件号"),
    _shape("bank cards", "with and without blanks", _N, ".*银行卡号"),
    _shape("other papers", "disability, allowance, passport, licence plate of one's own", _N, "残疾证号|低保证号|护照号|车牌号"),
    _shape("accounts", "WeChat, QQ, short video, in a web address", _N, "微信|中文说的微信|QQ号|扣扣|企鹅|快手|网址里的账号"),
    _shape("mail addresses in text", "as typed, and told: (at)", _N, "正文邮箱|念出来的邮箱"),
    _shape("addresses in text", "street and door, group and door", _N, "回信地址|收信人|村组门牌"),
    _shape("names pulled apart", "陶.映.秋, wide blanks, across a line break, 姓…名…", _R, "点隔开|全角空格姓名|断行姓名|分开说"),
    _shape("pinyin and foreign names", "Tao Yingqiu, TAO YING QIU, 努尔曼古丽·托合提", _R, "拼音|大写拼音|少数民族"),
    _shape("nicknames", "老陶头, 傅三瘸子, 外号铁拐祁", _R, "绰号|外号"),
    _shape("files that cannot be read", "bytes of files that provoke errors", _N, "坏|乱码"),
    _shape("pictures of text", "a page that only optical recognition reads", _R, "图片文字"),
)  # fmt: skip


def shape_of(canary: Canary) -> Shape:
    """Return the shape of a planted string."""
    return next(shape for shape in SHAPES if shape.where.match(canary.what))


def by_shape(planted: Iterable[Canary]) -> dict[str, list[Canary]]:
    """Return what was planted of every shape."""
    found: dict[str, list[Canary]] = {shape.name: [] for shape in SHAPES}
    for one in planted:
        found[shape_of(one).name].append(one)
    return found
