"""Owns how long what is kept (rules/retention.yaml): which kind of thing may go how long after what. Reading it deletes nothing."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from xiansuo.rulebook.fields import Place, choice, entries, identifier, known, number, read_yaml, section, sentence
from xiansuo.storage.repositories.retention import Kind
from xiansuo.triage.deadlines import authority, months_after

FILE = "retention.yaml"
_FIELDS = ("id", "名称", "对象", "起算", "期限", "单位", "依据", "已核对")
_MOST = 1200


class Subject(StrEnum):
    """A kind of thing as the file names it."""

    ORIGINAL = "原件"
    IDENTITY = "身份"
    LETTER = "来件"
    QUARANTINE = "待处理件"
    RECEIPT = "密封收据"

    @property
    def kind(self) -> Kind:
        """The kind of thing."""
        return Kind[self.name]


class Since(StrEnum):
    """The event from which a period runs."""

    RECEIVED = "收到"
    ENDED = "办结"
    FEEDBACK = "反馈"


class Unit(StrEnum):
    """What a period is counted in."""

    DAYS = "日"
    MONTHS = "个月"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One period. `source` is a clause; it is shown as authority only where `verified`."""

    id: str
    name: str
    kind: Kind
    since: Since
    amount: int
    unit: Unit
    source: str = ""
    verified: bool = False

    @property
    def authority(self) -> str:
        """What the period stands on, as a screen may say it."""
        return authority(self.source, verified=self.verified)

    @property
    def sentence(self) -> str:
        """The period in words, such as 办结满36个月."""
        return f"{self.since}满{self.amount}{self.unit}"

    def due(self, start: date) -> date:
        """Return the first day on which what began on `start` may go."""
        if self.unit is Unit.DAYS:
            return start + timedelta(days=self.amount)
        return months_after(start, self.amount)

    def as_json(self) -> dict[str, str]:
        """Return what a certificate says of the rule."""
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind.value,
            "period": self.sentence,
            "source": self.authority,
        }


def load_retention(rules: Path) -> tuple[RetentionRule, ...]:
    """Read the periods of the folder `rules`; raises RuleBookError with a sentence that names the rule and the field."""
    data = read_yaml(rules / FILE)
    place = Place(FILE)
    known(data, ("版本", "规则"), place)
    found = tuple(_rule(one, place) for one in entries(data.get("规则"), "规则", place))
    for name, values in (("id", [one.id for one in found]), ("对象", [one.kind.chinese for one in found])):
        twice = next((one for one in values if values.count(one) > 1), None)
        if twice:
            raise place.error(name, twice, "只写一次的：每种对象最多一条规则，短名各不相同")
    return found


def _rule(value: object, place: Place) -> RetentionRule:
    fields = section(value, "规则", place)
    place = Place(place.file, identifier(fields, place))
    known(fields, _FIELDS, place)
    verified, source = fields.get("已核对"), str(fields.get("依据") or "")
    if not isinstance(verified, bool):
        raise place.error("已核对", verified, "true 或 false")
    if verified and not source:
        raise place.error("依据", source, "条款名称；没有条款的请写“已核对: false”")
    amount = number(fields.get("期限"), "期限", place, (1, _MOST))
    if amount != int(amount):
        raise place.error("期限", amount, "整数")
    made = RetentionRule(
        id=place.rule,
        name=sentence(fields, "名称", place),
        kind=choice(fields.get("对象"), "对象", place, Subject).kind,
        since=choice(fields.get("起算"), "起算", place, Since),
        amount=int(amount),
        unit=choice(fields.get("单位"), "单位", place, Unit),
        source=source,
        verified=verified,
    )
    if not made.kind.of_letter and made.since is not Since.RECEIVED:
        raise place.error("起算", made.since, f"“{Since.RECEIVED}”：{made.kind.chinese}没有办结和反馈")
    return made
