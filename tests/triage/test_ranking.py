from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.triage.letters import NOTHING, cue, document, entity, hit, place, suggestion
from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Allegation, CueKind, Grade, Rank, Reading, Relation, Suggestion
from xiansuo.domain.text import Document
from xiansuo.settings import Settings
from xiansuo.triage.particulars import Particulars
from xiansuo.triage.rank import Ranking
from xiansuo.triage.rubric import RankingError, load_rubric

RULES = Settings().home / "rules" / "ranking.yaml"
RANKING = Ranking.load(RULES)
TAKEN = Category.BENEFIT_MISUSE
CONDUCT = "2021年3月村支书贾某宝冒领了十九户的地力补贴四万七千元"
TEXT = f"反映一件事。{CONDUCT}。会计在石坳村委会的花名册上代签。正在补账，还有人威胁我们。"
NAMED = (
    ("respondent", "贾某宝"),
    ("position", "村支书"),
    ("org", "石坳村委会"),
    ("place", "石坳村"),
    ("time", "2021年3月", "2021-03"),
    ("money", "四万七千元", "47000-47000 元"),
    ("count", "十九户", "19-19 户"),
    ("document", "花名册"),
)


def _alleged(text: str, *quotes: str, hearsay: bool = False, scope: float = 0.9) -> Suggestion:
    found = tuple(Allegation(TAKEN, place(text, quote), scope, hearsay=hearsay) for quote in quotes)
    return replace(suggestion(scope, TAKEN), allegations=found)


def _rank(
    letter: Document, reading: Reading, offered: Suggestion, *, by: Ranking = RANKING, verified_name: bool = False
) -> Rank:
    told = Particulars(letter, reading)
    found = tuple(replace(one, particulars=told.of(one.span)) for one in offered.allegations)
    return by.rank(letter, reading, replace(offered, allegations=found), verified_name=verified_name)


def _points(rank: Rank) -> dict[str, float]:
    return {part.name: part.points for part in rank.parts}


def _concrete() -> Rank:
    reading = Reading((hit(TEXT, "冒领", TAKEN, 2.0),), ())
    return _rank(document(TEXT, *NAMED), reading, _alleged(TEXT, CONDUCT))


def test_a_concrete_letter_gets_its_points_with_the_words_behind_them() -> None:
    rank = _concrete()
    points = _points(rank)
    assert (points["被反映人和职务"], points["时间"], points["金额或数量"], points["单位或地点"]) == (10, 5, 6, 5)
    assert points["金额大小"] == 4
    shown = {part.name: [span.of(TEXT) for span in part.spans] for part in rank.parts}
    assert shown["时间"] == ["2021年3月"]
    assert shown["涉及户数或人数"] == ["十九户"]
    assert rank.grade in {Grade.STRONG, Grade.FAIRLY_STRONG}


def test_the_total_is_the_rubric_weighted_by_scope() -> None:
    rank = _concrete()
    assert rank.total == pytest.approx(20 + 80 * sum(_points(rank).values()) / 100 * 0.9, abs=1e-3)


def test_no_part_exceeds_its_maximum_and_the_maxima_make_a_hundred() -> None:
    rank = _concrete()
    assert all(0 <= part.points <= part.maximum for part in rank.parts)
    assert sum(part.maximum for part in rank.parts) == 100


def test_a_slogan_like_letter_lacks_everything_and_stands_below() -> None:
    text = "村里的干部贪污腐败，无恶不作。"
    rank = _rank(document(text), NOTHING, _alleged(text, "村里的干部贪污腐败"))
    assert rank.grade is Grade.NONE
    assert rank.missing == ("被反映人姓名、职务", "单位、地点", "时间", "具体经过", "金额", "证据")
    assert 20 <= rank.total < _concrete().total


def test_letters_out_of_scope_stay_below_twenty_in_the_order_of_their_scope() -> None:
    totals = [_rank(document(TEXT, *NAMED), NOTHING, suggestion(scope)).total for scope in (0.01, 0.2, 0.4, 0.499)]
    assert totals == sorted(set(totals))
    assert totals[-1] < 20


