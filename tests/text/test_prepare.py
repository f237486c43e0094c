import time
from datetime import date

import pytest
from masking_samples import ACCUSATIONS, CLUES, HIDDEN_AND_SHOWN

from xiansuo.domain.letter import Channel, Identity, IdentityKind, Item, Kind, Letter, Part, PartRole
from xiansuo.domain.spans import Span
from xiansuo.domain.text import EntityType, Speaker
from xiansuo.text.entities import EntityFinder
from xiansuo.text.mask import to_clear
from xiansuo.text.prepare import Protected, Signed, document, masked_entities, protect

ITEM = Item("test", "x", b"", "text/plain", Channel.MAILBOX)
RECEIVED = date(2026, 3, 1)


def letter(text: str, subject: str = "", **more: object) -> Letter:
    return Letter(ITEM, text, subject, received=RECEIVED, **more)  # type: ignore[arg-type]


def masked(finder: EntityFinder, text: str, subject: str = "", **more: object) -> Protected:
    return protect(letter(text, subject, **more), finder)


@pytest.mark.parametrize(("text", "hidden", "shown"), HIDDEN_AND_SHOWN, ids=range(len(HIDDEN_AND_SHOWN)))
def test_the_petitioner_vanishes_and_the_respondent_stays(
    finder: EntityFinder, text: str, hidden: list[str], shown: list[str]
) -> None:
    result = masked(finder, text).text.text
    assert [word for word in hidden if word in result] == []
    assert [word for word in shown if word not in result] == []


@pytest.mark.parametrize(("text", "clue", "conduct"), CLUES)
def test_a_clause_that_gives_the_writer_away_is_masked_and_the_conduct_stays(
    finder: EntityFinder, text: str, clue: str, conduct: str
) -> None:
    result = masked(finder, text).text.text
    assert clue not in result
    assert conduct in result


@pytest.mark.parametrize("text", ACCUSATIONS)
def test_an_accusation_without_the_writer_in_it_stays_as_it_is(finder: EntityFinder, text: str) -> None:
    assert masked(finder, text).text.text == text


def test_what_the_text_tells_is_masked_in_the_subject_and_respondents_stay_there(finder: EntityFinder) -> None:
    result = masked(finder, "我叫尚国华。村主任彭大山套取低保款。", "尚国华举报彭大山")
    assert result.subject.text == "〔反映人〕举报彭大山"


def test_a_respondent_named_at_the_end_of_the_subject_is_no_signature(finder: EntityFinder) -> None:
    result = masked(finder, "他收了两万元。局长卢金贵还收了烟。", "关于局长卢金贵")
    assert "卢金贵" in result.subject.text
    assert "卢金贵" in result.text.text


def test_identities_known_from_headers_are_masked_in_any_spacing(finder: EntityFinder) -> None:
    known = (Identity(IdentityKind.NAME, "温若海"), Identity(IdentityKind.PHONE, "13800007788"))
    result = masked(finder, "温 若 海来过。138-0000-7788打不通了，请查账。", identities=known)
    assert result.text.text == "〔反映人〕来过。〔电话〕打不通了，请查账。"


def test_a_respondent_named_on_a_form_stays_readable_though_he_bears_the_writers_name(finder: EntityFinder) -> None:
    known = (Identity(IdentityKind.NAME, "卢金贵"),)
    result = masked(finder, "被举报人：卢金贵。他挪用公款。", identities=known, named_respondents=("卢金贵",))
    assert "卢金贵" in result.text.text


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("我叫尚国华。村主任拿了钱。", Signed.REAL_NAME),
        ("村主任拿了钱，请查。", Signed.ANONYMOUS),
        ("村主任拿了钱，请查。\n柳林村 尚国华 彭春生等23户", Signed.JOINT),
        ("村主任拿了钱，请查。\n一名老党员", Signed.ANONYMOUS),
    ],
)
def test_it_is_told_whether_a_letter_is_signed(finder: EntityFinder, text: str, signed: Signed) -> None:
    assert masked(finder, text).signed is signed


def test_masked_text_equals_the_clear_text_outside_the_replacements(finder: EntityFinder) -> None:
    for text, _, _ in HIDDEN_AND_SHOWN:
        result = masked(finder, text).text
        done = place = 0
        for one in result.replacements:
            assert text[done : one.source.start] == result.text[place : one.masked.start]
            done, place = one.source.end, one.masked.end
        assert text[done:] == result.text[place:]


