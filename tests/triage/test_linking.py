import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Facts, Link, Relation
from xiansuo.triage.index import MOST_CANDIDATES, MOST_POSTINGS, LinkIndex, choose
from xiansuo.triage.link import MOST_TOLD, Linkable, candidate_keys, link, message_keys
from xiansuo.triage.matter import ENOUGH, agreement
from xiansuo.triage.sketch import FRACTION, SHORT, plain, shingles, sketch

LETTER = (
    "石坳村的田从2019年起租给外地老板种药材，每亩租金六百元，租金都打到村里。前两年每户领到一点，后来一分钱都没有看到。"
    "问组长，组长说钱在书记那里。问书记，他说老板没有打钱。村里有人打电话问了老板，老板说年年都付清了，有转账记录。"
)
OTHER = "公交站牌挪到了桥那头，老人小孩过马路要绕一大圈，早晚高峰车子又多，去年冬天已经摔了三个人，请把站牌挪回原处，或者加一条斑马线。"
HALF = LETTER[: len(LETTER) // 2]


def alone(_clue: str) -> tuple[Facts, ...]:
    return ()


def _linkable(letter: str, text: str, facts: Facts | None = None, **more: str) -> Linkable:
    return Linkable(letter, text, sketch(text), facts or Facts(), **more)


def _noisy(text: str, share: float) -> str:
    rng = random.Random(7)  # noqa: S311 - the same noise in every run
    return "".join(rng.choice(OTHER) if rng.random() < share else char for char in text)


def _shuffled(text: str) -> str:
    parts = text.split("。")
    random.Random(3).shuffle(parts)  # noqa: S311 - the same order in every run
    return "。".join(parts)


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        (LETTER, Relation.COPY),
        (LETTER.replace("，", ",\n "), Relation.COPY),
        ("尊敬的巡察组领导：\n" + LETTER + "\n二〇二六年三月", Relation.NEAR_COPY),
        (_shuffled(LETTER), Relation.NEAR_COPY),
        (_noisy(LETTER, 0.1), Relation.NEAR_COPY),
        (HALF, Relation.CONTAINED),
        (OTHER + LETTER, Relation.BUNDLED),
        (OTHER, Relation.ORIGINAL),
    ],
)
def test_a_copy_is_found_however_it_was_made(text: str, relation: Relation) -> None:
    index = LinkIndex()
    index.link(_linkable("1", LETTER))
    found = index.link(_linkable("2", text))
    assert found.relation is relation
    assert found.main == ("2" if relation is Relation.ORIGINAL else "1")


def test_a_short_letter_is_found_inside_a_long_bundle() -> None:
    index = LinkIndex()
    index.link(_linkable("1", OTHER))
    found = index.link(_linkable("2", "".join(_noisy(LETTER, 0.8 + part / 100) for part in range(9)) + OTHER))
    assert (found.relation, found.main, found.also) == (Relation.ORIGINAL, "2", ("1",))


def test_a_bundle_of_two_letters_names_both_clues() -> None:
    index = LinkIndex()
    for letter, text in (("1", LETTER), ("2", OTHER)):
        index.link(_linkable(letter, text))
    found = index.link(_linkable("3", LETTER + OTHER))
    assert (found.relation, found.main, found.also) == (Relation.BUNDLED, "1", ("2",))


def test_the_same_form_about_another_village_is_another_matter() -> None:
    form = "我村{}的垃圾桶放在学校门口，夏天很臭，孩子们上学都要绕着走，请协调搬走。"
    here, there = (
        _linkable(name, form.format(name), Facts(places=frozenset({name}))) for name in ("柳树湾村", "青石岭村")
    )
    assert link(there, [here], alone).relation is Relation.ORIGINAL
    assert link(replace(there, facts=here.facts), [here], alone).relation is Relation.NEAR_COPY


def test_an_equal_message_id_makes_a_copy_whatever_the_text() -> None:
    first, second = (_linkable(letter, text, message_key="<a@b>") for letter, text in (("1", LETTER), ("2", OTHER)))
    index = LinkIndex()
    index.link(first)
    assert index.link(second) == Link("2", "1", Relation.COPY)
    assert message_keys("") == ()


def test_copies_of_a_copy_stay_in_the_first_letters_clue() -> None:
    index = LinkIndex()
    mains = [index.link(_linkable(str(n), text)).main for n, text in enumerate([LETTER, HALF, HALF, LETTER + OTHER])]
    assert mains == ["0"] * 4


