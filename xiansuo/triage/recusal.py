"""Tells who must not meet a letter: names, regions, units and systems looked for in one pass on behalf of everybody.

Where it is doubtful whether a person is meant, the letter is kept away: that costs another reader, the contrary costs a writer.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from xiansuo.domain.recusal import RecusalProfile
from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.units import UnitTree, forms
from xiansuo.text.folding import fold

_SHORTEST = 2
_LONG_NAME = 3
_BETWEEN_POSTS = re.compile(r"[、，,；;/兼及和（）()\s]+")
_PARTS = re.compile(r".{1,8}?(?:特别行政区|自治[区州县旗]|街道办事处|街道|社区|[省市州盟县区旗镇乡村])")
_LEVELS = re.compile(r"(?:街道办事处|街道|社区|自治[区州县旗]|[省市州盟县区旗镇乡村])$")
# A field of its own between line ends, which folding leaves nowhere else.
FIELD = "\n"


@dataclass(frozen=True, slots=True)
class Named:
    """What a clue's letters name, folded: `texts` to be searched, `about` the units they are about as written, `respondents`."""

    texts: tuple[str, ...]
    about: tuple[str, ...] = ()
    respondents: tuple[str, ...] = ()


class Register:
    """The organisation register made ready for matching; compiled once for each import."""

    def __init__(self, register: OrganisationRegister) -> None:
        self.tree = UnitTree.of(register)
        self._posts: dict[str, set[str]] = {}
        self._led: dict[str, set[str]] = {}
        for staff in register.staff:
            self._posts.setdefault(fold(staff.name), set()).add(staff.position)
        for head in register.heads:
            self._posts.setdefault(fold(head.name), set()).add(head.position)
            led = self.tree.written.get(head.unit, frozenset({head.unit}))
            self._led.setdefault(fold(head.name), set()).update(led)
        self.written: dict[str, set[str]] = {}
        for unit in register.units:
            for form in forms(unit):
                self.written.setdefault(fold(form), set()).add(unit.name)
        self.written = {form: units for form, units in self.written.items() if len(form) >= _SHORTEST}
        self._finder = _automaton(self.written)
        self._places: dict[str, set[str]] = {}
        for form, names in self.written.items():
            self._places.setdefault(_LEVELS.sub("", form), set()).update(names)
        # Every letter is written to the office, which makes none a letter about it.
        self.office = self.written.get(fold(register.office), set())

    def posts_of(self, name: str) -> Iterable[str]:
        """Return the posts that the register gives a name."""
        return self._posts.get(fold(name), ())

    def led_by(self, name: str) -> frozenset[str]:
        """Return the units that somebody of this name leads."""
        return frozenset(self._led.get(fold(name), ()))

    def in_region(self, region: str) -> frozenset[str]:
        """Return the units of a region: those called so, with or without 镇, 村 and the like, and all below them."""
        roots: set[str] = set()
        for form in region_forms(region):
            # A place above all registered units need not be registered itself.
            roots |= {form} & self.tree.children.keys()
            roots |= self.written.get(fold(form), set()) | self._places.get(fold(form), set())
        return frozenset(below for unit in roots for below in self.tree.below(unit))

    def find(self, written: str) -> frozenset[str]:
        """Return the registered units that a name as written means: that of this name, else of those in it the lowest."""
        whole = fold(written)
        if whole in self.written:
            return frozenset(self.written[whole])
        hits = {whole[start:end] for _, start, end in self._finder.find_matches_as_indexes(whole, overlapping=True)}
        if not hits:
            return frozenset()
        return frozenset(self.written[min(hits, key=lambda form: (self._level(form), -len(form), form))])

    def about(self, named: Named) -> list[str]:
        """Return the registered units that letters are about, the one the clue stands under first."""
        found = [unit for written in named.about for unit in sorted(self.find(written))]
        found += [unit for name in named.respondents for unit in sorted(self.led_by(name)) if unit in self.tree.units]
        return list(dict.fromkeys(found))

    def _level(self, form: str) -> int:
        return min(self.tree.units[unit].level for unit in self.written[form])


