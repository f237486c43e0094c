from functools import cache
from pathlib import Path

import pytest

from xiansuo.domain.category import Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Context, CueKind, Reading
from xiansuo.rulebook.example import example_document
from xiansuo.rulebook.load import load_rule_books
from xiansuo.rulebook.match import RuleBooks, categories

RULES = Path(__file__).parents[2] / "rules"


@cache
def books() -> RuleBooks:
    return load_rule_books(RULES)


def read(text: str) -> Reading:
    return books().read(example_document(text))


def contexts(text: str) -> set[Context]:
    return {context for hit in read(text).hits for context in hit.contexts}


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("班子成员没有公车私用的情况。", Context.NEGATED),
        ("未发现私设小金库、公款吃喝、公车私用。", Context.NEGATED),
        ("公款吃喝的情况没有发现。", Context.NEGATED),
        ("听说村支书贪污了修路的钱。", Context.HEARSAY),
        ("村支书明摆着贪污了修路的钱。", Context.INFERENCE),
        ("村支书是否有贪污修路款的行为？", Context.QUESTION),
        ("深入贯彻八项规定，严禁公款吃喝。", Context.POLICY),
        ("根据《条例》第三条贪污公款要处分。", Context.POLICY),
        ("干部贪污腐败，无恶不作，民愤极大。", Context.SLOGAN),
        ("要防止村干部贪污修路款。", Context.HYPOTHETICAL),
        ("请问村干部贪污修路款找哪个部门？", Context.CONSULTATION),
        ("我以前反映村支书贪污，是我误会了。", Context.WITHDRAWN),
        ("我在电视上看到一个镇长贪污。", Context.ELSEWHERE),
        ("我们小区业委会私吞公共收益。", Context.PRIVATE_PARTY),
        ("请求严惩贪污修路款的村支书。", Context.DEMAND),
        ("说我贪污公款是他们诬告。", Context.DENIED),
        ("从来没人贪污修路款。", Context.NEGATED),
        ("干部没收回扣。", Context.NEGATED),
        ("村里冇得人贪污。", Context.NEGATED),
        ("要谨防有人贪污修路款。", Context.HYPOTHETICAL),
        ("大家都怕打击报复。", Context.HYPOTHETICAL),
        ("有人举报我贪污修路款，组织上查清了没有这回事。", Context.DENIED),
        ("有人自称纪委的，说我涉嫌受贿，叫我转账。", Context.ELSEWHERE),
        ("发给您一份问卷：您见过干部贪污吗，填完有礼品。", Context.ELSEWHERE),
        ("有干部反映村支书贪污修路款。", Context.HEARSAY),
        ("我上次反映村支书贪污，查清了是误会。", Context.WITHDRAWN),
        ("现提几点建议：一、公开账目。二、对行贿受贿都要重判。", Context.CONSULTATION),
        ("贪污、受贿是红线。", Context.POLICY),
    ],
)
def test_the_context_of_a_hit_is_recognised(text: str, context: Context) -> None:
    assert context in contexts(text)


@pytest.mark.parametrize(
    "text",
    [
        "不能说没有公款吃喝，镇里每周都有。",
        "没有开会，村支书就把鱼塘包给了他小舅子。",
        "他说没有问题，可是村支书贪污了修路款。",
        "镇里没有手续就强拆我家的房子。",
        "这不是贪污是什么？村支书把修路款私吞了！",
        "如果不交钱，村里就不给盖章。",
        "单位严禁公款吃喝，可是局长照样公款吃喝。",
        "会上强调不准吃拿卡要，我们村的会计照样吃拿卡要。",
        "条例规定挪用公款要处分，我们厂长挪用公款四十万元。",
        "这不是贪污是什么？",
        "医院墙上写着拒收红包，主任还是收了我家两千块红包。",
        "他不光贪污，还打人。",
        "我反映村支书贪污，镇里逼我写是误会，我没有写。",
    ],
)
def test_what_looks_like_a_silencing_word_does_not_silence_an_accusation(text: str) -> None:
    assert categories(read(text))


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        ("收过两张。", True),
        ("有。", True),
        ("嗯，有过一次。", True),
        ("算是吧。", True),
        ("听说过。", True),
        ("我承认，确实有。", True),
        ("不能说没有。", True),
        ("没有。", False),
        ("没有的事。", False),
        ("不清楚。", False),
        ("这个不好说。", False),
        ("不太清楚，我不分管。", False),
        ("都是按规定来的。", False),
    ],
)
def test_an_answer_takes_its_topic_from_the_question_and_gives_the_polarity(answer: str, *, raised: bool) -> None:
    text = f"问：有没有收过购物卡？答：{answer}"
    counting = [hit for hit in read(text).hits if hit.counts]
    assert bool(counting) is raised
    assert all(hit.span.start >= text.index("答：") for hit in counting)


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        ("这个怎么说呢，过年过节多少都有一点。", True),
        ("收礼谈不上，就是过节收过两条烟。", True),
        ("没有，就是去年中秋收过一张五百块的卡。", True),
        ("不能说完全没有。", True),
        ("拿过，后来退回去了。", True),
        ("集体定的，大家都领了。", True),
        ("没有，就是工作嗓门大点。", False),
        ("手续齐全，都有文件。", False),
        ("有人送，我们没收。", False),
        ("说不清，我没参与。", False),
        ("带的面包和矿泉水，这个我承认。", False),
    ],
)
def test_hedges_and_slips_affirm_and_what_is_lawful_or_declined_does_not(answer: str, *, raised: bool) -> None:
    text = f"问：有没有收过烟酒、购物卡？答：{answer}"
    assert any(hit.counts and hit.category is Category.FOUR_WINDS for hit in read(text).hits) is raised