VARIANTS = [
    TEXT,
    TEXT.replace("反映一件事", "俺跟恁说个事哈"),
    TEXT.replace("反映一件事", "反应一件市"),
    TEXT + "我已经写了八次信！！！",
    TEXT + "〔反映人〕",
    TEXT + "我们一家五口都是他的本家，上访群里的人也都知道。",
    TEXT.replace("反映一件事", "谨以寸楮，上陈一事"),
]


@pytest.mark.parametrize("text", VARIANTS)
def test_dialect_typos_learning_signature_kin_strong_words_and_earlier_letters_change_nothing(text: str) -> None:
    reading = Reading((hit(text, "冒领", TAKEN, 2.0),), ())
    rank = _rank(document(text, *NAMED), reading, _alleged(text, CONDUCT))
    assert rank.total == _concrete().total


def test_an_anonymous_letter_only_lacks_the_points_for_a_verified_name() -> None:
    letter, offered = document(TEXT, *NAMED), _alleged(TEXT, CONDUCT)
    anonymous, verified = (_rank(letter, NOTHING, offered, verified_name=known) for known in (False, True))
    assert {name for name in _points(verified) if _points(verified)[name] != _points(anonymous)[name]} == {"实名已核实"}


def test_hearsay_lowers_what_is_told_of_the_course() -> None:
    letter = document(TEXT, *NAMED)
    heard = _rank(letter, NOTHING, _alleged(TEXT, CONDUCT, hearsay=True))
    assert _points(heard)["经过"] < _points(_rank(letter, NOTHING, _alleged(TEXT, CONDUCT)))["经过"]


def test_particulars_far_from_the_allegation_count_by_half() -> None:
    text = "会计冒领低保。今天天气好。昨天也好。前天也好。我在2021年3月搬来。"
    rank = _rank(document(text, ("time", "2021年3月", "2021-03")), NOTHING, _alleged(text, "会计冒领低保"))
    assert _points(rank)["时间"] == 2.5


@pytest.mark.parametrize(
    ("words", "kind", "flag"),
    [("威胁", CueKind.SAFETY, "反映人安全"), ("补账", CueKind.EVIDENCE_RISK, "证据有灭失风险")],
)
def test_danger_to_the_writer_or_the_evidence_is_flagged(words: str, kind: CueKind, flag: str) -> None:
    rank = _rank(document(TEXT), Reading((), (cue(TEXT, words, kind),)), _alleged(TEXT, CONDUCT))
    assert rank.flags == (flag,)


POINTS = "一、2021年3月会计冒领低保四万元，有收条。\n二、2022年5月主任收了三万元，有录音。\n三、他作风不好。"
POINTED = (
    ("time", "2021年3月", "2021-03"),
    ("money", "四万元", "40000-40000 元"),
    ("document", "收条"),
    ("time", "2022年5月", "2022-05"),
    ("money", "三万元", "30000-30000 元"),
    ("document", "录音"),
)


def test_a_letter_is_as_checkable_as_its_best_point_and_a_little_more() -> None:
    letter = document(POINTS, *POINTED)
    alone, both = (
        _points(_rank(letter, NOTHING, _alleged(POINTS, *quotes)))
        for quotes in (["会计冒领低保四万元"], ["会计冒领低保四万元", "主任收了三万元"])
    )
    assert both["另有具体问题"] == 2 > alone["另有具体问题"]
    assert (both["时间"], both["证据"]) == (alone["时间"], alone["证据"])


def test_a_vague_further_point_adds_nothing() -> None:
    rank = _rank(document(POINTS, *POINTED), NOTHING, _alleged(POINTS, "会计冒领低保四万元", "他作风不好"))
    assert _points(rank)["另有具体问题"] == 0


def test_a_letter_in_which_nothing_is_alleged_has_no_grade() -> None:
    assert _rank(document(TEXT, *NAMED), NOTHING, suggestion(0.05)).grade is None


def test_a_price_per_head_is_never_multiplied() -> None:
    text = "每人补贴300元被扣，全村2000人。"
    letter = document(text, ("money", "300元", "300-300 元/人"), ("count", "2000人", "2000-2000 人"))
    assert _points(_rank(letter, NOTHING, _alleged(text, "每人补贴300元被扣")))["金额大小"] == 1


