"""The ranked queue as a reader sees it: masked, best first, with reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from xiansuo.services.office import Office
from xiansuo.storage.repositories import clues, letters
from xiansuo.storage.repositories.clues import ClueLetter, StoredClue
from xiansuo.storage.session import reading

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One clue at its place in the queue, with the numbers and relations of the letters behind it."""

    place: int
    clue: StoredClue = field(repr=False)
    letters: tuple[tuple[str, str], ...]


def top(office: Office, *, limit: int | None) -> list[QueueRow]:
    """Return the first `limit` clues that wait for a person, all for None."""
    with reading(office.engine) as session:
        found: list[StoredClue] = []
        after: tuple[float, int] | None = None
        while limit is None or len(found) < limit:
            left = _PAGE if limit is None else min(_PAGE, limit - len(found))
            page = clues.page(session, after=after, limit=left)
            if not page:
                break
            found += page
            after = page[-1].content.rank.total, page[-1].id
        placed = clues.letters_of(session, [clue.id for clue in found])
        numbers = {one.id: one.number for one in letters.get(session, _ids(placed.values()))}
    return [
        QueueRow(place, clue, tuple((numbers[one.letter_id], one.relation.value) for one in placed[clue.id]))
        for place, clue in enumerate(found, 1)
    ]


def total(office: Office) -> int:
    """Return how many clues wait for a person."""
    with reading(office.engine) as session:
        return clues.count(session)


def _ids(placed: Iterable[Sequence[ClueLetter]]) -> set[int]:
    return {one.letter_id for members in placed for one in members}


def as_records(rows: Sequence[QueueRow]) -> list[dict[str, object]]:
    """Return the rows as the command contract has them."""
    return [_record(row) for row in rows]


def _record(row: QueueRow) -> dict[str, object]:
    content = row.clue.content
    rank = content.rank
    return {
        "clue": row.clue.number,
        "rank": rank.total,
        "rank_parts": [
            {"block": part.block, "name": part.name, "points": part.points, "maximum": part.maximum}
            for part in rank.parts
        ],
        "labels": [label.value for label in content.labels],
        "scope": content.scope,
        "unit": content.unit,
        "respondents": list(content.respondents),
        "letters": [number for number, _ in row.letters],
        "relations": dict(row.letters),
        "received": content.received.isoformat() if content.received else None,
        "checkability": rank.grade.value if rank.grade else "",
        "missing": list(rank.missing),
        "why": list(content.why),
    }
