import io
import json
from datetime import date
from pathlib import Path

import pytest

from xiansuo.domain.letter import Kind
from xiansuo.errors import UsageError
from xiansuo.services.records import BATCH, Record, batches, opened, read_records, written


def read(data: bytes) -> tuple[list[Record], list[tuple[int, str]]]:
    refused: list[tuple[int, str]] = []
    records = list(read_records(io.BytesIO(data), refuse=lambda number, fault: refused.append((number, fault))))
    return records, refused


def line(**fields: object) -> bytes:
    return json.dumps({"id": "a", "text": "账目不清"} | fields, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ("{不是".encode(), "不是 JSON"),
        (b"[" * 200_000, "不是 JSON"),
        (b"\xff\xfe{}", "不是 UTF-8 文字"),
        (b'["a", "b"]', "不是 JSON 对象"),
        (b'{"id": "a"}', "缺少 text"),
        (line(text=None), "缺少 text"),
        (line(text=["账目不清"]), "text 不是文字"),
        (line(subject=7), "subject 不是文字"),
        (line(date=20260301), "date 不是文字"),
        (b'{"text": "a"}', "缺少 id，或 id 不是文字"),
        (line(id=True), "缺少 id，或 id 不是文字"),
    ],
)
def test_a_bad_line_is_told_by_its_number_and_the_others_are_read(bad: bytes, fault: str) -> None:
    records, refused = read(line(id="1") + b"\n" + bad + b"\n" + line(id="3") + b"\n")
    assert [record.id for record in records] == ["1", "3"]
    assert refused == [(2, fault)]


@pytest.mark.parametrize(
    ("fields", "kind", "received"),
    [
        ({"kind": "transcript", "date": "2026-03-01"}, Kind.TRANSCRIPT, date(2026, 3, 1)),
        ({"kind": "传真", "date": "不详"}, None, None),
        ({"kind": None, "date": None}, None, None),
        ({}, None, None),
    ],
)
def test_kind_and_date_may_be_missing_or_unknown(fields: dict[str, object], kind: Kind, received: date) -> None:
    (record,), refused = read(line(**fields))
    assert (record.kind, record.received, refused) == (kind, received, [])


def test_blank_lines_count_but_are_no_letters() -> None:
    records, refused = read(b"\xef\xbb\xbf" + line(id="1") + b"\r\n\r\n  \n" + b"x\n" + line(id=5))
    assert [record.id for record in records] == ["1", 5]
    assert [number for number, _ in refused] == [4]


def test_half_a_character_keeps_its_place() -> None:
    (record,), _ = read(rb'{"id": "a", "text": "\u8d26\ud83d\u76ee"}')
    assert record.text == "账\ufffd目"


def test_a_record_never_prints_its_text() -> None:
    (record,), _ = read(line(subject="举报"))
    assert "账目" not in repr(record)
    assert "举报" not in repr(record)


@pytest.mark.parametrize(
    ("lengths", "sizes"), [([1] * (BATCH + 1), [BATCH, 1]), ([900_000, 200_000, 5], [2, 1]), ([], [])]
)
def test_batches_are_cut_by_number_and_by_length(lengths: list[int], sizes: list[int]) -> None:
    records = [Record("a", "账" * length) for length in lengths]
    assert [len(batch) for batch in batches(records)] == sizes


def test_a_written_file_is_private_and_appears_whole(tmp_path: Path) -> None:
    with written(str(tmp_path / "out.jsonl")) as put:
        put({"id": "甲"})
        assert not (tmp_path / "out.jsonl").exists()
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == '{"id": "甲"}\n'
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_failed_run_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    old = tmp_path / "out.jsonl"
    old.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), written(str(old)) as put:
        put({"id": 1 // 0})
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
    assert old.read_text(encoding="utf-8") == "old"


def test_a_device_is_written_and_not_replaced() -> None:
    with written("/dev/null") as put:
        put({"id": "1"})
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("place", ["missing/out.jsonl", "."])
def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path: Path, place: str) -> None:
    with pytest.raises(UsageError, match="--output"), written(str(tmp_path / place)):
        pytest.fail("the block must not run")


@pytest.mark.parametrize("place", ["missing.jsonl", "."])
def test_an_input_that_cannot_be_read_is_told(tmp_path: Path, place: str) -> None:
    with pytest.raises(UsageError, match="--input"), opened(str(tmp_path / place)):
        pytest.fail("the block must not run")
