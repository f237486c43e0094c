"""A bag of short masked letters in clues with decisions, for tests of what is learned from an office's mail."""

from collections.abc import Iterable, Sequence

from sqlalchemy import update

from tests.services.people import add_account
from tests.storage.samples import new_letter
from xiansuo.domain.decision import Act, Finding, Standing
from xiansuo.domain.people import Role
from xiansuo.domain.suggestion import Grade, Rank, Relation
from xiansuo.services.office import Office
from xiansuo.storage.repositories import clues, decisions, letters, sources
from xiansuo.storage.repositories.clues import ClueContent, ClueLetter
from xiansuo.storage.repositories.decisions import NewDecision
from xiansuo.storage.session import now, transaction
from xiansuo.storage.tables import Clues, Samples


def put(office: Office, matters: Iterable[Sequence[str]]) -> list[int]:
    """Store the letters of each matter as one clue, the first as its main letter, and return the clues' ids."""
    with transaction(office.engine) as session:
        source = sources.get_or_create(session, "来件", "paths")
        ids = []
        for texts in matters:
            stored = letters.add(session, [new_letter(source, text=text) for text in texts])
            clue = clues.create(session, stored[0], ClueContent(Rank(50.0, (), Grade.AVERAGE), 0.5))
            clues.attach_all(session, [ClueLetter(clue, one, Relation.COPY) for one in stored[1:]])
            ids.append(clue)
        session.execute(update(Clues).values(screened=True))
        return ids


def draw(office: Office, clue: int) -> None:
    """Let a clue belong to the random sample that the figures stand on."""
    with transaction(office.engine) as session:
        row = Samples(clue_id=clue, lot=0.01, share=0.05, pile=4, rank=3.0)
        row.drawn, row.created = now().date(), now()
        session.add(row)


def decide(office: Office, clues: Sequence[int], findings: Sequence[Finding]) -> list[int]:
    """Write decisions about clues into the ledger, in order."""
    with transaction(office.engine) as session:
        start = decisions.last(session)
    reader = add_account(office, f"reader{start}", Role.REVIEWER, "读者")
    with transaction(office.engine) as session:
        rows = zip(clues, findings, strict=True)
        new = [
            NewDecision(clue, reader, f"{start}-{place}", 1, Act.DECIDE, Standing(), finding=finding)
            for place, (clue, finding) in enumerate(rows)
        ]
        return [decisions.add(session, one) for one in new]


def hush(_sentence: str) -> None:
    """Hear nothing."""
