"""Knows whether a schedule ever served an installation: one that is only worked by hand keeps no times and is never late."""

from pathlib import Path

from sqlalchemy.orm import Session

from xiansuo.intake.schedule import JOBS
from xiansuo.storage.repositories import runs

FLOWS_FOLDER, SERVICE_FILE = "prefect", "service.lock"
"""Where the schedule notes its address when it starts; the note stays when it ends."""


def was_scheduled(state_dir: Path, session: Session) -> bool:
    """Tell whether a schedule serves this installation or did so before."""
    note = state_dir / FLOWS_FOLDER / SERVICE_FILE
    # A restored installation has no note, but its jobs did run.
    return (note.exists() and note.stat().st_size > 0) or bool(runs.last_of(session, JOBS))
