"""Owns turning bytes into text: what the sender declared, what the bytes themselves say, and refusing to guess badly."""

import codecs
import re
import unicodedata
from functools import cache, lru_cache

from charset_normalizer import from_bytes

from xiansuo.domain.letter import Trouble
from xiansuo.intake.content import CannotRead
from xiansuo.intake.sniff import looks_utf16

# GB2312 and GBK are declared for what is really sent as GB18030, their superset; Big5 likewise for Hong Kong's extension.
_ALIASES = {
    **dict.fromkeys(
        (
            "gb2312",
            "gb-2312",
            "gb2312-80",
            "gb-2312-80",
            "gb231280",
            "euc-cn",
            "x-euc-cn",
            "gbk",
            "x-gbk",
            "cp936",
            "ms936",
            "936",
            "windows-936",
            "gb18030",
            "gb-18030",
            "chinese",
            "gb",
        ),
        "gb18030",
    ),
    **dict.fromkeys(
        ("big5", "big-5", "x-big5", "cn-big5", "cp950", "ms950", "windows-950", "big5-hkscs", "big5hkscs"), "big5hkscs"
    ),
    **dict.fromkeys(("utf8", "utf-8", "utf8mb4", "utf-8-sig", "unicode-1-1-utf-8", "x-utf-8", "65001"), "utf-8"),
    **dict.fromkeys(("hz-gb-2312", "hz", "hz-gb2312"), "hz"),
}
# Codecs of Python that are no charsets of a mail.
_NO_CHARSETS = frozenset({"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem"})
_VAGUE = frozenset({"ascii", "iso8859-1", "cp1252", "iso8859-15"})
_STATEFUL = ("iso2022", "hz", "utf-7")

_SAMPLE = 6000
# What stands outside ASCII, Chinese characters and their marks is looked at one by one.
_NOT_USUAL = re.compile(r"[^\x00-\x7f\u3000-\u303f\u4e00-\u9fa5\uff01-\uff5e]")
_GOOD = 0.72
# Big5 read as GB 18030 also gives traditional characters, though seldom everyday ones only.
_FOR_TRADITIONAL = 0.15
_FREQUENT = frozenset(
    "的一是了我不在人有他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日"
    "者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相"
    "见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水"
    "名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管"
    "期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设"
    "式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运村镇县乡党委书"
    "这個們來為國說時會對發後無動當點業開間問關機學經長實現東書報從過還進樣種車門員體頭電話錢買賣縣鄉黨記"
)


def decode(data: bytes, declared: str = "") -> str:
    """Decode text that came with a declared charset (may be '', unknown or wrong); raise CannotRead(UNDECODABLE) rather than return mojibake."""
    codec = codec_name(declared)
    if data.isascii() and not codec.startswith(_STATEFUL) and not looks_utf16(data):
        return data.decode("ascii")
    marked = _by_mark(data)
    if marked is not None:
        return marked
    text = _as_declared(data, codec) if codec else None
    if text is None:
        text = _detect(data)
    if text is None and codec:
        text = _mostly(data, codec)
    if text is None:
        raise CannotRead(Trouble.UNDECODABLE, f"{len(data)}字节，编码无法判断")
    return text


@lru_cache(maxsize=256)
def codec_name(declared: str) -> str:
    """Return Python's codec for a charset as mails write it, '' for an unknown one."""
    name = re.sub(r"[\s_]+", "-", declared.strip().strip("\"'").lower())
    name = name.split(";")[0]
    if name in _ALIASES:
        return _ALIASES[name]
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    is_text = getattr(info, "_is_text_encoding", True)
    return info.name if is_text and info.name.replace("-", "_") not in _NO_CHARSETS else ""


def plausibility(text: str, *, frequent: frozenset[str] | None = None) -> float:
    """Return the share of non-ASCII characters that ordinary Chinese writing uses, minus what no text uses; 1.0 when all is ASCII.

    `frequent` is the level-1 set of the encoding (GB 2312's 3,755 or Big5's 5,401 characters ordered by use).
    """
    sample = [char for char in text[:_SAMPLE] if char > "\x7f" or char < " "]
    wide = [char for char in sample if char not in "\t\n\r\x0b\x0c\x1b"]
    if not wide:
        return 1.0
    usual = frequent or gb_level1() | big5_level1()
    return sum(_worth(char, usual) for char in wide) / len(wide)


def _as_encoded(text: str, codec: str) -> float:
    """Return the plausibility by the set that this encoding's writers use; GB 18030 also carries traditional Chinese."""
    if codec == "big5hkscs":
        return plausibility(text, frequent=big5_level1())
    if codec == "gb18030":
        return max(plausibility(text, frequent=gb_level1()), plausibility(text) - _FOR_TRADITIONAL)
    return plausibility(text)


def _worth(char: str, usual: frozenset[str]) -> float:
    if char in _FREQUENT:
        return 1.15
    if char in usual or "\u3000" <= char <= "\u301f" or "\uff01" <= char <= "\uff5e" or char in "—…‘’“”·×①②③④⑤⑥℃":
        return 1.0
    if char == "\ufffd" or unicodedata.category(char) in {"Co", "Cn", "Cc", "Cs"}:
        return -3.0
    return 0.1


