import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.bad_files import BAD_FILES
from tests.e2e.command import AS_ANYBODY, REGISTER, SAMPLES, Said, Warm, run
from tests.e2e.piles import make_pile
from tests.servers.state import copied_state, emptied, sqlite_only

DISK_FULL = "磁盘已满", "已经入库的来件都在", "腾出空间后再执行"


def sentence_with(said: Said, status: int, *words: str) -> None:
    """Assert that a command ended so and said so in a few lines, without a traceback."""
    assert said.status == status, said.all
    assert "Traceback" not in said.all
    assert len(said.err.splitlines()) <= 5, said.err
    for word in words:
        assert word in said.all, (word, said.all)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a disk and return where; called again, change its size or make it read-only."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "none", place], check=False).returncode:
        pytest.skip("only root can mount a small disk")

    def change(options: str) -> Path:
        subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)
        return place

    yield change
    subprocess.run(["umount", "--lazy", place], check=True)


@sqlite_only
def test_on_a_full_disk_a_run_stops_with_a_sentence_and_continues_when_there_is_room(
    small_disk: Callable[[str], Path], template: Path, warm: Warm, tmp_path: Path
) -> None:
    letters, state = make_pile(tmp_path / "letters"), copied_state(template, small_disk("size=3m") / "state")
    sentence_with(warm("ingest", letters, state=state, batch=40), 1, *DISK_FULL)
    small_disk("size=64m")
    said = warm("ingest", letters, "--json", state=state, batch=40)
    assert said.status == 0, said.err
    assert said.counts["seen"] > 40, "what was committed before is known"
    assert said.counts["in"] >= 300


def test_an_installation_that_a_full_disk_cut_short_is_finished_by_a_second_init(
    small_disk: Callable[[str], Path], warm: Warm
) -> None:
    state = small_disk("nr_inodes=4,size=1m") / "state"
    for room in ("nr_inodes=4", "nr_inodes=9", "nr_inodes=0,size=100k"):
        small_disk(room)
        sentence_with(warm("init", state=state), 1, "磁盘已满")
    small_disk("size=64m")
    said = warm("init", state=state)
    sentence_with(said, 0, "主要负责人的私钥在")
    assert warm("queue", state=state).status == 0
    assert not [path for path in state.iterdir() if path.name.startswith(".")]


@sqlite_only
def test_a_file_that_may_not_grow_is_a_fault_of_the_disk(state: Path, warm: Warm, tmp_path: Path) -> None:
    letters = make_pile(tmp_path / "letters")
    said = warm("ingest", letters, state=state, file_size=1 << 20)
    sentence_with(said, 1, "磁盘", "已经入库的来件都在", "检查")


COMMANDS = [("ingest", SAMPLES / "inbox"), ("queue",), ("quarantine", "list"), ("org", "import", REGISTER), ("run",)]


def foreign_keys(state: Path, other: Path) -> None:
    shutil.rmtree(state / "keys")
    shutil.copytree(other / "keys", state / "keys")


def cut_key(state: Path, _: Path) -> None:
    (state / "keys" / "index.key").write_text("00ff", encoding="ascii")


def open_key(state: Path, _: Path) -> None:
    (state / "keys" / "signing.key").chmod(0o644)


def no_keys(state: Path, _: Path) -> None:
    shutil.rmtree(state / "keys")


def lost_vault_key(state: Path, _: Path) -> None:
    for key in (state / "keys").glob("vault-*.key"):
        key.unlink()


def garbage_database(state: Path, _: Path) -> None:
    (state / "xiansuo.db").write_bytes(bytes(range(256)) * 64)


def torn_database(state: Path, _: Path) -> None:
    data = (state / "xiansuo.db").read_bytes()
    (state / "xiansuo.db").write_bytes(data[:4096] + bytes(len(data) - 4096))


def empty_database(state: Path, _: Path) -> None:
    emptied(state)


def no_database(state: Path, _: Path) -> None:
    (state / "xiansuo.db").unlink()


def exposed_database(state: Path, _: Path) -> None:
    (state / "xiansuo.db").chmod(0o644)


BROKEN_STATES: dict[Callable[[Path, Path], None], tuple[str, ...]] = {
    foreign_keys: ("密钥打不开这个数据库", "另一处安装", "从备份恢复"),
    cut_key: ("密钥文件", "已损坏", "从备份恢复"),
    open_key: ("对其他用户开放", "chmod 600"),
    no_keys: ("没有密钥", "从备份恢复"),
    lost_vault_key: ("身份库密钥不存在", "从备份恢复"),
    garbage_database: ("数据库文件已损坏", "从备份恢复"),
    torn_database: ("数据库文件已损坏", "从备份恢复"),
    empty_database: ("xiansuo upgrade",),
    no_database: ("没有数据库", "xiansuo init"),
    exposed_database: ("对其他用户开放", "chmod 600"),
}


