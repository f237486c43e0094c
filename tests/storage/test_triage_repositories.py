from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.decision import ClueState
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import (
    Allegation,
    Facts,
    Grade,
    Particular,
    ParticularKind,
    Rank,
    RankPart,
    Reach,
    Reason,
    Relation,
    Suggestion,
)
from xiansuo.storage.repositories import clues, letters, links, samples, suggestions, turns
from xiansuo.storage.repositories.clues import ClueContent, ClueLetter
from xiansuo.storage.repositories.links import StoredFacts
from xiansuo.storage.repositories.suggestions import NewSuggestion
from xiansuo.storage.tables import Clues

ALLEGATION = Allegation(
    Category.EMBEZZLEMENT,
    Span(3, 9),
    0.8,
    reasons=(Reason("rule.false_claim", "疑似冒领补贴", Span(4, 6), 1.5), Reason("model", "“冒领”", Span(4, 6), 0.7)),
    subtype="冒领",
    hearsay=True,
    particulars=(Particular(ParticularKind.TIME, Span(0, 2), Reach.INHERITED, "2021-03"),),
    missing=("金额", "证据"),
)
SUGGESTION = Suggestion(
    0.9, dict.fromkeys(CATEGORIES, 0.25), (Category.EMBEZZLEMENT,), abstained=False, allegations=(ALLEGATION,)
)


RANK = Rank(
    61.5, (RankPart("可查性", "时间", 6.0, 6.0, (Span(0, 2),), "三月"),), Grade.STRONG, ("金额",), ("反映人安全",)
)


def suggest(letter_id: int, *, model_id: str = "m1", suggestion: Suggestion = SUGGESTION) -> NewSuggestion:
    return NewSuggestion(letter_id, model_id, "r1", suggestion, RANK, ("点到了人",))


def test_a_suggestion_comes_back_as_it_was_made(session: Session, letter_ids: list[int]) -> None:
    (id_,) = suggestions.add(session, [suggest(letter_ids[0])])
    stored = suggestions.for_letters(session, letter_ids)
    assert list(stored) == letter_ids[:1]
    one = stored[letter_ids[0]]
    assert (one.id, one.model_id, one.rules_version, one.suggestion) == (id_, "m1", "r1", SUGGESTION)
    assert (one.rank, one.why) == (RANK, ("点到了人",))


def test_the_latest_suggestion_counts_and_older_ones_stay(session: Session, letter_ids: list[int]) -> None:
    newer = replace(SUGGESTION, scope=0.1, labels=(), abstained=True, allegations=())
    (first,) = suggestions.add(session, [suggest(letter_ids[0])])
    (second,) = suggestions.add(session, [suggest(letter_ids[0], model_id="m2", suggestion=newer)])
    assert suggestions.for_letters(session, letter_ids)[letter_ids[0]].suggestion == newer
    assert {id_: one.suggestion for id_, one in suggestions.get(session, [first, second]).items()} == {
        first: SUGGESTION,
        second: newer,
    }


def test_the_same_model_and_rules_may_suggest_again_and_the_latest_counts(
    session: Session, letter_ids: list[int]
) -> None:
    changed = replace(SUGGESTION, scope=0.1)
    ids = suggestions.add(session, [suggest(letter_ids[0]), suggest(letter_ids[0], suggestion=changed)])
    assert len(set(ids)) == 2
    assert suggestions.for_letters(session, letter_ids)[letter_ids[0]].suggestion.scope == 0.1


def test_letters_are_outdated_by_their_latest_suggestion_only(session: Session, letter_ids: list[int]) -> None:
    first, second, third = letter_ids
    suggestions.add(session, [suggest(first, model_id="new"), suggest(second, model_id="old")])
    suggestions.add(session, [suggest(first, model_id="old"), suggest(second, model_id="new"), suggest(third)])
    outdated = suggestions.outdated("new", "r1")
    assert set(session.scalars(outdated)) == {first, third}
    letters.advance(session, letter_ids, letters.LetterState.RANKED)
    assert letters.set_back(session, outdated) == 2
    assert letters.set_back(session, outdated) == 0
    assert letters.in_state(session, letter_ids, letters.LetterState.STORED) == {first, third}


def test_hashes_are_taken_out_of_the_index_letter_by_letter(session: Session) -> None:
    links.add_sketches(session, {1: [1, 2**64 - 1], 2: [1]})
    links.remove_sketches(session, {1: [1, 2**64 - 1, 77]})
    assert links.postings(session, [1, -1]) == {1: [2]}


def sharing(session: Session, hashes: Iterable[int], limit_per_hash: int = 200) -> dict[int, int]:
    found = links.postings(session, hashes, limit_per_hash)
    return dict(Counter(letter_id for letter_ids in found.values() for letter_id in letter_ids))


def test_letters_that_share_text_are_found_with_the_number_of_shared_hashes(session: Session) -> None:
    links.add_sketches(session, {1: [1, 2, 3]})
    links.add_sketches(session, {2: [3, 4, 4], 3: [9]})
    assert sharing(session, [2, 3, 4]) == {1: 2, 2: 2}
    assert sharing(session, []) == {}


