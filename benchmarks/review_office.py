"""An office with many clues for the benchmark of the review app: fictional people and units, text put together from the authored corpus."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from benchmarks.review_work import CROWDED, LONG, decision, handle, lengthen, read_again, read_twice
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.domain.letter import Channel, Kind, Signed
from xiansuo.domain.people import Role
from xiansuo.domain.register import Level, OrganisationRegister, Unit
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Grade, Rank, RankPart, Reason, Relation, Suggestion
from xiansuo.services.office import Office, import_register, initialise, open_office
from xiansuo.services.search import index_all
from xiansuo.services.sessions import open_session
from xiansuo.settings import Settings
from xiansuo.storage.repositories import clues, letters, sources, suggestions
from xiansuo.storage.repositories.clues import ClueContent, ClueLetter
from xiansuo.storage.repositories.letters import LetterState, NewLetter
from xiansuo.storage.repositories.suggestions import NewSuggestion
from xiansuo.storage.session import CHINA, add_rows, now, reading, transaction
from xiansuo.storage.tables import (
    Accounts,
    ClueRounds,
    Clues,
    ClueUnits,
    Decisions,
    HandOvers,
    Letters,
    RoundMembers,
    Rounds,
)

REVIEWERS = 20
_BATCH = 1000
_TOWNS, _VILLAGES = 40, 12
_SURNAMES, _GIVEN = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏",
    "德才福贵长顺立国广田家宝文山小川有余春生大海",
)
_PLACES = "柳青石金沟白杨枫林桥河清泉松坪槐树湾塘坡岭溪杏梅竹荷莲桃梨枣"
_WAITING = 0.85
_DAYS = 60


def build(state: Path, count: int, url: str = "") -> None:
    """Make the installation, in the PostgreSQL database at `url` if there is one: a register of units, people, a round over all units, clues in every state, a search index."""
    settings = Settings(state_dir=state)
    initialise(settings, database=url)
    office = open_office(settings)
    draw = random.Random(2026)  # noqa: S311 - an office that is the same every time
    units = list(_units())
    import_register(office, OrganisationRegister("清水县委巡察办", Level.COUNTY, tuple(unit for unit, _ in units)))
    people = _people(office)
    texts = _texts(settings)
    with transaction(office.engine) as session:
        source = sources.get_or_create(session, "信访邮箱", "imap")
    for start in range(0, count, _BATCH):
        opened = now() - timedelta(days=_DAYS * (1 - start / count))
        _add(
            office,
            draw,
            source,
            units,
            texts,
            [_content(draw, units, opened) for _ in range(min(_BATCH, count - start))],
            opened,
        )
    _decide(office, draw, people)
    with transaction(office.engine) as session:
        handle(session, draw, people)
        read_again(session, people)
        read_twice(session, draw, people)
        lengthen(session, texts)
    index_all(office)
    with transaction(office.engine) as session:
        session.execute(update(Clues).values(screened=True))
    with office.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    office.engine.dispose()


def facts(state: Path) -> dict[str, list[str]]:
    """Return what requests are filled in with: numbers, names, units, words and places of pages."""
    office = open_office(Settings(state_dir=state))
    with reading(office.engine) as session:
        wanted = select(Clues.id, Clues.number, Clues.rank, Clues.unit, Clues.respondents).order_by(Clues.id)
        rows = session.execute(wanted.where(Clues.state == ClueState.OPEN, Clues.id % 97 == 0).limit(400)).all()
        long, crowded = (_of_subject(session, f"benchmark-{count}") for count in (LONG, CROWDED))
        twice = list(session.scalars(wanted.with_only_columns(Clues.number).where(Clues.letters_count > 1).limit(40)))
        batch = list(session.scalars(select(HandOvers.number).limit(5)))
    office.engine.dispose()
    return {
        "clue": [row.number for row in rows],
        "id": [str(row.id) for row in rows],
        "rank": [str(row.rank) for row in rows],
        "unit": [row.unit for row in rows],
        "name": [row.respondents[0] for row in rows],
        "word": ["村支书", "公款", "低保", "群众"],
        "category": [category.value for category in CATEGORIES],
        "long": [long],
        "crowded": [crowded],
        "twice": twice,
        "batch": batch,
    }


def _of_subject(session: Session, subject: str) -> str:
    wanted = select(Clues.number).join(Letters, Letters.id == Clues.main_letter).where(Letters.subject == subject)
    return session.scalar(wanted) or ""


def cookies(state: Path) -> dict[str, str]:
    """Log everybody in."""
    office = open_office(Settings(state_dir=state))
    with reading(office.engine) as session:
        accounts = session.execute(select(Accounts.login, Accounts.id)).tuples().all()
    found = {login: open_session(office, id_) for login, id_ in accounts}
    office.engine.dispose()
    return found


def _units() -> Iterator[tuple[Unit, tuple[str, ...]]]:
    """Yield units with the names above them."""
    for town in range(_TOWNS):
        name = f"{_PLACES[town % len(_PLACES)]}{_PLACES[(7 * town + 3) % len(_PLACES)]}镇人民政府"
        yield Unit(name, "清水县", "镇", Level.TOWNSHIP), ()
        for village in range(_VILLAGES):
            place = _PLACES[(town + 5 * village) % len(_PLACES)] + _PLACES[(11 * village + town) % len(_PLACES)]
            yield Unit(f"{place}{town}村村民委员会", name, "村", Level.VILLAGE), (name,)


def _people(office: Office) -> list[int]:
    people = [(f"reviewer{number}", Role.REVIEWER) for number in range(REVIEWERS)]
    officers = (Role.LEAD, Role.HEAD, Role.TRANSFER, Role.AUDITOR)
    people += [(role.value, role) for role in officers]
    with transaction(office.engine) as session:
        for login, role in people:
            session.add(_account(login, role))
        session.flush()
        ids = dict(session.execute(select(Accounts.login, Accounts.id)).tuples().all())
        round_ = _round(ids["head"])
        session.add(round_)
        session.flush()
        for login, role in people:
            if role in {Role.REVIEWER, Role.LEAD}:
                member = RoundMembers(round_id=round_.id, account_id=ids[login], units=[])
                member.added, member.added_by = now(), ids["head"]
                session.add(member)
    return [ids[f"reviewer{number}"] for number in range(REVIEWERS)]


def _account(login: str, role: Role) -> Accounts:
    row = Accounts(login=login, name=f"演示{login}", role=role.value, state="active", password="", must_change=False)
    row.issued, row.failures, row.locked_until, row.locale, row.screened = None, 0, None, "zh", True
    row.created, row.created_by = now(), "安装"
    return row


def _round(head: int) -> Rounds:
    today = now().astimezone(CHINA).date()
    row = Rounds(name="第四轮巡察", starts=today - timedelta(days=20), ends=today + timedelta(days=40), closed=None)
    row.all_units, row.takes_unplaced, row.double_share, row.blind_share = True, True, 0.1, 0.05
    row.lot_seed, row.created, row.created_by = "", now(), head
    return row


def _texts(settings: Settings) -> list[str]:
    lines = (settings.corpus / "natural.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def _add(  # noqa: PLR0913, PLR0917 - all that a batch is drawn from
    office: Office,
    draw: random.Random,
    source: int,
    units: list[tuple[Unit, tuple[str, ...]]],
    texts: list[str],
    contents: list[ClueContent],
    opened_at: datetime,
) -> None:
    count = len(contents)
    with transaction(office.engine) as session:
        new = [_letter(draw, source, content, texts) for content in contents]
        more = [at for at in range(count) if draw.random() < 0.15]
        ids = letters.add(session, new + [_letter(draw, source, contents[at], texts) for at in more])
        opened = clues.create_all(session, list(zip(ids[:count], contents, strict=True)), at=opened_at)
        joined = zip(ids[count:], more, strict=True)
        clues.attach_all(session, [ClueLetter(opened[at], id_, draw.choice(list(Relation)[1:])) for id_, at in joined])
        suggested = zip(ids, [*contents, *(contents[at] for at in more)], strict=True)
        suggestions.add(session, [_suggestion(id_, content) for id_, content in suggested])
        letters.advance(session, ids, LetterState.RANKED)
        add_rows(session, ClueRounds, [{"round_id": 1, "clue_id": clue} for clue in opened])
        above = {unit.name: names for unit, names in units}
        placed = [
            {"unit": name, "clue_id": clue, "depth": depth}
            for clue, content in zip(opened, contents, strict=True)
            for depth, name in enumerate((content.unit, *above[content.unit]))
        ]
        add_rows(session, ClueUnits, placed)


def _content(draw: random.Random, units: list[tuple[Unit, tuple[str, ...]]], opened: datetime) -> ClueContent:
    labels = tuple(draw.sample(CATEGORIES, draw.choice((0, 1, 1, 1, 2))))
    grade = draw.choice(list(Grade)) if labels else None
    name = draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=2))
    parts = tuple(
        RankPart("可查性", part, draw.uniform(1, 6), 8.0, (Span(3, 8),), "2024年3月")
        for part in ("时间", "证据", "经过", "金额或数量")
    )
    flags = ("反映人安全",) if draw.random() < 0.002 else ()
    total = round(draw.uniform(20, 95) if labels else draw.uniform(0, 20), 2)
    return ClueContent(
        Rank(total, parts, grade, ("证据", "时间")[: draw.randrange(3)], flags),
        0.9 if labels else 0.1,
        labels,
        {label: round(draw.uniform(0.3, 0.99), 3) for label in labels},
        draw.choice(units)[0].name,
        (name,),
        (
            f"疑似{'、'.join(one.chinese for one in labels)}",
            f"可查性{grade}：写明被反映人“{name}”、有时间“2024年3月”、写了经过、有金额数量“3.6万元”",
            "涉及困难群众、说是仍在继续",
            "缺：证据",
        )
        if labels
        else ("未见属于六类问题的反映",),
        opened.astimezone(CHINA).date() - timedelta(days=draw.randrange(5)),
    )


def _letter(draw: random.Random, source: int, content: ClueContent, texts: list[str]) -> NewLetter:
    about = f"反映{content.unit}{content.respondents[0]}的问题"
    text = f"{about}。{draw.choice(texts)}{draw.choice(texts)[:200]}"
    channel = draw.choice(list(Channel))
    return NewLetter(source, Kind.LETTER, channel, content.received, about, text, signed=draw.choice(list(Signed)))


def _suggestion(letter: int, content: ClueContent) -> NewSuggestion:
    reasons = (Reason("rule", "冒领补贴资金", Span(10, 20), 1.0),)
    accused = tuple(Allegation(label, Span(8, 40), content.scores[label], reasons) for label in content.labels)
    suggestion = Suggestion(content.scope, content.scores, content.labels, abstained=False, allegations=accused)
    return NewSuggestion(
        letter, "benchmark", "benchmark", suggestion, content.rank, content.why, content.unit, content.respondents
    )


def _decide(office: Office, draw: random.Random, people: list[int]) -> None:
    """Let people have decided some of the clues."""
    with transaction(office.engine) as session:
        every = session.execute(select(Clues.id, Clues.labels).order_by(Clues.id)).tuples().all()
        chosen = [(id_, labels) for id_, labels in every if draw.random() > _WAITING]
        for id_, labels in chosen:
            outcome = Outcome.CONFIRMED if labels else Outcome.OUT_OF_SCOPE
            found = {
                "state": ClueState.DECIDED,
                "outcome": outcome,
                "final_labels": labels,
                "final_category": next(iter(labels), None),
            }
            session.execute(update(Clues).where(Clues.id == id_).values(found))
        add_rows(
            session,
            Decisions,
            [decision(draw, number, id_, labels, people) for number, (id_, labels) in enumerate(chosen)],
        )
        session.execute(update(Letters).values(state=LetterState.RANKED))
