"""Finds what the writers call themselves beside a plain name: nicknames, a name told in two pieces, pulled apart by marks, or in pinyin."""

import re
from collections.abc import Iterator

from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.gated import Gated, open_gates

_I = "(?:我|俺|额|咱|侬|本人)"
_HAN = r"[\u3400-\u9fff]"
_END = r"(?=[，。、；！？”\"）\s]|$)"
_NICK = rf"{_I}(?:的)?(?:外号|绰号|小名|乳名|诨名|诨号|网名|笔名|化名)(?:就|也)?(?:叫做?|是|为)?[“\"]?(?P<n>{_HAN}{{2,5}}?){_END}"
# What people are called for a limb, a trade or their place among siblings.
_CALLED = rf"(?:喊|叫|称|唤){_I}(?:为|做|作)?[“\"]?(?P<c>{_HAN}{{1,3}}(?:子|头|巴|锅|脚|[老阿][大二三四五六七八九幺]|娃|佬|匠|先生|秀才|婆)){_END}"
_IN_PIECES = rf"{_I}(?:免贵)?姓{_HAN}{{1,2}}，?(?:单?名|名叫|叫做?)(?:叫|是|为|一?个)?(?P<p>{_HAN}{{1,2}})(?:字)?{_END}"
# Runs of spaces are given up whole: what follows is no space, and a page of spaces behind a label is read once.
_LABEL = r"(?:姓名|(?<!被)(?:举报|反映|控告|申诉|检举|投诉|信访|来信|写信|求助|联系)人|签名|署名|落款)[】\s]*+[:：]?[^\S\n]*+"
_APART = rf"{_LABEL}(?P<a>{_HAN}(?:[ ·.。・•*＊_\-—/|+]{{1,2}}{_HAN}){{1,3}})(?!{_HAN})"
_SYLLABLE = (
    "(?:(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    "(?:iang|iong|uang|ueng|ang|eng|ing|ong|iao|ian|uai|uan|uen|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|ve|er|a|o|e|i|u|v|ü))"
)
_PINYIN = rf"(?i:{_SYLLABLE}{{1,2}}(?:[ '’\-]{_SYLLABLE}{{1,2}}){{1,2}})(?![A-Za-z])"
_IN_PINYIN = (
    rf"(?:{_LABEL}|{_I}(?:的名字)?(?:是|叫)[^\S\n]*+)(?P<l>{_PINYIN}|(?i:{_SYLLABLE}{{2,4}})(?![A-Za-z0-9@._\-]))"
)
_SIGNED_IN_PINYIN = rf"(?:^|(?<=\n))[^\S\n]*+(?P<s>{_PINYIN})[^\S\n]*+(?=\n|$)"
_WAYS = (
    Gated(("外号", "绰号", "小名", "乳名", "诨名", "诨号", "网名", "笔名", "化名"), re.compile(_NICK)),
    Gated(tuple(verb + who for verb in "喊叫称唤" for who in "我俺额咱侬"), re.compile(_CALLED)),
    Gated(("姓",), re.compile(_IN_PIECES)),
    Gated(("人", "名", "落款"), re.compile(f"{_APART}|{_IN_PINYIN}")),
    Gated(("我", "俺"), re.compile(_IN_PINYIN)),
    Gated(tuple("aeiouAEIOU"), re.compile(_SIGNED_IN_PINYIN)),
)


def find_called(text: str) -> Iterator[Entity]:
    """Find the other names the writers give themselves."""
    opened = open_gates(text)
    for way in _WAYS:
        for match in way.pattern.finditer(text) if way.gate in opened else ():
            span = match.span(match.lastgroup or 0)
            yield Entity(EntityType.SELF_DISCLOSURE, *span, text[slice(*span)])
