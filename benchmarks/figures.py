"""Run every measurement that stands in the documents and write what each printed to evaluation/reports/figures.md.

usage: python -m benchmarks.figures [--real DIR]

DIR holds real messages that are no part of this repository (real_messages.jsonl, real_scope_dev.jsonl); without it the
figures on real mail are left out.
"""

import argparse
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

REPORT = Path(__file__).resolve().parent.parent / "evaluation" / "reports" / "figures.md"


class Measurement(NamedTuple):
    """One command and what it is run on."""

    title: str
    data: str
    command: tuple[str, ...]


def main() -> None:
    """Run all measurements; one that fails is written down as failed and the others go on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path)
    real = parser.parse_args().real
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    sections = [_section(one) for one in _measurements(real)]
    REPORT.write_text(_heading() + "\n".join(sections), encoding="utf-8")
    print(f"written: {REPORT}")


def _measurements(real: Path | None) -> Iterator[Measurement]:
    corpus = "the authored corpus in data/corpus; authored letters are not real petitions"
    yield Measurement("Speed against bare jieba", corpus, ("benchmarks.pipeline",))
    yield Measurement("Copies found", corpus, ("benchmarks.copies", "--letters", "300"))
    yield Measurement("Identities masked, respondents readable", corpus, ("tools.measure_masking",))
    yield Measurement("Scope and categories", corpus, ("tools.measure_model",))
    if real:
        messages, scope = real / "real_messages.jsonl", real / "real_scope_dev.jsonl"
        outside = "public messages of citizens to leaders, no part of this repository"
        yield Measurement("Speed, real messages", outside, ("benchmarks.pipeline", "--letters", str(messages)))
        yield Measurement(
            "Scope and categories, real messages", outside, ("tools.measure_model", "--quick", "--real", str(scope))
        )


def _section(one: Measurement) -> str:
    print(f"running: {' '.join(one.command)}", file=sys.stderr)
    ran = subprocess.run([sys.executable, "-m", *one.command], capture_output=True, text=True, check=False)
    shown = " ".join(Path(word).name if "/" in word else word for word in one.command)
    output = ran.stdout if ran.returncode == 0 else f"failed with status {ran.returncode}\n{ran.stdout}"
    return f"## {one.title}\n\nData: {one.data}.\n\n`python -m {shown}`\n\n```\n{output.strip()}\n```\n"


def _heading() -> str:
    made = datetime.now(UTC).strftime("%Y-%m-%d")
    return (
        f"# Figures\n\nWritten by `make soak` on {made}, {platform.machine()}, Python {platform.python_version()}.\n\n"
    )


if __name__ == "__main__":
    main()
