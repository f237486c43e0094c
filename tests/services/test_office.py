import os
import stat
from pathlib import Path

import pytest

from tests.servers.state import emptied, empty_state, sqlite_only
from tests.services.samples import OFFICE, REGISTER, TO_SEAL, item
from xiansuo.domain.register import OrganisationRegister
from xiansuo.errors import KeyFileError, OfficeError, StorageError
from xiansuo.intake.sources import Sources
from xiansuo.services.ingest import Intake
from xiansuo.services.keys import HEAD_PRIVATE_FILE
from xiansuo.services.office import SOURCES_FILE, Office, import_register, initialise, open_office
from xiansuo.services.sources import list_sources
from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    return Settings(state_dir=empty_state(tmp_path / "new" / "state"))


def test_a_new_installation_is_private_to_its_user(fresh: Settings) -> None:
    before = os.umask(0)
    try:
        initialise(fresh)
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [fresh.state_dir, *fresh.state_dir.rglob("*")]}
    assert len(modes) > 6
    assert {path.name: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


def test_a_new_installation_opens_without_letters_register_or_sources(fresh: Settings) -> None:
    message = initialise(fresh)
    office = open_office(fresh)
    assert HEAD_PRIVATE_FILE in message
    assert office.register == OrganisationRegister()
    assert list_sources(office) == Sources((), ())
    office.engine.dispose()


def test_making_an_installation_twice_changes_nothing(settings: Settings, office: Office) -> None:
    (settings.state_dir / SOURCES_FILE).write_text("# mine")
    with pytest.raises(KeyFileError, match="没有改动"):
        initialise(settings)
    assert (settings.state_dir / SOURCES_FILE).read_text() == "# mine"
    again = open_office(settings)
    assert (again.keyring, again.register) == (office.keyring, REGISTER)
    again.engine.dispose()


@sqlite_only
def test_without_an_installation_the_operator_is_told_what_to_do_and_nothing_is_made(fresh: Settings) -> None:
    with pytest.raises(OfficeError, match="xiansuo init"):
        open_office(fresh)
    assert not fresh.state_dir.exists()


def test_an_older_database_is_not_opened_but_named(settings: Settings) -> None:
    emptied(settings.state_dir)
    with pytest.raises(OfficeError, match="xiansuo upgrade"):
        open_office(settings)


@sqlite_only
def test_a_database_open_to_others_is_refused(settings: Settings) -> None:
    (settings.state_dir / "xiansuo.db").chmod(0o644)
    with pytest.raises(StorageError, match="chmod 600"):
        open_office(settings)


def test_an_office_does_not_print_its_secrets(office: Office) -> None:
    printed = repr(office)
    assert not [
        one for one in ("温伯言", OFFICE, office.keyring.index.hex(), repr(office.keyring.index)) if one in printed
    ]


def test_the_register_decides_what_is_sealed_from_the_next_opening_on(
    settings: Settings, office: Office, finder: EntityFinder
) -> None:
    assert Intake(office, finder, source="测试", kind="paths").take_in([item(TO_SEAL)]).counts == {"sealed": 1}
    import_register(office, OrganisationRegister(office=OFFICE))
    again = open_office(settings)
    assert again.register == OrganisationRegister(office=OFFICE)
    report = Intake(again, finder, source="测试", kind="paths").take_in([item(TO_SEAL + "。")])
    assert report.counts == {"stored": 1}
    again.engine.dispose()