@cache
def gb_level1() -> frozenset[str]:
    """Return GB 2312's 3,755 characters of daily use."""
    return _plane("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))


@cache
def big5_level1() -> frozenset[str]:
    """Return Big5's 5,401 characters of daily use."""
    return _plane("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)])


def _plane(codec: str, leads: range, trails: range | list[int]) -> frozenset[str]:
    raw = b"".join(bytes((lead, trail)) for lead in leads for trail in trails)
    return frozenset(raw.decode(codec, "ignore"))


def _by_mark(data: bytes) -> str | None:
    """Decode what begins with a byte order mark."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            text = data[len(mark) :].decode(codec, "replace")
            return text if text.count("\ufffd") <= 1 + len(text) // 100 else None
    return None


def _as_declared(data: bytes, codec: str) -> str | None:
    """Return the text in the declared charset unless the bytes speak clearly against it."""
    try:
        text = data.decode(codec)
    except (UnicodeError, ValueError):
        return None
    if codec in {"gb18030", "big5hkscs"} or codec in _VAGUE:
        return _better(data, codec, text)
    return _twice_encoded(text) or (text if plausible_elsewhere(text) else None)


def plausible_elsewhere(text: str) -> bool:
    """Tell whether text in another script is free of what no writing uses."""
    sample = text[:_SAMPLE]
    doubtful: list[str] = _NOT_USUAL.findall(sample)
    strange = sum(unicodedata.category(char) in {"Co", "Cn", "Cs"} or char == "\ufffd" for char in doubtful)
    return strange * 50 <= len(sample)


def _better(data: bytes, codec: str, text: str) -> str | None:
    """Weigh a declared charset that is often declared wrongly against what the bytes look like."""
    if codec in _VAGUE:
        chinese = _best(data)
        return chinese[1] if chinese and chinese[0] >= 0.9 and _high_share(data) > 0.25 else text
    if (utf8 := _surely_utf8(data)) is not None:
        return utf8
    score = _as_encoded(text, codec)
    if score >= 0.95:
        return text
    best = _best(data)
    if best and best[0] > score + 0.15:
        return best[1]
    return text if score >= 0.5 else None


def _best(data: bytes) -> tuple[float, str] | None:
    """Return the most plausible Chinese reading of bytes and how plausible it is."""
    readings: list[tuple[float, str]] = []
    for codec in ("utf-8", "gb18030", "big5hkscs"):
        text = data.decode(codec, "replace")
        if text.count("\ufffd") <= 2 + len(text) // 200:
            readings.append((_as_encoded(text, codec), text))
    if looks_utf16(data) or (len(data) % 2 == 0 and not data.isascii()):
        for codec in ("utf-16-le", "utf-16-be"):
            text = data.decode(codec, "replace")
            readings.append((plausibility(text) - (0 if looks_utf16(data) else 0.2), text))
    return max(readings, key=lambda reading: reading[0], default=None)


def _detect(data: bytes) -> str | None:
    """Find out the charset of bytes that nobody described."""
    if (utf8 := _surely_utf8(data)) is not None:
        return utf8
    best = _best(data)
    if best and best[0] >= _GOOD:
        return best[1]
    return _other_script(data)


def _surely_utf8(data: bytes) -> str | None:
    """Return the text of valid UTF-8 that is no accident: four characters outside ASCII, or fewer that make Chinese sense."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    wide = sum(char > "\x7f" for char in text[:_SAMPLE])
    if not plausible_elsewhere(text) or (wide < 4 and plausibility(text) < _GOOD):
        return None
    return _twice_encoded(text) or text


def _twice_encoded(text: str) -> str | None:
    """Undo, line by line, a gateway that took Chinese bytes for Latin-1 and encoded them again; None when nothing looks so."""
    if text.isascii() or max(text) > "\xff":
        return None
    lines = [_once_encoded(line) for line in text.split("\n")]
    repaired = "\n".join(lines)
    return repaired if repaired != text else None


def _once_encoded(line: str) -> str:
    high = sum(char > "\x7f" for char in line)
    if high < 4 or high * 4 < len(line.split(" ", maxsplit=1)[0]):
        return line
    best = _best(line.encode("latin-1"))
    return best[1] if best and best[0] >= 0.9 else line


def _other_script(data: bytes) -> str | None:
    """Read what is not Chinese: valid UTF-8, or mostly ASCII with accents, or what charset-normalizer is sure of."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _high_share(data) < 0.1 and not re.search(rb"[\x81\x8d\x8f\x90\x9d\x00]", data):
        return data.decode("cp1252", "replace")
    match = from_bytes(data[:_SAMPLE], threshold=0.1).best()
    if match is None or match.alphabets == [] or len(data) < 32:
        return None
    text = data.decode(match.encoding, "replace")
    return text if plausible_elsewhere(text) else None


def _mostly(data: bytes, codec: str) -> str | None:
    """Accept the declared charset when only a few bytes are damaged."""
    text = data.decode(codec, "replace")
    return (
        text
        if text.count("\ufffd") <= 1 + len(text) // 50 and plausible_elsewhere(text.replace("\ufffd", ""))
        else None
    )


def _high_share(data: bytes) -> float:
    return len(re.findall(rb"[\x80-\xff]", data[: _SAMPLE * 2])) / max(1, len(data[: _SAMPLE * 2]))
