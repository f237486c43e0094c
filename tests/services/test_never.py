"""What the program must never do, one test or more for each item of the design's list, as far as services can break it."""

import json
import shutil
import socket
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from tests.intake.made import pdf_document, word_document
from tests.services.samples import BANQUET, BENEFITS, REGISTER, SEAL_CANARY, TO_SEAL, holding, item, mail, write
from xiansuo.classifiers.artifact import ModelMismatchError, folder_of, manifest_of
from xiansuo.domain.letter import Letter, Trouble, Unreadable
from xiansuo.rulebook.schema import RuleBookError
from xiansuo.services.analysis import load_analyser
from xiansuo.services.ingest import Intake
from xiansuo.services.office import Office
from xiansuo.services.quarantine import list_open, retry, show
from xiansuo.services.queue import as_records, top
from xiansuo.services.sealed import list_receipts
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.services.upgrade import upgrade
from xiansuo.settings import Settings
from xiansuo.storage.repositories import clues, letters, suggestions
from xiansuo.storage.repositories.quarantine import count_open
from xiansuo.storage.session import reading
from xiansuo.text.entities import EntityFinder
from xiansuo.text.prepare import Protected, protect

NAME, PHONE, ID_NUMBER = "马桂花", "13812345678", "331002197503214826"
ADDRESS, SENDER, RELAY = "东街十七号三单元402室", "guihua75@example.com", "203.0.113.77"
IDENTITY = (NAME, PHONE, ID_NUMBER, ADDRESS, SENDER, RELAY)
SIGNED = f"{BENEFITS}\n\n举报人：{NAME}\n身份证号：{ID_NUMBER}\n联系电话：{PHONE}\n住址：清水县柳河镇{ADDRESS}\n"


def run(bench: Bench, folder: Path, files: dict[str, bytes | str]) -> str:
    """Take files in and work them off; return everything that people see of it."""
    report = ingest_paths(bench, [write(folder, files)])
    work_off(bench)
    waiting = list_open(bench.office)
    seen = [repr(report), *(one.sentence for one in report.problems), *report.defects, repr(waiting)]
    return "\n".join([*seen, repr(bench), repr(top(bench.office, limit=None)), json.dumps(queue(bench))])


def queue(bench: Bench) -> list[dict[str, object]]:
    return as_records(top(bench.office, limit=None))


def suggested(bench: Bench) -> list[suggestions.StoredSuggestion]:
    with reading(bench.office.engine) as session:
        found = suggestions.for_letters(session, letters.ids(session))
    return [found[id_] for id_ in sorted(found)]


# 1. Sealed letters


def test_1_the_content_of_sealed_letters_is_nowhere(bench: Bench, letters_folder: Path) -> None:
    sealed: dict[str, bytes | str] = {
        "1.txt": TO_SEAL,
        "2.eml": mail(TO_SEAL),
        f"{SEAL_CANARY}.docx": word_document(TO_SEAL),
    }
    shown = run(bench, letters_folder, {**sealed, "4.txt": BANQUET})
    assert len(list_receipts(bench.office)) == 3
    upgrade(bench.office.settings, lambda _sentence: None)
    assert holding(bench.office.state_dir, SEAL_CANARY, "三十万元", "砂场") == {}
    assert SEAL_CANARY not in shown + repr(list_receipts(bench.office))
    with reading(bench.office.engine) as session:
        assert len(letters.ids(session)) == 1
        owners = (
            session.execute(text("SELECT DISTINCT owner_id FROM vault_records WHERE kind <> 'witness'")).scalars().all()
        )
    assert owners == [1]


def test_1_a_sealed_letter_is_never_measured_by_the_model(bench: Bench, letters_folder: Path) -> None:
    run(bench, letters_folder, {"1.txt": TO_SEAL})
    assert (queue(bench), suggested(bench)) == ([], [])


# 2. Identities


def identified() -> dict[str, bytes | str]:
    relayed = f"Received: from pc (unknown [{RELAY}]) by mx.example.org\n".encode()
    return {
        f"{NAME}的举报信.txt": SIGNED,
        "2.eml": relayed + mail(SIGNED + "此信另有一份。", sender=f"{NAME} <{SENDER}>", message_id=f"<{SENDER}>"),
        "3.docx": word_document(*(SIGNED + "补充材料后附。").splitlines(), author=NAME),
        "4.pdf": pdf_document(*(SIGNED + "望早日答复。").splitlines(), author=NAME),
        f"{NAME}{PHONE}.zip": b"PK\x03\x04 broken",
    }


