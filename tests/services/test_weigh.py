"""After a change of the rubric's points letters are weighed from what was found in them, as another analysis would have it."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.services.samples import BANQUET, BENEFITS, REGISTER, write
from xiansuo.domain.text import Document
from xiansuo.services import weigh
from xiansuo.services.analysis import Analyser, Analysis, load_analyser
from xiansuo.services.office import Office
from xiansuo.services.recompute import Found, recompute
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.services.weigh import weigh_again
from xiansuo.settings import Settings
from xiansuo.storage.repositories import letters, suggestion_columns, suggestions
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.session import reading, transaction

POINTS = (
    "2021年3月，柳河镇青石村的情况如下：\n一、支书把低保名额给了自己的亲戚，还克扣了贫困户的补助款。\n"
    "二、2022年5月，村会计刘小兰多报树苗款3万元，有收据为证。"
)
FAR = "2021年3月，柳河镇石桥村的情况如下：\n一、路灯坏了没有人修。\n二、支书把低保名额给了自己的亲戚，还克扣补助款。"
LETTERS = {
    "1.txt": BENEFITS,
    "2.txt": BANQUET,
    "3.txt": BENEFITS + "请组织为我保密，他们扬言要打击报复。",
    "4.txt": POINTS,
    "5.txt": FAR,
    "6.txt": "想咨询一下新农合报销需要带哪些材料。",
}
CHANGES = {
    "a weight": ("两样以上: 8, 一样: 6, 只说亲历: 3}\n  严重性", "两样以上: 8, 一样: 2, 只说亲历: 1}\n  严重性"),
    "what is far away": ("远处要素折算: 0.5", "远处要素折算: 0.25"),
    "grades": ("较强: 26\n  一般: 16\n  弱: 7", "较强: 34\n  一般: 34\n  弱: 33"),
    "the floor": ("起点: 20", "起点: 30"),
    "who is in scope": ("入围概率: 0.5", "入围概率: 0.0001"),
    "what is read first": ("提醒: [反映人安全, 证据有灭失风险]", "提醒: [困难群众, 涉及户数或人数]"),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Content folders whose rubric may be changed."""
    whole = Settings().home
    (tmp_path / "home").mkdir()
    for folder in ("models", "data", "evaluation"):
        (tmp_path / "home" / folder).symlink_to(whole / folder)
    shutil.copytree(whole / "rules", tmp_path / "home" / "rules")
    return tmp_path / "home"


@pytest.fixture
def changed(home: Path, bench: Bench, letters_folder: Path) -> Callable[[str, str], Bench]:
    """Let letters be analysed, change the rubric, and return the bench of a process that begins then."""
    ingest_paths(bench, [write(letters_folder, LETTERS)])
    work_off(bench)

    def change(before: str, after: str) -> Bench:
        file = home / "rules" / "ranking.yaml"
        told = file.read_text(encoding="utf-8")
        assert told.count(before) == 1
        file.write_text(told.replace(before, after), encoding="utf-8")
        settings = bench.office.settings.model_copy(update={"home": home})
        analyser = load_analyser(settings, REGISTER, tell=lambda _: None, trained=bench.analyser.trained)
        return Bench(replace(bench.office, settings=settings), analyser)

    return change


def stored(office: Office) -> dict[str, object]:
    """Return everything that hangs on the rubric, as stored, and the search index."""
    with reading(office.engine) as session:
        latest = {letter: one.id for letter, one in suggestions.for_letters(session, letters.ids(session)).items()}
        columns = suggestion_columns.stored_columns(session, latest.values())
        inputs = {one.id: (one.inputs, one.rules_version) for one in suggestions.get(session, latest.values()).values()}
        clues = session.execute(text("SELECT * FROM clues ORDER BY id")).mappings().all()
        return {
            "suggestions": {letter: (columns[id_], inputs[id_]) for letter, id_ in latest.items()},
            "clues": [{name: value for name, value in one.items() if name != "version"} for one in clues],
            "search": session.execute(text("SELECT * FROM letter_search ORDER BY letter_id")).all(),
        }


def analysed_again(bench: Bench) -> dict[str, object]:
    """Return the same after all letters were analysed from their texts."""
    with transaction(bench.office.engine) as session:
        session.execute(text("UPDATE letters SET state = 'stored'"))
    work_off(bench)
    return stored(bench.office)


@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_weighing_gives_what_another_analysis_gives_byte_for_byte(
    changed: Callable[[str, str], Bench], before: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = changed(before, after)
    was = stored(bench.office)
    with monkeypatch.context() as without:
        without.setattr(Analyser, "analyse", _never)
        work_off(bench)
    weighed = stored(bench.office)
    assert weighed["clues"] != was["clues"]
    assert weighed == analysed_again(bench)


def _never(_analyser: Analyser, documents: Sequence[Document], **_: object) -> list[Analysis]:
    assert not documents, "a letter was read again"
    return []


def test_nothing_is_weighed_where_the_rubric_gives_the_same_points(changed: Callable[[str, str], Bench]) -> None:
    bench = changed("每满几条: 10", "每满几条: 20")
    assert weigh_again(bench.office, bench.analyser) == 0


def test_weighing_that_was_stopped_goes_on_and_what_was_weighed_is_not_weighed_again(
    changed: Callable[[str, str], Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = changed(*CHANGES["the floor"])
    monkeypatch.setattr(weigh, "BATCH", 2)
    with pytest.raises(InterruptedError):
        weigh_again(bench.office, bench.analyser, advance=_stop)
    assert weigh_again(bench.office, bench.analyser) == len(LETTERS) - 2
    monkeypatch.setattr(weigh, "_nothing_left", {})
    assert weigh_again(bench.office, bench.analyser) == 0
    work_off(bench)
    assert stored(bench.office) == analysed_again(bench)


def _stop(_count: int) -> None:
    raise InterruptedError


def test_what_was_weighed_can_be_recomputed(changed: Callable[[str, str], Bench]) -> None:
    bench = changed(*CHANGES["a weight"])
    work_off(bench)
    assert set(recompute(bench.office).counts) == {Found.EQUAL}


def test_other_words_of_positions_let_letters_be_read_again(changed: Callable[[str, str], Bench]) -> None:
    bench = changed("班子成员: [副书记,", "班子成员: [会计, 副书记,")
    assert weigh_again(bench.office, bench.analyser) == 0
    with reading(bench.office.engine) as session:
        assert letters.count(session) == {LetterState.STORED: len(LETTERS)}


def test_a_process_with_the_earlier_rubric_weighs_nothing_back(
    changed: Callable[[str, str], Bench], bench: Bench
) -> None:
    newer = changed(*CHANGES["the floor"])
    work_off(newer)
    older = replace(newer, analyser=bench.analyser)
    assert weigh_again(older.office, older.analyser) == 0


def test_clues_that_people_decided_on_keep_what_they_saw(changed: Callable[[str, str], Bench]) -> None:
    bench = changed(*CHANGES["the floor"])
    was = stored(bench.office)
    with transaction(bench.office.engine) as session:
        session.execute(text("UPDATE clues SET state = 'decided'"))
    assert weigh_again(bench.office, bench.analyser) == 0
    assert stored(bench.office)["suggestions"] == was["suggestions"]