def test_hashes_may_use_all_64_bits(session: Session) -> None:
    edges = [0, 2**63 - 1, 2**63, 2**64 - 1, -5]
    links.add_sketches(session, {1: edges})
    assert [sharing(session, [edge]) for edge in edges] == [{1: 1}] * 5
    assert sharing(session, [1]) == {}


def test_indexing_a_letter_again_changes_nothing(session: Session) -> None:
    for _ in range(2):
        links.add_sketches(session, {1: [1, 2]})
    assert sharing(session, [1, 2]) == {1: 2}


def test_of_a_phrase_that_many_letters_share_the_earliest_count(session: Session) -> None:
    links.add_sketches(session, {letter: [7, 100 + letter] for letter in range(1, 6)})
    assert sharing(session, [7, 105], limit_per_hash=2) == {1: 1, 2: 1, 5: 1}


def test_letters_are_listed_under_their_hashes_in_order(session: Session) -> None:
    links.add_sketches(session, {letter: [7, 2**64 - 1] for letter in (5, 3, 4)})
    assert links.postings(session, [7, 8, 2**64 - 1], limit_per_hash=2) == {7: [3, 4], -1: [3, 4]}


@pytest.mark.parametrize("most", [1, 2, 3, 9])
def test_a_hash_of_too_many_letters_lists_none_and_the_others_all_their_letters(session: Session, most: int) -> None:
    links.add_sketches(session, {5: [7, 2**64 - 1], 3: [7, 8], 4: [7, 8]})
    whole = {7: [3, 4, 5], 8: [3, 4], -1: [5]}
    expected = {key: ids if len(ids) <= most else () for key, ids in whole.items()}
    assert links.rare_postings(session, [7, 8, 9, 2**64 - 1], most) == expected


def test_more_hashes_than_one_statement_takes_are_looked_up(session: Session) -> None:
    links.add_sketches(session, {1: range(2500)})
    assert sharing(session, range(5000)) == {1: 2500}


def test_facts_come_back_as_they_were_compared(session: Session, letter_ids: list[int]) -> None:
    some = {field.name: frozenset({field.name}) for field in fields(Facts) if field.name != "categories"}
    stored = StoredFacts((-5, 7), Facts(categories=frozenset({Category.BULLYING}), **some))
    links.replace_facts(session, {letter_ids[0]: StoredFacts((), Facts())})
    links.replace_facts(session, {letter_ids[0]: stored, letter_ids[1]: StoredFacts((), Facts())})
    assert links.facts_of(session, letter_ids) == {letter_ids[0]: stored, letter_ids[1]: StoredFacts((), Facts())}


def test_of_a_clue_the_facts_of_its_first_letters_are_read(session: Session, letter_ids: list[int]) -> None:
    first, second, third = letter_ids[:3]
    told = {id_: Facts(units=frozenset({str(id_)})) for id_ in (first, second, third)}
    links.replace_facts(session, {id_: StoredFacts((), facts) for id_, facts in told.items()})
    clue = clues.create(session, first, content())
    clues.attach(session, ClueLetter(clue, third, Relation.SAME_MATTER))
    clues.attach(session, ClueLetter(clue, second, Relation.BUNDLED, main=False))
    found = [links.facts_of_clue(session, first, most) for most in (1, 9)]
    assert found == [[told[first]], [told[first], told[third]]]


def content(total: float = 61.5) -> ClueContent:
    parts = (RankPart("可查性", "有人名", 8, 10, (Span(0, 3), Span(5, 6))), RankPart("重要性", "金额", 2.5, 10))
    rank = Rank(total, parts, Grade.FAIRLY_STRONG, ("时间",))
    labels = (Category.EMBEZZLEMENT, Category.BULLYING)
    scores = {Category.EMBEZZLEMENT: 0.9, Category.BULLYING: 0.4}
    return ClueContent(rank, 0.9, labels, scores, "清河镇", ("某甲",), ("有金额", "有时间"), date(2026, 3, 2))


def test_a_clue_comes_back_as_it_was_opened(session: Session, letter_ids: list[int]) -> None:
    id_ = clues.create(session, letter_ids[0], content(), at=datetime(2026, 3, 2, tzinfo=UTC))
    clue = clues.get(session, [id_])[id_]
    assert (clue.number, clue.main_letter, clue.letters_count, clue.content) == (
        "XS-2026-0001",
        letter_ids[0],
        1,
        content(),
    )
    assert clues.letters_of(session, [id_]) == {id_: [ClueLetter(id_, letter_ids[0], Relation.ORIGINAL)]}


def test_a_clue_grows_with_its_letters(session: Session, letter_ids: list[int]) -> None:
    id_ = clues.create(session, letter_ids[0], content())
    clues.attach(session, ClueLetter(id_, letter_ids[1], Relation.SAME_MATTER, adds=("金额 3 万元",)))
    clue = clues.get(session, [id_])[id_]
    assert (clue.letters_count, clue.version) == (2, 2)
    assert [(one.letter_id, one.relation, one.adds) for one in clues.letters_of(session, [id_])[id_]] == [
        (letter_ids[0], "original", ()),
        (letter_ids[1], "same_matter", ("金额 3 万元",)),
    ]


