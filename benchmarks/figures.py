"""Run every measurement that stands in the documents; write what each printed to evaluation/reports/figures.md, targets first.

usage: python -m benchmarks.figures [--real DIR] [--targets-only]

DIR holds real messages that are no part of this repository (real_messages.jsonl, real_scope_dev.jsonl); without it the
figures on real mail are left out. The model's models/*/baseline.json and evaluation/reports/evaluation.json are written too.
"""

import argparse
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from xiansuo.classifiers.artifact import NAME
from xiansuo.evaluation.evaluation import Evaluation
from xiansuo.evaluation.page import number, span
from xiansuo.evaluation.report import NOTICE, as_json
from xiansuo.evaluation.targets import TargetRow
from xiansuo.services.evaluate import SPEED, Asked, evaluate, write
from xiansuo.settings import Settings

HOME = Path(__file__).resolve().parent.parent
REPORTS = HOME / "evaluation" / "reports"


class Measurement(NamedTuple):
    """One command and what it is run on."""

    title: str
    data: str
    command: tuple[str, ...]


def main() -> None:
    """Run all measurements; one that fails is written down as failed and the others go on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--targets-only", action="store_true", help="the evaluation only, not the other tools")
    given = parser.parse_args()
    found = _evaluated(given.real)
    sections = [] if given.targets_only else [_section(one) for one in _measurements(given.real)]
    (REPORTS / "figures.md").write_text("\n".join([_heading(), _targets(found), *sections]), encoding="utf-8")
    print(f"written: {REPORTS / 'figures.md'}")


def _evaluated(real: Path | None) -> Evaluation:
    settings = Settings(home=HOME)
    gold = (real / "real_scope_dev.jsonl",) if real else ()
    found = evaluate(settings, Asked(gold), tell=lambda sentence: print(sentence, file=sys.stderr))
    write(found, REPORTS, english=False)
    (settings.models / NAME / "baseline.json").write_text(as_json(found.reports) + "\n", encoding="utf-8")
    return found


def _targets(found: Evaluation) -> str:
    lines = [
        f"## Targets\n\n{NOTICE}\n\nRanges are 95 % intervals by matter. `--quick` leaves out authors and the frozen part.\n",
        "| what | on | letters | value | 95 % range | target | reached | command |",
        "|---|---|---|---|---|---|---|---|",
        *(
            _row(row, found.command if row.on == SPEED or "," not in row.on else Asked().command)
            for row in found.targets
        ),
    ]
    return "\n".join(lines) + "\n"


def _row(row: TargetRow, command: str) -> str:
    figure = row.figure
    told = (str(figure.letters), number(figure.value), span(figure)) if figure else ("", "", "")
    reached = ("yes" if row.reached else "**no**") if figure else "not measured"
    on = "letters of the run, one core" if row.on == SPEED else row.on
    return "| " + " | ".join([row.target.figure, on, *told, row.target.bounds, reached, f"`{command}`"]) + " |"


def _measurements(real: Path | None) -> Iterator[Measurement]:
    corpus = "the authored corpus in data/corpus; authored letters are not real petitions"
    yield Measurement("Speed against bare jieba", corpus, ("benchmarks.pipeline",))
    yield Measurement("How soon the program answers", "no letters", ("benchmarks.start",))
    yield Measurement("What would be picked instead, speed", corpus, ("benchmarks.others",))
    yield Measurement("Copies found", corpus, ("benchmarks.copies", "--letters", "300"))
    yield Measurement("Same matter found", corpus, ("tools.measure_linking",))
    yield Measurement("Cost of linking a letter", f"letters invented from {corpus}", ("benchmarks.linking",))
    yield Measurement("Identities masked, respondents readable", corpus, ("tools.measure_masking",))
    yield Measurement("Entities per type", corpus, ("tools.measure_entities",))
    yield Measurement(
        "Keys and seconds to decide ten clues", "the sample mailbox, in Debian's Chromium", ("tools.walk",)
    )
    made = "offices made up by the benchmark"
    yield Measurement("Bounds on what was missed: how often they hold", made, ("benchmarks.elusion",))
    yield Measurement("Seconds for the queue to learn", f"{made}, text of {corpus}", ("benchmarks.reorder",))
    if real:
        outside = "public messages of citizens to leaders, no part of this repository"
        labelled = str(real / "real_scope_dev.jsonl")
        yield Measurement("The learning loop through the services", outside, ("benchmarks.loop", "--gold", labelled))
        yield Measurement("Wrong decisions among second looks", outside, ("benchmarks.doubts", labelled))
        yield Measurement("Words proposed for rules", outside, ("benchmarks.proposals", labelled))
        messages = str(real / "real_messages.jsonl")
        picked = ("benchmarks.others", "--letters", messages, "--gold", labelled)
        yield Measurement("What would be picked instead, real messages", outside, picked)
        yield Measurement("Speed, real messages", outside, ("benchmarks.pipeline", "--letters", messages))


def _section(one: Measurement) -> str:
    print(f"running: {' '.join(one.command)}", file=sys.stderr)
    ran = subprocess.run([sys.executable, "-m", *one.command], capture_output=True, text=True, check=False)
    shown = " ".join(Path(word).name if "/" in word else word for word in one.command)
    output = ran.stdout if ran.returncode == 0 else f"failed with status {ran.returncode}\n{ran.stdout}"
    return f"## {one.title}\n\nData: {one.data}.\n\n`python -m {shown}`\n\n```\n{output.strip()}\n```\n"


def _heading() -> str:
    made = datetime.now(UTC).strftime("%Y-%m-%d")
    return f"# Figures\n\nWritten by `python -m benchmarks.figures` on {made}, {platform.machine()}, Python {platform.python_version()}.\n"


if __name__ == "__main__":
    main()
