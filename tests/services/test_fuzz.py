"""Two thousand hostile files, always the same: the run goes on, none is lost, and every letter has an outcome. `benchmarks.fuzz` tries many more."""

import os
import subprocess
import sys

import pytest

from tests.fuzzing.run import Trial, hostile
from tests.fuzzing.seeds import seeds
from xiansuo.intake.limits import Limits
from xiansuo.services.office import Office
from xiansuo.text.entities import EntityFinder

SEED = 20261123
LIMIT = Limits().read_seconds + Limits().office_seconds


def trial(office: Office, finder: EntityFinder, inputs: int, seed: int) -> Trial:
    made = Trial(office, finder, limit=LIMIT)
    made.take(hostile(seeds(), inputs, seed=seed))
    return made


def check(found: Trial, inputs: int) -> None:
    tally = found.tally
    assert (tally.inputs, tally.crashes, tally.hangs, tally.lost) == (inputs, 0, 0, 0), tally
    assert tally.letters == tally.stored + tally.sealed + tally.seen + tally.quarantined
    assert min(tally.stored, tally.sealed, tally.seen, tally.quarantined) > 0, tally
    assert not tally.unforeseen, "a reader met what it did not foresee"


def test_two_thousand_hostile_files_leave_the_run_standing_and_every_letter_accounted_for(
    office: Office, finder: EntityFinder
) -> None:
    check(trial(office, finder, 2000, SEED), 2000)


@pytest.mark.slow
def test_ten_thousand_other_hostile_files_do_neither(office: Office, finder: EntityFinder) -> None:
    check(trial(office, finder, 10_000, SEED + 1), 10_000)


_DIGEST = """
import hashlib, sys
from tests.fuzzing.run import hostile
from tests.fuzzing.seeds import seeds
print(hashlib.sha256(b"".join(one.data for one in hostile(seeds(), 400, seed=int(sys.argv[1])))).hexdigest())
"""


def digest(seed: int, lots: str) -> str:
    command = [sys.executable, "-c", _DIGEST, str(seed)]
    made = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": lots}, check=True, capture_output=True, text=True
    )
    return made.stdout


def test_the_same_seed_makes_the_same_files_in_every_process() -> None:
    assert digest(SEED, "1") == digest(SEED, "2") != digest(SEED + 1, "1")
