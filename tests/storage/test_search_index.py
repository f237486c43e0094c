"""What the index finds is exactly what a search for substrings finds, on both databases."""

import random
from collections.abc import Iterable, Sequence

from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from tests.storage.samples import new_letter
from xiansuo.domain.suggestion import Rank
from xiansuo.storage.repositories import clues, letters, search, sources
from xiansuo.storage.repositories.clues import ClueContent
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.text.search import document, fold, terms

TEXTS = (
    "青石村会计马德才冒领危房补助，三万六千元存进存折。",
    "柳河镇财政所所长孙广田办婚宴收礼金。",
    "马德\n才又在青石村修路时收了好处。",
    "德才兼备的马老师，请组织表扬。",
)


def _store(session: Session, texts: Iterable[str] = TEXTS) -> list[int]:
    source = sources.get_or_create(session, "信访邮箱", "imap")
    ids = letters.add(session, [new_letter(source, text=text) for text in texts])
    letters.advance(session, ids, LetterState.RANKED)
    return ids


def _index(session: Session) -> int:
    again, new = search.outdated(session, 1, limit=1000), search.new(session, limit=1000)
    search.replace(session, _folded(session, again), 1)
    search.put(session, _folded(session, new), 1)
    return len(again) + len(new)


def _folded(session: Session, ids: Sequence[int]) -> list[tuple[int, str]]:
    return [(one.letter, document(one.fields)) for one in search.searchable(session, ids)]


def _found(session: Session, query: str) -> list[int]:
    return sorted(session.scalars(search.holding(session, terms(query))))


def test_a_name_is_found_wherever_its_characters_stand_together(session: Session) -> None:
    ids = _store(session)
    _index(session)
    assert _found(session, "马德才") == [ids[0], ids[2]]
    assert _found(session, "马德才 修路") == [ids[2]]
    assert _found(session, "德才") == [ids[0], ids[2], ids[3]]


def test_every_substring_of_two_characters_and_more_is_found(session: Session) -> None:
    draw = random.Random(7)  # noqa: S311 - a sample, no secret
    ids = _store(session, ["".join(draw.choices("甲乙丙丁ab1，", k=40)) for _ in range(60)])
    _index(session)
    documents = {one.letter: document(one.fields) for one in search.searchable(session, ids)}
    for _ in range(150):
        sought = "".join(draw.choices("甲乙丙丁ab1", k=draw.randint(2, 6)))
        assert _found(session, sought) == [id_ for id_, whole in documents.items() if fold(sought) in whole]


def test_a_letter_is_found_by_the_number_unit_and_respondents_of_its_clue(session: Session) -> None:
    ids = _store(session)
    (_, clue) = clues.create_all(session, [(id_, ClueContent(Rank(1.0, (), None), 0.9)) for id_ in ids[:2]])
    _index(session)
    named = ClueContent(Rank(1.0, (), None), 0.9, unit="柳河镇人民政府", respondents=("孙大田",))
    clues.update_ranks(session, {clue: (named, None)})
    number = clues.get(session, [clue])[clue].number
    assert _index(session) == 1
    assert _found(session, "孙大田") == _found(session, "柳河镇人民政府 婚宴") == _found(session, number) == [ids[1]]


def test_letters_are_indexed_in_order_of_intake_once_they_reached_the_queue(session: Session) -> None:
    ids = _store(session)
    letters.advance(session, ids[1:2], LetterState.LINKED)
    assert search.new(session, limit=9) == ids[:1]
    assert _index(session) == 1
    letters.advance(session, ids[1:2], LetterState.RANKED)
    assert search.new(session, limit=2) == ids[1:3]


def test_a_letter_taken_out_is_not_found_until_it_is_indexed_again(session: Session) -> None:
    ids = _store(session)
    _index(session)
    search.blank(session, [ids[0]])
    assert _found(session, "危房补助") == []
    assert search.outdated(session, 1, limit=9) == [ids[0]]
    assert _index(session) == 1
    assert _found(session, "危房补助") == [ids[0]]


def test_nothing_of_a_forgotten_letter_stays_in_the_index(session: Session) -> None:
    ids = _store(session)
    _index(session)
    search.forget(session, ids)
    search.compact(session)
    assert _found(session, "马德才") == []
    stored = (
        "SELECT count(*) FROM letter_grams"
        if session.get_bind().dialect.name == "postgresql"
        else ("SELECT count(*) FROM letter_grams_idx")
    )
    assert session.scalar(sql(stored)) == 0


def test_a_query_of_a_hundred_words_is_answered(session: Session) -> None:
    ids = _store(session, ["".join(map(chr, range(0x4E00, 0x4E00 + 400)))])
    _index(session)
    query = " ".join(chr(code) + chr(code + 1) for code in range(0x4E00, 0x4E00 + 300, 3))
    assert _found(session, query) == ids