@pytest.fixture(scope="module")
def other_state(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> Path:
    state = tmp_path_factory.mktemp("other") / "state"
    assert warm("init", state=state).status == 0
    return state


@pytest.fixture(scope="module")
def used_state(new_state: Callable[[], Path], warm: Warm) -> Path:
    """An installation with a few letters, to be copied and broken."""
    state = new_state()
    assert warm("ingest", SAMPLES / "inbox" / "s30.txt", state=state).status == 0
    return state


_OF_THE_FILE = {garbage_database, torn_database, no_database, exposed_database}


@pytest.mark.parametrize(
    "breaks",
    [pytest.param(one, marks=sqlite_only if one in _OF_THE_FILE else (), id=one.__name__) for one in BROKEN_STATES],
)
def test_a_broken_installation_is_told_by_every_command_and_changed_by_none(
    used_state: Path, other_state: Path, warm: Warm, tmp_path: Path, breaks: Callable[[Path, Path], None]
) -> None:
    state = copied_state(used_state, tmp_path / "state")
    breaks(state, other_state)
    before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    for arguments in COMMANDS:
        sentence_with(warm(*arguments, state=state), 1, *BROKEN_STATES[breaks])
    if breaks is not empty_database:  # SQLite writes its header
        assert {path for path in before if not path.exists() or before[path] != path.read_bytes()} == set()
    doctor = warm("doctor", state=state)
    assert (doctor.status, "问题" in doctor.out, "Traceback" in doctor.all) == (1, True, False)


@sqlite_only
@pytest.mark.parametrize("arguments", COMMANDS[:2], ids=["ingest", "queue"])
def test_a_state_directory_without_permission_to_write_is_a_sentence(
    used_state: Path, tmp_path: Path, arguments: tuple[object, ...]
) -> None:
    state = copied_state(used_state, tmp_path / "state")
    state.chmod(0o500)
    try:
        said = run(*arguments, state=state, before=AS_ANYBODY)
    finally:
        state.chmod(0o700)
    sentence_with(said, 1, "磁盘是只读的，或者没有权限", "请检查")


@sqlite_only
def test_a_read_only_disk_is_a_sentence(small_disk: Callable[[str], Path], template: Path, warm: Warm) -> None:
    state = copied_state(template, small_disk("size=64m") / "state")
    small_disk("ro")
    for arguments in (*COMMANDS, ("init",), ("upgrade",)):
        sentence_with(warm(*arguments, state=state), 1, "磁盘是只读的", "请检查")


def test_a_state_directory_that_is_a_file_is_a_sentence(warm: Warm, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    sentence_with(warm("init", state=tmp_path / "file"), 1, "本应是文件夹的地方是一个文件")
    sentence_with(warm("queue", state=tmp_path / "file"), 1, "没有数据库", "--state")


SETTINGS = {
    'name = "信访邮箱': ("不合 TOML 写法", "请检查引号"),
    "[source]\nname = 1": ("[[source]]", "两层方括号"),
    '[[source]]\nname = "甲"\ntype = "ftp"': ("第1个[[source]]", "type = 'ftp' 有误", "imap"),
    '[[source]]\nname = "甲"\ntype = "folder"\npath = "/x"\npth = "y"': ("pth", "是否想写 path"),
}


@pytest.mark.parametrize("text", SETTINGS, ids=["no end", "one bracket", "unknown type", "unknown key"])
def test_broken_settings_are_told_with_their_place_and_the_right_writing(
    used_state: Path, warm: Warm, tmp_path: Path, text: str
) -> None:
    state = copied_state(used_state, tmp_path / "state")
    (state / "xiansuo.toml").write_text(text, encoding="utf-8")
    once = warm("run", state=state)
    assert once.status in {1, 2}
    doctor = warm("doctor", state=state)
    assert doctor.status == 1
    for word in SETTINGS[text]:
        assert word in doctor.all
    assert "Traceback" not in once.all + doctor.all


def word_for_org(folder: Path) -> Path:
    (folder / "a.xlsx").write_text("这不是表格", encoding="utf-8")
    return folder / "a.xlsx"


def sheet_without_units(folder: Path) -> Path:
    BAD_FILES[12].write(folder / "b.xlsx")
    return folder / "b.xlsx"


@pytest.mark.parametrize("make", [word_for_org, sheet_without_units])
def test_an_organisation_register_that_is_none_is_wrong_usage_and_the_old_one_stays(
    used_state: Path, warm: Warm, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    state = copied_state(used_state, tmp_path / "state")
    said = warm("org", "import", make(tmp_path), state=state)
    assert said.status in {1, 2}
    sentence_with(said, said.status, "未导入")
    assert "23 个单位" in warm("doctor", state=state).out
