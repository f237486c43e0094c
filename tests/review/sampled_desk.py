"""The desk with many clues set aside, some of them drawn by lot and read."""

from collections.abc import Sequence

from sqlalchemy import select, update

from tests.review.desk import Desk
from tests.review.worked_desk import viewer
from tests.storage.samples import new_letter
from xiansuo.domain.category import Category
from xiansuo.domain.decision import Outcome
from xiansuo.domain.suggestion import Rank, Suggestion
from xiansuo.services.decide import Asked, Choice, decide
from xiansuo.services.elusion import draw
from xiansuo.storage.repositories import clues, letters, samples, sources, suggestions
from xiansuo.storage.repositories.clues import ClueContent
from xiansuo.storage.repositories.suggestions import NewSuggestion
from xiansuo.storage.session import CHINA, now, transaction
from xiansuo.storage.tables import ClueRounds, Clues, Samples

LOW = Rank(5.0, (), None)
HARMLESS = Suggestion(0.02, {}, (), abstained=False)


def set_aside(desk: Desk, count: int, share: float) -> list[str]:
    """Add clues that rank below the floor, draw a share of all such and return the numbers of those drawn, in the order of their lots."""
    with transaction(desk.office.engine) as session:
        source = sources.get_or_create(session, "来件", "paths")
        stored = letters.add(session, [new_letter(source, text=f"第 {one} 件：路灯坏了。") for one in range(count)])
        suggestions.add(session, [NewSuggestion(one, "m1", "r1", HARMLESS, LOW) for one in stored])
        ids = clues.create_all(session, [(one, ClueContent(LOW, 0.02)) for one in stored])
        session.add_all(ClueRounds(round_id=1, clue_id=id_) for id_ in ids)
        session.execute(update(Clues).where(Clues.id.in_(ids)).values(screened=True))
        samples.raise_share(session, share, "测试", "多抽")
    draw(desk.office, now().astimezone(CHINA).date())
    with transaction(desk.office.engine) as session:
        # Also those of the desk's own clues that were drawn: left unread, they would say that nothing is settled behind them.
        wanted = select(Clues.number).join(Samples).order_by(Samples.lot)
        return list(session.scalars(wanted))


def read(desk: Desk, numbers: Sequence[str], *, found: int = 0) -> None:
    """Let the lead decide about clues: accusations in the first `found`, nothing in the others."""
    lead = viewer(desk, "lead")
    for place, number in enumerate(numbers):
        choice = Choice(labels=(Category.BULLYING,)) if place < found else Choice(Outcome.NO_SUBSTANCE)
        with transaction(desk.office.engine) as session:
            version = session.scalars(select(Clues.version).where(Clues.number == number)).one()
        decide(desk.office, lead, Asked(f"s-{number}", number, version), choice)
