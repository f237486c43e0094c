"""The form on which people record how a clue is handled: what was typed, as text, and what it means."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, Field

from xiansuo.domain.handling import Disposition, Feedback, Handling, LedgerNotes, NameCheck, Result
from xiansuo.errors import XiansuoError

Choice = TypeVar("Choice", bound=StrEnum)


class HandlingForm(BaseModel):
    """What was typed. Everything is text, so that it can be shown again as it was when something is wrong."""

    kind: str = ""
    owner: str = ""
    department: str = ""
    reason: str = ""
    approved_by: str = ""
    approved_on: str = ""
    due: str = ""
    notified_on: str = ""
    name_check: str = ""
    result: str = ""
    feedback: str = ""
    feedback_on: str = ""
    feedback_note: str = ""
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

    @classmethod
    def of(cls, told: Handling) -> "HandlingForm":
        """Return the form filled with what is recorded."""
        typed = {name: _text(getattr(told, name)) for name in LABELS if hasattr(told, name)}
        notes = {one.name: getattr(told.notes, one.name) for one in fields(LedgerNotes)}
        return cls(**typed, **notes)

    def handling(self) -> Handling:
        """Return what the form means. Raises XiansuoError where a day or a choice is none."""
        return Handling(
            kind=_choice(Disposition, self.kind),
            owner=self.owner,
            department=self.department,
            reason=self.reason,
            approved_by=self.approved_by,
            approved_on=_day(self.approved_on, "审批日期"),
            due=_day(self.due, "办理期限"),
            notified_on=_day(self.notified_on, "受理告知日期"),
            name_check=_choice(NameCheck, self.name_check),
            result=_choice(Result, self.result),
            feedback=_choice(Feedback, self.feedback),
            feedback_on=_day(self.feedback_on, "反馈日期"),
            feedback_note=self.feedback_note,
            notes=LedgerNotes(**{one.name: getattr(self, one.name) for one in fields(LedgerNotes)}),
        )


class HandlingPost(HandlingForm):
    """The form as it is sent: with the key of the act, what was on screen, and whether the clue is to end."""

    request_key: str = Field(min_length=8, max_length=64)
    version: int
    step: int
    end: str = ""


LABELS = {
    "kind": "处置方式",
    "owner": "承办人",
    "department": "承办部门",
    "reason": "处置理由",
    "approved_by": "审批人",
    "approved_on": "审批日期",
    "due": "办理期限",
    "notified_on": "受理告知日期",
    "name_check": "实名核实结果",
    "result": "办理结果",
    "feedback": "反馈情况",
    "feedback_on": "反馈日期",
    "feedback_note": "反馈说明或不适用的理由",
    "authority": "干部管理权限",
    "subject_class": "监察对象类别",
    "area": "问题领域",
    "opinion": "初步意见",
    "extension": "延期批准",
    "supervision": "督办记录",
    "persons": "处理人数（四种形态）",
    "recovered": "追缴金额",
    "feedback_way": "反馈方式",
    "objection": "异议",
    "clarified": "澄清",
    "archive": "归档号",
}
"""Every field in the words of the ledger."""

_WORDS = {word.value: word.chinese for words in (Disposition, NameCheck, Result, Feedback) for word in words}


class Difference(NamedTuple):
    """A field in which two states differ; values are Chinese words, '' for empty."""

    label: str
    before: str
    after: str


def differences(before: Handling, after: Handling) -> list[Difference]:
    """Return the fields in which two states of a handling differ, in the order of the form."""
    one, other = HandlingForm.of(before), HandlingForm.of(after)
    return list(_differences(one, other))


def _differences(one: HandlingForm, other: HandlingForm) -> Iterator[Difference]:
    for name, label in LABELS.items():
        before, after = (_word(name, getattr(form, name)) for form in (one, other))
        if before != after:
            yield Difference(label, before, after)


def _word(name: str, value: str) -> str:
    return _WORDS.get(value, value) if name in {"kind", "name_check", "result", "feedback"} else value


def _text(value: object) -> str:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _choice(words: type[Choice], value: str) -> Choice | None:
    try:
        return words(value) if value else None
    except ValueError:
        raise XiansuoError("提交的内容有不认得的选项，没有保存。请刷新页面后重新填写。") from None


def _day(value: str, what: str) -> date | None:
    try:
        return date.fromisoformat(value.strip()) if value.strip() else None
    except ValueError:
        raise XiansuoError(f"{what}“{value[:20]}”不是日期，没有保存。请写成 2026-11-23 的样子。") from None
