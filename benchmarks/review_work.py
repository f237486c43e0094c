"""What people did with the clues of the benchmark's office: steps of handling, hand-over batches, second readings, disputes; and long letters."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.decision import Act, ClueState, Mode, Outcome
from xiansuo.domain.handling import BatchState, Disposition, Feedback, Move, Result
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Particular, ParticularKind, Reach, Reason
from xiansuo.storage.repositories import handovers
from xiansuo.storage.session import CHINA, add_rows, now
from xiansuo.storage.tables import (
    Allegations,
    Clues,
    Decisions,
    Dispositions,
    Entities,
    HandOvers,
    Letters,
    Suggestions,
)

LONG, CROWDED = 16, 597
"""The allegations of a long letter, and of one that is nearly all allegations."""
_TYPES = ("respondent", "org", "place", "time", "money", "count", "document", "position")


def handle(session: Session, draw: random.Random, people: list[int]) -> None:
    """Let people have disposed of most decided clues, ended half of those, and handed some on in batches of 50."""
    decided = select(Clues.id).where(Clues.state == ClueState.DECIDED).order_by(Clues.id)
    chosen = [id_ for id_ in session.scalars(decided) if draw.random() < 0.7]
    steps = [_step(draw, number, id_, people) for number, id_ in enumerate(chosen)]
    add_rows(session, Dispositions, steps)
    ended = [row["clue_id"] for row in steps if row["ended_on"]]
    session.execute(update(Clues).where(Clues.id.in_(ended)).values(state=ClueState.CLOSED))
    for start in range(0, len(chosen) // 4, 50):
        batch = handovers.create(session, "县纪委监委信访室", by=people[0], request=f"benchmark-batch-{start}")
        handovers.put(session, batch.id, chosen[start : start + 50])
        state = draw.choice((BatchState.HANDED, BatchState.RECEIVED, BatchState.RECEIVED))
        session.execute(update(HandOvers).where(HandOvers.id == batch.id).values(state=state, handed_on=_today()))


def read_again(session: Session, people: list[int]) -> None:
    """Let some waiting clues wait for a second reader or for the lead, and some be postponed."""
    changes: dict[int, dict[str, object]] = {
        11: {"state": ClueState.SECOND, "first_reader": people[0]},
        12: {"state": ClueState.DISPUTED},
        13: {"state": ClueState.POSTPONED, "postponed_until": _today() + timedelta(days=3)},
    }
    for remainder, change in changes.items():
        wanted = (Clues.state == ClueState.OPEN, Clues.id % 199 == remainder)
        session.execute(update(Clues).where(*wanted).values(change).execution_options(synchronize_session=False))


def read_twice(session: Session, draw: random.Random, people: list[int]) -> None:
    """Let what the lead has to decide have been read by two people, and what waits for a second reader by one."""
    states = {ClueState.SECOND: (Mode.OPEN,), ClueState.DISPUTED: (Mode.OPEN, Mode.SECOND)}
    for state, modes in states.items():
        waiting = session.execute(select(Clues.id, Clues.labels).where(Clues.state == state)).tuples().all()
        for mode, reader in zip(modes, (people[0], people[1]), strict=False):
            rows = [decision(draw, id_, id_, labels, [reader]) for id_, labels in waiting]
            more = [{**row, "request": f"benchmark-{mode}-{row['clue_id']}", "mode": mode} for row in rows]
            add_rows(session, Decisions, more)


def decision(draw: random.Random, number: int, clue: int, labels: list[str], people: list[int]) -> dict[str, object]:
    """Return a row of `Decisions`: what one of `people` found about a clue."""
    return {
        "clue_id": clue,
        "account_id": draw.choice(people),
        "round_id": 1,
        "request": f"benchmark-{number}",
        "clue_version": 1,
        "suggestions": [],
        "act": Act.DECIDE,
        "mode": Mode.OPEN,
        "outcome": Outcome.CONFIRMED if labels else Outcome.OUT_OF_SCOPE,
        "labels": labels,
        "allegations": [],
        "destination": "",
        "until": None,
        "note": "",
        "saw": True,
        "shown": draw.choice(("很可能", "较可能", "存疑")),
        "seconds": 60.0,
        "lots": {},
        "before": untouched(),
        "undoes": None,
        "created": now(),
    }


def lengthen(session: Session, texts: list[str]) -> None:
    """Make the main letters of two waiting clues long ones, named by their subjects: `LONG` and `CROWDED` allegations."""
    waiting = select(Clues.main_letter).where(Clues.state == ClueState.OPEN, Clues.id % 97 == 5).order_by(Clues.id)
    for letter, count, length in zip(session.scalars(waiting.limit(2)), (LONG, CROWDED), (20_000, 60_000), strict=True):
        text = "\n".join(texts)[:length]
        session.execute(update(Letters).where(Letters.id == letter).values(subject=f"benchmark-{count}", text=text))
        suggestion = session.scalar(select(Suggestions.id).where(Suggestions.letter_id == letter))
        rows = [_allegation(one, number) for number, one in enumerate(range(20, length - 80, (length - 100) // count))]
        add_rows(session, Allegations, [{"suggestion_id": suggestion, "letter_id": letter, **row} for row in rows])
        add_rows(session, Entities, [{"letter_id": letter, **row} for row in _entities(text)])


def _step(draw: random.Random, number: int, clue: int, people: list[int]) -> dict[str, object]:
    kind, told = draw.choice(list(Disposition)), draw.random() < 0.7
    due = _today() + timedelta(days=draw.randrange(-30, 60))
    said = {"move": Move.RECORD, "why": "", "proposed_by": None, "clue_version": 1, "notified_on": None}
    return {
        "clue_id": clue,
        "account_id": draw.choice(people),
        "request": f"benchmark-step-{number}",
        "kind": kind,
        "owner": "演示承办人",
        "department": "第一纪检监察室",
        "reason": "反映的问题具体，可以核查。",
        "approved_by": "演示负责人",
        "approved_on": _today(),
        "due": due,
        "result": draw.choice(list(Result)) if told else "",
        "feedback": Feedback.DONE if told else "",
        "feedback_on": _today() if told else None,
        "feedback_note": "",
        "ended_on": _today() if told and draw.random() < 0.7 else None,
        "details": {**said, "name_check": "", "notes": {}},
        "created": now(),
    }


def _allegation(start: int, number: int) -> dict[str, object]:
    category = CATEGORIES[number % len(CATEGORIES)]
    kinds, reaches = list(ParticularKind), list(Reach)
    told = tuple(
        Particular(kinds[one % len(kinds)], Span(start + 3 * one, start + 3 * one + 4), reaches[one % len(reaches)])
        for one in range(12)
    )
    whys = tuple(
        Reason(f"rule:demo.{one}", f"说到第{number + one}件事", Span(start + one, start + one + 5), 1.0)
        for one in range(3)
    )
    one = Allegation(category, Span(start, start + 60), 0.8, whys, "", number % 5 == 0, told, ("证据",))
    return {
        "category": one.category,
        "subtype": one.subtype,
        "start": one.span.start,
        "end": one.span.end,
        "probability": one.probability,
        "hearsay": one.hearsay,
        "reasons": [[why.source, why.sentence, *why.span, why.weight] for why in one.reasons],
        "particulars": [[part.kind, *part.span, part.reach, part.value] for part in one.particulars],
        "missing": list(one.missing),
    }


def _entities(text: str) -> Iterator[dict[str, object]]:
    for number, start in enumerate(range(0, len(text) - 10, 45)):
        kind = _TYPES[number % len(_TYPES)]
        yield {"start": start, "end": start + 4, "type": kind, "value": ""}


def untouched() -> dict[str, object]:
    """Return the standing of a clue before anybody did anything, as a decision keeps it."""
    draft: dict[str, object] = {
        "labels": None,
        "dropped": [],
        "refiled": {},
        "added": [],
        "destination": "",
        "until": None,
    }
    standing = {"state": ClueState.OPEN, "outcome": None, "postponed_until": None, "first_reader": None}
    return {**standing, "labels": [], "draft": draft}


def _today() -> date:
    return now().astimezone(CHINA).date()
