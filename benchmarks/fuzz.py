"""Take hostile files into an office by the thousand and write what became of them to evaluation/reports/fuzz.json.

usage: python -m benchmarks.fuzz [--inputs 100000] [--seed 7] [--fixtures DIR] [--only NUMBER --to FILE] [--cost]

The inputs are made from the fictional files of tests/fuzzing; mails below DIR (.eml, .msg, .mbox) are mutated beside them in memory
and kept nowhere. The same seed makes the same inputs. `--only` writes one of them to a file, to look at what failed. `--cost` reads
the sample inbox here and in the helper and prints the seconds of the processor of both.
"""

import argparse
import json
import resource
import tempfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from tests.fuzzing.run import Trial, hostile, one_hostile
from tests.fuzzing.seeds import with_fixtures
from tests.services.samples import REGISTER
from xiansuo.domain.letter import Item
from xiansuo.intake import apart, media
from xiansuo.intake.collect import collect
from xiansuo.intake.limits import Limits
from xiansuo.intake.read import read
from xiansuo.intake.reading import read_apart
from xiansuo.services.office import Office, import_register, initialise, open_office
from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons

_HOME = Path(__file__).resolve().parents[1]
_REPORT = _HOME / "evaluation" / "reports" / "fuzz.json"
# Seconds a letter may take: one request to a helper, and another by LibreOffice.
LIMIT = Limits().read_seconds + Limits().office_seconds
_ROUND = 5000


def main() -> None:
    """Do what was asked."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--inputs", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--fixtures", type=Path)
    asked.add_argument("--report", type=Path, default=_REPORT)
    asked.add_argument("--only", type=int)
    asked.add_argument("--to", type=Path)
    asked.add_argument("--cost", action="store_true")
    given = asked.parse_args()
    if given.cost:
        _cost()
    elif given.only is not None:
        one = one_hostile(with_fixtures(given.fixtures), given.only, seed=given.seed)
        given.to.write_bytes(one.data)
        print(one.format, len(one.data))
    else:
        _fuzz(given.inputs, given.seed, given.fixtures, given.report)


def _fuzz(inputs: int, seed: int, fixtures: Path | None, report: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = _office(Path(folder))
        trial = Trial(office, EntityFinder(Lexicons.load(office.settings.lexicons), REGISTER), limit=LIMIT)
        stream = hostile(with_fixtures(fixtures), inputs, seed=seed)
        while (tally := trial.tally).inputs < inputs:
            trial.take(islice(stream, _ROUND))
            said = {"seed": seed, "real_fixtures": bool(fixtures), "limit_seconds": LIMIT, **tally.as_json()}
            report.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(tally, flush=True)
        office.engine.dispose()


def _office(folder: Path) -> Office:
    settings = Settings(state_dir=folder / "state")
    initialise(settings)
    office = open_office(settings)
    import_register(office, REGISTER)
    office.engine.dispose()
    return open_office(settings)


def _cost() -> None:
    found = collect(_HOME / "data" / "samples" / "inbox", source="样例", limits=Limits())
    items = [one for one in found if isinstance(one, Item) and one.media_type not in media.IMAGES]
    for reading in (read, read_apart):
        reading(items[0], limits=Limits())
        seconds = _seconds(lambda reading=reading: [reading(one, limits=Limits()) for _ in range(20) for one in items])
        print(
            f"{reading.__name__}: {1000 * seconds / 20 / len(items):.2f} ms of the processor a letter, helper included"
        )


def _seconds(work: Callable[[], object]) -> float:
    before = _used()
    work()
    return _used() - before


def _used() -> float:
    """Return the processor time of this process and of its helpers, which have to end for that."""
    apart.close_all()
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


if __name__ == "__main__":
    main()
