"""Owns telling a mail's new text from what it quotes, forwards and signs with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from xiansuo.domain.letter import PartRole
from xiansuo.intake.content import Piece
from xiansuo.intake.signatures import signature_start

# Asterisks may be marks of quotation or the rule itself: a run of them that a blank or > follows can be either, any other is the rule.
_RULED = r"(?:\**+[ \t>]++)*[-—_=*]{{2,}}+\s*+(?:{words})\s*+[-—_=*]*+\s*+$"
_REPLY_RULE = re.compile(
    _RULED.format(
        words=r"原始邮件|邮件原件|原邮件|原始郵件|原郵件|回复的原邮件|回复的邮件|回复邮件|原始信件|Original(?: Message| Email|邮件)?|Reply message"
    ),
    re.IGNORECASE,
)
_FORWARD_RULE = re.compile(
    _RULED.format(
        words=r"转发邮件信息|转发的邮件|转发的原邮件|转发邮件|轉寄郵件|已转发邮件|Forwarded (?:message|mail)(?: from .{1,60}|\s+by .{1,60})?"
    )
    + r"|[ \t>*]*+(?:Begin forwarded message|开始转发的邮件|下面是(?:被)?转发的?邮件|以下(?:是|为)转发(?:的)?邮件)\s*+(?:[:：]\s*+)?$",
    re.IGNORECASE,
)
_RULE = re.compile(r"[ \t]*[-—_=]{8,}\s*$")
_WROTE = re.compile(r"(?:写道|寫道|wrote|writes|schrieb|a écrit|的来信|来信说)\s*[:：]\s*$", re.IGNORECASE)
_WHO_WHEN = re.compile(r"@|\d{1,2}[:：]\d{2}")
_FIELD = re.compile(
    r"[ \t>*|]*+(?P<name>发件人|发信人|寄件者|寄件人|寄件日期|发送时间|发送日期|發送時間|日期|时间|Sent|Date|收件人|收信人|收件者|To|抄送人|抄送|副本|Cc|主题|主題|标题|主旨|Subject|From|Sender|Reply-To|Von|Gesendet|An|Betreff)[ \t]*+(?:\*[ \t]*+)?[:：|]",
    re.IGNORECASE,
)
_FIRST_FIELD = re.compile(
    r"[ \t>*|]*+(?:发件人|发信人|寄件者|寄件人|From|Von)[ \t]*+(?:\*[ \t]*+)?[:：|]", re.IGNORECASE
)
_QUOTE = re.compile(r"[ \t]*+(?:>[ \t]?)++")
_FORWARD_SUBJECT = re.compile(r"\s*(?:\[?(?:转发|轉寄|转|fwd?|wg)\]?\s*[:：])", re.IGNORECASE)
_MOST_HEADER_LINES = 14


class _Kind(Enum):
    OWN = "own"
    HEAD = "head"
    CITED = "cited"
    REPLY = "reply"
    FORWARD = "forward"


@dataclass(slots=True)
class _Stretch:
    kind: _Kind
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip("\n").rstrip()


def divide(text: str, *, subject: str = "") -> tuple[Piece, ...]:
    """Divide a mail's text into new text, quotations, forwarded text and signatures, in their order.

    Where the sender added nothing of their own, or says that they forward, the nearest quoted mail is FORWARDED and
    read like new text.
    """
    stretches = _stretches(text.split("\n"))
    forwarded = _forwarded(stretches, bool(_FORWARD_SUBJECT.match(subject)))
    return tuple(
        piece
        for stretch in stretches
        for piece in _pieces(stretch, is_forwarded=any(stretch is one for one in forwarded))
    )


def _stretches(lines: Sequence[str]) -> list[_Stretch]:
    found = [_Stretch(_Kind.OWN)]
    rest = _Kind.OWN
    at = 0
    while at < len(lines):
        kind, length = _opening(lines, at)
        if kind is None:
            _take(found, lines[at], rest)
            at += 1
            continue
        found.append(_Stretch(_Kind.HEAD, list(lines[at : at + length])))
        at += length
        rest = _Kind.OWN if rest is _Kind.OWN and kind is _Kind.REPLY and _next_is_cited(lines, at) else kind
        found.append(_Stretch(rest))
    return [stretch for stretch in found if stretch.text]


def _take(found: list[_Stretch], line: str, rest: _Kind) -> None:
    """Add a line to the current stretch; lines marked with > form their own inside new text."""
    kind = _Kind.CITED if rest is _Kind.OWN and _QUOTE.match(line) else rest
    blank_within = not line.strip() and found[-1].kind is _Kind.CITED
    if found[-1].kind is kind or blank_within:
        found[-1].lines.append(line)
    else:
        found.append(_Stretch(kind, [line]))


def _opening(lines: Sequence[str], at: int) -> tuple[_Kind | None, int]:
    """Tell whether another mail begins at this line, of which kind, and how many lines its heading has."""
    line = lines[at]
    if len(line) > 400 or not line.strip():
        return None, 0
    if _FORWARD_RULE.match(line):
        return _Kind.FORWARD, 1 + _header_lines(lines, at + 1)
    if _REPLY_RULE.match(line):
        return _Kind.REPLY, 1 + _header_lines(lines, at + 1)
    length = _wrote_lines(lines, at) or _header_block(lines, at)
    return (_Kind.REPLY, length) if length else (None, 0)


def _header_block(lines: Sequence[str], at: int) -> int:
    """Count the lines of a block of at least three header fields that begins here, with a ruled line above it or not."""
    ruled = int(bool(_RULE.match(lines[at])))
    first = at + ruled
    if not _FIRST_FIELD.match("".join(lines[first : first + 1])) or len(_field_names(lines, first)) < 3:
        return 0
    return ruled + _header_lines(lines, first)


def _wrote_lines(lines: Sequence[str], at: int) -> int:
    """Count the lines of an attribution ("On …, … wrote:"), which mailers break over up to three."""
    if not re.match(r"[ \t>]*(?:在|于|於|At|On|Am|Le|\d{4}|周|星期|.{0,60}(?:@|于|於))", lines[at], re.IGNORECASE):
        return 0
    for length in (1, 2, 3):
        joined = " ".join(lines[at : at + length])
        if _WROTE.search(joined):
            return length if len(joined) < 400 and _WHO_WHEN.search(joined) else 0
    return 0


def _field_names(lines: Sequence[str], at: int) -> set[str]:
    matches = (_FIELD.match(line) for line in lines[at : at + _header_lines(lines, at)])
    return {match["name"].lower() for match in matches if match}


def _header_lines(lines: Sequence[str], at: int) -> int:
    """Count the lines of a header block from here, with blank lines and folded address lists between its fields."""
    last = 0
    for offset, line in enumerate(lines[at : at + _MOST_HEADER_LINES]):
        if _FIELD.match(line):
            last = offset + 1
        elif line.strip() and not (last and "@" in line and len(line) < 200):
            break
    return last


def _next_is_cited(lines: Sequence[str], at: int) -> bool:
    following = next((line for line in lines[at:] if line.strip()), "")
    return bool(_QUOTE.match(following))


def _forwarded(stretches: Sequence[_Stretch], says_so: bool) -> list[_Stretch]:  # noqa: FBT001 - one caller, beside it
    """Choose the stretches of the nearest quoted mail when its content is what the letter is about."""
    own = "\n".join(stretch.text for stretch in stretches if stretch.kind is _Kind.OWN)
    quoted = [stretch for stretch in stretches if stretch.kind not in {_Kind.OWN, _Kind.HEAD}]
    if not quoted:
        return []
    marked = [stretch for stretch in quoted if stretch.kind is _Kind.FORWARD]
    if marked:
        return marked[:1] if own else (quoted[:1] if quoted[0].kind is not _Kind.CITED else quoted)
    if own[: signature_start(own)].strip() and not says_so:
        return []
    cited = [stretch for stretch in quoted if stretch.kind is _Kind.CITED]
    return cited if quoted and quoted[0].kind is _Kind.CITED else quoted[:1]


def _pieces(stretch: _Stretch, *, is_forwarded: bool) -> list[Piece]:
    if not is_forwarded and stretch.kind is not _Kind.OWN:
        return [Piece(PartRole.QUOTED, stretch.text)]
    text = _unmarked(stretch) if is_forwarded else stretch.text
    role = PartRole.FORWARDED if is_forwarded else PartRole.BODY
    cut = signature_start(text)
    pieces = [Piece(role, text[:cut].strip("\n").rstrip()), Piece(PartRole.SIGNATURE, text[cut:].strip("\n").rstrip())]
    return [piece for piece in pieces if piece.text]


def _unmarked(stretch: _Stretch) -> str:
    """Take the marks of quotation off text that is read like new text."""
    lines = [line[mark.end() :] if (mark := _QUOTE.match(line)) else line for line in stretch.lines]
    return "\n".join(lines).strip("\n").rstrip()
