import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from xiansuo.domain.audit import Anchor
from xiansuo.storage.repositories import audit
from xiansuo.storage.tables import AuditEvents


@pytest.fixture
def chain(session: Session) -> Session:
    for number in range(1, 6):
        audit.append(session, actor="张三", action="reveal", object_kind="letter", object_id=str(number))
    return session


def test_an_untouched_chain_holds(chain: Session) -> None:
    assert audit.verify(chain).holds


def test_an_empty_chain_holds(session: Session) -> None:
    assert audit.verify(session).holds
    assert audit.head(session) == Anchor(0, bytes(32))


@pytest.mark.parametrize("column", ["actor", "action", "object_kind", "object_id", "previous", "hash", "at"])
def test_a_changed_event_breaks_the_chain(chain: Session, column: str) -> None:
    changed = {"at": "2020-01-01", "previous": b"x" * 32, "hash": b"x" * 32}.get(column, "别人")
    chain.execute(text(f"UPDATE audit_events SET {column} = :value WHERE id = 3"), {"value": changed})  # noqa: S608
    assert audit.verify(chain).first_bad == 3


@pytest.mark.parametrize("removed", [1, 3, 5])
def test_a_removed_event_breaks_the_chain(chain: Session, removed: int) -> None:
    chain.execute(delete(AuditEvents).where(AuditEvents.id == removed))
    assert audit.verify(chain).first_bad == removed


def test_two_exchanged_events_break_the_chain(chain: Session) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        chain.execute(update(AuditEvents).where(AuditEvents.id == old).values(id=new))
    assert audit.verify(chain).first_bad == 2


def test_a_chain_longer_than_a_page_holds_and_is_read_in_order(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_PAGE", 2)
    events = [audit.append(session, actor="系统", action="ingest") for _ in range(5)]
    assert audit.verify(session).holds
    assert audit.page(session, after=2, limit=2) == events[2:4]


def test_the_head_is_the_last_event(chain: Session) -> None:
    before = audit.head(chain)
    audit.append(chain, actor="系统", action="ingest")
    assert (before.id, audit.head(chain).id) == (5, 6)
