"""The desk in the middle of a round: every page has something on it, for people who look at the pages."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from tests.review.desk import SECOND_REVIEWER, Desk
from tests.review.expired_desk import erase, propose
from tests.review.model_desk import add_models
from tests.review.sources_desk import add_sources
from tests.review.worked_desk import viewer, work_through
from xiansuo.domain.board import Filters
from xiansuo.domain.category import Category
from xiansuo.domain.people import Role
from xiansuo.domain.recusal import RecusalProfile
from xiansuo.domain.reveal import Secret
from xiansuo.domain.times import CHINA
from xiansuo.services import accounts, handover, recusal, registration, reveal, views
from xiansuo.services.decide import Asked, Choice, decide
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Clues, Letters, Rounds


def fill(desk: Desk) -> None:
    """Work through most clues, then do each of the other acts once or twice."""
    waiting = _undecided(desk, work_through(desk))
    _share_readings(desk, waiting)
    _hand_over(desk)
    _ask_the_vault(desk)
    _people(desk)
    _register(desk)
    add_models(desk)
    add_sources(desk)
    erase(desk)
    propose(desk)


def _undecided(desk: Desk, confirmed: list[str]) -> list[str]:
    with reading(desk.office.engine) as session:
        rows = session.scalars(select(Clues.number).where(Clues.state == "open").order_by(Clues.rank.desc())).all()
    return [number for number in rows if number not in confirmed]


def _share_readings(desk: Desk, waiting: list[str]) -> None:
    """Let some clues be read twice, one of them in two ways, and the rest partly blind first."""
    with transaction(desk.office.engine) as session:
        session.execute(update(Rounds).values(double_share=1.0, lot_seed="look"))
    for number in waiting[:4]:
        _read(desk, "reviewer", number, Category.EMBEZZLEMENT)
    _read(desk, SECOND_REVIEWER, waiting[0], Category.VOTE_BUYING)
    with transaction(desk.office.engine) as session:
        session.execute(update(Rounds).values(double_share=0.1, blind_share=0.5))


def _read(desk: Desk, login: str, number: str, category: Category) -> None:
    asked = Asked(f"look-{login}-{number}", number, -1, "两份材料相互印证，金额一致。")
    decide(desk.office, viewer(desk, login), asked, Choice(labels=(category,)))


def _hand_over(desk: Desk) -> None:
    mover = viewer(desk, Role.TRANSFER)
    numbers = [row.clue for row in handover.waiting(desk.office, mover, limit=5)]
    first = handover.open_batch(desk.office, mover, "清涟县纪委监委第二纪检监察室", numbers[:3], request="look-1")
    handover.hand(desk.office, mover, first.number, by="演示移交员", on=mover.today)
    handover.receive(desk.office, mover, first.number, by="演示签收人", on=mover.today)
    handover.give_back(
        desk.office, mover, first.number, numbers[0], reason="不属本室联系单位，请改送。", on=mover.today
    )
    handover.open_batch(desk.office, mover, "清涟县信访局", numbers[3:], note="附纸质材料两份", request="look-2")


def _ask_the_vault(desk: Desk) -> None:
    lead, head = viewer(desk, Role.LEAD), viewer(desk, Role.HEAD)
    with reading(desk.office.engine) as session:
        rows = session.execute(
            select(Clues.number, Letters.number)
            .join(Letters, Letters.id == Clues.main_letter)
            .order_by(Clues.id)
            .limit(4)
        ).all()
    asked = [
        reveal.ask(
            desk.office,
            lead,
            reveal.Ask(clue, letter, what, "需向反映人核实付款的具体日期和在场人员。", f"look-{place}"),
        )
        for place, ((clue, letter), what) in enumerate(
            zip(rows, [Secret.IDENTITY, Secret.ORIGINAL, Secret.IDENTITY, Secret.IDENTITY], strict=True)
        )
    ]
    reveal.answer(desk.office, head, asked[0], reveal.Answer(granted=True, minutes=30))
    reveal.answer(desk.office, head, asked[1], reveal.Answer(granted=True, minutes=30))
    reveal.answer(desk.office, head, asked[2], reveal.Answer(granted=False, reason="材料中已有电话，先按材料核实。"))


def _people(desk: Desk) -> None:
    operator, reviewer = viewer(desk, Role.OPERATOR), viewer(desk, Role.REVIEWER)
    accounts.create(desk.office, operator, "xinlai", "演示新人", Role.LEAD)
    recusal.declare(desk.office, reviewer, RecusalProfile(names=("演示审核员甲",), regions=("某某镇",)))
    with reading(desk.office.engine) as session:
        number = session.scalars(select(Clues.number).where(Clues.state == "open").order_by(Clues.rank)).first()
    assert number is not None
    recusal.recuse(desk.office, reviewer, number, "look-recuse")
    views.save(desk.office, reviewer, "贪污侵占，来件两件以上", Filters(category="embezzlement", letters=2))


def _register(desk: Desk) -> None:
    form = registration.Form(
        "来访",
        datetime.now(CHINA).date() - timedelta(days=1),
        "来访人反映村委会2024年修路款去向不明，账目两年没有公开，请求核查。",
        visitors=2,
        name="演示来访人",
    )
    registration.register(desk.office, viewer(desk, Role.REGISTRAR), form, request="look-register")
    registration.take_up(desk.office)
