import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.bad_files import BAD_FILES, LETTER, BadFile, in_order, sentences_by_file, write_all
from tests.e2e.command import AS_ANYBODY, Said, Warm, run
from xiansuo.intake.limits import Limits

GOOD = [one for one in BAD_FILES if not one.told]


@pytest.fixture(scope="module")
def bad_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """All bad files, a good letter behind them, and folders that cannot be entered."""
    folder = write_all(tmp_path_factory.mktemp("bad") / "letters")
    (folder / "closed").mkdir(mode=0)
    (folder / "elsewhere").symlink_to(folder.parent)
    (folder / "z.txt").write_text(LETTER.format("最后一"), encoding="utf-8")
    yield folder
    (folder / "closed").chmod(0o700)


@pytest.fixture(scope="module")
def taken_in(bad_folder: Path, new_state: Callable[[], Path]) -> tuple[Path, Said]:
    state = new_state()
    return state, run("ingest", bad_folder, "--json", state=state, env={"COLUMNS": "400"}, before=AS_ANYBODY)


@pytest.fixture(scope="module")
def sentences(taken_in: tuple[Path, Said]) -> dict[str, list[str]]:
    """What the user was told, by the name of the file, which only the vault knows; an archive may bring several sentences."""
    return sentences_by_file(*taken_in)


def test_bad_files_stop_neither_the_run_nor_each_other(
    taken_in: tuple[Path, Said], sentences: dict[str, list[str]]
) -> None:
    _, said = taken_in
    assert said.status == 0, said.err
    assert said.err == ""
    assert said.counts["stored"] == len(GOOD) + 1
    assert said.counts["quarantined"] == sum(map(len, sentences.values()))
    assert said.counts["in"] == sum(count for name, count in said.counts.items() if name != "in")


@pytest.mark.parametrize("one", BAD_FILES, ids=lambda one: one.what)
def test_a_bad_file_is_told_with_its_reason_and_what_to_do(sentences: dict[str, list[str]], one: BadFile) -> None:
    told = sentences.get(one.name, [])
    assert any(in_order(one.told, sentence) for sentence in told) == bool(one.told), told
    for sentence in told:
        assert one.name not in sentence, "a file's name may be a person's"
        assert not re.search(r"［[^］]*[A-Za-z]{3,} [a-z]+", sentence), f"a library's English: {sentence}"


def test_folders_that_cannot_be_entered_are_told_without_their_names(taken_in: tuple[Path, Said]) -> None:
    _, said = taken_in
    assert "所给文件夹的第1个子文件夹没有读取权限，其中的文件没有导入。" in said.out
    assert "有1个文件夹是指向别处的链接，没有跟随。" in said.out
    assert "closed" not in said.all


def test_a_folder_that_becomes_readable_is_read_by_the_next_run(
    taken_in: tuple[Path, Said], bad_folder: Path, warm: Warm
) -> None:
    state, _ = taken_in
    (bad_folder / "closed").chmod(0o700)
    (bad_folder / "closed" / "1.txt").write_text(LETTER.format("抽屉里那"), encoding="utf-8")
    again = warm("ingest", bad_folder / "closed", bad_folder / "z.txt", "--json", state=state)
    assert again.counts == {"in": 2, "stored": 1, "seen": 1, "sealed": 0, "quarantined": 0}


def test_bombs_cost_neither_time_nor_memory(warm: Warm, new_state: Callable[[], Path], tmp_path: Path) -> None:
    bombs = write_all(tmp_path / "bombs", [one for one in BAD_FILES if "炸弹" in one.what or "太深" in one.what])
    peaceful = write_all(tmp_path / "peaceful", GOOD)
    usual, said = (warm("ingest", folder, "--json", state=new_state()) for folder in (peaceful, bombs))
    assert said.counts["stored"] == 0
    assert said.counts["quarantined"] >= len(list(bombs.iterdir()))
    assert said.seconds < usual.seconds + 8
    assert said.memory < usual.memory + Limits().max_total_unpacked // 1024
