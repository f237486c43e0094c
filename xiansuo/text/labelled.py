"""Reads the names out of labelled fields, lists and signatures."""

import re
from dataclasses import dataclass

from xiansuo.text.cues import Cues
from xiansuo.text.names import is_word, join_lone

_FIELD_END = re.compile(
    r"[\n；;]|(?<![^\S\n])[^\S\n]++(?=(?:记录人?|谈话人|走访人|时间|地点|性别|年龄|电话|手机|联系|住址|身份证|职务|单位|谈话|事由|被)[^\n]{0,6}[:：])"
)
# Characters behind a value in which the next label is looked for: blanks before it, and itself.
_NEXT_LABEL = 200
_PIECE = re.compile(r"[\s、，,；;（）()/：:“”\"。]|和(?=[\u3400-\u9fff]{2,3}(?:$|[\s、，]))|及(?=[\u3400-\u9fff])")
# After such a label and a colon stands a name, whatever its signs.
_SURELY_NAMED = re.compile(
    r"姓名|签名|签字|署名|具名|落款|(?:反映|举报|投诉|控告|检举|申诉|信访|来信|写信|求助|被谈话|被访|受访|被走访|来访|谈话对象|访谈对象|走访对象)(?:人|者|对象)?[】\s]*[:：]"
)
_FIRST = re.compile(r"[\u3400-\u9fff]{2,4}(?=$|[\s，。、；（(/])")
_ROLE_ENDS = frozenset("主人户员民众者长师生们工匠某")
_UNNAMED = frozenset(
    {
        "匿名",
        "保密",
        "不详",
        "某某",
        "无名",
        "本人",
        "群众",
        "村民",
        "居民",
        "全体村民",
        "暂不透露",
        "知情人",
        "热心市民",
        "市民",
    }
)
_AND_OTHERS = re.compile(r"等(?=[（(\s\d一二三四五六七八九十]|[人户名]|$)")
_SUFFIX = re.compile(
    r"(?:老师|同志|医生|师傅|女士|先生|大爷|大娘|大叔|阿姨)$|^(?:谨上|敬上|谨启|敬启|顿首|泣血|叩首|拜上)$"
)
_DOTTED = re.compile(r"[\u3400-\u9fff]{1,6}[·•・][\u3400-\u9fff]{1,8}")


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Reads fields by the name patterns of `cues`; `not_names` are words that look like names and are none."""

    cues: Cues
    not_names: frozenset[str]

    def named(self, label: re.Match[str]) -> list[str]:
        """Return the names behind a label, whose match tells the text: up to the next field, or a few signs where no colon follows."""
        text = label.string
        colon = label[0].rstrip()[-1:] in {":", "："}
        most = label.end() + (90 if colon else 24)
        limit = _FIELD_END.search(text, label.end(), most + _NEXT_LABEL)
        value = text[label.end() : min(limit.start() if limit else len(text), most)]
        named = [_surely_named(label, value)] if colon else []
        others = self.names_in(value if colon else value.split("，")[0], strict=not colon)
        return list(dict.fromkeys([*filter(None, named), *others]))

    def names_in(self, value: str, *, strict: bool = False) -> list[str]:
        """Return the names of a field or signature; unless `strict`, also one that closes a description (…村民邓祥云)."""
        names: list[str] = []
        for part in _PIECE.split(join_lone(_AND_OTHERS.split(value)[0])):
            piece = _SUFFIX.sub("", part)
            if self.cues.name.fullmatch(piece) or _DOTTED.fullmatch(piece):
                if not is_word(piece) and piece not in self.not_names:
                    names.append(piece)
            elif (
                not strict and len(piece) > 3 and (match := self.cues.described.search(piece)) and not is_word(match[0])
            ):
                names.append(match[0])
        return names


def up_to_next_field(value: str) -> str:
    """Return a field's value without the fields that follow on its line."""
    cut = _FIELD_END.search(value)
    return value[: cut.start()] if cut else value


def _surely_named(label: re.Match[str], value: str) -> str:
    """Return the first word of a field that can only hold a name, '' for none; a label that comes again marks who speaks."""
    first = _FIRST.match(value) if _SURELY_NAMED.search(label[0]) else None
    repeated = first and label.string.count(label[0].strip()) > 1
    return "" if first is None or repeated or first[0][-1] in _ROLE_ENDS or first[0] in _UNNAMED else first[0]
