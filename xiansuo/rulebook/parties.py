"""Decides whether a letter blames a public party or a private one: neighbour, boss, developer, owners' committee."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from xiansuo.rulebook.compile import Compiled
from xiansuo.rulebook.page import Found, Page, Place, is_greeting, without_pseudo

_RECEIVER_GAP = 3
_OWNED_GAP = 2
_PRIVATE_SHARE = 1.5


@dataclass(frozen=True, slots=True)
class Blame:
    """Where public and private parties are named as possible doers; `mostly_private` weighs the whole letter."""

    public: Sequence[Place]
    private: Sequence[Place]
    mostly_private: bool


def blame(page: Page, subject: Found, compiled: Compiled) -> Blame:
    """Find the parties of a letter.

    Those addressed or complained to (向信访局反映) do nothing, officers of a private body (业委会主任) are private:
    both are left out of the public ones. `subject` is what was found in the subject line. Police and courts, to whom quarrels are brought, weigh nothing in the whole.
    """
    found, parties = page.found, compiled.parties
    private = found[parties.private]
    public = _doers(page, compiled)
    if not private:
        return Blame(public, private, mostly_private=False)
    arbiters = set(found[parties.arbiters])
    count_public = len(_apart([place for place in public if place not in arbiters])) + 2 * len(subject[parties.public])
    count_private = len(_apart(private)) + 2 * len(subject[parties.private])
    return Blame(public, private, count_private > _PRIVATE_SHARE * count_public)


def _doers(page: Page, compiled: Compiled) -> list[Place]:
    found, parties = page.found, compiled.parties
    receiving = {end for _, end in found[parties.receiving]}
    owned = {end for _, end in found[parties.private]}
    places = without_pseudo(found[parties.public], found[parties.pseudo])
    doers: list[Place] = []
    for place in places:
        if _follows(place, owned, _OWNED_GAP):
            owned.add(place[1])  # 私立医院的医生: whoever belongs to a private body is private too
        elif not _follows(place, receiving, _RECEIVER_GAP) and not is_greeting(page, place):
            doers.append(place)
    return doers


def _follows(place: Place, ends: set[int], gap: int) -> bool:
    return any(place[0] - back in ends for back in range(gap + 1))


def _apart(places: Sequence[Place]) -> list[Place]:
    kept: list[Place] = []
    for place in places:
        if not kept or place[0] >= kept[-1][1]:
            kept.append(place)
    return kept


def is_private(page: Page, parties: Blame, parts: Sequence[Place]) -> bool:
    """Tell whether the conduct at `parts` is a private party's.

    A public party among the words of the hit settles it. Otherwise the last party named before the conduct in its
    sentence decides; a letter that is mostly about private parties needs a public one there.
    """
    if not parties.private:
        return False
    end = max(end for _, end in parts)
    if any(_last(parties.public, start, stop) >= 0 for start, stop in parts):
        return False
    sentence = page.sentence(parts[0][0])
    public, private = (_last(places, sentence[0], end) for places in (parties.public, parties.private))
    if parties.mostly_private:
        return public <= private or public < 0
    return private >= page.clause(parts[0][0])[0] and public < 0


def _last(places: Sequence[Place], start: int, end: int) -> int:
    """Return where the last of the places that begin at `start` ≤ i < `end` begins, -1 for none; they are sorted."""
    before = bisect_left(places, (end,))
    return places[before - 1][0] if before and places[before - 1][0] >= start else -1
