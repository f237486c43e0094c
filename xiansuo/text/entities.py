"""Finds everything that is named in a letter, in one pass over its normalised text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from xiansuo.domain.letter import Part, PartRole
from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.text import Entity, EntityType, Interview
from xiansuo.text.addresses import find_addresses, find_in_closings, find_in_heading, find_repeated
from xiansuo.text.called import find_called
from xiansuo.text.contacts import find_contacts
from xiansuo.text.counts import find_counts
from xiansuo.text.disclosure import Writer, find_descriptions, find_remarks, keep_readable
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.money import find_money
from xiansuo.text.people import People, PeopleFinder
from xiansuo.text.places import PlaceFinder
from xiansuo.text.times import find_times

Known = Iterable[tuple[str, EntityType]]


# Who signs a quoted mail writes nothing but a name in its last line.
_LONE_NAME = re.compile(r"[>\s]*+(?P<name>[\u3400-\u9fff]{2,4})")


@dataclass(frozen=True, slots=True)
class Found:
    """The entities of a text in order, the names that sign it, and whether it speaks for a group."""

    entities: tuple[Entity, ...]
    signers: tuple[str, ...] = field(default=(), repr=False)
    group: bool = False


class EntityFinder:
    """Finds persons and their side, contacts, addresses, bodies, places, sums, times and listed words; all patterns are compiled here."""

    def __init__(self, lexicons: Lexicons, register: OrganisationRegister | None = None) -> None:
        self._people = PeopleFinder(
            lexicons.surnames | lexicons.compound_surnames, lexicons.posts(), lexicons.not_names, given=lexicons.given
        )
        self._places = PlaceFinder(lexicons, register)

    def find(
        self,
        text: str,
        *,
        interview: Interview | None = None,
        reference: date | None = None,
        parts: Iterable[Part] = (),
    ) -> tuple[Entity, ...]:
        """Return the entities of a normalised text in order; times are resolved against `reference`, the letter's date."""
        return self.read(text, interview=interview, reference=reference, parts=parts).entities

    def read(
        self,
        text: str,
        *,
        interview: Interview | None = None,
        reference: date | None = None,
        parts: Iterable[Part] = (),
        known: Known = (),
        title: bool = False,
    ) -> Found:
        """Return the entities and who signs; `known` are names whose side is settled, signature parts are the petitioner's throughout."""
        contacts = find_contacts(text)
        parts = tuple(parts)
        body_end = max((part.end for part in parts if part.role is PartRole.BODY), default=None)
        people = self._people.find(text, interview=interview, known=known, title=title, body_end=body_end)
        orgs_and_places = self._places.find(text)
        giveaways = [*self._giveaways(text, people, orgs_and_places, interview), *_signatures(text, parts)]
        money = find_money(text)
        facts = [
            *orgs_and_places,
            *money,
            *find_counts(text, money),
            *find_times(text, reference),
        ]
        readable = [entity.span for entity in people.entities if entity.type is EntityType.RESPONDENT]
        kept = list(keep_readable(giveaways, readable, text))
        entities = sorted([*contacts, *people.entities, *kept, *facts], key=lambda entity: (entity.start, entity.end))
        return Found(tuple(entities), people.signers, any(closing.group for closing in people.closings))

    def _giveaways(
        self, text: str, people: People, bodies: list[Entity], interview: Interview | None
    ) -> Iterator[Entity]:
        """Yield the passages that identify the petitioner without being a name or number."""
        found = [*find_addresses(text), *find_in_closings(text, people.closings)]
        if interview is None:
            writer = Writer(
                {entity.text for entity in people.entities if entity.type is EntityType.PETITIONER},
                tuple(entity.span for entity in bodies if entity.type is EntityType.ORG),
                bool(people.signers),
            )
            found += find_descriptions(text, writer)
        else:
            found += find_in_heading(text, interview)
        found += [*find_remarks(text), *find_called(text)]
        yield from found
        yield from find_repeated(text, found)


def _signatures(text: str, parts: Iterable[Part]) -> Iterator[Entity]:
    for part in parts:
        if part.role is PartRole.QUOTED and (closing := _last_line(text, part)):
            yield Entity(EntityType.SELF_DISCLOSURE, *closing.span("name"), closing["name"])
        if part.role is PartRole.SIGNATURE and part.end > part.start:
            yield Entity(EntityType.SELF_DISCLOSURE, part.start, part.end, text[part.start : part.end])


def _last_line(text: str, part: Part) -> re.Match[str] | None:
    """Return the last line of a part that has several, if it is nothing but a name."""
    end = part.start + len(text[part.start : part.end].rstrip())
    before = text.rfind("\n", part.start, end)
    return _LONE_NAME.fullmatch(text, before + 1, end) if before >= 0 else None
