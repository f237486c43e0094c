"""Finds phones, identity numbers, e-mail addresses and accounts in any spelling: spaced, full-width, Chinese numerals, OCR look-alikes."""

import re

from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.coverage import Coverage
from xiansuo.text.gated import Gated

_FORMAL = "壹贰叁肆伍陆柒捌玖"
_CHINESE = f"零〇一二三四五六七八九幺{_FORMAL}"
_CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨"
_D = f"[0-9０-９{_CHINESE}{_CIRCLED}Oo]"
_GAP = r"[ \t\u3000·.．\-—–－_/]{0,2}"
_DIGIT = str.maketrans(
    f"０１２３４５６７８９{_CHINESE}{_CIRCLED}OoＸｘx",
    "0123456789" + "00123456789" + "1" + "123456789" + "0123456789" + "00XXX",
)
_NOT_BEFORE = f"(?<![0-9０-９{_CHINESE}])"
_NOT_AFTER = f"(?![0-9０-９{_CHINESE}])"
_MOBILE = rf"{_NOT_BEFORE}(?:(?:\+|＋|00)?86{_GAP})?[1１一幺壹①]{_GAP}[3-9３-９三四五六七八九叁肆伍陆柒捌玖③-⑨]{_GAP}(?:{_D}{_GAP}){{8}}{_D}{_NOT_AFTER}"
_LANDLINE = rf"{_NOT_BEFORE}[(（]?0\d{{2,3}}[)）]?[ \-—–－]?[2-8]\d{{6,7}}(?:转\d{{1,5}})?{_NOT_AFTER}"
_ID_CARD = rf"{_NOT_BEFORE}[1-9１-９一二三四五六七八九{_FORMAL}](?:{_GAP}{_D}){{16}}{_GAP}[0-9０-９{_CHINESE}XxＸｘ]{_NOT_AFTER}(?![A-Za-z])"
_OLD_ID = rf"(?:身份证|证件)[^\d\n]{{0,8}}(?!{_ID_CARD})(?P<old>[0-9０-９](?:{_GAP}[0-9０-９]){{9,16}}){_NOT_AFTER}|{_NOT_BEFORE}(?P<old15>[1-9]\d{{7}}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{{3}}){_NOT_AFTER}"
_VEILED_ID = r"(?<![0-9A-Za-z])(?P<veiled>[1-9]\d{2,9}[*×＊xX]{3,12}\d{0,6}[\dXx])(?![0-9A-Za-z*×＊])"
_CUED_PHONE = rf"(?:电话|手机|座机|联系方式|联系|短号|小灵通|来电|拨打|致电)(?:号码|号)?[^\S\n]*+[:：是为]?[^\S\n]*+(?!{_MOBILE}|{_LANDLINE})(?P<cued>[0-9０-９*×＊][0-9０-９*×xX＊Oo \-—－]{{4,20}}[0-9０-９*×xX＊])"
# Bounded as RFC 5321 bounds it: without a bound a letter of one long word takes time that grows with its square.
_EMAIL = re.compile(r"[A-Za-z0-9][\w.+\-]{0,63}[ ]?[@＠][ ]?[A-Za-z0-9\-]+(?:[.．][A-Za-z0-9\-]+)+")
_TOLD_EMAIL = Gated(
    ("at", "AT", "At", "艾特", "#"),
    re.compile(
        r"[A-Za-z0-9][A-Za-z0-9.+_\-]{1,40} ?(?:[(（\[【] ?(?:[aA][tT]|艾特) ?[)）\]】]|艾特|#(?=[A-Za-z0-9\-]+\.)| [aA][tT] ) ?[A-Za-z0-9\-]{1,40}(?:(?:[.．]| ?(?:点|[(（]dot[)）]) ?)[A-Za-z0-9\-]{2,20}){1,3}"
    ),
)
# The plate of a car that is the writer's own; that of an official's car is a clue.
_PLATE = Gated(
    ("我", "俺", "本人"),
    re.compile(
        r"(?:我|俺|本人)们?家?的?[^，。；！？\n他她公]{0,10}?(?P<paper>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·. ]?[A-HJ-NP-Z0-9]{4,6})(?![A-Za-z0-9])"
    ),
)
# Papers that only their owner has; of a contract or a deed the number is a clue.
_PAPERS = Gated(
    ("证", "护照", "卡号", "医保", "社保", "学号", "工号", "车牌"),
    re.compile(
        r"(?:护照|社保卡|医保卡|社会保障卡|低保证|低保金领取证|残疾人?证|军官证|士兵证|退伍证|退役证|驾驶证|驾照|通行证|居住证|老年证|就诊卡|病历|住院|准考证|学生证|工作证|医保|学|工)(?:的)?(?:号码|编号|号)"
        r"[^\S\n]*+[:：是为]?[^\S\n]*+(?P<paper>[A-Za-z]{0,2}\d[A-Za-z\d\- ]{4,24}[A-Za-z\d])"
    ),
)
# An account's name stands before its number, or the number begins as those of banks do.
_ACCOUNT_SIGNS = (
    *(
        "QQ",
        "qq",
        "Qq",
        "ＱＱ",
        "扣扣",
        "球球",
        "企鹅号",
        "快手",
        "小红书",
        "陌陌",
        "钉钉",
        "旺旺",
        "威信",
        "薇信",
        "微信",
        "VX",
        "vx",
        "Vx",
        "V信",
        "v信",
        "WX",
        "wx",
        "微博",
        "抖音",
        "支付宝",
    ),
    *("账号", "帐号", "卡号", "存折号", "一卡通号", "折号"),
    *("62", "51", "52", "53", "54", "55", *(f"4{digit}" for digit in range(10))),
)
_ACCOUNT = Gated(
    _ACCOUNT_SIGNS,
    re.compile(
        # The first signs of all that follows, because one look at them is faster than trying every word.
        r"(?=[QqＱ扣球企快小陌钉旺威薇微VvWw抖支账帐卡存一折4-6])(?:(?:QQ|qq|Qq|ＱＱ|扣扣|球球|企鹅号|快手|小红书|陌陌|钉钉|旺旺|[威薇微]信|VX|vx|Vx|V信|v信|WX|wx|微博|抖音|支付宝)(?:号码|账号|号|ID)?[^\S\n]*+[:：是为]?[^\S\n]*+(?P<nick>\d{2,5}(?: \d{2,5}){1,3}|[A-Za-z0-9_\-]{5,20})"
        r"|(?:账号|帐号|卡号|存折号|一卡通号|折号)[^\S\n]*+(?:[:：是为]|尾号为?)?[^\S\n]*+(?P<card>\d[\d ]{6,25}\d)"
        rf"|{_NOT_BEFORE}(?P<bank>(?:62|4\d|5[1-5])\d{{2}}(?:[ \-]?\d{{4}}){{3}}(?:[ \-]?\d{{1,3}})?){_NOT_AFTER})"
    ),
)
_NUMBERS = re.compile(
    rf"(?P<id>{_ID_CARD})|(?P<mobile>{_MOBILE})|(?P<landline>{_LANDLINE})|{_OLD_ID}|{_VEILED_ID}|{_CUED_PHONE}"
)
_ANY = re.compile(
    rf"[0-9０-９{_CHINESE}{_CIRCLED}*×＊](?:[^\S\n]?[-—–－·.．_/*×＊Oo]?[^\S\n]?[0-9０-９{_CHINESE}{_CIRCLED}*×xX＊Oo]){{4}}"
)


