"""What may break while the program works, at which stage, and what is expected of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Outcome(StrEnum):
    """What a run does that meets a fault. Whatever it does, running again completes, with nothing lost or doubled."""

    KILLED = "ends at once"
    CONTINUED = "continues to its end"
    TOLD = "says what to do and ends with status 1"
    ENDED = "says what to do, or is ended by a library or the system"


@dataclass(frozen=True, slots=True)
class Stage:
    """A place in the work: the command, and the statement before which an earlier run was killed to stand there."""

    command: str
    at: tuple[str, int] | None = None


STAGES: Mapping[str, Stage] = MappingProxyType(
    {
        "ingest": Stage("ingest", ("INSERT INTO letters ", 2)),
        "analyse": Stage("ingest", ("INSERT INTO suggestions ", 2)),
        "link": Stage("ingest", ("INSERT INTO clue_letters ", 2)),
        "rank": Stage("ingest", ("UPDATE clues ", 2)),
        "backup": Stage("backup"),
        "restore": Stage("restore"),
        "upgrade": Stage("upgrade"),
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What breaks, what the run does at most stages, the words it says then, and the stages at which it does otherwise."""

    outcome: Outcome
    words: tuple[str, ...] = ()
    but: Mapping[str, Outcome] = field(default_factory=dict)

    def at(self, stage: str) -> Outcome:
        """Return what is expected at a stage."""
        return self.but.get(stage, self.outcome)


# Neither looks into the open database or the rules: what it needs lies in the backup, or is copied as it is.
_UNTOUCHED = Outcome.CONTINUED
FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "kill -9": Fault(Outcome.KILLED),
        "stopped and continued": Fault(Outcome.CONTINUED),
        "full disk": Fault(Outcome.TOLD, ("磁盘", "空间")),
        "read-only disk": Fault(Outcome.TOLD, ("只读",)),
        "locked database": Fault(Outcome.TOLD, ("占用太久",), {"restore": _UNTOUCHED}),
        "clock a year back": Fault(Outcome.CONTINUED),
        "clock a year ahead": Fault(Outcome.CONTINUED),
        "corrupted page": Fault(Outcome.TOLD, ("已损坏", "从备份恢复"), {"restore": _UNTOUCHED}),
        "content folder missing": Fault(Outcome.TOLD, but={"backup": _UNTOUCHED, "restore": _UNTOUCHED}),
        "out of memory": Fault(Outcome.ENDED),
        "temporary folder lost": Fault(Outcome.CONTINUED),
    }
)
SAMPLE = (
    ("kill -9", "backup"),
    ("stopped and continued", "analyse"),
    ("full disk", "link"),
    ("read-only disk", "upgrade"),
    ("locked database", "ingest"),
    ("clock a year back", "rank"),
    ("corrupted page", "ingest"),
    ("content folder missing", "analyse"),
    ("out of memory", "ingest"),
    ("temporary folder lost", "restore"),
)
"""The cells that `make test` tries; `make soak` tries all."""


def cells() -> list[tuple[str, str]]:
    """Return every pair of fault and stage."""
    return [(fault, stage) for fault in FAULTS for stage in STAGES]
