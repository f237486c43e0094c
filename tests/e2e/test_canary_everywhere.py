"""Fictional petitioners in every shape, through everything that the program can be told to do: none of them outside the vault."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.deployments import FLOWS
from tests.e2e.command import Warm
from tests.e2e.everywhere import NOT_RUN, Tour, leaves, opened, take_everything
from tests.e2e.garden import Garden
from tests.e2e.search import Seeker
from tests.e2e.shapes import SHAPES, Promise, by_shape, shape_of
from tests.review.routes import doors
from tests.servers.state import sqlite_only
from xiansuo.domain.people import MATRIX
from xiansuo.review.app import create_app

pytestmark = [pytest.mark.slow, pytest.mark.prefect, sqlite_only]


@pytest.fixture(scope="module")
def tour(new_state: Callable[[], Path], warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Tour:
    found = Tour(new_state(), tmp_path_factory.mktemp("aside"), warm, Garden())
    take_everything(found, tmp_path_factory.mktemp("letters"))
    return found


def test_two_hundred_identities_in_sixty_shapes_are_planted(tour: Tour) -> None:
    assert len({one.spellings for one in tour.garden.planted}) >= 200
    assert len([name for name, planted in by_shape(tour.garden.planted).items() if planted]) >= 60


def test_every_command_was_run_or_says_why_not(tour: Tour) -> None:
    run = {name.rsplit(" ", 1)[0] for name in tour.said}
    assert set(leaves()) == (run | NOT_RUN.keys()) & set(leaves())
    assert not run & NOT_RUN.keys()


def test_every_flow_was_run(tour: Tour) -> None:
    assert {line.split()[1] for line in tour.flows.splitlines() if line.startswith("flow ")} >= set(FLOWS)


def test_every_page_was_asked_for(tour: Tour) -> None:
    granted = {power for powers in MATRIX.values() for power in powers} | {None}
    wanted = {door.path for door in doors(create_app(opened(tour))) if door.method == "GET" and door.power in granted}
    assert tour.visited == wanted


def test_nothing_that_is_promised_to_be_hidden_stands_outside_the_vault(tour: Tour) -> None:
    owners = {
        text: one.what
        for one in tour.garden.planted
        if shape_of(one).promise is not Promise.MEASURED
        for text in one.spellings
    }
    seeker = Seeker(owners)
    leaks = {
        surface: {owners[text]: where for text, where in seeker.find(places).items()}
        for surface, places in tour.outside().items()
    }
    assert {surface: found for surface, found in leaks.items() if found} == {}


def test_every_surface_holds_something_and_the_search_finds_it(tour: Tour) -> None:
    said = {
        "logs at level DEBUG": "sqlalchemy",
        "shipped models": "scope_categories",
        "files of the installation": "prefect",
    }
    for surface, places in tour.outside().items():
        word = said.get(surface, "马德才" if surface != "tables of the flow engine" else "triage")
        assert Seeker([word]).find(places), surface


def test_a_crash_leaves_no_image_of_the_memory(tour: Tour) -> None:
    died = [one.status for one in tour.said.values() if one.status < 0]
    assert sorted(died) == [-11, -6]
    assert list((tour.aside / "work").iterdir()) == []


def test_the_shapes_are_a_table_without_two_of_a_name() -> None:
    assert len({shape.name for shape in SHAPES}) == len(SHAPES)
