"""The key of the office's head: what it opens on a machine of its own, and what happens when there is a new head."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.services.samples import TO_SEAL, item
from xiansuo.errors import KeyFileError, VaultLockedError
from xiansuo.services import head_key
from xiansuo.services.ingest import Intake
from xiansuo.services.keys import head_public, load_head_private, number_of
from xiansuo.services.office import Office
from xiansuo.services.sealed import keys_needed, list_receipts, open_envelope
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import reading
from xiansuo.text.entities import EntityFinder


def taken_away(office: Office, to: Path) -> Path:
    """Take the head's private key off the machine."""
    return (office.state_dir / "head-private-key.pem").rename(to)


def seal_one(office: Office, finder: EntityFinder, text: str) -> Path:
    Intake(office, finder, source="信访邮箱", kind="paths").take_in([item(text)])
    return office.state_dir / "sealed" / list_receipts(office)[-1].file


def test_a_new_head_opens_what_comes_and_the_one_before_what_came(
    office: Office, finder: EntityFinder, tmp_path: Path, open_again: Callable[[], Office]
) -> None:
    working = open_again()
    first = seal_one(office, finder, TO_SEAL)
    before = taken_away(office, tmp_path / "before.pem")
    made = head_key.change(office, actor="uid:7")
    after = taken_away(office, tmp_path / "after.pem")
    # A process that was at work before seals for the new head as well.
    second = seal_one(working, finder, TO_SEAL + "请查。")
    numbers = [number_of(load_head_private(one).public_key().public_bytes_raw()) for one in (before, after)]
    assert keys_needed(office, list_receipts(office)) == numbers == head_key.heads(office.state_dir)
    assert all(one in made.message for one in numbers)
    for number, (envelope, right, wrong) in enumerate([(first, before, after), (second, after, before)]):
        open_envelope(envelope, key=right, output=tmp_path / f"opened{number}")
        with pytest.raises(VaultLockedError, match=f"编号 {numbers[number]} 的主要负责人私钥打开"):
            open_envelope(envelope, key=wrong, output=tmp_path / "none")
    assert not (tmp_path / "none").exists()
    open_again()


def test_the_key_is_not_changed_while_the_present_one_lies_on_the_machine(office: Office) -> None:
    before = head_public(office.state_dir)
    with pytest.raises(KeyFileError, match="还在本机"):
        head_key.change(office, actor="uid:7")
    assert head_public(office.state_dir) == before


def test_the_trail_tells_of_a_new_head_by_number(office: Office, tmp_path: Path) -> None:
    taken_away(office, tmp_path / "before.pem")
    head_key.change(office, actor="uid:7")
    with reading(office.engine) as session:
        last = audit.page(session)[-1]
    assert (last.action, last.object_id) == ("head.key", number_of(head_public(office.state_dir)))


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_change_killed_at_any_step_goes_on_with_the_key_it_had_begun(
    office: Office, finder: EntityFinder, tmp_path: Path, open_again: Callable[[], Office], step: int
) -> None:
    old = seal_one(office, finder, TO_SEAL)
    before = taken_away(office, tmp_path / "before.pem")
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            _die(open_again, step)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    head_key.change(open_again(), actor="uid:7")
    after = taken_away(office, tmp_path / "after.pem")
    assert number_of(load_head_private(after).public_key().public_bytes_raw()) == number_of(
        head_public(office.state_dir)
    )
    assert len(head_key.heads(office.state_dir)) == 2
    new = seal_one(open_again(), finder, TO_SEAL + "请查。")
    for number, (envelope, key) in enumerate([(old, before), (new, after)]):
        open_envelope(envelope, key=key, output=tmp_path / str(number))


def _die(open_again: Callable[[], Office], step: int) -> None:
    """Change the key, and be killed before the nth file gets its name."""
    left, done = [step], Path.replace

    def replace(file: Path, target: Path) -> Path:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return done(file, target)

    Path.replace = replace  # type: ignore[method-assign,assignment]
    head_key.change(open_again(), actor="uid:7")


def test_an_envelope_from_before_there_were_several_keys_needs_the_first(office: Office, tmp_path: Path) -> None:
    first = number_of(head_public(office.state_dir))
    taken_away(office, tmp_path / "before.pem")
    head_key.change(office, actor="uid:7")
    assert head_key.needed_for("0" * 32 + ".sealed", head_key.heads(office.state_dir)) == first


_OFFLINE = """
import sys
from xiansuo.cli import main

def refuse(event, _told):
    if event.startswith("socket."):
        sys.exit(event)

sys.addaudithook(refuse)
main()
"""


def test_the_head_opens_an_envelope_on_a_machine_where_nothing_else_is(
    office: Office, finder: EntityFinder, tmp_path: Path
) -> None:
    sent = item(TO_SEAL)
    envelope = seal_one(office, finder, TO_SEAL)
    away = tmp_path / "usb"
    away.mkdir()
    taken_away(office, away / "key.pem")
    envelope = envelope.rename(away / "件.sealed")
    arguments = ["sealed", "open", str(envelope), "--key", str(away / "key.pem"), "--output", str(away / "原件")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XIANSUO_")}
    env = {**kept, "XIANSUO_STATE_DIR": str(tmp_path / "nothing"), "HOME": str(away), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _OFFLINE, *arguments], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (away / "原件").read_bytes() == sent.data
    assert not (tmp_path / "nothing").exists()
    assert re.fullmatch(r"已打开.+\s*", done.stdout)
