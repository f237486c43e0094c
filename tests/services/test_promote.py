"""A person promotes, one command takes it back, and the suggestions of before come back byte for byte."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from tests.services import challengers
from tests.services.people import add_account, viewer_of
from tests.services.samples import BANQUET, BENEFITS, write
from xiansuo.classifiers.artifact import ModelMismatchError
from xiansuo.domain.people import Role
from xiansuo.errors import NotVisibleError, RefusedError, UsageError, XiansuoError
from xiansuo.services import site_artifact
from xiansuo.services.analyse import analyse_batch
from xiansuo.services.analysis import office_analyser
from xiansuo.services.bench import bench_of
from xiansuo.services.model import model_in_use, shipped_id
from xiansuo.services.office import Office
from xiansuo.services.promote import SHIPPED, history, modeller, promote, rollback
from xiansuo.services.recompute import Found, recompute
from xiansuo.services.renewal import renew_batch
from xiansuo.services.triage import Bench, ingest_paths, waiting, work_off
from xiansuo.services.upgrade import upgrade
from xiansuo.storage.repositories import letters, suggestion_columns, suggestions
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import AuditEvents

LETTERS = {"1.txt": BENEFITS, "2.txt": BANQUET, "3.txt": "柳河镇街上的路灯坏了，请有关部门维修。"}
REASON = "比较通过，漏的少"


def silent(_sentence: str) -> None:
    """Tell nobody."""


@pytest.fixture
def ranked(bench: Bench, letters_folder: Path) -> Bench:
    ingest_paths(bench, [write(letters_folder, LETTERS)])
    work_off(bench)
    return bench


@pytest.fixture
def offer(ranked: Bench) -> Callable[..., str]:
    """Train a challenger and return its name."""
    return partial(challengers.offer, ranked.office)


def key() -> str:
    return uuid4().hex


def run(office: Office) -> int:
    """The next run, in a new process."""
    return work_off(Bench(office, office_analyser(office, tell=silent)))


def said(office: Office) -> dict[int, tuple[str, dict[str, bytes]]]:
    """The latest suggestion of every letter, every column."""
    with reading(office.engine) as session:
        latest = suggestions.for_letters(session, letters.ids(session))
        columns = suggestion_columns.stored_columns(session, [one.id for one in latest.values()])
    return {letter: (one.model_id, columns[one.id]) for letter, one in latest.items()}


def test_promoting_changes_the_suggestions_of_unread_clues_and_one_rollback_brings_every_byte_back(
    ranked: Bench, offer: Callable[..., str]
) -> None:
    office, before = ranked.office, said(ranked.office)
    promote(office, None, offer("site-1"), REASON, request=key())
    assert waiting(office) == len(LETTERS)
    assert run(office) == len(LETTERS)
    during = said(office)
    assert {model for model, _ in during.values()} == {"site-1"}
    assert all(during[letter][1]["scope"] != before[letter][1]["scope"] for letter in before)
    assert rollback(office, None, "误提多", request=key()) == SHIPPED
    run(office)
    assert said(office) == before
    assert waiting(office) == 0
    assert recompute(office).counts == {Found.EQUAL: 3 * len(LETTERS)}


def test_models_that_nobody_put_into_use_leave_nothing_to_renew(ranked: Bench, offer: Callable[..., str]) -> None:
    with transaction(ranked.office.engine) as session:
        session.execute(text("UPDATE suggestions SET model_id = :name"), {"name": offer("site-1")})
    assert waiting(ranked.office) == 0
    promote(ranked.office, None, offer("site-2"), REASON, request=key())
    assert waiting(ranked.office) == len(LETTERS)


def test_that_nothing_is_left_holds_until_something_happened(ranked: Bench, offer: Callable[..., str]) -> None:
    promote(ranked.office, None, offer("site-1"), REASON, request=key())
    assert run(ranked.office) == len(LETTERS)
    analyser = office_analyser(ranked.office, tell=silent)
    assert renew_batch(ranked.office, analyser) == 0
    with reading(ranked.office.engine) as session:
        stored = suggestions.for_letters(session, letters.ids(session))
    # A process that still worked with the earlier model stored a suggestion of its own.
    with transaction(ranked.office.engine) as session:
        suggestions.add(session, [replace(next(iter(stored.values())), model_id="earlier")])
    assert renew_batch(ranked.office, analyser) == 1


def test_an_upgrade_says_first_that_the_model_in_use_does_not_fit_and_a_rollback_lets_it_pass(
    ranked: Bench, offer: Callable[..., str]
) -> None:
    told: list[str] = []
    promote(ranked.office, None, offer("site-1"), REASON, request=key())
    upgrade(ranked.office.settings, told.append)
    assert not any("site-1" in sentence for sentence in told)
    told.clear()
    with transaction(ranked.office.engine) as session:
        session.execute(text("UPDATE site_models SET base = 'scope_categories-000000000000'"))
    with pytest.raises(ModelMismatchError, match="xiansuo model rollback"):
        upgrade(ranked.office.settings, told.append)
    assert "site-1" in told[0]
    assert "xiansuo model rollback" in told[0]
    rollback(ranked.office, None, REASON, request=key())
    assert upgrade(ranked.office.settings, told.append).analysed == len(LETTERS)


def test_what_people_decided_keeps_the_suggestion_they_saw(ranked: Bench, offer: Callable[..., str]) -> None:
    office, before = ranked.office, said(ranked.office)
    with transaction(office.engine) as session:
        session.execute(text("UPDATE clues SET state = 'decided' WHERE main_letter = 1"))
    promote(office, None, offer("site-1"), REASON, request=key())
    run(office)
    after = said(office)
    assert after[1] == before[1]
    assert {model for letter, (model, _) in after.items() if letter != 1} == {"site-1"}


def test_a_killed_run_goes_on_where_it_was(ranked: Bench, offer: Callable[..., str]) -> None:
    office = ranked.office
    promote(office, None, offer("site-1"), REASON, request=key())
    bench = Bench(office, office_analyser(office, tell=silent))
    assert renew_batch(office, bench.analyser, limit=1) == 1
    analyse_batch(office, bench.analyser)
    assert waiting(office) == len(LETTERS)
    assert run(office) == len(LETTERS)
    assert {model for model, _ in said(office).values()} == {"site-1"}


def test_a_process_with_the_earlier_model_leaves_the_renewal_to_others(
    ranked: Bench, offer: Callable[..., str]
) -> None:
    promote(ranked.office, None, offer("site-1"), REASON, request=key())
    assert work_off(ranked) == 0
    assert waiting(ranked.office) == len(LETTERS)
    assert bench_of(ranked.office).analyser.trained.id == "site-1"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"passed": False, "reasons": ("多漏 9 条。",)}, "多漏 9 条"),
        ({"champion": "another"}, "在用的已不是它"),
    ],
)
def test_what_did_not_pass_or_was_held_against_another_is_refused(
    ranked: Bench, offer: Callable[..., str], row: dict[str, object], sentence: str
) -> None:
    name = offer("site-1", **row)
    with pytest.raises(RefusedError, match=sentence):
        promote(ranked.office, None, name, REASON, request=key())
    assert history(ranked.office).in_use == SHIPPED


def test_a_model_of_another_shipped_one_or_none_at_all_is_refused(ranked: Bench, offer: Callable[..., str]) -> None:
    name = offer("site-1", base="scope_categories-000000000000")
    with pytest.raises(ModelMismatchError):
        promote(ranked.office, None, name, REASON, request=key())
    with pytest.raises(UsageError, match="没有名为"):
        promote(ranked.office, None, "site-9", REASON, request=key())
    with pytest.raises(UsageError, match="理由"):
        promote(ranked.office, None, name, " ", request=key())


def test_the_same_act_twice_is_done_once_and_written_down(ranked: Bench, offer: Callable[..., str]) -> None:
    office, request = ranked.office, key()
    name = offer("site-1")
    for _ in range(2):
        promote(office, None, name, REASON, request=request)
    assert [(one.model, one.act, one.reason) for one in history(office).promotions] == [(name, "promote", REASON)]
    with reading(office.engine) as session:
        wanted = select(AuditEvents.action, AuditEvents.object_id).where(AuditEvents.object_kind == "model")
        assert session.execute(wanted).tuples().all() == [("model.promote", name)]


def test_rollbacks_go_back_step_by_step_to_the_shipped_model(ranked: Bench, offer: Callable[..., str]) -> None:
    office = ranked.office
    for name in ("site-1", "site-2"):
        promote(office, None, offer(name), REASON, request=key())
    assert history(office).back_to == "site-1"
    assert [rollback(office, None, REASON, request=key()) for _ in range(2)] == ["site-1", SHIPPED]
    assert history(office).back_to is None
    with pytest.raises(RefusedError, match="没有可退回的"):
        rollback(office, None, REASON, request=key())


def test_an_older_model_is_not_promoted_over_a_newer_one(ranked: Bench, offer: Callable[..., str]) -> None:
    older, newer = offer("site-1"), offer("site-2")
    promote(ranked.office, None, newer, REASON, request=key())
    with pytest.raises(RefusedError, match="旧"):
        promote(ranked.office, None, older, REASON, request=key())


@pytest.mark.parametrize("damage", ["site.npz", "manifest.json"])
def test_a_damaged_model_in_use_stops_everything_and_names_the_command(
    ranked: Bench, offer: Callable[..., str], damage: str
) -> None:
    office = ranked.office
    promote(office, None, offer("site-1"), REASON, request=key())
    file = site_artifact.folder_of(office, "site-1") / damage
    whole = file.read_bytes()
    file.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    with pytest.raises(XiansuoError, match="xiansuo model rollback"):
        model_in_use(office, tell=silent)
    assert rollback(office, None, REASON, request=key()) == SHIPPED
    assert model_in_use(office, tell=silent).id == shipped_id(office.settings)


def test_only_who_keeps_models_may_and_the_command_asks_for_a_login(ranked: Bench, offer: Callable[..., str]) -> None:
    office, name = ranked.office, offer("site-1")
    assert modeller(office, "") is None
    accounts = {
        role: add_account(office, role.value, role, role.chinese) for role in (Role.MODELLER, Role.LEAD, Role.HEAD)
    }
    for login in ("", "lead", "nobody"):
        with pytest.raises(UsageError, match="--as"):
            modeller(office, login)
    with pytest.raises(NotVisibleError):
        promote(office, viewer_of(office, accounts[Role.LEAD]), name, REASON, request=key())
    promote(office, modeller(office, "modeller"), name, REASON, request=key())
    assert history(office).promotions[0].actor == "modeller"
