"""What a clue's letters tell together, point by point."""

from xiansuo.domain.category import Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Particular, ParticularKind, Reach, Relation
from xiansuo.triage.matters import Letter, Point, Telling, points_of

_TEXT = "白杨村会计马德才2024年3月冒领低保金三千元，有花名册。村主任孙广田打人。"


def _at(words: str, kind: ParticularKind, value: str = "", reach: Reach = Reach.SENTENCE) -> Particular:
    start = _TEXT.index(words)
    return Particular(kind, Span(start, start + len(words)), reach, value)


_FACTS = (
    _at("白杨村", ParticularKind.PLACE, "白杨村"),
    _at("马德才", ParticularKind.RESPONDENT),
    _at("2024年3月", ParticularKind.TIME, "2024-03"),
    _at("三千元", ParticularKind.AMOUNT, "3000-3000 元"),
    _at("花名册", ParticularKind.EVIDENCE),
)
_FIRST = Letter(1, Relation.ORIGINAL, _TEXT)


def _telling(letter: int = 1, *facts: Particular, subtype: str = "D1") -> Telling:
    return Telling(letter, Category.BENEFIT_MISUSE, subtype, facts or _FACTS)


def _only(points: tuple[Point, ...]) -> Point:
    (point,) = points
    return point


def test_a_point_tells_when_where_how_much_and_what_shows_it() -> None:
    point = _only(points_of([_FIRST], [_telling()]))
    assert (point.when, point.where, point.how_much) == (("2024年3月",), ("白杨村",), ("3000元",))
    assert (point.evidence, point.missing, point.kind) == (("花名册",), (), "虚报冒领")


def test_copies_are_counted_once_and_other_letters_on_the_matter_are_counted() -> None:
    letters = [_FIRST, Letter(2, Relation.COPY, _TEXT), Letter(3, Relation.SAME_MATTER, _TEXT)]
    point = _only(points_of(letters, [_telling(number) for number in (1, 2, 3)]))
    assert point.letters == 2


def test_what_only_names_an_offence_is_no_point() -> None:
    bare = _at("马德才", ParticularKind.RESPONDENT)
    taken_over = _at("2024年3月", ParticularKind.TIME, "2024-03", Reach.INHERITED)
    assert points_of([_FIRST], [_telling(1, bare, taken_over)]) == ()


def test_what_is_laid_at_another_door_is_not_told_of_a_person() -> None:
    other = (_at("孙广田", ParticularKind.RESPONDENT), _at("白杨村", ParticularKind.PLACE, "白杨村"))
    tellings = [_telling(), _telling(1, *other, subtype="D2")]
    assert [point.subtype for point in points_of([_FIRST], tellings, about="马德才")] == ["D1"]
    assert [point.subtype for point in points_of([_FIRST], tellings)] == ["D1", "D2"]


def test_what_has_no_sub_type_joins_the_others_of_its_category() -> None:
    assert len(points_of([_FIRST], [_telling(), _telling(subtype="")])) == 1


def test_an_idiom_of_a_cent_is_no_sum() -> None:
    idiom = _at("三千元", ParticularKind.AMOUNT, "0.01-0.01 元")
    assert _only(points_of([_FIRST], [_telling(1, idiom, _FACTS[0])])).how_much == ()
