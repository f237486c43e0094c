"""Takes a letter from clear text to its masked form, and masked text to a document ready for analysis."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from xiansuo.domain.letter import Identity, IdentityKind, Kind, Letter, Part, PartRole, Signed
from xiansuo.domain.spans import Span
from xiansuo.domain.text import Document, Entity, EntityType, Interview, Masked
from xiansuo.text.coverage import Coverage
from xiansuo.text.entities import EntityFinder, Found
from xiansuo.text.gated import forget
from xiansuo.text.interview import parse_interview
from xiansuo.text.mask import PLACEHOLDERS, into_masked, mask
from xiansuo.text.normalise import Normalised, normalise
from xiansuo.text.offsets import Identity as Unmoved
from xiansuo.text.sentences import split_sentences

_ANALYSED = frozenset({PartRole.BODY, PartRole.ATTACHMENT, PartRole.FORWARDED})
_IDENTITY_KINDS = {
    EntityType.PETITIONER: IdentityKind.NAME,
    EntityType.PHONE: IdentityKind.PHONE,
    EntityType.ID_NUMBER: IdentityKind.ID_NUMBER,
    EntityType.ADDRESS: IdentityKind.ADDRESS,
    EntityType.EMAIL: IdentityKind.EMAIL,
    EntityType.ACCOUNT: IdentityKind.ACCOUNT,
    EntityType.SELF_DISCLOSURE: IdentityKind.OTHER,
    EntityType.PERSON: IdentityKind.OTHER,
}
_SOUGHT = frozenset(
    {
        IdentityKind.NAME,
        IdentityKind.PHONE,
        IdentityKind.ID_NUMBER,
        IdentityKind.EMAIL,
        IdentityKind.ACCOUNT,
        IdentityKind.ADDRESS,
    }
)
_SHORT = 14
_SIDES = frozenset({EntityType.PETITIONER, EntityType.RESPONDENT, EntityType.PERSON})
_PERSON = re.compile(r"[\u3400-\u9fff]{2,4}$")
# A masked speaker's label, written so that the interview parser reads an answer at the same places.
_LABEL = re.compile(rf"(?:^|(?<=\n)){PLACEHOLDERS[EntityType.PETITIONER]}(?=[：:])")
_ANSWER = "答" + " " * (len(PLACEHOLDERS[EntityType.PETITIONER]) - 1)


@dataclass(frozen=True, slots=True)
class Clear:
    """The normalised clear text and its entities, for what must be decided in memory before anything is stored."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    entities: tuple[Entity, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Protected:
    """A letter with its petitioner masked. `entities` count characters of the clear text, `parts` of the masked text.

    `identities` are all that is known of the petitioner, from headers and forms and from the letter itself: for the vault alone.
    """

    subject: Masked
    text: Masked
    kind: Kind
    interview: bool
    signed: Signed
    clear: Clear = field(repr=False)
    parts: tuple[Part, ...] = ()
    entities: tuple[Entity, ...] = field(default=(), repr=False)
    subject_entities: tuple[Entity, ...] = field(default=(), repr=False)
    identities: tuple[Identity, ...] = field(default=(), repr=False)


def protect(letter: Letter, finder: EntityFinder) -> Protected:
    """Mask a letter in memory; what the text tells about the petitioner is masked in the subject too, and the other way round."""
    try:
        return _protected(letter, finder)
    finally:
        # Clear text stays in memory no longer than its letter is worked on.
        forget()


def _protected(letter: Letter, finder: EntityFinder) -> Protected:
    text, subject = normalise(letter.text), normalise(letter.subject)
    interview = parse_interview(text.text, subject=subject.text)
    if interview is None and letter.kind is Kind.TRANSCRIPT:
        interview = Interview((), ())
    known = list(_known(letter))
    head = finder.read(subject.text, reference=letter.received, known=known, title=True)
    body = finder.read(
        text.text,
        interview=interview,
        reference=letter.received,
        parts=_normal_parts(text, letter.parts),
        known=[*_names(head), *known],
    )
    told = [(name, side) for name, side in _names(body) if name in subject.text]
    if told:
        head = finder.read(subject.text, reference=letter.received, known=[*known, *told], title=True)
    entities, heads = _original(letter.text, text, body.entities), _original(letter.subject, subject, head.entities)
    identities = tuple(dict.fromkeys((*letter.identities, *_identities(entities), *_identities(heads))))
    masked = mask(letter.text, entities, letter.identities)
    return Protected(
        subject=mask(letter.subject, heads, [identity for identity in identities if _is_sought(identity)]),
        text=masked,
        kind=Kind.TRANSCRIPT if interview else letter.kind or Kind.LETTER,
        interview=interview is not None,
        signed=_signed(body, letter),
        clear=Clear(subject.text, text.text, body.entities),
        parts=tuple(_masked_parts(masked, letter.parts)),
        entities=entities,
        subject_entities=heads,
        identities=identities,
    )