RENT = Facts(
    respondents=frozenset({"周贵生", "~贵生", "周书记"}),
    places=frozenset({"石坳村"}),
    sums=frozenset({"27720-27720 元"}),
    times=frozenset({"2022-06"}),
    categories=frozenset({Category.EMBEZZLEMENT}),
)


def _changed(**fields: set[str] | set[Category]) -> Facts:
    return replace(RENT, **{name: frozenset(values) for name, values in fields.items()})


@pytest.mark.parametrize(
    ("facts", "joined"),
    [
        (_changed(), True),
        (_changed(sums=set()), True),
        (_changed(respondents={"周书记"}, sums=set()), True),
        (_changed(places=set()), True),
        (_changed(sums=set(), times=set()), False),
        (_changed(respondents={"何大有", "~大有"}, sums=set()), False),
        (_changed(respondents=set(), sums={"500-500 元"}, times=set()), False),
        (_changed(places={"青石岭村"}, respondents=set(), sums={"500-500 元"}), False),
        (_changed(categories={Category.VOTE_BUYING}, sums=set(), times={"2022"}), False),
    ],
)
def test_the_same_matter_needs_a_person_or_place_and_a_particular(facts: Facts, *, joined: bool) -> None:
    index = LinkIndex()
    index.link(_linkable("1", LETTER, RENT))
    found = index.link(_linkable("2", OTHER, facts))
    assert (found.relation is Relation.SAME_MATTER) is joined


TOLD = Facts(
    places=frozenset({"石坳村"}),
    categories=frozenset({Category.EMBEZZLEMENT}),
    names=frozenset({"覃仕", "仕良"}),
    rare=frozenset({"光伏", "打草"}),
    topics=frozenset({"荒山", "租金", "合同"}),
)


@pytest.mark.parametrize(
    ("facts", "joined"),
    [
        (replace(TOLD, places=frozenset()), True),
        (replace(TOLD, places=frozenset(), names=frozenset(), strange=TOLD.names), True),
        (replace(TOLD, rare=frozenset({"低保", "透析"}), topics=frozenset({"名额", "公示"})), False),
        (replace(TOLD, places=frozenset(), names=frozenset()), False),
        (replace(TOLD, places=frozenset({"青石岭村"}), names=frozenset({"马怀", "怀礼"})), False),
    ],
)
def test_names_and_rare_words_join_letters_only_together(facts: Facts, *, joined: bool) -> None:
    assert (agreement(TOLD, facts) >= ENOUGH) is joined
    assert agreement(TOLD, facts) == agreement(facts, TOLD)


def test_a_letter_on_two_matters_does_not_make_them_one() -> None:
    rents, pensions = ({f"{about}{number}" for number in range(50)} for about in ("租", "保"))
    first, last = (replace(TOLD, rare=frozenset(words), topics=frozenset()) for words in (rents, pensions))
    between = replace(first, rare=first.rare | last.rare)
    index = LinkIndex()
    told = ((LETTER, first), (OTHER, between), ("第三封信。", last))
    mains = [index.link(_linkable(str(number), text, facts)).main for number, (text, facts) in enumerate(told)]
    assert mains == ["0", "0", "2"]


def test_the_text_of_an_earlier_letter_is_read_only_where_the_wording_may_be_the_same() -> None:
    def refuse(_wanted: Sequence[Linkable]) -> list[str]:
        raise AssertionError

    unread = Linkable("1", "", sketch(OTHER))
    assert link(_linkable("2", LETTER), [unread], alone, refuse).relation is Relation.ORIGINAL


def test_all_texts_that_may_hold_the_same_wording_are_read_at_once() -> None:
    asked: list[list[str]] = []

    def read(wanted: Sequence[Linkable]) -> list[str]:
        asked.append([one.id for one in wanted])
        return [LETTER for _ in wanted]

    earlier = [replace(_linkable(number, LETTER), text="") for number in ("1", "2")]
    assert link(_linkable("3", LETTER), earlier, alone, read).relation is Relation.COPY
    assert asked == [["3", "1", "2"]]


def test_what_a_letter_adds_is_new_against_every_letter_of_its_clue() -> None:
    index = LinkIndex()
    index.link(_linkable("1", LETTER, RENT))
    index.link(_linkable("2", OTHER, _changed(sums={"27720-27720 元", "900-900 元"})))
    found = index.link(
        _linkable("3", "第三封信说法不同。", _changed(sums={"900-900 元", "27720-27720 元", "68-68 亩"}))
    )
    assert (found.main, found.adds) == ("1", ("数额：68-68 亩",))


