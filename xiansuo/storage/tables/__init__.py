"""All tables. Those of the vault are registered here but not offered: only `storage/vault.py` uses them."""

from xiansuo.storage.tables import vault as _vault  # noqa: F401
from xiansuo.storage.tables.base import Base
from xiansuo.storage.tables.intake import (
    Counters,
    Cursors,
    Letters,
    Quarantine,
    Runs,
    SealedReceipts,
    Seen,
    SeenMail,
    Sources,
)
from xiansuo.storage.tables.office import AuditEvents, OrgHeads, OrgSettings, OrgStaff, OrgUnits
from xiansuo.storage.tables.triage import Allegations, ClueLetters, Clues, Entities, LinkFacts, Sketches, Suggestions

__all__ = [
    "Allegations",
    "AuditEvents",
    "Base",
    "ClueLetters",
    "Clues",
    "Counters",
    "Cursors",
    "Entities",
    "Letters",
    "LinkFacts",
    "OrgHeads",
    "OrgSettings",
    "OrgStaff",
    "OrgUnits",
    "Quarantine",
    "Runs",
    "SealedReceipts",
    "Seen",
    "SeenMail",
    "Sketches",
    "Sources",
    "Suggestions",
]
