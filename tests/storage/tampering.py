"""What somebody who can write the database might do to its audit trail, at random."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from xiansuo.domain.audit import AuditEvent, Result, hash_of
from xiansuo.storage.session import table_of
from xiansuo.storage.tables import AuditEvents, Counters

EVENTS, COUNTERS = table_of(AuditEvents), table_of(Counters)
LENGTH = 40
_FAR = 100_000


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to tamper; `anchored` ones leave a chain that is whole in itself, which only an anchor kept elsewhere betrays."""

    do: Callable[[Session, Random], None]
    anchored: bool = False


def _edit(session: Session, random: Random) -> None:
    row, column = _row(session, random), random.choice(["actor", "action", "object_kind", "object_id"])
    _set(session, row["id"], **{column: row[column] + random.choice(["x", "甲", " ", "1"])})


def _edit_result(session: Session, random: Random) -> None:
    row = _row(session, random)
    _set(session, row["id"], result="" if row["result"] else "refused")


def _edit_moment(session: Session, random: Random) -> None:
    row = _row(session, random)
    _set(session, row["id"], at=row["at"].replace(microsecond=(row["at"].microsecond + 1) % 1_000_000))


def _edit_hash(session: Session, random: Random) -> None:
    row, column = _row(session, random), random.choice(["previous", "hash"])
    changed = bytearray(row[column])
    changed[random.randrange(32)] ^= 1 << random.randrange(8)
    _set(session, row["id"], **{column: bytes(changed)})


def _edit_and_hash(session: Session, random: Random) -> None:
    """Change an event that is not the last and its hash, but not those that follow."""
    row = _row(session, random, last=LENGTH - 1)
    row["actor"] += "x"
    _set(session, row["id"], actor=row["actor"], hash=_hash(row))


def _rewrite(session: Session, random: Random) -> None:
    """Change an event and compute everything that follows anew."""
    start = random.randint(1, LENGTH)
    _set(session, start, actor="别人")
    _rehash(session, start)


def _drop(session: Session, random: Random) -> None:
    session.execute(delete(EVENTS).where(EVENTS.c.id == random.randint(1, LENGTH)))


def _drop_and_close(session: Session, random: Random) -> None:
    gone = random.randint(1, LENGTH - 1)
    session.execute(delete(EVENTS).where(EVENTS.c.id == gone))
    _shift(session, gone + 1, -1)
    _count(session, LENGTH - 1)


def _drop_and_rewrite(session: Session, random: Random) -> None:
    gone = random.randint(1, LENGTH - 1)
    session.execute(delete(EVENTS).where(EVENTS.c.id == gone))
    _shift(session, gone + 1, -1)
    _rehash(session, gone)
    _count(session, LENGTH - 1)


def _insert(session: Session, random: Random) -> None:
    """Put an event between two others, well hashed itself, and move the others up."""
    place = random.randint(1, LENGTH)
    row = dict(_rows(session)[place - 1])
    _shift(session, place, 1)
    row["actor"] = "别人"
    row["hash"] = _hash(row)
    session.execute(insert(EVENTS).values(row))
    _count(session, LENGTH + 1)


def _insert_before(session: Session, random: Random) -> None:
    row = _row(session, random)
    row["id"] = -random.randrange(_FAR)
    session.execute(insert(EVENTS).values({**row, "hash": _hash(row)}))


def _insert_after(session: Session, random: Random) -> None:
    """Hang an event on the end as the program would, without counting it."""
    row = _row(session, random)
    row["id"], row["previous"] = LENGTH + 1, _rows(session)[-1]["hash"]
    session.execute(insert(EVENTS).values({**row, "hash": _hash(row)}))


def _swap(session: Session, random: Random) -> None:
    one, other = random.sample(range(1, LENGTH + 1), 2)
    for old, new in ((one, _FAR), (other, one), (_FAR, other)):
        _move(session, old, new)


