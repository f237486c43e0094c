"""Letters to back up, the backup made, and what opens it."""

from collections.abc import Container, Iterable
from dataclasses import replace
from typing import Any

import pytest

from tests.services.samples import BANQUET, item
from xiansuo.services.backup import BackedUp, back_up
from xiansuo.services.backup_key import Unlock
from xiansuo.services.ingest import Intake
from xiansuo.services.office import Office
from xiansuo.text.entities import EntityFinder

NAME, PHONE = "佘知遥", "13900001234"
SIGNED = f"{BANQUET}\n举报人：{NAME}，电话：{PHONE}。"


def quiet(_sentence: str) -> None:
    """Tell nobody."""


def take_in(office: Office, finder: EntityFinder, *texts: str) -> None:
    intake = Intake(office, finder, source="来件", kind="paths")
    intake.take_in([item(text, name=str(number)) for number, text in enumerate(texts)])


def made(office: Office) -> BackedUp:
    return back_up(office, actor="uid:0")


def unlock(office: Office) -> Unlock:
    return Unlock(next(office.state_dir.glob("backup-private-key-*.pem")))


def made_apart(office: Office, number: int) -> BackedUp:
    """Make a backup and give it a name that the next one within the second does not have."""
    done = made(office)
    return replace(done, file=done.file.rename(done.file.with_name(f"{number}.backup")))


def sampled(every: Iterable[str], few: Container[str]) -> list[Any]:
    """Return parameters of which only a few are tried in `make test`, the others in `make soak`."""
    return [one if one in few else pytest.param(one, marks=pytest.mark.slow) for one in every]
