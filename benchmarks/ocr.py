"""Measures the scan reader on pages rendered from the corpus: `python -m benchmarks.ocr [--pages N] [--only CONDITION]…`.

Prints, per condition, the character error rate (edit distance by characters of the page, blanks left out), the characters
measured, the share the reader calls doubtful, whether it would use the page, and the seconds; at the end the helper's
peak memory. The pages are printed ones of one program: of handwriting and of real scans this says nothing.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from PIL import Image, ImageFilter

from tests.intake import pages
from xiansuo.intake import media
from xiansuo.intake.apart import Apart, helper
from xiansuo.intake.limits import Limits
from xiansuo.intake.scan_text import doubtful, lines_of, text_of
from xiansuo.intake.scans import ENGINE, MEMORY, MOST_DOUBTFUL

_CORPUS = Path(__file__).resolve().parent.parent / "data" / "corpus" / "natural.jsonl"
_LETTERS_A_PAGE = 6
_STAMPS = ((200, 250), (620, 520), (300, 900), (700, 1200))

Picture = Image.Image
CONDITIONS: dict[str, Callable[[Picture], Picture]] = {
    "clean, 150 dpi": lambda page: page,
    "noise 20": lambda page: pages.noisy(page, 20),
    "noise 80": lambda page: pages.noisy(page, 80),
    "1 degree": lambda page: pages.slanted(page, 1),
    "3 degrees": lambda page: pages.slanted(page, 3),
    "upside down": lambda page: pages.slanted(page, 180),
    "on its side": lambda page: pages.slanted(page, 90),
    "blur 2": lambda page: page.filter(ImageFilter.GaussianBlur(2)),
    "blur 4": lambda page: page.filter(ImageFilter.GaussianBlur(4)),
    "blur 6": lambda page: page.filter(ImageFilter.GaussianBlur(6)),
    "4 red stamps": lambda page: pages.stamped(page, _STAMPS),
    "60 dpi": lambda page: pages.smaller(page, 0.4),
    "30 dpi": lambda page: pages.smaller(page, 0.2),
    "22 dpi": lambda page: pages.smaller(page, 0.15),
    "noise 20, 1 degree, blur 1, stamps": lambda page: pages.stamped(
        pages.slanted(pages.noisy(page.filter(ImageFilter.GaussianBlur(1)), 20), 1), _STAMPS
    ),
    "two columns": lambda page: page,
}


@dataclass(slots=True)
class Count:
    """What was found under one condition."""

    characters: int = 0
    errors: int = 0
    doubtful: int = 0
    read: int = 0
    used: int = 0
    pages: int = 0
    seconds: float = 0.0

    def line(self) -> str:
        """Return a row of the table."""
        share = self.doubtful / max(1, self.read)
        return f"{self.errors / self.characters:.2%} | {self.characters} | {share:.1%} | {self.used}/{self.pages} | {self.seconds / self.pages:.1f}"


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2, help="pages a condition and font")
    parser.add_argument("--only", action="append", choices=CONDITIONS)
    asked = parser.parse_args()
    faces = [face for face in pages.FONTS if face.exists()]
    print(f"fonts: {', '.join(face.stem for face in faces)}")
    print(
        "| condition | character error rate | characters | called doubtful | pages used | s a page |\n|---|---|---|---|---|---|"
    )
    for condition in asked.only or CONDITIONS:
        count = Count()
        for face in faces:
            for page, truth in islice(_drawn(face, columns=2 if condition == "two columns" else 1), asked.pages):
                _measure(CONDITIONS[condition](page), truth, count)
        print(f"| {condition} | {count.line()} |", flush=True)
    print(f"peak memory of the helper: {_peak():.0f} MB")


def edit_distance(one: str, other: str) -> int:
    """Return the fewest insertions, deletions and replacements that make one text the other (Levenshtein 1966)."""
    before = list(range(len(other) + 1))
    for row, character in enumerate(one, 1):
        now = [row]
        for column, wanted in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (character != wanted)))
        before = now
    return before[-1]


def _drawn(face: Path, columns: int) -> Iterator[tuple[Picture, str]]:
    texts = [json.loads(line)["text"] for line in _CORPUS.read_text(encoding="utf-8").splitlines()]
    for at in range(0, len(texts), _LETTERS_A_PAGE):
        text = "\n".join(texts[at : at + _LETTERS_A_PAGE])
        yield pages.page(text, face=face, columns=columns, dots=28 if columns > 1 else 34)


def _measure(page: Picture, truth: str, count: Count) -> None:
    limits = Limits()
    asked = {"media_type": media.PNG, "pages": [], "max_pixels": limits.max_pixels, "max_pages": 1}
    start = time.perf_counter()
    (answer,) = _helper().ask(asked, pages.saved(page), seconds=300, largest=1 << 24)
    count.seconds += time.perf_counter() - start
    lines = lines_of(json.loads(answer)["lines"])
    wanted, read = "".join(truth.split()), "".join(text_of(lines).split())
    unsure, characters = doubtful(lines)
    count.characters += len(wanted)
    count.errors += edit_distance(wanted, read)
    count.doubtful += unsure
    count.read += characters
    count.pages += 1
    count.used += bool(characters) and unsure <= MOST_DOUBTFUL * characters


def _helper() -> Apart:
    return helper(ENGINE, memory=MEMORY)


def _peak() -> float:
    number = _helper().process_id
    status = Path(f"/proc/{number}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
