"""How often what was shown under a probability word was confirmed."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from xiansuo.domain.decision import Act, Outcome
from xiansuo.domain.people import Viewer
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.tables import Clues, Decisions


def record(session: Session, viewer: Viewer, word: str, *, last: int = 200) -> tuple[int, int]:
    """Return of the last decisions about clues shown under a probability word how many confirmed it, and how many there were.

    What was taken back counts for nothing, nor does what the person may not see.
    """
    undo = aliased(Decisions)
    undone = exists().where(undo.undoes == Decisions.id)
    seen = (
        select(Decisions.outcome)
        .join(Clues, Clues.id == Decisions.clue_id)
        .where(Decisions.shown == word, Decisions.act == Act.DECIDE, ~undone, visible(viewer))
        .order_by(Decisions.id.desc())
        .limit(last)
    )
    outcomes = list(session.scalars(seen))
    return outcomes.count(Outcome.CONFIRMED), len(outcomes)
