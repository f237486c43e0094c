"""Knows whether a schedule ever served an installation: one that is only worked by hand keeps no times and is never late."""

from pathlib import Path

FLOWS_FOLDER, SERVICE_FILE = "prefect", "service.lock"
"""Where the schedule notes its address when it starts; the note stays when it ends."""


def was_scheduled(state_dir: Path) -> bool:
    """Tell whether a schedule serves this installation or did so before."""
    note = state_dir / FLOWS_FOLDER / SERVICE_FILE
    return note.exists() and note.stat().st_size > 0
