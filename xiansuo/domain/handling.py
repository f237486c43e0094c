"""How a clue is handled to its end (处置、反馈、办结): what people record, and what is still missing; nothing ends by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Disposition(StrEnum):
    """What is done with a clue. A person chooses; the program proposes none (规则第十七条)."""

    INQUIRY = "inquiry"
    VERIFICATION = "verification"
    HELD = "held"
    CONCLUDED = "concluded"
    REFERRED = "referred"

    @property
    def chinese(self) -> str:
        """The name an inspector uses."""
        return _DISPOSITIONS[self]


_DISPOSITIONS = {
    Disposition.INQUIRY: "谈话函询",
    Disposition.VERIFICATION: "初步核实",
    Disposition.HELD: "暂存待查",
    Disposition.CONCLUDED: "予以了结",
    Disposition.REFERRED: "转有关部门",
}

CHECKING = frozenset({Disposition.INQUIRY, Disposition.VERIFICATION})
"""Dispositions that end with a result."""


class Result(StrEnum):
    """What checking came to."""

    TRUE = "true"
    PARTLY = "partly"
    UNTRUE = "untrue"
    UNPROVABLE = "unprovable"

    @property
    def chinese(self) -> str:
        """The name an inspector uses."""
        return _RESULTS[self]


_RESULTS = {
    Result.TRUE: "属实",
    Result.PARTLY: "部分属实",
    Result.UNTRUE: "不属实",
    Result.UNPROVABLE: "无法查实",
}


class Feedback(StrEnum):
    """Whether the person who reported was told the result."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"

    @property
    def chinese(self) -> str:
        """The name an inspector uses."""
        return _FEEDBACK[self]


_FEEDBACK = {Feedback.DONE: "已反馈", Feedback.NOT_APPLICABLE: "不适用"}


class NameCheck(StrEnum):
    """What came of verifying the name under a letter; one that cannot be verified is handled as anonymous (规则第三十条)."""

    VERIFIED = "verified"
    UNVERIFIABLE = "unverifiable"

    @property
    def chinese(self) -> str:
        """The name an inspector uses."""
        return _NAME_CHECKS[self]


_NAME_CHECKS = {NameCheck.VERIFIED: "实名，已核实", NameCheck.UNVERIFIABLE: "无法核实，按匿名办理"}


class Move(StrEnum):
    """What a step in the handling was."""

    RECORD = "record"
    END = "end"
    REOPEN = "reopen"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _MOVES[self]


_MOVES = {Move.RECORD: "登记办理情况", Move.END: "办结", Move.REOPEN: "重新办理"}


class Gap(StrEnum):
    """What is missing before a clue may end."""

    DISPOSITION = "处置方式"
    OWNER = "承办人"
    REASON = "处置理由"
    APPROVAL = "审批人和审批日期"
    RESULT = "办理结果"
    FEEDBACK = "反馈情况"
    FEEDBACK_DAY = "反馈日期"
    FEEDBACK_REASON = "不适用反馈的理由"


@dataclass(frozen=True, slots=True)
class LedgerNotes:
    """Columns of the ledger that only people can fill. All may stay empty."""

    authority: str = ""
    subject_class: str = ""
    area: str = ""
    opinion: str = ""
    extension: str = ""
    supervision: str = ""
    persons: str = ""
    recovered: str = ""
    feedback_way: str = ""
    objection: str = ""
    clarified: str = ""
    archive: str = ""


@dataclass(frozen=True, slots=True)
class Handling:
    """How far the handling of a clue is. Names in it are those of officers, never of petitioners."""

    kind: Disposition | None = None
    owner: str = ""
    department: str = ""
    reason: str = field(default="", repr=False)
    approved_by: str = ""
    approved_on: date | None = None
    due: date | None = None
    notified_on: date | None = None
    name_check: NameCheck | None = None
    result: Result | None = None
    feedback: Feedback | None = None
    feedback_on: date | None = None
    feedback_note: str = field(default="", repr=False)
    notes: LedgerNotes = LedgerNotes()
    ended_on: date | None = None

    @property
    def answered(self) -> bool:
        """Whether the reporter was told, or somebody said why not."""
        return self.feedback is not None

    def gaps(self) -> tuple[Gap, ...]:
        """Return what is missing before the clue may end (件件有着落)."""
        return tuple(self._gaps())

    def _gaps(self) -> Iterator[Gap]:
        needed = {
            Gap.DISPOSITION: self.kind is not None,
            Gap.OWNER: bool(self.owner),
            Gap.REASON: bool(self.reason),
            Gap.APPROVAL: bool(self.approved_by and self.approved_on),
            Gap.RESULT: self.kind not in CHECKING or self.result is not None,
            Gap.FEEDBACK: self.feedback is not None,
            Gap.FEEDBACK_DAY: self.feedback is not Feedback.DONE or self.feedback_on is not None,
            Gap.FEEDBACK_REASON: self.feedback is not Feedback.NOT_APPLICABLE or bool(self.feedback_note),
        }
        yield from (gap for gap, there in needed.items() if not there)


class BatchState(StrEnum):
    """How far a hand-over batch (移交批次) is."""

    DRAFT = "draft"
    HANDED = "handed"
    RECEIVED = "received"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _BATCHES[self]


_BATCHES = {BatchState.DRAFT: "拟移交", BatchState.HANDED: "已移交，待签收", BatchState.RECEIVED: "已签收"}
