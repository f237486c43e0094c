"""Owns what a partner's hand-over list (移送清单) says about itself, and whether its rows agree."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from xiansuo.domain.letter import HandOver
from xiansuo.intake.headings import Column, Field, Headings, plain

_DECLARED = re.compile(r"(?:共计?|合计|总计)\s*+:?\s*+(\d{1,6})\s*+[件条份]")
_TOTAL_ROW = re.compile(r"(?:合计|共计|总计)\D{0,12}(\d{1,6})\s*+(?:[件条份]\s*+)?$")
_DOCUMENT_NUMBER = re.compile(r"[\w·]{1,20}[〔\[(【]\s*+\d{4}\s*+[〕\])】]\s*+第?\s*+\d{1,5}\s*+号")
_NUMBER = re.compile(r"\d{1,6}(?:\.0)?")
_SHOWN = 20
_COUNT = re.compile(r"\d{1,6}\s*[件条份]?")
_TOTAL = re.compile(rf"(?:合计|共计?|总计|小计)\s*+:?\s*+{_COUNT.pattern}")
_LONGEST_NOTE = 60
_LONGEST_SIGNATURE = 20
# What a list must say of every letter, and the word for it in the list of defects.
_REQUIRED = (
    ((Field.TEXT, Field.SUBJECT), "主要问题"),
    ((Field.RESPONDENT_NAME, Field.RESPONDENT_UNIT), "被反映人或单位"),
    ((Field.RECEIVED,), "收件日期"),
)


@dataclass(frozen=True, slots=True)
class HandOverList:
    """The head and foot of a hand-over list; `declared` is the number of letters it says it holds."""

    sender: str = ""
    list_number: str = ""
    declared: int | None = None

    def with_lines(self, lines: Iterable[Sequence[str]], words: Headings) -> "HandOverList":
        """Return the list with what more its foot lines say."""
        text = unicodedata.normalize("NFKC", "\n".join(" ".join(filter(None, cells)) for cells in lines))
        declared = _DECLARED.search(text) or _TOTAL_ROW.search(text)
        return replace(
            self,
            sender=self.sender or _after(words.sender_labels, text),
            list_number=self.list_number or _number_in(words.number_labels, text),
            declared=self.declared if self.declared is not None or not declared else int(declared[1]),
        )

    def hand_over(self, cells: Mapping[Field, str]) -> HandOver:
        """Return where one row came from; the row's own columns go before the head of the list."""
        return HandOver(
            sender=cells.get(Field.SENDER, self.sender),
            list_number=cells.get(Field.LIST_NUMBER, self.list_number),
            position=cells.get(Field.POSITION, ""),
        )

    def defects(self, rows: Sequence[Mapping[Field, str]], columns: Iterable[Column]) -> list[str]:
        """Return sentences on gaps, repeated numbers, a differing count and missing fields; they hold no personal data."""
        fields = {column.field for column in columns}
        name = f"移送清单（{self.list_number}）" if _DOCUMENT_NUMBER.fullmatch(self.list_number) else "移送清单"
        numbers = [row.get(Field.POSITION, "") for row in rows]
        found = [self._count(len(rows)), *_numbering(numbers, self.declared), *_missing(rows, numbers, fields)]
        found += [f"没有写明{word}" for word, known in self._head(rows) if not known]
        wrong = [part for part in found if part]
        return [f"{name} " + "，".join(wrong)] if wrong else []

    def _count(self, rows: int) -> str:
        return f"共{self.declared}件，实收{rows}行" if self.declared not in {None, rows} else ""

    def _head(self, rows: Sequence[Mapping[Field, str]]) -> tuple[tuple[str, bool], ...]:
        has_sender = bool(self.sender) or any(Field.SENDER in row for row in rows)
        has_number = bool(self.list_number) or any(Field.LIST_NUMBER in row for row in rows)
        return ("移送单位", has_sender), ("移送文号", has_number)


def hand_over_list(above: Sequence[Sequence[str]], columns: Iterable[Column], words: Headings) -> HandOverList | None:
    """Return the head of a hand-over list, told by its title or its columns; None for a register of any other sort."""
    title = "".join(cell for cells in above for cell in cells)
    fields = {column.field for column in columns}
    if any(word in title for word in words.list_titles) or fields & {Field.SENDER, Field.LIST_NUMBER}:
        return HandOverList().with_lines(above, words)
    return None


