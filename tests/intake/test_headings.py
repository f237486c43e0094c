"""The word list of register headings and the mapping files of single offices."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from xiansuo.domain.letter import Channel, IdentityKind, Item, Letter, Unreadable
from xiansuo.intake.headings import Field, HeadingError, columns_of, load_headings, load_mapping, plain
from xiansuo.intake.limits import Limits
from xiansuo.intake.registers import collect_rows, read_row
from xiansuo.settings import Settings

WORDS = load_headings()
CSV = "谁写的,来件说了啥\n某甲,甲事\n".encode()


def collected(data: bytes, mapping: Path | None = None) -> Item | Unreadable:
    [found] = collect_rows(data, source="s", locator="a.csv", limits=Limits(), mapping=mapping)
    assert not hasattr(found, "sentence")
    return found  # type: ignore[return-value] # no defect, as just checked


def test_no_heading_is_listed_under_two_fields() -> None:
    table = yaml.safe_load((Settings().lexicons / "headings.yaml").read_text("utf-8"))
    rows = [*table["fields"].values(), *table["about"].values(), table["respondent_units"]]
    counts = Counter(word for row in rows for word in {plain(str(word)) for word in row})
    assert [word for word, count in counts.items() if count > 1] == []


def test_every_channel_has_words_and_knows_its_own_name() -> None:
    assert {channel for channel, _ in WORDS.channels} >= set(Channel) - {Channel.TRANSFER}
    assert [channel for channel in Channel if WORDS.channel_of(channel.value) is not channel] == []


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("主要问题（200字以内）*", Field.TEXT),
        ("信 访 人\n电话", Field.WRITER_PHONE),
        ("被举报人职务：", Field.RESPONDENT_POSITION),
        ("ＴＩＴＬＥ", Field.SUBJECT),
        ("工单编号", Field.NUMBER),
        ("天气", None),
    ],
)
def test_spaces_marks_and_remarks_do_not_hide_a_heading(heading: str, field: Field | None) -> None:
    assert WORDS.field_of(heading) is field


@pytest.mark.parametrize(
    "cells",
    [("某甲", "甲事"), ("收件日期", "2026-03-01", "标题", "甲事"), ("反映人", "联系电话"), ("", "")],
)
def test_forms_and_letters_are_no_heading_rows(cells: tuple[str, ...]) -> None:
    assert columns_of(cells, (), WORDS) is None


def test_equal_headings_keep_their_own_cells() -> None:
    found = columns_of(("备注", "备注", "内容"), (), WORDS)
    assert found is not None
    assert [column.key for column in found[0]] == ["备注", "备注(2)", "内容"]


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".toml", '"来件说了啥" = "text"\n"谁写的" = "反映人"\n'),
        (".yaml", "来件说了啥: text\n谁写的: 反映人\n"),
    ],
)
def test_a_mapping_file_explains_headings_of_ones_own(tmp_path: Path, suffix: str, content: str) -> None:
    (mapping := tmp_path / f"own{suffix}").write_text(content, "utf-8")
    item = collected(CSV, mapping)
    assert isinstance(item, Item)
    letter = read_row(item, limits=Limits())
    assert isinstance(letter, Letter)
    assert (letter.text, [one.kind for one in letter.identities]) == ("甲事", [IdentityKind.NAME])
    assert isinstance(collected(CSV), Unreadable)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('"啥" = "texto"\n', r"own\.toml 中的字段“texto”无法识别。可用：.*text"),
        ("啥 = \n", r"own\.toml 的写法有误"),
    ],
)
def test_a_mapping_that_means_nothing_is_told(tmp_path: Path, content: str, message: str) -> None:
    (mapping := tmp_path / "own.toml").write_text(content, "utf-8")
    with pytest.raises(HeadingError, match=message):
        load_mapping(mapping, WORDS)


@pytest.mark.parametrize(
    ("content", "message"),
    [("fields: [", "写法有误"), ("fields: {}\n", "写法有误"), ("fields: {x: [甲]}\npeople: {}\n", "写法有误")],
)
def test_a_word_list_that_cannot_be_used_is_told(tmp_path: Path, content: str, message: str) -> None:
    (path := tmp_path / "headings.yaml").write_text(content, "utf-8")
    with pytest.raises(HeadingError, match=message):
        load_headings(path)


def test_a_missing_word_list_or_mapping_is_told(tmp_path: Path) -> None:
    with pytest.raises(HeadingError, match="无法读取"):
        load_headings(tmp_path / "none.yaml")
    with pytest.raises(HeadingError, match="无法读取"):
        load_mapping(tmp_path / "none.toml", WORDS)