def test_what_a_letter_adds_is_told_against_the_first_letters_of_a_large_clue() -> None:
    index = LinkIndex()
    for number in range(MOST_TOLD + 2):
        index.add(
            _linkable(str(number), LETTER, _changed(sums={f"{number + 1}00-{number + 1}00 元"}), main="0"),
            held=number > 0,
        )
    early, late = ("100-100 元", f"{MOST_TOLD + 2}00-{MOST_TOLD + 2}00 元")
    found = index.link(_linkable("new", LETTER, _changed(sums={early, late})))
    assert (found.main, found.adds) == ("0", (f"数额：{late}",))


def test_who_wrote_a_letter_has_no_way_into_linking() -> None:
    masked = "〔反映人〕住〔住址〕，电话〔电话〕，身份证〔证件号〕。"
    index = LinkIndex()
    index.link(_linkable("1", masked + LETTER))
    assert index.link(_linkable("2", masked + OTHER)).relation is Relation.ORIGINAL
    assert plain(masked + "甲") == "住电话身份证甲"


def test_letters_beyond_a_batch_link_the_same_whatever_the_batches() -> None:
    letters = [_linkable(f"{n:02}", _noisy((LETTER, OTHER)[n % 2], n / 100)) for n in range(12)]
    index = LinkIndex()
    at_once = [index.link(letter) for letter in letters]
    split: list[Link] = []
    for letter in letters:
        fresh = LinkIndex()
        for earlier, done in zip(letters, split, strict=False):
            fresh.add(replace(earlier, main=done.main))
        split.append(fresh.link(letter))
    assert split == at_once


def test_link_does_not_depend_on_when_letters_came() -> None:
    early, late = (replace(_linkable("1", LETTER), received=day) for day in (date(2020, 1, 1), date(2026, 1, 1)))
    letter = _linkable("2", LETTER)
    assert link(letter, [early], alone) == link(letter, [late], alone)


def test_keys_shared_by_too_many_letters_are_ignored_and_candidates_are_few() -> None:
    letter = _linkable("new", LETTER)
    crowd = [f"{n:03}" for n in range(MOST_POSTINGS + 1)]
    sizes = dict.fromkeys(crowd, len(letter.sketch))
    assert choose(letter, dict.fromkeys(letter.sketch, crowd), sizes) == ()
    assert len(choose(letter, dict.fromkeys(letter.sketch, crowd[:-1]), sizes)) == MOST_CANDIDATES


def test_fact_keys_meet_where_a_village_is_written_with_and_without_its_kind() -> None:
    one, other = (
        Facts(frozenset({"周书记"}), places=frozenset({"石坳村"})),
        Facts(frozenset({"周书记"}), places=frozenset({"石坳"})),
    )
    assert set(candidate_keys(one)) & set(candidate_keys(other))
    assert candidate_keys(Facts()) == ()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_a_sketch_is_the_same_each_time_fits_sql_and_is_part_of_a_longer_texts(text: str) -> None:
    hashes = sketch(text)
    assert hashes == sketch(text)
    assert all(-(2**63) <= value < 2**63 for value in hashes)
    assert len(hashes) >= min(SHORT, len(shingles(text)))


def test_a_text_shares_its_sketch_with_whatever_contains_it() -> None:
    low = {value for value in sketch(LETTER) if value % 2**64 < 2**64 // FRACTION}
    assert low
    assert low <= set(sketch("前面的话。" + LETTER + OTHER))


@pytest.mark.parametrize("text", ["", "。", "ab", "\n\n"])
def test_a_text_without_three_letters_has_no_sketch_and_no_copy(text: str) -> None:
    assert sketch(text) == ()
    assert link(_linkable("2", text), [_linkable("1", text)], alone).relation is Relation.ORIGINAL


def test_a_letter_sent_a_hundred_times_stays_one_clue() -> None:
    index = LinkIndex()
    text = "我们村的征地补偿款每亩少发了六千元，村支书说是统筹使用，公示栏从来没有贴过名单，请组织查一查这笔钱的去向。"
    found = [index.link(Linkable(str(number), text, sketch(text))) for number in range(100)]
    assert {one.main for one in found} == {"0"}
