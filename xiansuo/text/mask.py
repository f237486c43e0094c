"""Replaces what identifies the petitioner by placeholders and maps places between the clear and the masked text."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from xiansuo.domain.letter import Identity, IdentityKind
from xiansuo.domain.spans import Span
from xiansuo.domain.text import Entity, EntityType, Masked, Replacement
from xiansuo.text.contacts import digits_of

PLACEHOLDERS = {
    EntityType.PETITIONER: "〔反映人〕",
    EntityType.PHONE: "〔电话〕",
    EntityType.ID_NUMBER: "〔证件号〕",
    EntityType.ADDRESS: "〔住址〕",
    EntityType.EMAIL: "〔邮箱〕",
    EntityType.ACCOUNT: "〔账号〕",
    EntityType.SELF_DISCLOSURE: "〔身份线索〕",
    EntityType.PERSON: "〔他人〕",
}
# The order in which a merged passage takes its placeholder: a person counts more than the clause around the name.
_ORDER = list(PLACEHOLDERS)
_KINDS = {
    IdentityKind.NAME: EntityType.PETITIONER,
    IdentityKind.PHONE: EntityType.PHONE,
    IdentityKind.ID_NUMBER: EntityType.ID_NUMBER,
    IdentityKind.ADDRESS: EntityType.ADDRESS,
    IdentityKind.EMAIL: EntityType.EMAIL,
    IdentityKind.ACCOUNT: EntityType.ACCOUNT,
}
_GAP = r"[\s·.．\-—–－_]{0,3}"
_DIGIT_FORMS = {
    str(i): f"[{i}{chr(0xFF10 + i)}{'零一二三四五六七八九'[i]}{'零壹贰叁肆伍陆柒捌玖'[i]}]" for i in range(10)
} | {
    "0": "[0０零〇Oo]",
    "1": "[1１一壹幺lI]",
    "X": "[XxＸｘ]",
}
_LEVELS = re.compile(r".+?(?:省|自治区|自治州|市|县|区|旗|镇|乡|街道|$)")
_ANY_DIGIT = re.compile(
    r"[0-9０-９零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖][\s·.．\-—–－_]{0,3}[0-9０-９零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖Oo]"
)
_MIN_ADDRESS = 4


def mask(text: str, entities: Iterable[Entity], identities: Sequence[Identity] = ()) -> Masked:
    """Return `text` with the petitioner's passages replaced; entities count characters of `text`.

    Identities known from headers and forms are searched too, unless a respondent bears the same name. Overlapping passages become one.
    """
    found = list(entities)
    respondents = {_bare(entity.text) for entity in found if entity.type is EntityType.RESPONDENT}
    places = [(entity.span, entity.type) for entity in found if entity.type in PLACEHOLDERS]
    places += [
        place
        for identity in identities
        if _bare(identity.value) not in respondents
        for place in _places(text, identity)
    ]
    return _replace(text, _merged(places))


def _bare(written: str) -> str:
    return re.sub(r"\s", "", written)


def _places(text: str, identity: Identity) -> Iterator[tuple[Span, EntityType]]:
    pattern = _pattern(identity) if _may_stand(text, identity) else ""
    if pattern:
        kind = _KINDS.get(identity.kind, EntityType.SELF_DISCLOSURE)
        yield from ((Span(*match.span()), kind) for match in re.finditer(pattern, text))


def _may_stand(text: str, identity: Identity) -> bool:
    """Tell cheaply whether an identity could stand in `text`, because compiling a pattern costs more than the search."""
    if identity.kind in {IdentityKind.PHONE, IdentityKind.ID_NUMBER, IdentityKind.ACCOUNT}:
        return bool(_ANY_DIGIT.search(text)) or identity.value in text
    if identity.kind is IdentityKind.ADDRESS:
        return identity.value.strip()[-2:] in text
    return identity.value.strip()[:1] in text and identity.value.strip()[-1:] in text


def _pattern(identity: Identity) -> str:
    """Return a pattern for an identity in any spacing, '' for a value too short to search."""
    value = _bare(identity.value)
    if identity.kind in {IdentityKind.PHONE, IdentityKind.ID_NUMBER, IdentityKind.ACCOUNT}:
        digits = digits_of(value)
        if len(digits) >= 7 and len(digits) >= len(value) - 6:
            return _GAP.join(_DIGIT_FORMS[digit] for digit in digits)
    if identity.kind is IdentityKind.ADDRESS:
        return "|".join(_spaced(part) for part in _address_parts(value))
    least = 2 if re.search(r"[\u3400-\u9fff]", value) else 5
    return _spaced(value) if len(value) >= least else ""


def _spaced(value: str) -> str:
    return r"\s{0,3}".join(re.escape(char) for char in value)


def _address_parts(address: str) -> list[str]:
    """Return an address and its tails, each without one more upper level, the longest first: a letter seldom repeats it whole."""
    parts, rest = [], address
    while len(rest) >= _MIN_ADDRESS:
        parts.append(rest)
        level = _LEVELS.match(rest)
        if level is None or level.end() >= len(rest):
            break
        rest = rest[level.end() :]
    return parts


def _merged(places: list[tuple[Span, EntityType]]) -> list[tuple[Span, EntityType]]:
    """Join overlapping passages, and touching ones of the same type."""
    merged: list[tuple[Span, EntityType]] = []
    for span, kind in sorted(places):
        if merged and (span.start < merged[-1][0].end or (span.start == merged[-1][0].end and kind is merged[-1][1])):
            last, other = merged[-1]
            merged[-1] = (Span(last.start, max(last.end, span.end)), min(kind, other, key=_ORDER.index))
        elif span.end > span.start:
            merged.append((span, kind))
    return merged


def _replace(text: str, places: list[tuple[Span, EntityType]]) -> Masked:
    pieces: list[str] = []
    replacements: list[Replacement] = []
    done = length = 0
    for span, kind in places:
        placeholder = PLACEHOLDERS[kind]
        pieces += [text[done : span.start], placeholder]
        start = length + span.start - done
        length = start + len(placeholder)
        replacements.append(Replacement(span, Span(start, length), kind))
        done = span.end
    return Masked("".join([*pieces, text[done:]]), tuple(replacements))


def to_clear(masked: Masked, span: Span) -> Span:
    """Return the clear passage of a span of the masked text; a placeholder touched at all counts whole."""
    return _mapping([(r.masked, r.source) for r in masked.replacements])(span)


def to_masked(masked: Masked, span: Span) -> Span:
    """Return the masked passage of a span of the clear text; a replaced passage touched at all counts whole."""
    return into_masked(masked)(span)


def into_masked(masked: Masked) -> Callable[[Span], Span]:
    """Return what `to_masked` does to one span, for the many spans of one letter."""
    return _mapping([(r.source, r.masked) for r in masked.replacements])


def _mapping(pairs: list[tuple[Span, Span]]) -> Callable[[Span], Span]:
    starts = [source.start for source, _ in pairs]

    def place(position: int, *, end: bool) -> int:
        index = bisect_right(starts, position - end) - 1
        if index < 0:
            return position
        source, target = pairs[index]
        if position - end < source.end:
            return target.end if end else target.start
        return target.end + position - source.end

    def mapped(span: Span) -> Span:
        start = place(span.start, end=False)
        return Span(start, place(span.end, end=True) if span.end > span.start else start)

    return mapped
