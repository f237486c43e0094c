import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.state import empty_state, execute, sqlite_only
from tests.services.samples import TO_SEAL, item, mail
from xiansuo.classifiers.artifact import folder_of, manifest_of
from xiansuo.services.analysis import Analyser
from xiansuo.services.doctor import Finding, examine
from xiansuo.services.ingest import Intake
from xiansuo.services.keys import HEAD_PRIVATE_FILE
from xiansuo.services.office import Office, initialise
from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder


def wrong(settings: Settings) -> dict[str, str]:
    return {one.what: one.sentence for one in examine(settings) if not one.well}


def find(settings: Settings, what: str) -> list[Finding]:
    return [one for one in examine(settings) if one.what == what]


@pytest.fixture
def sound(settings: Settings, analyser: Analyser) -> Settings:
    """An installation with a model, whose head has taken the private key away."""
    assert analyser.trained.id
    (settings.state_dir / HEAD_PRIVATE_FILE).unlink()
    return settings


def test_a_sound_installation_has_no_problem(sound: Settings) -> None:
    assert wrong(sound) == {}
    assert len(examine(sound)) >= 13


def test_nothing_at_all_is_examined_without_an_exception_and_nothing_is_made(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path / "none", home=tmp_path / "nowhere")
    found = wrong(settings)
    assert {"状态目录", "数据库", "密钥", "单位名册", "来源", "规则", "模型"} <= set(found)
    assert "xiansuo init" in found["状态目录"]
    assert list(tmp_path.iterdir()) == []


def test_a_new_installation_lacks_its_register_and_still_has_the_private_key(tmp_path: Path) -> None:
    settings = Settings(state_dir=empty_state(tmp_path / "state"))
    initialise(settings)
    found = wrong(settings)
    assert set(found) == {"主要负责人的私钥", "单位名册"}
    assert "离线" in found["主要负责人的私钥"]
    assert "org import" in found["单位名册"]


def stray(state: Path) -> None:
    (state / "sealed").mkdir(mode=0o700)
    (state / "sealed" / "0.sealed").touch(mode=0o600)


BREAKS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "open state directory": (lambda state: state.chmod(0o755), "状态目录", "chmod 700"),
    "open sealed folder": (lambda state: (state / "sealed").mkdir(mode=0o755), "状态目录", "密封件"),
    "open engine folder": (lambda state: (state / "prefect").mkdir(mode=0o755), "状态目录", "流程引擎"),
    "open database": (lambda state: (state / "xiansuo.db").chmod(0o644), "数据库", "chmod 600"),
    "no database": (lambda state: (state / "xiansuo.db").unlink(), "数据库", "没有数据库"),
    "garbage": (lambda state: (state / "xiansuo.db").write_bytes(b"x" * 9000), "数据库", "从备份恢复"),
    "older": (lambda state: execute(state, "DELETE FROM alembic_version"), "数据库", "xiansuo upgrade"),
    "newer": (lambda state: execute(state, "UPDATE alembic_version SET version_num='9'"), "数据库", "新"),
    "no index key": (lambda state: (state / "keys/index.key").unlink(), "密钥", "备份"),
    "open keys": (lambda state: (state / "keys").chmod(0o755), "密钥", "chmod 700"),
    "private key": (lambda state: (state / HEAD_PRIVATE_FILE).touch(), "主要负责人的私钥", "离线"),
    "stray envelope": (stray, "密封移送", "1 个文件"),
    "no sources": (lambda state: (state / "xiansuo.toml").unlink(), "来源", "无法读取"),
    "no toml": (lambda state: (state / "xiansuo.toml").write_text("[["), "来源", "TOML"),
}


_OF_THE_FILE = {"open database", "no database", "garbage"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=sqlite_only if name in _OF_THE_FILE else ()) for name in BREAKS]
)
def test_what_is_broken_is_found_with_what_to_do_and_the_rest_is_examined(sound: Settings, name: str) -> None:
    do, what, words = BREAKS[name]
    do(sound.state_dir)
    assert words in wrong(sound)[what]
    assert {one.what for one in examine(sound)} >= {"状态目录", "规则", "模型", "磁盘", "来件", "密封移送"}


def test_every_wrong_setting_of_the_sources_is_told(sound: Settings) -> None:
    (sound.state_dir / "xiansuo.toml").write_text(
        '[[source]]\nname = "甲"\ntype = "folder"\npath = "none"\n'
        '[[source]]\nname = "乙"\ntype = "imap"\nhost = "mail.example"\nuser = "u"\npassword_file = "open"\n'
        '[[source]]\nname = "丙"\ntype = "ftp"\n'
    )
    (sound.state_dir / "open").touch(mode=0o644)
    sentences = [one.sentence for one in find(sound, "来源") if not one.well]
    assert len(sentences) == 3
    assert any("chmod 600" in one for one in sentences)
    assert any("甲" in one and "path" in one for one in sentences)


def test_a_vault_record_whose_key_is_gone_is_found(sound: Settings, office: Office, finder: EntityFinder) -> None:
    Intake(office, finder, source="测试", kind="paths").take_in([item()])
    execute(sound.state_dir, "UPDATE vault_records SET key_id = 'gone'")
    assert "4 条" in wrong(sound)["身份库"]


def test_letters_that_wait_are_told_but_are_no_fault(sound: Settings, office: Office, finder: EntityFinder) -> None:
    Intake(office, finder, source="测试", kind="paths").take_in([item(), item(data=b"")])
    sentences = " ".join(one.sentence for one in find(sound, "来件"))
    assert "quarantine list" in sentences
    assert "xiansuo run" in sentences
    assert wrong(sound) == {}


def test_a_rule_that_fails_its_example_and_a_changed_model_are_found(sound: Settings, tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name in ("rules", "data/lexicons", "data/corpus"):
        shutil.copytree(sound.home / name, home / name)
    (home / "models/scope_categories").mkdir(parents=True)
    shutil.copy(sound.models / "scope_categories/recipe.toml", home / "models/scope_categories")
    folder = folder_of(home, manifest_of(home))
    shutil.copytree(folder_of(sound.home, manifest_of(sound.home)), folder)
    moved = Settings(state_dir=sound.state_dir, home=home)
    assert wrong(moved) == {}
    (folder / "model.npz").write_bytes(b"changed")
    (home / "rules" / "seal.yaml").write_text("higher: 1\n")
    assert {"模型", "规则"} <= set(wrong(moved))


def test_no_finding_names_a_person(sound: Settings, office: Office, finder: EntityFinder) -> None:
    letters = [item(data=mail(sender="maguihua@example.com")), item(TO_SEAL), item(data=b"", name="马桂花")]
    Intake(office, finder, source="测试", kind="paths").take_in(letters)
    said = " ".join(one.sentence for one in examine(sound))
    assert not [name for name in ("马桂花", "温伯言", "岳小川", "maguihua") if name in said]
