"""Prefect's private, offline, quiet settings; must run before Prefect is imported."""

import os
from pathlib import Path

# Batch settings keep Prefect's recorder from stalling SQLite under bursts of task runs.
_SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    # Prefect would copy log lines into its own database.
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    # The interface's files are written beside the database, so that a read-only installation works.
    "PREFECT_CLI_COLORS": "false",
}


def configure(state_dir: Path) -> None:
    """Point Prefect at `state_dir`/prefect and switch off everything that would leave the machine.

    Values already in the environment win, so that an operator can choose PostgreSQL for Prefect's own database.
    """
    home = state_dir / "prefect"
    # Prefect makes its database readable for everyone; it holds no letter text, but it is nobody else's business.
    os.umask(0o077)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, value in {**_SETTINGS, "PREFECT_HOME": str(home), **_interface_folder(home)}.items():
        os.environ.setdefault(name, value)


def _interface_folder(home: Path) -> dict[str, str]:
    return {"PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home / "ui")}
