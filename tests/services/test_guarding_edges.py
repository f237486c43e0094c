"""What the parts that keep people safe answer at their edges: nothing there, already done, not readable, not one's own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from xiansuo.domain.account import AccountState
from xiansuo.domain.audit import AuditEvent
from xiansuo.domain.letter import Channel, Identity, IdentityKind, Item, Letter, Part, PartRole
from xiansuo.domain.people import Power, Role, Viewer
from xiansuo.domain.reveal import Reveal, Secret
from xiansuo.domain.spans import Span
from xiansuo.domain.text import EntityType, Replacement
from xiansuo.errors import ConflictError, NotVisibleError, OfficeError, StorageError, UsageError, XiansuoError
from xiansuo.services import accounts, audit, passwords, reveal, seal, sealed, vault_window
from xiansuo.services.accounts import Machine
from xiansuo.services.office import Office
from xiansuo.services.reveal import Ask
from xiansuo.services.sessions import asking, end_session, logged_in, open_session
from xiansuo.services.vault_window import Opened
from xiansuo.settings import Settings
from xiansuo.storage.repositories import audit as trail
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Accounts

_NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hash_password", lambda password: password)
    monkeypatch.setattr(accounts, "hash_password", lambda password: password)


def _made(office: Office, login: str, role: Role, state: AccountState = AccountState.ACTIVE) -> int:
    id_ = accounts.create(office, Machine(), login, "演示人员", role).account.id
    with transaction(office.engine) as session:
        session.execute(update(Accounts).where(Accounts.id == id_).values(state=state, must_change=False))
    return id_


# Accounts and sessions


def test_a_login_name_that_nobody_has_is_told_at_the_machine(office: Office) -> None:
    with pytest.raises(XiansuoError, match="没有这个登录名"):
        accounts.find(office, Machine(), "nobody")


def test_a_closed_account_gets_no_other_role(office: Office) -> None:
    id_ = _made(office, "wang", Role.REVIEWER, AccountState.CLOSED)
    with pytest.raises(ConflictError, match="已停用"):
        accounts.change_role(office, Machine(), id_, Role.LEAD)


def test_an_account_is_confirmed_once(office: Office) -> None:
    head = Viewer(_made(office, "head", Role.HEAD), "head", "演示领导", Role.HEAD)
    waiting = _made(office, "wang", Role.REVIEWER, AccountState.PENDING)
    accounts.confirm(office, head, waiting)
    with pytest.raises(ConflictError, match="不在待确认状态"):
        accounts.confirm(office, head, waiting)


def test_one_of_two_heads_may_be_closed_on_the_web(office: Office) -> None:
    first = _made(office, "head", Role.HEAD)
    _made(office, "head2", Role.HEAD)
    operator = Viewer(_made(office, "ops", Role.OPERATOR), "ops", "演示管理员", Role.OPERATOR)
    assert accounts.close(office, operator, first).state is AccountState.CLOSED


def test_logging_out_a_browser_in_which_nobody_is_leaves_everybody_else_in(office: Office) -> None:
    cookie = open_session(office, _made(office, "wang", Role.REVIEWER))
    end_session(office, "another", None, everywhere=True)
    assert logged_in(office, cookie)


def test_a_command_names_on_whose_behalf_it_is_given_as_soon_as_there_are_accounts(office: Office) -> None:
    assert asking(office, "", Power.LEDGER, "请用 --as 写明是谁。") is None
    _made(office, "wang", Role.REVIEWER)
    found = asking(office, "wang", Power.LEDGER, "请用 --as 写明是谁。")
    assert found
    assert found.login == "wang"
    for login, power in (("", Power.LEDGER), ("nobody", Power.LEDGER), ("wang", Power.ACCOUNTS)):
        with pytest.raises(UsageError, match="--as"):
            asking(office, login, power, "请用 --as 写明是谁。")


# The trail


def test_who_is_no_auditor_reads_nothing_of_the_trail(office: Office) -> None:
    head = Viewer(1, "head", "演示领导", Role.HEAD)
    for read in (audit.last, audit.anchors, audit.take_anchor, audit.check, audit.export):
        with pytest.raises(NotVisibleError):
            read(office, head)


def test_an_anchor_whose_event_is_gone_is_listed_without_letters(office: Office) -> None:
    auditor = Viewer(1, "auditor", "演示审计员", Role.AUDITOR)
    audit.take_anchor(office, auditor)
    with transaction(office.engine) as session:
        for id_ in ("999999", "not a number"):
            trail.append(session, actor="auditor", action="audit.anchor", object_kind="audit", object_id=id_)
    kept = audit.anchors(office, auditor)
    assert all(isinstance(one.event, AuditEvent) for one in kept)
    assert [one.anchor is None for one in kept][:2] == [True, True]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", "没有锚点的文字".encode()])
def test_a_file_that_holds_no_anchor_is_told_by_its_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "anchor.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match="锚点"):
        audit.read_anchor_files([file])


def test_an_exported_trail_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="无法读取"):
        audit.verify_file(tmp_path / "none.jsonl")


def test_no_trail_is_looked_for_where_nothing_is_installed(tmp_path: Path) -> None:
    with pytest.raises(OfficeError, match="没有数据库"):
        audit.verify_database(Settings(state_dir=tmp_path / "none"))


def test_the_trail_of_older_tables_is_followed_only_after_the_upgrade(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "pending", lambda _engine: True)
    with pytest.raises(StorageError, match="xiansuo upgrade"):
        audit.verify_database(office.settings)


# Sealed letters and reveals


def test_an_envelope_that_is_not_there_is_told(office: Office, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="无法读取密封件"):
        seal.unseal(tmp_path / "none.sealed", head_private=tmp_path / "key.pem")
    assert sealed.keys_needed(office, sealed.list_receipts(office)) == []


def test_nothing_is_asked_about_a_letter_that_is_not_there(office: Office) -> None:
    lead = Viewer(_made(office, "lead", Role.LEAD), "lead", "演示组长", Role.LEAD)
    wanted = Ask("XS-2026-9999", "2026-999999", Secret.IDENTITY, "需要核实补助发放的时间和经手人", "k1")
    with pytest.raises(NotVisibleError):
        reveal.ask(office, lead, wanted)


def _reveal(what: Secret) -> Reveal:
    return Reveal(1, 1, "", 1, "2026-000001", 1, "XS-2026-0001", what, "", _NOW, 2, "", "", _NOW, granted=True, expires=_NOW, views=1)  # fmt: skip


_ITEM = Item("", "", b"", "text/plain", next(iter(Channel)), None)
_CLEAR = Letter(_ITEM, "我叫洪湖水。附件：无", "", parts=(Part(PartRole.BODY, 0, 6), Part(PartRole.ATTACHMENT, 6, 10)))
_MASK = (Replacement(Span(2, 5), Span(2, 7), EntityType.PETITIONER),)
_TOLD = (Identity(IdentityKind.NAME, "洪湖水"), Identity(IdentityKind.HEADER, "Received: x"))


class _Stored:
    """A letter as it was stored, no more of it than the window reads."""

    def __init__(self, text: str) -> None:
        self.subject, self.text = "", text


def _opened(clear: Letter | None, stored: str) -> Opened:
    return Opened(_Stored(stored), clear, _TOLD, (), _MASK)  # type: ignore[arg-type]


def test_a_window_shows_each_part_with_what_its_masks_stand_for() -> None:
    window = vault_window.window(_reveal(Secret.IDENTITY), _opened(_CLEAR, "我叫〔反映人〕。附件：无"))
    assert [[(one.text, one.placeholder) for one in part.pieces] for part in window.sections] == [
        [("我叫", ""), ("洪湖水", "〔反映人〕"), ("。", "")],
        [("附件：无", "")],
    ]
    assert window.masked == (("〔反映人〕", "洪湖水"),)
    assert [one.value for one in window.identities] == ["洪湖水"]


def test_a_window_on_a_mask_at_the_very_end_shows_nothing_after_it() -> None:
    clear = Letter(_ITEM, "我叫洪湖水")
    window = vault_window.window(_reveal(Secret.IDENTITY), _opened(clear, "我叫〔反映人〕"))
    assert [one.text for one in window.sections[0].pieces] == ["我叫", "洪湖水"]


def test_a_window_on_a_mask_at_the_very_beginning_shows_nothing_before_it() -> None:
    masks = (Replacement(Span(0, 3), Span(0, 5), EntityType.PETITIONER),)
    clear = Letter(_ITEM, "洪湖水写信")
    opened = Opened(_Stored("〔反映人〕写信"), clear, _TOLD, (), masks)  # type: ignore[arg-type]
    window = vault_window.window(_reveal(Secret.IDENTITY), opened)
    assert [one.text for one in window.sections[0].pieces] == ["洪湖水", "写信"]


def test_a_window_on_an_original_shows_it_whole_and_without_marks() -> None:
    window = vault_window.window(_reveal(Secret.ORIGINAL), _opened(_CLEAR, "我叫〔反映人〕。附件：无"))
    assert [[(one.text, one.placeholder) for one in part.pieces] for part in window.sections] == [
        [("我叫洪湖水。", "")],
        [("附件：无", "")],
    ]
    assert (window.readable, window.fitting, window.identities) == (True, True, ())


def test_an_original_that_cannot_be_read_now_shows_what_is_sure() -> None:
    original = vault_window.window(_reveal(Secret.ORIGINAL), _opened(None, ""))
    assert (original.readable, original.sections) == (False, ())
    identity = vault_window.window(_reveal(Secret.IDENTITY), _opened(None, ""))
    assert (identity.readable, identity.fitting, len(identity.identities)) == (False, False, 1)


def test_masks_that_no_longer_fit_the_text_are_laid_over_nothing() -> None:
    window = vault_window.window(_reveal(Secret.IDENTITY), _opened(_CLEAR, "另一种读法"))
    assert (window.readable, window.fitting, window.sections) == (True, False, ())