def is_footer(cells: Sequence[str], columns: Sequence[Column], words: Headings) -> bool:
    """Tell a line of signatures, totals or remarks under the table from a letter.

    Its first cell starts with such a word and no cell is long; where it reaches into the text's column, that cell holds
    a number or a signature only, as a letter may well begin with 合计 or 说明.
    """
    filled = [cell for cell in cells if cell]
    if max(map(len, filled)) > _LONGEST_NOTE or not (_is_total(filled[0], words) or _is_signature(filled[0], words)):
        return False
    pairs = zip(columns, cells, strict=False)
    texts = [cell for column, cell in pairs if cell and column.field in {Field.TEXT, Field.SUBJECT}]
    return all(_is_signature(cell, words) or _COUNT.fullmatch(cell) for cell in texts)


def _is_total(cell: str, words: Headings) -> bool:
    return plain(_label(cell)[0]) in words.totals or bool(_TOTAL.fullmatch(unicodedata.normalize("NFKC", cell)))


def _is_signature(cell: str, words: Headings) -> bool:
    label, mark, value = _label(cell)
    return bool(mark) and plain(label) in words.signatures and len(value) <= _LONGEST_SIGNATURE


def _label(cell: str) -> tuple[str, str, str]:
    return unicodedata.normalize("NFKC", cell).partition(":")


def _after(labels: Iterable[str], text: str) -> str:
    match = re.search(rf"(?:{'|'.join(map(re.escape, labels))})(?:\([^)]{{0,60}}\))?\s*+:\s*+([^\s:,。;]+)", text)
    return match[1] if match else ""


def _number_in(labels: Iterable[str], text: str) -> str:
    if match := re.search(rf"(?:{'|'.join(map(re.escape, labels))})\s*+:\s*+([^\s:,。;]+)", text):
        return match[1]
    match = re.search(r"[^\s:,。;]{1,20}〔\d{4}〕第?\d{1,5}号", text)
    return match[0] if match else ""


def _numbering(cells: Iterable[str], declared: int | None) -> list[str]:
    """Return what is wrong with the running numbers; cells that hold no number are left to the reader."""
    counts = Counter(int(float(match[0])) for cell in cells if (match := _NUMBER.fullmatch(plain_number(cell))))
    if not counts:
        return ["没有序号"]
    numbers = sorted(counts)
    span = numbers[-1] - numbers[0] + 1
    # The second sheet of a long list goes on counting where the first one ended.
    start = numbers[0] if declared is not None and span == declared else 1
    end = max(numbers[-1], start + declared - 1 if declared else 0)
    gaps = [(low + 1, high - 1) for low, high in pairwise([start - 1, *numbers, end + 1]) if high - low > 1]
    twice = [(number, number) for number in numbers if counts[number] > 1]
    return [f"缺{_shown(gaps)}" if gaps else "", f"{_shown(twice)}重复" if twice else ""]


def plain_number(cell: str) -> str:
    """Return the running number of a cell such as 第7号, (7) or 7."""
    return cell.strip("第号件()（）.、 ")


def _shown(ranges: Sequence[tuple[int, int]]) -> str:
    parts = [str(low) if low == high else f"{low}至{high}" for low, high in ranges[:_SHOWN]]
    return f"第{'、'.join(parts)}号" + (f"等{len(ranges)}处" if len(ranges) > _SHOWN else "")


def _missing(rows: Sequence[Mapping[Field, str]], numbers: Sequence[str], fields: Iterable[Field | None]) -> list[str]:
    known = set(fields)
    found = []
    for alternatives, word in _REQUIRED:
        if not known & set(alternatives):
            found.append(f"没有“{word}”一栏")
            continue
        empty = [i for i, row in enumerate(rows) if not any(row.get(field) for field in alternatives)]
        places = [numbers[i] if _NUMBER.fullmatch(numbers[i]) else f"行{i + 1}" for i in empty]
        if places:
            more = f"等{len(places)}件" if len(places) > _SHOWN else ""
            found.append(f"第{'、'.join(places[:_SHOWN])}号{more}缺“{word}”")
    return found
