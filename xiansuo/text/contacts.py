"""Finds phones, identity numbers, e-mail addresses and accounts in any spelling: spaced, full-width, Chinese numerals, OCR look-alikes."""

import re

from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.coverage import Coverage
from xiansuo.text.gated import Gated

_D = "[0-9０-９零〇一二三四五六七八九幺Oo]"
_GAP = r"[ \t\u3000·.．\-—–－]{0,2}"
_DIGIT = str.maketrans("０１２３４５６７８９零〇一二三四五六七八九幺OoＸｘx", "01234567890012345678910" + "0XXX")
_NOT_BEFORE = r"(?<![0-9０-９零〇一二三四五六七八九幺])"
_NOT_AFTER = r"(?![0-9０-９零〇一二三四五六七八九幺])"
_MOBILE = rf"{_NOT_BEFORE}(?:(?:\+|＋)?86{_GAP})?[1１一幺]{_GAP}[3-9３-９三四五六七八九]{_GAP}(?:{_D}{_GAP}){{8}}{_D}{_NOT_AFTER}"
_LANDLINE = rf"{_NOT_BEFORE}[(（]?0\d{{2,3}}[)）]?[ \-—–－]?[2-8]\d{{6,7}}(?:转\d{{1,5}})?{_NOT_AFTER}"
_ID_CARD = rf"{_NOT_BEFORE}[1-9１-９一二三四五六七八九](?:{_GAP}{_D}){{16}}{_GAP}[0-9０-９零〇一二三四五六七八九XxＸｘ]{_NOT_AFTER}(?![A-Za-z])"
_OLD_ID = rf"(?:身份证|证件)[^\d\n]{{0,8}}(?!{_ID_CARD})(?P<old>[0-9０-９](?:{_GAP}[0-9０-９]){{9,16}}){_NOT_AFTER}|{_NOT_BEFORE}(?P<old15>[1-9]\d{{7}}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{{3}}){_NOT_AFTER}"
_CUED_PHONE = rf"(?:电话|手机|座机|联系方式|联系|短号|小灵通|来电|拨打|致电)(?:号码|号)?[^\S\n]*[:：是为]?[^\S\n]*(?!{_MOBILE}|{_LANDLINE})(?P<cued>[0-9０-９*×＊][0-9０-９*×xX＊Oo \-—－]{{4,20}}[0-9０-９*×xX＊])"
_EMAIL = re.compile(r"[A-Za-z0-9][\w.+\-]*[ ]?[@＠][ ]?[A-Za-z0-9\-]+(?:[.．][A-Za-z0-9\-]+)+")
# An account's name stands before its number, or the number begins as those of banks do.
_ACCOUNT_SIGNS = (
    *("QQ", "qq", "Qq", "ＱＱ", "微信", "VX", "vx", "Vx", "V信", "v信", "WX", "wx", "微博", "抖音", "支付宝"),
    *("账号", "帐号", "卡号", "存折号", "一卡通号", "折号"),
    *("62", "51", "52", "53", "54", "55", *(f"4{digit}" for digit in range(10))),
)
_ACCOUNT = Gated(
    _ACCOUNT_SIGNS,
    re.compile(
        # The first signs of all that follows, because one look at them is faster than trying every word.
        r"(?=[QqＱ微VvWw抖支账帐卡存一折4-6])(?:(?:QQ|qq|Qq|ＱＱ|微信|VX|vx|Vx|V信|v信|WX|wx|微博|抖音|支付宝)(?:号码|账号|号|ID)?[^\S\n]*[:：是为]?[^\S\n]*(?P<nick>[A-Za-z0-9_\-]{5,20})"
        r"|(?:账号|帐号|卡号|存折号|一卡通号|折号)[^\S\n]*(?:[:：是为]|尾号为?)?[^\S\n]*(?P<card>\d[\d ]{6,25}\d)"
        rf"|{_NOT_BEFORE}(?P<bank>(?:62|4\d|5[1-5])\d{{2}}(?:[ \-]?\d{{4}}){{3}}(?:[ \-]?\d{{1,3}})?){_NOT_AFTER})"
    ),
)
_NUMBERS = re.compile(rf"(?P<id>{_ID_CARD})|(?P<mobile>{_MOBILE})|(?P<landline>{_LANDLINE})|{_OLD_ID}|{_CUED_PHONE}")
_ANY = re.compile(
    r"[0-9０-９零〇一二三四五六七八九幺*×＊](?:[^\S\n]?[-—–－·.．*×＊Oo]?[^\S\n]?[0-9０-９零〇一二三四五六七八九幺*×xX＊Oo]){4}"
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
    taken = Coverage(len(text))
    for entity in found:
        taken.take(entity.start, entity.end)
    for match in _ACCOUNT.finditer(text):
        group = match.lastgroup or "nick"
        if taken.free(*match.span(group)):
            found.append(Entity(EntityType.ACCOUNT, *match.span(group), match[group], match[group].replace(" ", "")))
    return found


def _numbers(text: str) -> list[Entity]:
    found = []
    for match in _NUMBERS.finditer(text):
        group = match.lastgroup or "mobile"
        start, end = match.span(group)
        kind = EntityType.ID_NUMBER if group in {"id", "old", "old15"} else EntityType.PHONE
        found.append(Entity(kind, start, end, match[group], digits_of(match[group])))
    return found