def digits_of(written: str) -> str:
    """Return the ASCII digits (and X) of a number in any spelling."""
    return "".join(c for c in written.translate(_DIGIT) if c.isdigit() or c == "X")


def find_contacts(text: str) -> list[Entity]:
    """Find phones, identity numbers, e-mail addresses and accounts; the value is the plain spelling."""
    found = _numbers(text) if _ANY.search(text) else []
    if "@" in text or "＠" in text:
        found += [
            Entity(EntityType.EMAIL, *m.span(), m[0], m[0].lower().replace(" ", "")) for m in _EMAIL.finditer(text)
        ]
    found += [Entity(EntityType.EMAIL, *m.span(), m[0], m[0].lower()) for m in _TOLD_EMAIL.finditer(text)]
    taken = Coverage(len(text))
    for entity in found:
        taken.take(entity.start, entity.end)
    for match in _ACCOUNT.finditer(text):
        group = match.lastgroup or "nick"
        if taken.free(*match.span(group)):
            found.append(Entity(EntityType.ACCOUNT, *match.span(group), match[group], match[group].replace(" ", "")))
    for match in (*_PAPERS.finditer(text), *_PLATE.finditer(text)):
        if taken.free(*match.span("paper")):
            found.append(Entity(EntityType.ID_NUMBER, *match.span("paper"), match["paper"], digits_of(match["paper"])))
    return found


def _numbers(text: str) -> list[Entity]:
    found = []
    for match in _NUMBERS.finditer(text):
        group = match.lastgroup or "mobile"
        start, end = match.span(group)
        kind = EntityType.ID_NUMBER if group in {"id", "old", "old15", "veiled"} else EntityType.PHONE
        found.append(Entity(kind, start, end, match[group], digits_of(match[group])))
    return found
