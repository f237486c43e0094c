"""Draws the terminal picture of the queue in README from the fictional samples: `python -m tools.queue_picture`."""

import argparse
import html
import io
import re
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import MONOKAI

from xiansuo.cli import screens
from xiansuo.intake.orgs import read_register
from xiansuo.services.office import Office, import_register, initialise, open_office
from xiansuo.services.queue import top, total
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.settings import Settings

HOME = Path(__file__).resolve().parent.parent
PICTURE = HOME / "docs" / "images" / "queue.svg"
TITLE = "xiansuo queue --limit {limit}（虚构样例）"
FONTS = (
    '"Sarasa Mono SC", "Noto Sans Mono CJK SC", "Source Han Mono SC", "WenQuanYi Zen Hei Mono", '
    '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei", monospace'
)
_FACES = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
_TEXT = re.compile(
    r'<text (class="[^"]+-r\d+") x="([\d.]+)" (y="[^"]+") textLength="[^"]+" (clip-path="[^"]+")>([^<]*)</text>'
)
_CELL = 12.2
"""Width of one terminal cell in Rich's picture."""


def main() -> None:
    """Take the samples into a throw-away installation and draw its queue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=PICTURE)
    parser.add_argument("--limit", type=int, default=6)
    parser.add_argument("--width", type=int, default=120)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        office = sample_office(Path(folder) / "state")
        picture = draw(office, limit=options.limit, width=options.width)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(picture, encoding="utf-8")
    print(options.output)


def sample_office(state_dir: Path) -> Office:
    """Return an installation that has worked off the sample letters."""
    settings = Settings(state_dir=state_dir, home=HOME)
    initialise(settings)
    samples = HOME / "data" / "samples"
    import_register(open_office(settings), read_register(samples / "register.xlsx"))
    bench = Bench.prepare(settings)
    ingest_paths(bench, [samples / "inbox"])
    work_off(bench)
    return bench.office


def draw(office: Office, *, limit: int, width: int) -> str:
    """Return the first `limit` rows of the queue as an SVG of a terminal `width` cells wide."""
    recorded = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    usual, screens.console = screens.console, recorded
    try:
        screens.show_queue(top(office, limit=limit), total(office))
    finally:
        screens.console = usual
    style = _FACES.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code, monospace", FONTS).replace("arial", FONTS)
    svg = recorded.export_svg(title=TITLE.format(limit=limit), theme=MONOKAI, code_format=style, unique_id="queue")
    return spaced(svg)


def spaced(svg: str) -> str:
    """Give every run of equally wide characters its own place: Rich counts a Chinese character as one cell, and fonts differ."""
    return _TEXT.sub(_in_runs, svg)


def _in_runs(match: re.Match[str]) -> str:
    style, left, height, clip, content = match.groups()
    return "".join(
        f'<text {style} x="{float(left) + place:g}" {height} textLength="{width:g}" lengthAdjust="spacingAndGlyphs" {clip}>{html.escape(run)}</text>'
        for run, place, width in _runs(html.unescape(content))
    )


def _runs(content: str) -> Iterator[tuple[str, float, float]]:
    place = 0
    for _, characters in groupby(content, key=cell_len):
        run = "".join(characters)
        width = cell_len(run)
        if run.strip("\xa0 "):
            yield run, place * _CELL, width * _CELL
        place += width


if __name__ == "__main__":
    main()
