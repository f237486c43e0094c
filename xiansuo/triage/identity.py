"""Owns how strongly two letters are about the same persons, places and units; writers are never among them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self

from xiansuo.triage.facts import PARTIAL
from xiansuo.triage.traits import NICKNAMES, TOWNSHIP, VILLAGE, Traits, is_full, of_level, same_unit

CERTAIN = 3.0
"""With this much in common, a place that differs is rather a misread one."""
_MOST = 5.0
_FULL_NAME, _EVERYDAY_NAME, _SHORT_NAME, _NICKNAME, _SURNAME = 3.5, 2.0, 1.5, 0.5, 1.2
_MOST_SURNAMES = 3.0
_PIECE, _STRANGE, _TITLED = 2.0, 0.8, 0.8
_MOST_TITLED = 2.0
_REST_OF_NAME = 0.6
"""What every further piece of the same name counts, as a share of the first."""
_SAME_VILLAGE, _SAME_TOWN, _SAME_COUNTY, _SAME_UNIT = 2.0, 1.0, 0.3, 0.8
_BESIDE_NAMES = 1.0


@dataclass(frozen=True, slots=True)
class Shared:
    """What two letters have in common by writing: pieces seen as names in one at least, and such as look like them in one at least."""

    names: frozenset[str] = field(repr=False)
    strange: frozenset[str] = field(repr=False)

    @classmethod
    def by(cls, one: Traits, other: Traits) -> Self:
        """Return what two letters share."""
        common = one.terms & other.terms
        return cls(common & (one.facts.names | other.facts.names), common & (one.facts.strange | other.facts.strange))


def identity(one: Traits, other: Traits, shared: Shared) -> float:
    """Return the weight of the persons, places and units that two letters have in common.

    What was recognised as such counts, or what is written alike and was recognised on one side at least, whichever is more.
    """
    places, titled = _where(one, other), _titled(one, other)
    strange = [piece for piece in shared.strange - shared.names if titled.isdisjoint(piece)]
    titles = min(_MOST_TITLED, _TITLED * len(titled - {name[0] for name in shared.names}))
    written = _weight_of(shared.names) + _STRANGE * len(strange) + titles + min(_BESIDE_NAMES, places)
    return min(_MOST, max(_who(one, other, shared.names) + places, written))


def are_apart(one: Traits, other: Traits) -> bool:
    """Tell whether two letters name different places, on the lowest level that both name."""
    for here, there in zip(one.places, other.places, strict=True):
        if here and there:
            return not _share_place(here, there)
    return False


def _weight_of(names: Collection[str]) -> float:
    further = sum(any(name[0] == before[-1] for before in names if before != name) for name in names)
    return _PIECE * (len(names) - further * (1 - _REST_OF_NAME))


def _who(one: Traits, other: Traits, pieces: Collection[str]) -> float:
    both = one.facts.respondents & other.facts.respondents
    full = [name for name in both if len(name) > 2 and is_full(name)]
    if full:
        # A name made of everyday words is borne by many, or is none.
        rare = any(piece in name and piece != name for name in full for piece in pieces)
        return (_FULL_NAME if rare else _EVERYDAY_NAME) + min(2, len(full) - 1)
    # 卢主任 and 马局长 here, 卢桂芳 and 马怀礼 there: one surname may be chance, two are hardly.
    surnames = (one.full & other.loose) | (other.full & one.loose)
    by_surname = min(_MOST_SURNAMES, _SURNAME * len(surnames))
    if not both:
        return by_surname
    # Names of two characters and given names are often no names at all.
    known = any(not {name[0], name.lstrip(PARTIAL)[0]} & set(NICKNAMES) for name in both)
    return max(_SHORT_NAME if known else _NICKNAME, by_surname)


def _titled(one: Traits, other: Traits) -> frozenset[str]:
    """Return the surnames with the same title in both letters, or with a title here and a given name there."""
    both = one.facts.respondents & other.facts.respondents
    same = frozenset(name[0] for name in both if not name.startswith(PARTIAL))
    return same | (one.full_people & other.loose) | (other.full_people & one.loose)


def _where(one: Traits, other: Traits) -> float:
    if _share_place(one.places[VILLAGE], other.places[VILLAGE]):
        return _SAME_VILLAGE
    both = one.facts.places & other.facts.places
    above = _SAME_TOWN if of_level(both, TOWNSHIP) else _SAME_COUNTY if both else 0.0
    # 卫生院 in the same township is one, in two unnamed places it may be two.
    return above + _SAME_UNIT * same_unit(one, other)


def _share_place(here: Collection[str], there: Collection[str]) -> bool:
    return any(_same_place(one, other) for one in here for other in there)


def _same_place(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > 1 and (one.startswith(other) or other.startswith(one)))
