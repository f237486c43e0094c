"""The organisation register as a tree: what stands above and below a unit, and how its name may be written."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xiansuo.domain.register import OrganisationRegister, Unit

# A register holds the full name and letters the short one, or the other way round.
_SHORTER = {
    "人民政府": ("政府", ""),
    "政府": ("人民政府", ""),
    "村民委员会": ("村委会", ""),
    "村委会": ("村民委员会", ""),
    "居民委员会": ("居委会", ""),
    "居委会": ("居民委员会", ""),
    "街道办事处": ("街道办", "街道"),
    "管理委员会": ("管委会",),
    "管委会": ("管理委员会",),
}
_PLACES = (*"省市州县区旗镇乡村", "街道", "社区")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class UnitTree:
    """Units by registered name; two of one name count as one, which keeps away more and never less."""

    units: Mapping[str, Unit]
    written: Mapping[str, frozenset[str]]
    parents: Mapping[str, frozenset[str]]
    children: Mapping[str, frozenset[str]] = field(repr=False)

    @classmethod
    def of(cls, register: OrganisationRegister) -> "UnitTree":
        """Build the tree; a unit above may be given by its alias or not be registered itself."""
        written: dict[str, set[str]] = {}
        for unit in register.units:
            for name in forms(unit):
                written.setdefault(name, set()).add(unit.name)
        parents: dict[str, set[str]] = {}
        children: dict[str, set[str]] = {}
        for unit in register.units:
            for parent in written.get(unit.parent, {unit.parent} if unit.parent else ()):
                if parent != unit.name:
                    parents.setdefault(unit.name, set()).add(parent)
                    children.setdefault(parent, set()).add(unit.name)
        units = {unit.name: unit for unit in register.units}
        return cls(units, _frozen(written), _frozen(parents), _frozen(children))

    def above(self, name: str) -> dict[str, int]:
        """Return every unit above `name` with how many steps it is away."""
        return _walk(name, self.parents)

    def below(self, name: str) -> frozenset[str]:
        """Return `name` and every unit below it."""
        return frozenset({name, *_walk(name, self.children)})

    def of_type(self, type_: str) -> frozenset[str]:
        """Return the units of a type."""
        return frozenset(name for name, unit in self.units.items() if unit.type == type_)

    def types(self) -> list[str]:
        """Return the types of units, in the order of the register."""
        return list(dict.fromkeys(unit.type for unit in self.units.values() if unit.type))

    def in_order(self) -> list[tuple[Unit, int]]:
        """Return the units so that each follows the one above it, with its depth in the tree."""
        roots = [name for name in self.units if not self.parents.get(name, frozenset()) & self.units.keys()]
        place = {name: at for at, name in enumerate(self.units)}
        order: dict[str, int] = {}
        stack = [(name, 0) for name in reversed(roots)]
        while stack:
            name, depth = stack.pop()
            if name not in order:
                order[name] = depth
                below = sorted(self.children.get(name, ()), key=place.__getitem__, reverse=True)
                stack += [(child, depth + 1) for child in below]
        # Units in a circle have no root and still have to be seen.
        order |= {name: 0 for name in self.units if name not in order}
        return [(self.units[name], depth) for name, depth in order.items()]


def forms(unit: Unit) -> Iterable[str]:
    """Yield the ways in which a unit's name may be written: registered, aliases, and the usual long and short forms of each."""
    for name in (unit.name, *unit.aliases):
        if len(name) >= _SHORTEST:
            yield name
        yield from _other_forms(name)


def _other_forms(name: str) -> Iterable[str]:
    for end, others in _SHORTER.items():
        stem = name.removesuffix(end)
        if stem == name or len(stem) < _SHORTEST:
            continue
        for other in others:
            if other or stem.endswith(_PLACES):
                yield stem + other


def _walk(start: str, steps: Mapping[str, frozenset[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    line = deque([(start, 0)])
    while line:
        name, depth = line.popleft()
        for other in sorted(steps.get(name, ())):
            if other != start and other not in found:
                found[other] = depth + 1
                line.append((other, depth + 1))
    return found


def _frozen(values: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(found) for name, found in values.items()}