class Watch:
    """Everything that has to be looked for on behalf of accounts (id → profile), compiled once for many letters."""

    def __init__(self, register: Register, profiles: Mapping[int, RecusalProfile], compound: Collection[str]) -> None:
        self._register = register
        self._terms: dict[str, set[int]] = {}
        self._mentioned: dict[str, set[int]] = {}
        self._about: dict[str, set[int]] = {}
        for account, profile in profiles.items():
            self._add(account, profile, compound)
        for unit, accounts in self._mentioned.items():
            if unit in register.tree.units and unit not in register.office:
                for form in forms(register.tree.units[unit]):
                    self._watch(form, accounts)
        self.terms: tuple[str, ...] = tuple(self._terms)
        self._finder = _automaton(self.terms)

    def blocked(self, named: Named, about: Iterable[str], confirmed: Iterable[str] = ()) -> AbstractSet[int]:
        """Return the accounts that must not meet letters which name this and are about these units.

        `confirmed` are those of `terms` of which the vault says that they stand among the letters' identities.
        """
        found: set[int] = set()
        for text in named.texts:
            for at, _, _ in self._finder.find_matches_as_indexes(text, overlapping=True):
                found |= self._terms[self.terms[at]]
        for term in confirmed:
            found |= self._terms[term]
        for unit in about:
            found |= self._about.get(unit, set()) | self._mentioned.get(unit, set())
        return found

    def kept_from(self, units: Iterable[str]) -> AbstractSet[int]:
        """Return the accounts that must not take part in inspecting these units and what is below them."""
        tree = self._register.tree
        inspected = {below for unit in units for below in tree.below(unit)}
        return {
            account for unit in inspected for found in (self._mentioned, self._about) for account in found.get(unit, ())
        }

    def _add(self, account: int, profile: RecusalProfile, compound: Collection[str]) -> None:
        for name in profile.people():
            for form in name_forms(name, self._register.posts_of(name), compound):
                self._watch(form, {account})
        tree = self._register.tree
        own = {unit for name in profile.names for unit in self._register.led_by(name)}
        own |= {unit for written in profile.units for unit in self._register.find(written) or {written}}
        near = {below for unit in own for below in tree.below(unit)}
        near |= {unit for region in profile.regions for unit in self._register.in_region(region)}
        near |= {unit for system in profile.systems for unit in tree.of_type(system)}
        for unit in near:
            self._mentioned.setdefault(unit, set()).add(account)
        led = {unit for one in profile.relatives for unit in self._register.led_by(one.name)}
        for unit in led | {above for one in own for above in tree.above(one)}:
            self._about.setdefault(unit, set()).add(account)
        unlisted = own - tree.units.keys()
        for form in (*unlisted, *(form for region in profile.regions for form in region_forms(region))):
            self._watch(form, {account})

    def _watch(self, written: str, accounts: AbstractSet[int]) -> None:
        term = written if written.startswith(FIELD) else fold(written)
        if len(term) >= _SHORTEST:
            self._terms.setdefault(term, set()).update(accounts)


def name_forms(name: str, posts: Iterable[str], compound: Collection[str]) -> Iterator[str]:
    """Yield the ways in which letters name a person: in full, with a sign veiled, by surname and post, and alone by the given name."""
    whole = fold(name)
    surname = whole[:2] if whole[:2] in compound and len(whole) > _SHORTEST else whole[:1]
    yield whole
    if len(whole) >= _LONG_NAME:
        yield f"{surname}某{whole[-1]}"
    if len(whole) - len(surname) > 1:
        yield f"{FIELD}{whole[len(surname) :]}{FIELD}"
    for title in {title for post in posts for title in _titles(post)}:
        yield from (f"{surname}{title}", f"{title}{surname}某", f"{title}姓{surname}", f"姓{surname}的{title}")


def _titles(post: str) -> Iterator[str]:
    """Yield what the holder of a post is called: 副局长 is called 局长, 村党支部书记 书记 or 支书."""
    for one in filter(None, _BETWEEN_POSTS.split(post)):
        yield one
        yield one[-2:]
        if one.endswith(("支部书记", "总支书记")):
            yield "支书"
        if "副" in one:
            yield "副" + one[-2:]


def region_forms(region: str) -> Iterator[str]:
    """Yield the ways in which a region is written: whole, its smallest part, and that without 镇, 村 and the like."""
    yield region
    parts = _PARTS.findall(region)
    smallest = parts[-1] if parts and region.endswith(parts[-1]) else region
    yield smallest
    core = _LEVELS.sub("", smallest)
    if len(core) >= _SHORTEST:
        yield core


@lru_cache(maxsize=2)
def compiled(register: OrganisationRegister) -> Register:
    """Return the register made ready for matching; one import is compiled once."""
    return Register(register)


def _automaton(terms: Iterable[str]) -> AhoCorasick:
    return AhoCorasick(list(terms), matchkind=MatchKind.Standard)
