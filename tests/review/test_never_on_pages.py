"""What no page ever shows, whoever asks: every page of every role over the sample letters."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from tests.review.desk import Desk
from tests.review.routes import doors
from xiansuo.domain.letter import IdentityKind
from xiansuo.domain.people import MATRIX, Role
from xiansuo.storage.session import reading
from xiansuo.storage.tables import ClueLetters, Clues, Letters

_TOLD = {IdentityKind.NAME, IdentityKind.PHONE, IdentityKind.ID_NUMBER, IdentityKind.EMAIL, IdentityKind.ACCOUNT}
# Verdicts, a writer's credibility, a disposition proposed by the program.
_VERDICTS = re.compile(
    r"犯罪分子|罪犯|确系违纪|诬告(?:分|评分|可能性|概率)|可信度评分|廉政风险分|建议(?:立案|了结|初步核实|谈话函询|暂存)"
)
# What a register's column for the petitioner says where nobody gave a name.
_NO_NAME = re.compile(r"匿名|村民|群众|本人|无|不详|职工|家长|居民")
_TAGS = re.compile(r"<[^>]+>")


def _answers(desk: Desk, role: Role) -> Iterator[tuple[str, str]]:
    """Yield every readable answer of a role, for every clue and letter there is."""
    client = desk.client(role)
    with reading(desk.office.engine) as session:
        wanted = select(Clues.number, Letters.number).join(ClueLetters, ClueLetters.clue_id == Clues.id)
        pairs = session.execute(wanted.join(Letters, Letters.id == ClueLetters.letter_id)).tuples().all()
    for door in doors(desk.app):
        if door.method != "GET" or door.power not in MATRIX[role]:
            continue
        places = {door.filled({"number": clue, "letter": letter, "letter_number": letter}) for clue, letter in pairs}
        for place in sorted(places):
            answer = client.get(place)
            assert answer.status_code < 500, place
            yield place, answer.text


def _identities(desk: Desk) -> set[str]:
    with reading(desk.office.engine) as session:
        letters = list(session.scalars(select(Letters.id)))
        found = (one for letter in letters for one in desk.office.vault.read_identities(session, letter))
        return {
            one.value for one in found if one.kind in _TOLD and len(one.value) > 1 and not _NO_NAME.fullmatch(one.value)
        }


@pytest.mark.parametrize("role", list(Role))
def test_no_page_shows_who_wrote_or_a_verdict(desk: Desk, role: Role) -> None:
    identities = _identities(desk)
    assert len(identities) > 20
    leaks = [
        (place, hit)
        for place, text in _answers(desk, role)
        for hit in (*(one for one in identities if one in text), *_VERDICTS.findall(_TAGS.sub("", text)))
    ]
    assert not leaks
