from hypothesis import given
from hypothesis import strategies as st

from xiansuo.domain.category import Category
from xiansuo.domain.letter import Part, PartRole
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Context, Reason
from xiansuo.domain.text import Entity, EntityType, Speaker, Turn
from xiansuo.triage.markup import Layers, Run, Section, mark_up

TEXTS = st.text(st.sampled_from("村会计领款：问答。\n〔〕𠮷 "), max_size=60)
SPANS = st.builds(lambda start, length: Span(start, start + length), st.integers(0, 60), st.integers(0, 25))
ALLEGATIONS = st.lists(
    st.builds(
        lambda span, why: Allegation(Category.EMBEZZLEMENT, span, 0.7, (Reason("rule", "为什么", why, 1.0),)),
        SPANS,
        SPANS,
    ),
    max_size=5,
)
SCOPES = st.lists(st.tuples(SPANS, st.just(frozenset({Context.DENIED, Context.NEGATED}))), max_size=3)
PARTS = st.lists(st.builds(lambda role, span: Part(role, *span), st.sampled_from(PartRole), SPANS), max_size=4)


def runs_of(sections: tuple[Section, ...]) -> list[Run]:
    return [run for section in sections for line in section.lines for run in line.runs]


def entities_of(text: str, spans: list[Span]) -> list[Entity]:
    return [Entity(EntityType.PETITIONER, *span, span.of(text)) for span in spans]


def turns_of(text: str, spans: list[Span]) -> list[Turn]:
    turns, done = list[Turn](), 0
    for span in sorted(spans):
        if done <= span.start < span.end <= len(text):
            turns.append(Turn(Speaker.INTERVIEWEE, *span))
            done = span.end
    return turns


@given(TEXTS, ALLEGATIONS, st.lists(SPANS, max_size=4), SCOPES, PARTS, st.lists(SPANS, max_size=4))
def test_the_runs_joined_are_the_text_and_each_knows_exactly_what_covers_it(
    text: str,
    allegations: list[Allegation],
    named: list[Span],
    scopes: list[tuple[Span, frozenset[Context]]],
    parts: list[Part],
    said: list[Span],
) -> None:
    entities = entities_of(text, named)
    layers = Layers(allegations, entities, scopes, parts, turns_of(text, said))
    runs = runs_of(mark_up(text, layers))
    assert "".join(run.text for run in runs) == text
    for run in runs:
        for position in range(run.start, run.end):
            covering = [i for i, one in enumerate(allegations) if _covers(one.span, position, text)]
            assert list(run.allegations) == covering
            assert list(run.entities) == [i for i, one in enumerate(entities) if _covers(one.span, position, text)]
            denied = any(_covers(span, position, text) for span, _ in scopes)
            assert run.contexts == (frozenset({Context.DENIED}) if denied else frozenset())


def _covers(span: Span, position: int, text: str) -> bool:
    return span.end <= len(text) and span.start <= position < span.end


def test_an_overlap_of_two_allegations_is_a_run_of_its_own() -> None:
    text = "会计冒领补助款并请客"
    pair = [Allegation(Category.EMBEZZLEMENT, Span(0, 7), 0.9), Allegation(Category.FOUR_WINDS, Span(5, 10), 0.6)]
    runs = runs_of(mark_up(text, Layers(pair)))
    assert [(run.text, run.allegations, run.first) for run in runs] == [
        ("会计冒领补", (0,), (0,)),
        ("助款", (0, 1), (1,)),
        ("并请客", (1,), ()),
    ]


def test_a_record_becomes_turns_with_their_labels_and_its_head_paragraphs() -> None:
    text = "谈话记录\n问：钱在哪里？\n答：他拿走了。\n一共三万。\n以上属实"
    asked, told = text.index("钱"), text.index("他")
    turns = [Turn(Speaker.INTERVIEWER, asked, asked + 5), Turn(Speaker.INTERVIEWEE, told, told + 11, 0)]
    (section,) = mark_up(text, Layers(turns=turns))
    assert [(line.speaker, line.text) for line in section.lines] == [
        (None, "谈话记录\n"),
        (Speaker.INTERVIEWER, "问：钱在哪里？\n"),
        (Speaker.INTERVIEWEE, "答：他拿走了。\n一共三万。\n"),
        (None, "以上属实"),
    ]
    assert [run.text for run in section.lines[1].runs if run.label] == ["问："]


def test_questions_and_answers_in_one_row_are_still_turns() -> None:
    text = "问：有没有？答：没有。"
    turns = [Turn(Speaker.INTERVIEWER, 2, 6), Turn(Speaker.INTERVIEWEE, 8, 11, 0)]
    (section,) = mark_up(text, Layers(turns=turns))
    assert [line.text for line in section.lines] == ["问：有没有？", "答：没有。"]


def test_an_attachment_is_a_section_and_the_gap_before_it_belongs_to_the_body() -> None:
    text = "正文。\n附件：名单"
    sections = mark_up(text, Layers(parts=[Part(PartRole.ATTACHMENT, 4, 9, "application/pdf", note="第2页")]))
    assert [(one.role, one.note, one.start) for one in sections] == [
        (PartRole.BODY, "", 0),
        (PartRole.ATTACHMENT, "第2页", 4),
    ]


def test_a_placeholder_knows_what_it_hides() -> None:
    text = "我是〔反映人〕。"
    runs = runs_of(mark_up(text, Layers(entities=[Entity(EntityType.PETITIONER, 2, 7, text[2:7])])))
    assert [(run.text, run.mask) for run in runs] == [
        ("我是", None),
        ("〔反映人〕", EntityType.PETITIONER),
        ("。", None),
    ]


def test_an_empty_letter_has_no_section() -> None:
    assert mark_up("", Layers()) == ()