def _is_sought(identity: Identity) -> bool:
    """Tell whether an identity found in the text is sought in the subject: names, numbers, addresses, and short descriptions."""
    return identity.kind in _SOUGHT or (identity.kind is IdentityKind.OTHER and 4 <= len(identity.value) <= _SHORT)


def _names(found: Found) -> Iterator[tuple[str, EntityType]]:
    """Yield the names whose side a part of the letter shows."""
    for entity in found.entities:
        if entity.type in _SIDES and _PERSON.match(entity.text):
            yield entity.text, entity.type


def _known(letter: Letter) -> Iterator[tuple[str, EntityType]]:
    """Yield the names that headers and forms settle."""
    for identity in letter.identities:
        if identity.kind is IdentityKind.NAME and _PERSON.match(identity.value):
            yield identity.value, EntityType.PETITIONER
    yield from ((name, EntityType.RESPONDENT) for name in letter.named_respondents)


def _original(source: str, normalised: Normalised, entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """Return the entities in the coordinates of the text they were normalised from."""
    if normalised.text is source:
        return tuple(entities)
    spans = [normalised.offsets.span(entity.start, entity.end) for entity in entities]
    return tuple(Entity(e.type, s.start, s.end, s.of(source), e.value) for e, s in zip(entities, spans, strict=True))


def _identities(entities: Iterable[Entity]) -> Iterator[Identity]:
    return (Identity(_IDENTITY_KINDS[e.type], e.text) for e in entities if e.type in _IDENTITY_KINDS)


def _signed(found: Found, letter: Letter) -> Signed:
    names = {identity.value for identity in letter.identities if identity.kind is IdentityKind.NAME} | set(
        found.signers
    )
    if found.group or len(found.signers) > 1:
        return Signed.JOINT
    return Signed.REAL_NAME if names else Signed.ANONYMOUS


def _masked_parts(masked: Masked, parts: Iterable[Part]) -> Iterator[Part]:
    placed = into_masked(masked)
    for part in parts:
        span = placed(Span(part.start, part.end))
        yield Part(part.role, span.start, span.end, part.media_type, part.name, part.note)


def _normal_parts(normalised: Normalised, parts: Iterable[Part]) -> list[Part]:
    """Return the parts in the coordinates of the normalised text."""
    length = len(normalised.text)
    return [
        Part(
            part.role,
            min(normalised.offsets.derived(part.start), length),
            min(normalised.offsets.derived(part.end), length),
            part.media_type,
        )
        for part in parts
    ]


def document(
    subject: str,
    masked_text: str,
    *,
    kind: Kind | None,
    received: date | None,
    entities: Sequence[Entity],
    parts: Sequence[Part] = (),
) -> Document:
    """Make masked text ready for analysis: normalised, split into sentences over the analysed parts, with its turns.

    `entities`, as `masked_entities` gives them, and `parts` count characters of `masked_text`.
    """
    normalised, head = normalise(masked_text), normalise(subject)
    text = normalised.text
    interview = parse_interview(_LABEL.sub(_ANSWER, text), subject=head.text)
    return Document(
        kind=kind or (Kind.TRANSCRIPT if interview else Kind.LETTER),
        subject=head.text,
        text=text,
        received=received,
        sentences=tuple(_sentences(text, _normal_parts(normalised, parts))),
        interview=interview,
        entities=tuple(entities if text is masked_text else _normal_entities(normalised, entities)),
        offsets=normalised.offsets,
    )


def masked_entities(protected: Protected) -> tuple[Entity, ...]:
    """Return a letter's entities in the coordinates of its masked text; of the petitioner only the placeholders are left."""
    masked = protected.text
    if not masked.replacements:
        return tuple(sorted(protected.entities, key=_place))
    hidden = Coverage(masked.replacements[-1].source.end)
    for one in masked.replacements:
        hidden.take(*one.source)
    placed = into_masked(masked)
    found = [Entity(one.type, *one.masked, one.masked.of(masked.text)) for one in masked.replacements]
    found += [
        Entity(entity.type, *placed(entity.span), entity.text, entity.value)
        for entity in protected.entities
        if entity.type not in PLACEHOLDERS and hidden.free(entity.start, entity.end)
    ]
    return tuple(sorted(found, key=_place))


def _place(entity: Entity) -> tuple[int, int]:
    return entity.start, entity.end


def _normal_entities(normalised: Normalised, entities: Sequence[Entity]) -> Iterator[Entity]:
    """Yield the entities in the coordinates and the written form of the normalised text."""
    text, offsets = normalised.text, normalised.offsets
    for entity in entities:
        start, end = entity.start, entity.end
        if not isinstance(offsets, Unmoved):
            start, end = (min(offsets.derived(place), len(text)) for place in (start, end))
        if end > start:
            yield Entity(entity.type, start, end, text[start:end], entity.value)


def _sentences(text: str, parts: Sequence[Part]) -> Iterator[Span]:
    if not parts:
        yield from split_sentences(text)
    for part in parts:
        if part.role in _ANALYSED and part.end > part.start:
            yield from split_sentences(text, Span(part.start, part.end))
