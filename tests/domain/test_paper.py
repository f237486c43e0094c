import hashlib

import pytest

from xiansuo.domain.paper import KeyKind, PaperKey, Slips, lines_of, read_lines

KEY = PaperKey(KeyKind.BACKUP, "7deb0497", hashlib.sha256(b"a key").digest())
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def typed(*lines: str) -> PaperKey | Slips:
    return read_lines("\n".join(lines))


@pytest.mark.parametrize("kind", KeyKind)
def test_every_kind_of_key_comes_back_from_its_lines(kind: KeyKind) -> None:
    key = PaperKey(kind, "00ff10a7", bytes(range(32)))
    lines = lines_of(key)
    assert typed(*lines) == key
    assert [len(line) for line in lines] == [28] * 4
    assert not set("".join(lines)) & set("ILOU")


@pytest.mark.parametrize(
    "style",
    [
        str.lower,
        lambda text: text.replace("-", ""),
        lambda text: text.replace("-", " "),
        lambda text: text.replace("-", "—"),
        lambda text: text.replace("0", "O").replace("1", "l") if "." not in text else text,
        lambda text: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text),
        lambda text: f"纸面密钥：备份私钥    编号 7deb0497\n打印日期：2026-03-02\n\n  {text}",
    ],
)
def test_it_does_not_matter_how_they_are_written(style: "object") -> None:
    assert callable(style)
    assert typed(*(style(line) for line in lines_of(KEY))) == KEY


def test_every_wrong_character_is_found_and_its_line_named() -> None:
    lines = lines_of(KEY)
    for number, line in enumerate(lines, 1):
        for place in range(4, len(line)):
            for letter in set(LETTERS) - {line[place]} if line[place] != "-" else ():
                wrong = line[:place] + letter + line[place + 1 :]
                found = typed(*lines[: number - 1], wrong, *lines[number:])
                assert isinstance(found, Slips)
                assert len(found.sentences) == 1
                assert f"第 {number} 行录错" in found.sentences[0]


def test_neighbours_that_were_swapped_are_found() -> None:
    lines = lines_of(KEY)
    for place in range(4, 27):
        one, other = lines[1][place : place + 2]
        if "-" not in one + other and one != other:
            found = typed(lines[0], lines[1][:place] + other + one + lines[1][place + 2 :], *lines[2:])
            assert isinstance(found, Slips)
            assert "第 2 行" in found.sentences[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[:3], "缺第 4 行"),
        (lambda lines: lines[:0], "缺第 1 行"),
        (lambda lines: [*lines, lines[0]], "第 1 行有 2 份"),
        (lambda lines: [lines[0][:-1], *lines[1:]], "第 1 行应有 20 个字符，现有 19 个"),
        (lambda lines: [lines[0], lines[1].replace("-", "*", 1), *lines[2:]], "第 2 行有纸面上不会出现的字符 *"),
        (lambda lines: [lines[0], "2" + lines[2][1:], "3" + lines[1][1:], lines[3]], "第 2 行录错"),
        (lambda lines: [lines[0], *lines_of(PaperKey(KeyKind.HEAD, "00000000", bytes(32)))[1:]], "不是同一把"),
    ],
)
def test_what_else_goes_wrong_is_said(change: "object", said: str) -> None:
    assert callable(change)
    found = typed(*change(lines_of(KEY)))
    assert isinstance(found, Slips)
    assert said in "；".join(found.sentences)


def test_a_key_does_not_print() -> None:
    assert KEY.key.hex() not in repr(KEY)
    assert "b'" not in repr(KEY)
