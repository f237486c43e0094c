"""Fictional petitioners, whose names, numbers and addresses are remembered when they are handed out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

_SURNAMES = "陶傅祁滕阎柏闵冉戚蒲屈桑尤鲍喻晏穆姚邵汪祝董梁杜阮蓝季麻路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞支柯廖庞谭甘卞芮苗"
_FIRST, _SECOND = "映雁砚若巧腊采傲稻麦槐杏蝉鹊雨翠荷竹梨桐", "秋青溪珍鹂屏娥铃芹苓茹莺棠蓉茵黛璐璎玥琪"
_VILLAGES = ("青石", "柳林", "石桥", "白杨", "榆树", "双河", "黄泥", "大湾", "小沟", "五里")
_OFFENDERS = ("马德才", "孙广田", "彭大山", "周长发", "罗国栋", "曹金宝", "蒋为民", "韩立柱")
_DEEDS = (
    "冒领危房改造补助款{}万元，存进他妻子的存折",
    "把修路款{}万元转到外甥的公司，路只修了一半",
    "扣下低保款{}万元，说是要给上面送礼",
    "换届时给{}户每户发了五百元，要大家投他的票",
    "卖掉集体林木得款{}万元，账上没有这笔收入",
)


@dataclass(frozen=True, slots=True)
class Canary:
    """A string that identifies a petitioner, in all spellings in which it could be kept.

    `usual` is false for names in running text, where nothing but the sense of a sentence tells whose they are.
    """

    what: str
    spellings: tuple[str, ...]
    usual: bool = True


def _names() -> Iterator[str]:
    for number in range(len(_FIRST) * len(_SECOND)):
        given = _FIRST[number % 20] + _SECOND[(number + number // 20 * 7) % 20]
        yield _SURNAMES[number % len(_SURNAMES)] + given


@dataclass(slots=True)
class Garden:
    """Hands out canaries and remembers them."""

    planted: list[Canary] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _names: Iterator[str] = field(default_factory=_names)

    def name(self, what: str, *, usual: bool = True, style: Callable[[str], str] = str) -> str:
        """Give a name; the given name alone must not be found either."""
        name = next(self._names)
        return self._plant(what, style(name), name, name[1:], usual=usual)

    def phone(self, what: str, style: Callable[[str], str] = str) -> str:
        phone = f"1380000{next(self._numbers) + 4100}"
        return self._plant(what, style(phone), phone)

    def id_number(self, what: str, style: Callable[[str], str] = str) -> str:
        body = f"99010119{next(self._numbers) % 40 + 50}0508{next(self._numbers) % 900 + 100}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        number = body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
        return self._plant(what, style(number), number, number.lower())

    def email(self, what: str) -> str:
        return self._plant(what, f"canary{next(self._numbers)}@mail.example")

    def address(self, what: str) -> str:
        return self._plant(what, f"梧桐巷{next(self._numbers) + 200}号{next(self._numbers)}单元{next(self._numbers)}室")

    def account(self, what: str) -> str:
        return self._plant(what, f"wx_canary_{next(self._numbers)}")

    def card(self, what: str, style: Callable[[str], str] = str) -> str:
        number = f"622202{next(self._numbers):06}1234567"
        return self._plant(what, style(number), number)

    def told_email(self, what: str) -> str:
        name = f"canary{next(self._numbers)}told"
        return self._plant(what, f"{name} (at) mail.example", f"{name}@mail.example", name)

    def village_place(self, what: str, text: str) -> str:
        """Plant a place below the village; the village itself may be read."""
        shown = text.format(next(self._numbers) + 300)
        self._plant(what, shown[3:])
        return shown

    def in_pieces(self, what: str) -> tuple[str, str]:
        """Plant a name that is told as family name and given name."""
        name = next(self._names)
        self._plant(what, name, name[1:])
        return name[0], name[1:]

    def clause(self, what: str, text: str) -> str:
        """Plant a clause that fits one person only."""
        self._plant(f"{what}：{text}", text.strip("，"), usual=False)
        return text

    def word(self, what: str, text: str) -> str:
        """Plant any string, such as a host name or a network address."""
        return self._plant(what, text.format(next(self._numbers)))

    def deed(self) -> str:
        """Tell of an offence by nobody's petitioner; no two are alike."""
        number = next(self._numbers)
        village, offender = _VILLAGES[number % 10], _OFFENDERS[number % 8]
        return (
            f"{village}村会计{offender}在{2015 + number % 9}年{_DEEDS[number % 5].format(number + 3)}。请组织派人查账。"
        )

    def _plant(self, what: str, *spellings: str, usual: bool = True) -> str:
        self.planted.append(Canary(what, tuple(dict.fromkeys(spellings)), usual=usual))
        return spellings[0]


def spaced(text: str) -> str:
    return " ".join(text)


def grouped(text: str) -> str:
    return f"{text[:3]} {text[3:7]} {text[7:]}"


def hyphened(text: str) -> str:
    return f"{text[:3]}-{text[3:7]}-{text[7:]}"


def full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) for one in text)


def in_chinese(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "零一二三四五六七八九"))


def as_spoken(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "〇幺二三四五六七八九"))


def abroad(text: str) -> str:
    return f"+86 {text}"


def formal(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖"))


def circled(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨"))


def veiled(text: str) -> str:
    """Hide the day of birth, as people do who believe that the rest tells nothing."""
    return f"{text[:6]}********{text[14:]}"


def between(signs: str) -> Callable[[str], str]:
    """Put signs between the characters, one after the other."""
    return lambda text: "".join(f"{one}{signs[at % len(signs)]}" for at, one in enumerate(text)).rstrip(signs)


def apart(sign: str) -> Callable[[str], str]:
    return sign.join


def broken_at(place: int) -> Callable[[str], str]:
    return lambda text: f"{text[:place]}\n{text[place:]}"
