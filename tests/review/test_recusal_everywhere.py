"""Whoever is kept from a clue meets an office in which it never was: every page, search, count, list and export, also those to come."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.review.desk import Desk, open_desk
from tests.review.twins import Hidden, change_state, listed, remove, some_clue, visits
from xiansuo.domain.letter import IdentityKind
from xiansuo.domain.people import Role
from xiansuo.domain.recusal import RecusalProfile, Relative
from xiansuo.services.recusal import declare
from xiansuo.services.screening import screen_waiting
from xiansuo.services.sessions import viewer_of_account
from xiansuo.storage.session import now, reading

READERS = (Role.REVIEWER, Role.LEAD, Role.HEAD, Role.TRANSFER)
STATES = ("open", "second", "disputed", "decided", "closed", "postponed")

examples = st.fixed_dictionaries(
    {
        "role": st.sampled_from(READERS),
        "place": st.integers(0, 60),
        "state": st.sampled_from(STATES),
        "kind": st.sampled_from(["relative", "own", "unit", "region", "writer"]),
    }
)


@contextmanager
def twins(template: Path) -> Iterator[tuple[Desk, Desk]]:
    with TemporaryDirectory() as folder:
        pair = open_desk(template, Path(folder) / "a"), open_desk(template, Path(folder) / "b")
        try:
            yield pair
        finally:
            for desk in pair:
                desk.office.engine.dispose()


def profile_against(desk: Desk, clue: Hidden, kind: str) -> RecusalProfile:
    """Return a declaration that keeps its maker from the clue, of `kind` where the clue gives a ground for it."""
    with reading(desk.office.engine) as session:
        told = [one for letter in clue.letters for one in desk.office.vault.read_identities(session, letter)]
    writers = [one.value for one in told if one.kind is IdentityKind.NAME and len(one.value) > 1]
    if kind == "writer" and writers:
        return RecusalProfile(relatives=(Relative(writers[0], "母亲"),))
    if kind in {"relative", "own"} and clue.respondents:
        name = clue.respondents[0]
        return RecusalProfile(names=(name,)) if kind == "own" else RecusalProfile(relatives=(Relative(name, "兄弟"),))
    if kind == "region" and clue.unit:
        return RecusalProfile(regions=(clue.unit,))
    return RecusalProfile(units=(clue.unit,)) if clue.unit else RecusalProfile(names=clue.respondents[:1])


def check(template: Path, example: dict[str, str]) -> None:
    role, place = Role(example["role"]), int(example["place"])
    with twins(template) as (with_it, without):
        clue = some_clue(with_it, place)
        profile = profile_against(with_it, clue, example["kind"])
        assume(profile.declared)
        change_state(with_it, clue, example["state"])
        remove(without, clue)
        for desk in (with_it, without):
            screen_waiting(desk.office)
            with reading(desk.office.engine) as session:
                viewer = viewer_of_account(session, desk.accounts[role.value], now())
            assert viewer is not None
            declare(desk.office, viewer, profile)
        seen, expected = visits(with_it, role, clue), visits(without, role, clue)
        for path, (status, body) in seen.items():
            assert (status, body) == expected[path], path
            assert status < 500, path
        assert listed(with_it, role) == listed(without, role)


@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(example=examples)
def test_a_hidden_clue_leaves_no_trace_on_any_page(desk_template: Path, example: dict[str, str]) -> None:
    check(desk_template, example)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(example=examples)
def test_no_hidden_clue_leaves_a_trace_on_any_page(desk_template: Path, example: dict[str, str]) -> None:
    check(desk_template, example)


def test_a_clue_that_is_not_hidden_is_met_on_many_pages(desk: Desk) -> None:
    clue = some_clue(desk, 0)
    met = [
        path
        for path, (status, body) in visits(desk, Role.HEAD, clue).items()
        if status == 200 and clue.number.encode() in body
    ]
    assert len(met) > 5, "the comparison above would prove nothing"
