"""Plants fictional petitioners, takes them through everything the program can do, and writes where any of them is found: `python -m tools.measure_canaries`.

Writes evaluation/reports/canaries.json and canaries.md. Beside the planted ones it measures masking on the authored sets, each with its
range of Wilson (1927) at 95 %: what counts is its lower end. Takes some minutes. Everything in it is fictional.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.e2e.command import HOME, REGISTER, run, warmed
from tests.e2e.everywhere import NOT_RUN, Tour, leaves, take_everything
from tests.e2e.garden import Canary, Garden
from tests.e2e.search import Seeker
from tests.e2e.shapes import SHAPES, Promise, Shape, by_shape, shape_of
from tools.measure_masking import Tables, measure_corpus, measure_gold
from xiansuo.evaluation.metrics import Share
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons

Hits = Mapping[str, Mapping[str, Sequence[str]]]
"""Surface → string → the places where it stands."""

_COMMAND = "python -m tools.measure_canaries"
_GOLD, _CORPUS = ("tuned", "held"), ("literary open", "literary frozen", "natural open", "natural frozen")
_MEASURES = ("masked", "masked, name", "masked, number", "masked, address", "description masked", "readable")


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=HOME / "evaluation" / "reports")
    folder = parser.parse_args().output
    with tempfile.TemporaryDirectory() as base:
        found = _measured(Path(base))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "canaries.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (folder / "canaries.md").write_text(page(found), "utf-8")
    sys.stdout.write(page(found))
    return 1 if found["promised"]["outside"] else 0


def _measured(base: Path) -> dict[str, Any]:
    state = base / "state"
    for command in (("init",), ("org", "import", REGISTER)):
        run(*command, state=state)
    (base / "aside").mkdir()
    (base / "letters").mkdir()
    with warmed() as warm:
        tour = Tour(state, base / "aside", warm, Garden())
        take_everything(tour, base / "letters")
        outside = {surface: list(places) for surface, places in tour.outside().items()}
    seeker = Seeker(text for one in tour.garden.planted for text in one.spellings)
    hits = {surface: seeker.find(places) for surface, places in outside.items()}
    finder = EntityFinder(Lexicons.load(HOME / "data" / "lexicons"))
    return {
        "command": _COMMAND,
        "data": "fictional, made by tests/e2e/{canaries,disguises,carriers}.py, the same every time",
        **figures(tour.garden.planted, hits),
        "surfaces": [
            {
                "surface": surface,
                "places": len(places),
                "kilobytes": sum(len(data) for _, data in places) // 1024,
                "outside": len(_out(tour.garden.planted, {surface: hits[surface]}, measured=False)),
                "measured": len(_out(tour.garden.planted, {surface: hits[surface]}, measured=True)),
            }
            for surface, places in outside.items()
        ],
        "leaks": list(leaks(tour.garden.planted, hits)),
        "commands": len({name.rsplit(" ", 1)[0] for name in tour.said} & set(leaves())),
        "commands_not_run": NOT_RUN,
        "flows": tour.flows.count("flow "),
        "routes": len(tour.visited),
        "pages": len(tour.pages),
        "masking": {
            "evaluation/gold/masking.jsonl": _masking(measure_gold(finder, show=False), _GOLD),
            "data/corpus": _masking(measure_corpus(finder, show=False), _CORPUS),
        },
    }


def figures(planted: Iterable[Canary], hits: Hits) -> dict[str, Any]:
    """Return per shape and in all how many planted strings were found outside the vault in any spelling."""
    shapes = {shape.name: shape for shape in SHAPES}
    rows = [_row(shapes[name], some, hits) for name, some in by_shape(planted).items() if some]
    kept = [row for row in rows if row["promise"] != Promise.MEASURED]
    return {
        "planted": sum(row["planted"] for row in rows),
        "shapes": len(rows),
        "promised": _sum(kept),
        "running_text": _sum([row for row in rows if row["promise"] == Promise.MEASURED]),
        "by_shape": rows,
    }


def leaks(planted: Iterable[Canary], hits: Hits) -> Iterator[dict[str, Any]]:
    """Yield what was found although it is promised to be hidden, by what it is called, and some of the places."""
    owners = {text: one for one in planted for text in one.spellings}
    for surface, found in hits.items():
        for text, places in found.items():
            if shape_of(owners[text]).promise is not Promise.MEASURED:
                yield {"surface": surface, "what": owners[text].what, "places": list(places[:3])}


def _row(shape: Shape, planted: list[Canary], hits: Hits) -> dict[str, Any]:
    out = sum(any(found.keys() & set(one.spellings) for found in hits.values()) for one in planted)
    share = _share(Share(len(planted) - out, len(planted)))
    return {
        "shape": shape.name,
        "how": shape.how,
        "promise": shape.promise.value,
        "planted": len(planted),
        "outside": out,
        **share,
    }


def _sum(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    planted, out = (sum(row[name] for row in rows) for name in ("planted", "outside"))
    return {"planted": planted, "outside": out, **_share(Share(planted - out, planted))}


def _share(share: Share) -> dict[str, float]:
    low, high = share.range
    return {"hidden": round(share.value, 4), "low": round(low, 4), "high": round(high, 4)}


def _out(planted: Iterable[Canary], hits: Hits, *, measured: bool) -> list[str]:
    some = [one for name, found in by_shape(planted).items() for one in found if (name in _SOFT) is measured]
    return [one.what for one in some if any(found.keys() & set(one.spellings) for found in hits.values())]


_SOFT = {shape.name for shape in SHAPES if shape.promise is Promise.MEASURED}


def _masking(tables: Tables, groups: Iterable[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for group in groups:
        shares = {measure: tables.share(measure, group) for measure in _MEASURES}
        told = {name: {"right": one.hits, "of": one.tries, **_share(one)} for name, one in shares.items() if one.tries}
        found[group] = told
    return found


def page(found: Mapping[str, Any]) -> str:
    """Return the figures as a page."""
    promised, running = found["promised"], found["running_text"]
    lines = [
        "# Planted identities",
        "",
        (f"`{found['command']}` wrote this. {found['planted']} fictional strings that identify somebody, in {found['shapes']} shapes, went through "
        f"{found['commands']} commands, {found['flows']} flows and {found['pages']} pages of {found['routes']} routes. Ranges are Wilson's at 95 %."),
        "",
        f"* Promised to be hidden: {promised['outside']} of {promised['planted']} found outside the vault (hidden at least {promised['low']:.3f}).",
        (f"* Names in running text and identifying clauses, which rules find as often as is measured: {running['planted'] - running['outside']} of "
        f"{running['planted']} hidden ({running['low']:.3f} to {running['high']:.3f})."),
        "",
        "| surface | places | KB | promised, found | running text, found |", "|---|---|---|---|---|",
        *(f"| {one['surface']} | {one['places']} | {one['kilobytes']} | {one['outside']} | {one['measured']} |" for one in found["surfaces"]),
        "",
        "| shape | how it is planted | promise | planted | outside | lower end |", "|---|---|---|---|---|---|",
        *(f"| {one['shape']} | {one['how'].replace('|', '/')} | {one['promise']} | {one['planted']} | {one['outside']} | {one['low']:.3f} |" for one in found["by_shape"]),
        "",
        "Not run: " + "; ".join(f"`{name}` ({why})" for name, why in found["commands_not_run"].items()) + ".",
        "",
        "| set | part | measure | right | of | lower end |", "|---|---|---|---|---|---|",
        *(
            f"| {name} | {group} | {measure} | {one['right']} | {one['of']} | {one['low']:.3f} |"
            for name, groups in found["masking"].items() for group, told in groups.items() for measure, one in told.items()
        ),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
