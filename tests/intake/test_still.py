"""Files that another office is still writing."""

import os
import threading
import time
from pathlib import Path

from xiansuo.domain.letter import Defect, Item
from xiansuo.intake.collect import collect
from xiansuo.intake.limits import Limits
from xiansuo.intake.still import being_written


def test_a_file_that_grows_is_left_and_one_that_rests_is_read(tmp_path: Path) -> None:
    (tmp_path / "rests.txt").write_text("写完了。", "utf-8")
    growing = tmp_path / "grows.txt"
    growing.write_text("还在写", "utf-8")
    end = threading.Event()

    def write() -> None:
        with growing.open("a", encoding="utf-8") as file:
            while not end.wait(0.05):
                file.write("，")
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert being_written(tmp_path, 1) == {growing}
    finally:
        end.set()
        writer.join()


def test_files_that_rested_long_enough_are_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    time.sleep(0.01)
    begun = time.monotonic()
    assert being_written(tmp_path, 0) == frozenset()
    assert time.monotonic() - begun < 5


def test_a_copying_programs_unfinished_file_is_left_until_it_is_forgotten(tmp_path: Path) -> None:
    part = tmp_path / "登记表.xlsx.part"
    part.write_bytes(b"PK")
    assert being_written(tmp_path, 0) == {part}
    assert being_written(part, 0) == {part}


def test_a_clock_set_back_by_a_copying_program_does_not_make_a_file_old(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text("x", "utf-8")
    os.utime(file, (0, 0))
    begun = time.monotonic()
    assert being_written(tmp_path, 1) == frozenset()
    assert time.monotonic() - begun > 0.2, "a file just copied is watched before it is read"


def test_what_is_left_for_the_next_time_is_counted_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲。", "utf-8")
    (tmp_path / "b.txt").write_text("乙。", "utf-8")
    found = list(collect(tmp_path, source="投放", limits=Limits(), leaving={tmp_path / "b.txt"}))
    assert [type(one) for one in found] == [Item, Defect]
    assert "有1个文件还在写入，留到下一次读取。" in str(found[1])
