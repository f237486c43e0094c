"""The organisation register (单位名册): units, their heads, the office's own staff."""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """Cadre and unit levels, low to high; a higher number is a higher level."""

    VILLAGE = 0
    TOWNSHIP = 1
    COUNTY = 2
    PREFECTURE = 3
    PROVINCE = 4
    NATION = 5

    @property
    def chinese(self) -> str:
        """The word of the register's level column."""
        return _LEVELS[self]


_LEVELS = {
    Level.VILLAGE: "村级",
    Level.TOWNSHIP: "乡科级",
    Level.COUNTY: "县处级",
    Level.PREFECTURE: "地厅级",
    Level.PROVINCE: "省部级",
    Level.NATION: "国家级",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One organisation. `parent` is the name of the unit above it, '' for the top."""

    name: str
    parent: str
    type: str
    level: Level
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """A leading cadre of a unit; `principal` marks the unit's first hand (一把手)."""

    name: str
    unit: str
    position: str
    level: Level
    principal: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of the inspection office itself."""

    name: str
    position: str
    principal: bool = False


@dataclass(frozen=True, slots=True)
class OrganisationRegister:
    """The office's own list. `ceiling` is the highest cadre level whose letters this office may hold."""

    office: str = ""
    ceiling: Level = Level.COUNTY
    units: tuple[Unit, ...] = ()
    heads: tuple[Head, ...] = ()
    staff: tuple[Staff, ...] = ()