def _swap_contents(session: Session, random: Random) -> None:
    one, other = random.sample(_rows(session), 2)
    names = ("actor", "action", "object_kind", "object_id", "at", "result")
    _set(session, one["id"], **{name: other[name] for name in names})
    _set(session, other["id"], **{name: one[name] for name in names})


def _renumber(session: Session, random: Random) -> None:
    by = random.randint(1, _FAR)
    _shift(session, random.randint(1, LENGTH), by)
    if random.random() < 0.5:
        _count(session, LENGTH + by)


def _truncate(session: Session, random: Random) -> None:
    session.execute(delete(EVENTS).where(EVENTS.c.id > random.randrange(LENGTH)))


def _truncate_and_count(session: Session, random: Random) -> None:
    left = random.randrange(LENGTH)
    session.execute(delete(EVENTS).where(EVENTS.c.id > left))
    _count(session, left)


def _recount(session: Session, random: Random) -> None:
    _count(session, random.choice([random.randrange(LENGTH), LENGTH + random.randint(1, _FAR)]))


def _forget_count(session: Session, random: Random) -> None:
    del random
    session.execute(delete(COUNTERS).where(COUNTERS.c.name == "audit"))


KINDS: Mapping[str, Kind] = {
    "改一个字段": Kind(_edit),
    "改结果": Kind(_edit_result),
    "改时间": Kind(_edit_moment),
    "改校验值": Kind(_edit_hash),
    "改字段并重算这一条": Kind(_edit_and_hash),
    "改字段并重算以后各条": Kind(_rewrite, anchored=True),
    "删一条": Kind(_drop),
    "删一条并补齐编号和计数": Kind(_drop_and_close),
    "删一条并全部重算": Kind(_drop_and_rewrite, anchored=True),
    "插一条": Kind(_insert),
    "在最前插一条": Kind(_insert_before),
    "在最后接一条": Kind(_insert_after),
    "两条对调": Kind(_swap),
    "两条内容对调": Kind(_swap_contents),
    "改编号": Kind(_renumber),
    "截去末尾": Kind(_truncate),
    "截去末尾并改计数": Kind(_truncate_and_count, anchored=True),
    "改计数": Kind(_recount),
    "删计数": Kind(_forget_count),
}


def _rows(session: Session) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(select(EVENTS).order_by(EVENTS.c.id)).mappings()]


def _row(session: Session, random: Random, *, last: int = LENGTH) -> dict[str, Any]:
    found = session.execute(select(EVENTS).where(EVENTS.c.id == random.randint(1, last))).mappings().one()
    return dict(found)


def _set(session: Session, id_: int, **values: object) -> None:
    session.execute(update(EVENTS).where(EVENTS.c.id == id_).values(**values))


def _move(session: Session, old: int, new: int) -> None:
    _set(session, old, id=new)


def _shift(session: Session, start: int, by: int) -> None:
    ids = list(session.scalars(select(EVENTS.c.id).where(EVENTS.c.id >= start).order_by(EVENTS.c.id)))
    moves = [{"old": id_, "new": id_ + by} for id_ in (ids if by < 0 else reversed(ids))]
    session.connection().execute(
        update(EVENTS).where(EVENTS.c.id == bindparam("old")).values(id=bindparam("new")), moves
    )


def _rehash(session: Session, start: int) -> None:
    before = session.scalar(select(EVENTS.c.hash).where(EVENTS.c.id == start - 1)) or bytes(32)
    for row in _rows(session)[start - 1 :]:
        row["previous"] = before
        before = _hash(row)
        _set(session, row["id"], previous=row["previous"], hash=before)


def _count(session: Session, value: int) -> None:
    session.execute(update(COUNTERS).where(COUNTERS.c.name == "audit").values(value=value))
    assert session.scalar(select(func.count()).select_from(COUNTERS)) == 1


def _hash(row: Mapping[str, Any]) -> bytes:
    fields = (row["id"], row["at"], row["actor"], row["action"], row["object_kind"], row["object_id"])
    return hash_of(AuditEvent(*fields, result=Result(row["result"])), row["previous"])