@pytest.mark.parametrize(("post", "points"), [("副主任", 4), ("主任", 5), ("会计", 3), ("村民", 0)])
def test_a_post_counts_by_its_longest_word(post: str, points: float) -> None:
    text = f"{post}冒领低保。"
    rank = _rank(document(text, ("position", post)), NOTHING, _alleged(text, "冒领低保"))
    assert _points(rank)["职务层次"] == points


def _clue(*relations: Relation) -> Rank:
    return RANKING.rank_clue([_concrete()] * len(relations), relations)


def test_a_clue_ranks_as_its_best_letter() -> None:
    worse = replace(_concrete(), total=30.0, missing=("时间",))
    clue = RANKING.rank_clue([worse, _concrete()], [Relation.ORIGINAL, Relation.COPY])
    assert clue.total == _concrete().total


def test_copies_are_one_voice_and_other_tellings_corroborate() -> None:
    copied = _clue(Relation.ORIGINAL, *[Relation.COPY] * 9, Relation.NEAR_COPY, Relation.CONTAINED, Relation.BUNDLED)
    told, twice = (_clue(Relation.ORIGINAL, *[Relation.SAME_MATTER] * count) for count in (1, 2))
    assert copied.total == _concrete().total < told.total < twice.total
    assert _points(twice)["独立佐证"] == 3


def test_a_clue_lacks_only_what_every_letter_lacks() -> None:
    ranks = [replace(_concrete(), missing=("时间", "证据")), replace(_concrete(), missing=("证据",))]
    assert RANKING.rank_clue(ranks, [Relation.ORIGINAL, Relation.SAME_MATTER]).missing == ("证据",)


def _changed(tmp_path: Path, *keys: str, value: object) -> Path:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    inner = data
    for key in keys[:-1]:
        inner = inner[key]
    if value is None:
        del inner[keys[-1]]
    else:
        inner[keys[-1]] = value
    path = tmp_path / "ranking.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("keys", "value", "said"),
    [
        (("评分", "可查性", "满分"), 40, "与满分 40 不符"),
        (("评分", "可查性", "要点", "时间"), None, "少了 时间"),
        (("评分", "可查性", "要点", "文笔"), {"档次": {"好": 3}}, "不认得 文笔"),
        (("评分", "可查性", "要点", "时间", "档次", "只到年"), -2, "时间·只到年"),
        (("评分", "严重性", "要点", "金额大小", "起算"), {30000: 6, 10000: 2}, "从小到大"),
        (("总分", "起点"), "二十", "总分·起点"),
        (("可查性分档", "弱"), 40, "从强到弱"),
        (("提醒",), ["长得凶"], "提醒"),
        (("职务词", "一把手"), "书记", "职务词·一把手"),
        (("轮候", "轮流"), ["谁嗓门大"], "等候最久"),
        (("轮候", "每隔"), 1, "每隔"),
        (("边审边学", "每满几条"), 0, "每满几条"),
        (("边审边学", "未见要点"), 101, "未见要点"),
    ],
)
def test_a_wrong_change_is_told_in_a_sentence_with_its_place(
    tmp_path: Path, keys: tuple[str, ...], value: object, said: str
) -> None:
    with pytest.raises(RankingError, match=said):
        load_rubric(_changed(tmp_path, *keys, value=value))


@pytest.mark.parametrize("content", ["评分: [", "", "- 1"])
def test_a_file_that_is_no_rubric_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ranking.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RankingError, match=r"ranking\.yaml"):
        load_rubric(path)


def test_points_shifted_between_lines_change_the_order(tmp_path: Path) -> None:
    path = _changed(
        tmp_path,
        "评分",
        "可查性",
        "要点",
        "时间",
        "档次",
        value={"几处到月或日": 6, "到月或日": 6, "只到年": 0, "只有大概": 0},
    )
    text = "2021年会计冒领低保。"
    letter: Document = replace(document(text), entities=(entity(text, "time", "2021年", "2021"),))
    usual, changed = (
        _rank(letter, NOTHING, _alleged(text, "会计冒领低保"), by=one) for one in (RANKING, Ranking.load(path))
    )
    assert changed.total < usual.total
