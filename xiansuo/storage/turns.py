"""Turns that processes of one database take: to change which vault key is in use (those who write with it share it), and to claim letters."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

_VAULT_KEYS = 0x786E7375
_CLAIMS = 0x786E7376
"""Two numbers that nothing else in the database locks."""


def share(session: Session) -> None:
    """Write with the key in use; it stays in use until this transaction ends."""
    if session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock_shared(_VAULT_KEYS)))


def alone(session: Session) -> None:
    """Wait until nobody writes with the key in use; writers wait until this transaction ends, which must wait for nothing else."""
    # On SQLite whoever writes is alone from the beginning of the transaction.
    if session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_VAULT_KEYS)))


def to_claim(session: Session) -> None:
    """Wait until nobody else is claiming letters; they wait until this transaction ends. For PostgreSQL only."""
    session.execute(select(func.pg_advisory_xact_lock(_CLAIMS)))