def test_2_nothing_that_identifies_a_petitioner_stands_outside_the_vault(bench: Bench, letters_folder: Path) -> None:
    shown = run(bench, letters_folder, identified())
    with reading(bench.office.engine) as session:
        assert letters.count(session) == {letters.LetterState.RANKED: 4}
        assert set(bench.office.vault.find(session, NAME)) == {1, 2, 3, 4}
        stored = bench.office.vault.read_identities(session, 2)
    assert {NAME, PHONE, ID_NUMBER} <= {one.value for one in stored}, "the vault does hold them"
    assert holding(bench.office.state_dir, "马德才"), "the search finds what is stored in clear"
    assert holding(bench.office.state_dir, *IDENTITY) == {}
    assert not [one for one in IDENTITY if one in shown]


def test_2_what_is_read_again_from_quarantine_is_masked_as_well(bench: Bench) -> None:
    intake = Intake(bench.office, bench.analyser.finder, source="测试", kind="paths")
    (problem,) = intake.take_in([Unreadable(item(SIGNED, name=NAME), Trouble.FAILED, "X")]).problems
    assert NAME not in show(bench.office, problem.number).sentence
    assert retry(bench).counts == {"stored": 1}
    work_off(bench)
    upgrade(bench.office.settings, lambda _sentence: None, remask=True)
    assert holding(bench.office.state_dir, *IDENTITY) == {}


def test_2_an_error_of_the_database_names_nobody(bench: Bench) -> None:
    intake = Intake(bench.office, bench.analyser.finder, source="测试", kind="paths")
    refusing = {
        "sqlite": "CREATE TRIGGER no BEFORE INSERT ON letters BEGIN SELECT RAISE(ABORT, 'no'); END",
        "postgresql": "ALTER TABLE letters ADD CONSTRAINT no CHECK (false) NOT VALID",
    }
    with bench.office.engine.begin() as connection:
        connection.execute(text(refusing[connection.dialect.name]))
    with pytest.raises(DatabaseError, match=r"no|CheckViolation") as raised:
        intake.take_in([item(SIGNED)])
    assert not [one for one in (*IDENTITY, "马德才") if one in str(raised.value) + repr(raised.value)]


# 3. The writer


def test_3_letters_of_one_writer_on_two_matters_are_not_brought_together(bench: Bench, letters_folder: Path) -> None:
    signature = f"\n举报人：{NAME}\n电话：{PHONE}"
    files: dict[str, bytes | str] = {
        "1.eml": mail(BENEFITS + signature, sender=SENDER, message_id="<1@example.com>"),
        "2.eml": mail(BANQUET + signature, sender=SENDER, message_id="<2@example.com>"),
    }
    run(bench, letters_folder, files)
    assert [row["letters"] for row in queue(bench)] != []
    assert len(queue(bench)) == 2
    with reading(bench.office.engine) as session:
        assert [len(places) for places in clues.of_letters(session, [1, 2]).values()] == [1, 1]


# 4. No verdict

_VERDICTS = (
    "有罪",
    "犯罪事实",
    "诬告",
    "失实",
    "属实",
    "应予立案",
    "建议立案",
    "建议处分",
    "处分建议",
    "违法所得",
    "嫌疑人",
)


def test_4_what_is_shown_is_no_verdict_and_no_disposition(bench: Bench, letters_folder: Path) -> None:
    run(bench, letters_folder, {"1.txt": BENEFITS, "2.txt": BANQUET})
    shown = json.dumps(queue(bench), ensure_ascii=False) + repr([one.why for one in suggested(bench)])
    assert "马德才" in shown
    assert not [word for word in _VERDICTS if word in shown]
    forbidden = {"guilt", "guilty", "false_accusation", "disposition", "credibility", "verdict"}
    assert not forbidden & {key for row in queue(bench) for key in row}


# 5. No letter lost


def test_5_every_letter_is_accounted_for_whatever_comes(bench: Bench, letters_folder: Path) -> None:
    files = {**identified(), "5.txt": b"", "6.bin": bytes(range(256)), "7.txt": TO_SEAL, "8.txt": SIGNED, "9": "\x00"}
    report = ingest_paths(bench, [write(letters_folder, files)]).as_json()
    assert report["in"] == len(files) == report["stored"] + report["seen"] + report["sealed"] + report["quarantined"]
    with reading(bench.office.engine) as session:
        assert sum(letters.count(session).values()) == report["stored"]
        assert sum(count_open(session).values()) == report["quarantined"]
        kept = [bench.office.vault.read_quarantine(session, one.number).data for one in list_open(bench.office)]
    assert len(list_receipts(bench.office)) == report["sealed"]
    assert {bytes(range(256)), b"PK\x03\x04 broken"} <= set(kept), "what cannot be parsed is kept with its bytes"