def test_parts_follow_the_text_into_its_masked_form(finder: EntityFinder) -> None:
    text = "我叫尚国华。村主任拿了钱。\n> 原信如下"
    parts = (Part(PartRole.BODY, 0, 14), Part(PartRole.QUOTED, 14, len(text)))
    result = masked(finder, text, parts=parts)
    assert [part.role for part in result.parts] == [PartRole.BODY, PartRole.QUOTED]
    assert result.text.text[result.parts[1].start : result.parts[1].end] == "> 原信如下"


def test_a_signature_part_is_masked_throughout(finder: EntityFinder) -> None:
    text = "村主任拿了钱。\n--\n云海公司 采购部"
    result = masked(finder, text, parts=(Part(PartRole.BODY, 0, 8), Part(PartRole.SIGNATURE, 8, len(text))))
    assert "云海公司" not in result.text.text


def test_the_name_under_a_quoted_mail_is_hidden(finder: EntityFinder) -> None:
    text = "请查收。\n村主任收钱。\n\n祝映铃"
    parts = (Part(PartRole.BODY, 0, 4), Part(PartRole.QUOTED, 5, len(text)))
    assert "祝映铃" not in masked(finder, text, parts=parts).text.text


def test_an_infirmity_that_tells_who_writes_is_hidden(finder: EntityFinder) -> None:
    assert "聋子" not in masked(finder, "卡在他手里，钱没取过。我一个聋子，没人替我说话。").text.text


def test_identities_found_never_print(finder: EntityFinder) -> None:
    result = masked(finder, "我叫尚国华，电话13800004455。")
    assert {one.value for one in result.identities} >= {"尚国华", "13800004455"}
    assert "尚国华" not in repr(result.identities)


def test_a_document_skips_quoted_parts() -> None:
    text = "我叫〔反映人〕。村主任彭大山收了三万五千元。\n> 旧信说的是别的事。"
    cut = text.index(">")
    parts = (Part(PartRole.BODY, 0, cut), Part(PartRole.QUOTED, cut, len(text)))
    made = document("举报", text, kind=None, received=RECEIVED, entities=(), parts=parts)
    assert [span.of(made.text) for span in made.sentences] == ["我叫〔反映人〕。", "村主任彭大山收了三万五千元。"]


def test_masked_entities_stand_where_they_stand_in_the_masked_text(finder: EntityFinder) -> None:
    result = masked(finder, "我叫尚国华，電話13800004455。村主任彭大山收了三万五千元。")
    made = document("", result.text.text, kind=None, received=RECEIVED, entities=masked_entities(result))
    assert [e.text for e in made.of_type(EntityType.PETITIONER, EntityType.PHONE)] == ["〔反映人〕", "〔电话〕"]
    assert [e.value for e in made.of_type(EntityType.MONEY)] == ["35000-35000 元"]
    assert all(entity.span.of(made.text) == entity.text for entity in made.entities)
    assert "尚国华" not in repr([(entity.text, entity.value) for entity in made.entities])


def test_a_masked_interview_keeps_its_turns(finder: EntityFinder) -> None:
    text = HIDDEN_AND_SHOWN[23][0]
    result = masked(finder, text)
    made = document("", result.text.text, kind=None, received=None, entities=masked_entities(result))
    assert made.kind is Kind.TRANSCRIPT
    assert made.interview
    assert [turn.speaker for turn in made.interview.turns] == [Speaker.INTERVIEWER, Speaker.INTERVIEWEE] * 2


def test_spans_of_the_masked_text_lead_back_to_the_clear_text(finder: EntityFinder) -> None:
    text = "我叫尚国华，村主任彭大山收钱。"
    result = masked(finder, text).text
    start = result.text.index("彭大山")
    assert to_clear(result, Span(start, start + 3)).of(text) == "彭大山"


@pytest.mark.parametrize(
    "piece",
    [
        "中",
        "1 ",
        "一",
        "百",
        "王小明",
        "王小明、",
        "二〇",
        "举报人：",
        "（",
        "我们是",
        "A",
        "a.",
        "1-",
        " ",
        "　",
        "姓名 ",
    ],
)
def test_a_hostile_text_is_read_in_time_that_grows_with_its_length(finder: EntityFinder, piece: str) -> None:
    def seconds(length: int) -> float:
        started = time.process_time()
        masked(finder, piece * (length // len(piece)) + " @")
        return time.process_time() - started

    # Four times as long takes four times as much, sixteen if it grew with the square; what takes less than a second is left alone.
    assert seconds(20_000) < max(1, 10 * seconds(5_000))
