"""What keeps a person away from clues (回避): names, regions, systems and units, as declared."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative of somebody who works here. It identifies a person, so its name never prints."""

    name: str = field(repr=False)
    relation: str = ""


@dataclass(frozen=True, slots=True)
class RecusalProfile:
    """What a person declared.

    `names` are the person's own, `regions` where the person or the family comes from or worked long, `systems` unit types of the register,
    `units` those the person or the spouse worked in.
    """

    names: tuple[str, ...] = field(default=(), repr=False)
    relatives: tuple[Relative, ...] = field(default=(), repr=False)
    regions: tuple[str, ...] = field(default=(), repr=False)
    systems: tuple[str, ...] = field(default=(), repr=False)
    units: tuple[str, ...] = field(default=(), repr=False)

    def people(self) -> Iterator[str]:
        """Yield the names of the person and of the relatives."""
        yield from self.names
        yield from (one.name for one in self.relatives)

    @property
    def stamp(self) -> str:
        """Tell this declaration from any other, for whoever changes what somebody else may change too."""
        entries = (
            self.names,
            [(one.name, one.relation) for one in self.relatives],
            self.regions,
            self.systems,
            self.units,
        )
        return hashlib.sha256(repr(entries).encode()).hexdigest()[:16]

    @property
    def declared(self) -> bool:
        """Tell whether anything was declared."""
        return bool(self.names or self.relatives or self.regions or self.systems or self.units)