def test_5_a_letter_that_breaks_the_masker_goes_to_quarantine_and_stops_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch, bench: Bench
) -> None:
    def faulty(letter: Letter, finder: EntityFinder) -> Protected:
        if SEAL_CANARY in letter.text:
            raise ValueError(SEAL_CANARY)
        return protect(letter, finder)

    monkeypatch.setattr("xiansuo.services.judgement.protect", faulty)
    intake = Intake(office, bench.analyser.finder, source="测试", kind="paths")
    report = intake.take_in([item(BENEFITS), item(SEAL_CANARY + "被拔掉"), item(BANQUET)])
    assert report.counts == {"stored": 2, "quarantined": 1}
    assert SEAL_CANARY not in repr(report)


# 6. Nothing closed without a person


def test_6_every_letter_stays_in_the_queue_however_low_it_ranks(bench: Bench, letters_folder: Path) -> None:
    files: dict[str, bytes | str] = {
        "1.txt": BENEFITS,
        "2.txt": "想咨询一下新农合报销需要带哪些材料。",
        "3.txt": "感谢县里修好了我们村的路。",
        "4.txt": "……",
        "5.txt": BENEFITS + "请领导重视。",
    }
    run(bench, letters_folder, files)
    assert sum(len(row.letters) for row in top(bench.office, limit=None)) == len(files)
    upgrade(bench.office.settings, lambda _sentence: None)
    assert sum(len(row.letters) for row in top(bench.office, limit=None)) == len(files)


# 7. No allegation

_HARMLESS = {
    "a question": "谈话记录\n谈话人：某某\n被谈话人：某某\n问：村干部有没有冒领低保金、侵占危房补助款的情况？\n答：没有，账目都公开。\n",
    "a denial": "我们村的会计没有贪污，也没有冒领过低保金，每一笔补助款都发到了户。",
    "a quoted policy": "文件规定：严禁党员干部大操大办婚丧喜庆事宜，严禁违规收受礼品礼金，严禁挪用扶贫资金。特此转发学习。",
    "a slogan": "坚决反对拉票贿选！坚决纠治四风！坚决整治群众身边的腐败问题！",
}


@pytest.mark.parametrize("words", _HARMLESS.values(), ids=_HARMLESS)
def test_7_what_accuses_nobody_is_no_allegation(bench: Bench, letters_folder: Path, words: str) -> None:
    run(bench, letters_folder, {"1.txt": words, "2.txt": BENEFITS})
    harmless, accusing = suggested(bench)
    assert (harmless.suggestion.labels, harmless.suggestion.allegations) == ((), ())
    assert accusing.suggestion.allegations, "an accusation beside it is found"


# 8. needs accounts, which services do not know yet.


# 9. Nothing sent out


def test_9_letters_reach_the_queue_with_the_network_cut(
    bench: Bench, letters_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def refuse(*address: object) -> None:
        tried.append(address)
        raise OSError

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    run(bench, letters_folder, identified())
    upgrade(bench.office.settings, lambda _sentence: None, remask=True)
    assert len(queue(bench)) >= 1
    assert tried == []


# 10. Manifest and schema


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Content folders with the model that belongs to them."""
    shipped = Settings()
    for name in ("rules", "data/lexicons", "data/corpus"):
        shutil.copytree(shipped.home / name, tmp_path / "home" / name)
    (tmp_path / "home/models/scope_categories").mkdir(parents=True)
    recipe = "models/scope_categories/recipe.toml"
    shutil.copy(shipped.home / recipe, tmp_path / "home" / recipe)
    return tmp_path / "home"


def test_10_a_model_that_does_not_match_its_manifest_is_not_loaded(home: Path, bench: Bench) -> None:
    del bench
    folder = folder_of(home, manifest_of(home))
    shutil.copytree(folder_of(Settings().home, manifest_of(Settings().home)), folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["inputs"]["rules/context.yaml"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelMismatchError, match=r"context\.yaml"):
        load_analyser(Settings(home=home), REGISTER, tell=lambda _sentence: None)


def test_10_a_rule_book_that_does_not_match_its_schema_is_not_loaded(home: Path) -> None:
    book = yaml.safe_load((home / "rules/embezzlement.yaml").read_text())
    book["surprise"] = True
    (home / "rules/embezzlement.yaml").write_text(yaml.safe_dump(book, allow_unicode=True))
    with pytest.raises(RuleBookError, match="surprise"):
        load_analyser(Settings(home=home), REGISTER, tell=lambda _sentence: None)