def test_what_is_told_after_a_denial_is_denied_up_to_the_first_but() -> None:
    text = "问：有没有贪污？答：没有，村里没人贪污修路款。"
    assert not categories(read(text))
    assert categories(read(text.replace("没人贪污", "都好，但是会计贪污")))


def test_a_question_that_only_follows_up_keeps_the_topic_of_the_one_before() -> None:
    text = "问：他有没有拿过好处？答：我想想。问：你放心说。答：每个月菜贩子给他八百。"
    assert categories(read(text)) == {Category.RENT_SEEKING}
    assert not categories(read(text.replace("你放心说", "还有什么建议")))


def test_a_subject_line_gives_its_context_to_the_whole_letter() -> None:
    text = "片中的镇长贪污修路款，教训深刻。"
    assert categories(read(text))
    assert not categories(books().read(example_document(text, "廉政教育心得体会")))


def test_whoever_belongs_to_a_private_body_is_private() -> None:
    assert not categories(read("私立医院的主任收药商的回扣。"))
    assert categories(read("县医院的主任收药商的回扣。"))


def test_an_answer_from_hearsay_is_marked_so() -> None:
    hits = [hit for hit in read("问：有没有收过购物卡？答：听说过。").hits if hit.counts]
    assert all(Context.HEARSAY in hit.contexts for hit in hits)


def test_what_an_interviewer_says_never_counts() -> None:
    assert not categories(read("问：村支书贪污了修路款，把低保给了亲戚。答：这个我回避。"))


def test_a_hit_covers_its_words_and_its_clause_the_conduct_around_them() -> None:
    text = "路修得不好。村支书昨天把修路款私吞了，大家很气愤。"
    hit = next(hit for hit in read(text).hits if hit.rule == "emb-plain-words")
    assert hit.span.of(text) == "私吞"
    assert hit.clause.of(text) == "村支书昨天把修路款私吞了"


def test_cues_for_the_rubric_are_found_once_each() -> None:
    text = "我亲眼看见的，全村都知道，有录音，至今没有解决。"
    kinds = [cue.kind for cue in read(text).cues]
    assert {CueKind.FIRSTHAND, CueKind.MASS, CueKind.EVIDENCE, CueKind.ONGOING} <= set(kinds)


def test_a_misspelt_word_is_matched_where_it_stands() -> None:
    text = "村支书浸占集体的钱。"
    assert any(hit.span.of(text) == "浸占集体" for hit in read(text).hits)


def test_a_letter_without_any_term_yields_nothing() -> None:
    assert read("今天天气很好").hits == ()


@pytest.mark.parametrize(
    ("text", "stretch", "context"),
    [
        ("我们单位没有周末加班。路灯坏了。", "周末加班", Context.NEGATED),
        ("听说他家盖了楼。路灯坏了。", "他家盖了楼", Context.HEARSAY),
        ("请问办理需要什么材料。路灯坏了。", "办理需要什么材料", Context.CONSULTATION),
        ("业委会换了门锁。路灯坏了。", "业委会换了门锁", Context.PRIVATE_PARTY),
        ("问：你们吃得好吗？答：好。问：住得好吗？答：好。", "你们吃得好", Context.QUESTION),
    ],
)
def test_a_stretch_stands_under_its_context_even_where_no_rule_fires(text: str, stretch: str, context: Context) -> None:
    reading, start = read(text), text.index(stretch)
    assert not reading.hits
    assert context in reading.around(Span(start, start + len(stretch)))


def test_a_scope_ends_where_its_stop_word_begins() -> None:
    text = "他说没有问题但是村支书私吞了修路款。"
    start = text.index("村支书")
    assert Context.NEGATED not in read(text).around(Span(start, len(text)))