def test_a_bundled_letter_touches_other_clues_but_belongs_to_one(session: Session, letter_ids: list[int]) -> None:
    first, second = (clues.create(session, letter_id, content()) for letter_id in letter_ids[:2])
    clues.attach(session, ClueLetter(first, letter_ids[2], Relation.BUNDLED))
    clues.attach(session, ClueLetter(second, letter_ids[2], Relation.BUNDLED, main=False))
    places = clues.of_letters(session, letter_ids[2:])[letter_ids[2]]
    assert [(one.clue_id, one.main) for one in places] == [(first, True), (second, False)]
    with pytest.raises(IntegrityError):
        clues.create(session, letter_ids[2], content())


def test_a_new_rank_replaces_the_old_one_and_is_a_new_version(session: Session, letter_ids: list[int]) -> None:
    id_ = clues.create(session, letter_ids[0], content())
    changed = replace(content(12.0), unit="安乐村", respondents=())
    clues.update_ranks(session, {id_: (changed, None)})
    clue = clues.get(session, [id_])[id_]
    assert (clue.content, clue.version) == (changed, 2)


def test_the_queue_is_read_page_by_page_best_first(session: Session, letter_ids: list[int]) -> None:
    low, high, tie = (
        clues.create(session, letter, content(rank))
        for letter, rank in zip(letter_ids, (10.1, 70.2, 10.1), strict=True)
    )
    pages, after = [], None
    while page := clues.page(session, after=after, limit=1):
        pages.append(page[0].id)
        after = (page[0].content.rank.total, page[0].id)
    assert pages == [high, low, tie]


def test_lines_without_points_and_a_missing_grade_take_no_room(session: Session, letter_ids: list[int]) -> None:
    rank = Rank(3.0, (*RANK.parts, RankPart("可查性", "证据", 0.0, 8.0)), None)
    suggestions.add(session, [replace(suggest(letter_ids[0]), rank=rank)])
    assert suggestions.for_letters(session, letter_ids)[letter_ids[0]].rank == replace(rank, parts=RANK.parts)


LONG_AGO, TODAY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)


def _queued(session: Session, letters_: list[int]) -> list[int]:
    contents = [
        ClueContent(replace(RANK, total=total), 0.9, labels)
        for total, labels in ((60.0, (Category.BULLYING,)), (90.0, (Category.EMBEZZLEMENT,)), (5.0, ()))
    ]
    return clues.create_all(session, list(zip(letters_, contents, strict=True)), at=LONG_AGO)


def test_who_waits_longest_is_asked_above_or_below_a_rank_or_by_category(
    session: Session, letter_ids: list[int]
) -> None:
    first, second, deferred = _queued(session, letter_ids)
    assert turns.waiting(session, since=TODAY, floor=20) == [first, second]
    assert turns.waiting(session, since=TODAY, floor=20, deferred=True) == [deferred]
    assert turns.waiting(session, since=TODAY, floor=20, category=Category.EMBEZZLEMENT) == [second]
    assert turns.waiting(session, since=LONG_AGO.replace(year=2025), floor=20) == []


def test_drawn_clues_come_by_day_of_drawing_and_then_by_lot_whatever_their_rank(
    session: Session, letter_ids: list[int]
) -> None:
    first, second, third = _queued(session, letter_ids)
    for clue, lot, day in ((first, 0.01, TODAY.date()), (second, 0.015, LONG_AGO.date()), (third, 0.002, TODAY.date())):
        samples.add(session, [samples.NewSample(clue, lot, 5.0)], day, 0.02, 100)
    assert turns.sampled(session) == [second, third, first]
    assert turns.sampled(session, limit=1, where=Clues.id != second) == [third]


def test_nothing_is_served_before_a_person_decides(session: Session, letter_ids: list[int]) -> None:
    _queued(session, letter_ids)
    assert turns.served(session) == {}


@pytest.mark.parametrize(
    ("before", "relation", "after"),
    [
        (ClueState.DECIDED, Relation.SAME_MATTER, ClueState.OPEN),
        (ClueState.CLOSED, Relation.BUNDLED, ClueState.OPEN),
        (ClueState.POSTPONED, Relation.NEAR_COPY, ClueState.OPEN),
        (ClueState.DECIDED, Relation.COPY, ClueState.DECIDED),
        (ClueState.SECOND, Relation.SAME_MATTER, ClueState.SECOND),
    ],
)
def test_a_letter_that_is_no_copy_brings_a_clue_back_that_people_were_done_with(
    session: Session, letter_ids: list[int], before: ClueState, relation: Relation, after: ClueState
) -> None:
    clue = clues.create(session, letter_ids[0], content())
    row = session.get_one(Clues, clue)
    row.state, row.outcome, row.first_reader = before, "confirmed", 7
    session.flush()
    clues.attach(session, ClueLetter(clue, letter_ids[1], relation, main=False))
    session.expire_all()
    assert (row.state, row.outcome is None) == (after, after is ClueState.OPEN)
