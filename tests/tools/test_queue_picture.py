"""The terminal picture of the queue."""

import io
import re
from pathlib import Path

from rich.console import Console

from tools.queue_picture import PICTURE, spaced


def test_a_chinese_character_takes_two_cells_and_a_latin_letter_one() -> None:
    console = Console(record=True, width=40, file=io.StringIO())
    console.print("线索ab")
    drawn = re.findall(
        r'x="([\d.]+)"[^>]*textLength="([\d.]+)"[^>]*>([^<]+)<', spaced(console.export_svg(unique_id="u"))
    )
    assert [(float(x), float(width), text) for x, width, text in drawn[:2]] == [(0, 48.8, "线索"), (48.8, 24.4, "ab")]


def test_the_committed_picture_loads_nothing_and_names_no_petitioner() -> None:
    picture = Path(PICTURE).read_text(encoding="utf-8")
    assert "待审线索" in picture
    assert "url(http" not in picture
    assert not any(name in picture for name in ("梁守田", "苗新华", "蔡木根", "13800004101"))
