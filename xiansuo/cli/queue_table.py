"""The queue as a table: six columns where the terminal is wide enough, one block a clue where it is not."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from xiansuo.cli.words import say
from xiansuo.domain.category import OUT_OF_SCOPE_CHINESE
from xiansuo.domain.suggestion import Grade, Relation
from xiansuo.services.queue import QueueRow
from xiansuo.storage.repositories.clues import ClueContent
from xiansuo.triage.why import LIKE, likelihood

WIDE = 110
"""From this many cells on, six columns of Chinese read well."""
_MOST_NAMES = 3
_REPEATED = frozenset({Relation.COPY, Relation.NEAR_COPY, Relation.CONTAINED})
_GRADES = {
    Grade.STRONG: "bold green",
    Grade.FAIRLY_STRONG: "green",
    Grade.AVERAGE: "yellow",
    Grade.WEAK: "dim",
    Grade.NONE: "dim",
}
_ALARM = "bold red"
_NOTHING_TO_CHECK = "—"
_READ_BY_HAND = "需人工通读"
_KEPT_BACK = "—"
"""What stands for a suggestion that a person shall not see before the own choice."""


def queue_table(rows: Sequence[QueueRow], total: int, *, width: int) -> Table:
    """Return the first `rows` of `total` clues for a terminal `width` cells wide."""
    frame = _columns() if width >= WIDE else _blocks()
    frame.title = say(f"待审线索（前 {len(rows)} 条，共 {total} 条）", "Clues waiting for a person")
    frame.caption = say("以上为系统建议的阅读次序，疑似、待核，由人审定。", "A suggested reading order; people decide.")
    frame.title_justify = frame.caption_justify = "left"
    # Slanted Chinese is hard to read.
    frame.title_style, frame.caption_style = "bold", "dim"
    cells = _cells if width >= WIDE else _block
    for row in rows:
        frame.add_row(*cells(row))
    return frame


def _columns() -> Table:
    table = Table(show_lines=True, pad_edge=False)
    table.add_column(say("次序", "#"), justify="right", no_wrap=True)
    table.add_column(say("类别和把握", "Category"), min_width=14, overflow="fold")
    table.add_column(say("单位／被反映人", "Unit, respondent"), min_width=14, overflow="fold")
    table.add_column(say("来件", "Letters"), no_wrap=True)
    table.add_column(say("可查性", "Checkable"), min_width=8, overflow="fold")
    table.add_column(say("为什么排在这里", "Why here"), ratio=1, overflow="fold")
    return table


def _blocks() -> Table:
    table = Table(show_lines=True, show_header=False, box=box.HORIZONTALS, pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    return table


def _cells(row: QueueRow) -> tuple[Text, ...]:
    content = row.clue.content
    labels = _lines(Text(row.clue.number, "dim"), *_labels(row), *_notes(content))
    about = _lines(Text(content.unit or "单位不详"), Text(_names(content), "bold"))
    letters = _lines(Text(f"{len(row.letters)} 件"), *(Text(one, "dim") for one in _about_letters(row)))
    why = _lines(*_alarm(content), *map(Text, _reasons(content, graded=False)), *_turn(row))
    return _place(row), labels, about, letters, _lines(*_grade(content)), why


def _block(row: QueueRow) -> tuple[Text, ...]:
    content = row.clue.content
    labels = Text("、").join(_labels(row))
    about = Text.assemble(content.unit or "单位不详", "  ", (_names(content), "bold"))
    letters = "，".join((f"{len(row.letters)} 件", *_about_letters(row)))
    missing = (
        (Text(f"缺：{'、'.join(content.rank.missing)}", "dim"),) if content.labels and content.rank.missing else ()
    )
    body = _lines(
        Text("  ").join((labels, *_notes(content))),
        about,
        *_alarm(content),
        *map(Text, _reasons(content, graded=True)),
        *_turn(row),
        *missing,
        Text(f"{row.clue.number}  {letters}", "dim"),
    )
    return _place(row), body


def _lines(*lines: Text) -> Text:
    return Text("\n").join(lines)


def _place(row: QueueRow) -> Text:
    points = _KEPT_BACK if row.hidden else f"{row.clue.content.rank.total:.0f}分"
    return Text.assemble((f"{row.place}\n", "bold"), (points, "dim"))


def _labels(row: QueueRow) -> list[Text]:
    content = row.clue.content
    if row.hidden:
        return [Text(_KEPT_BACK, "dim")]
    if not content.labels:
        return [Text(_READ_BY_HAND if _READ_BY_HAND in _headline(content) else OUT_OF_SCOPE_CHINESE)]
    return [Text.assemble((label.chinese, "bold"), f" {likelihood(content.scores[label])}") for label in content.labels]


def _notes(content: ClueContent) -> Iterator[Text]:
    """Give what the headline says beside the categories: hearsay, or that a person has to read it all."""
    said = _headline(content).rpartition("）")[2].strip("，")
    if content.labels and said:
        yield Text(said, "yellow")


def _headline(content: ClueContent) -> str:
    return content.why[0] if content.why else ""


def _names(content: ClueContent) -> str:
    return "、".join(content.respondents[:_MOST_NAMES]) or "未点名"


def _about_letters(row: QueueRow) -> Iterator[str]:
    if repeated := sum(relation in _REPEATED for _, relation in row.letters):
        yield f"含重复 {repeated}"
    if row.clue.content.received:
        yield f"{row.clue.content.received:%m-%d} 起" if len(row.letters) > 1 else f"{row.clue.content.received:%m-%d}"


def _grade(content: ClueContent) -> Iterator[Text]:
    grade = content.rank.grade
    yield Text(grade, _GRADES[grade]) if grade else Text(_NOTHING_TO_CHECK, "dim")
    if content.rank.missing and content.labels:
        yield Text(f"缺：{'、'.join(content.rank.missing)}", "dim")


def _alarm(content: ClueContent) -> Iterator[Text]:
    if content.rank.flags:
        yield Text(f"先读：{'、'.join(content.rank.flags)}", _ALARM)


def _turn(row: QueueRow) -> Iterator[Text]:
    """Give the reason why a clue stands before better ranked ones."""
    if row.turn:
        yield Text(row.turn, "cyan")


def _reasons(content: ClueContent, *, graded: bool) -> list[str]:
    """Return the sentences that no other cell says; of what is out of scope only the first and where it could go."""
    if not content.labels:
        return [line for line in content.why if line == content.why[0] or line.startswith(LIKE)]
    prefix = "" if graded else f"可查性{content.rank.grade}："
    return [line.removeprefix(prefix) for line in content.why[1:] if not line.startswith("缺：")]
