"""Prefect's private, offline, quiet settings; must run before Prefect is imported."""

import os
import secrets
from pathlib import Path

_DATABASE = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
_SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # A proxy of the office's network must never see what goes over loopback; nothing goes anywhere else.
    "NO_PROXY": "*",
    "no_proxy": "*",
    # Prefect would copy log lines into its own database, and its lines about states onto the screen.
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    # Batch settings keep Prefect's recorder from stalling SQLite under bursts of task runs.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    # By default Prefect keeps every run for ever, about a gigabyte a year at a run every half hour.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
}


def configure(state_dir: Path) -> Path:
    """Point Prefect at `state_dir`/prefect, which is returned, and switch off everything that would leave the machine.

    Of Prefect's settings in the environment only the address of its database stays, for who wants PostgreSQL there:
    any other might send the runs to a server elsewhere.
    """
    home = state_dir / "prefect"
    # Prefect makes its database readable for everyone; it holds no letter text, but it is nobody else's business.
    os.umask(0o077)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in [name for name in os.environ if name.startswith("PREFECT_") and name != _DATABASE]:
        del os.environ[name]
    login = _login(password_file(home))
    os.environ |= {
        **_SETTINGS,
        "PREFECT_HOME": str(home),
        # The pages' files are written beside the database, so that a read-only installation works.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home / "pages"),
        "PREFECT_SERVER_API_AUTH_STRING": login,
        "PREFECT_API_AUTH_STRING": login,
    }
    return home


def point_at(url: str) -> None:
    """Make Prefect's client in this process and its children use the server at `url`."""
    os.environ["PREFECT_API_URL"] = f"{url}/api"


def password_file(home: Path) -> Path:
    """Return where the login to the server and its pages lies, one line for both name and password."""
    return home / "password"


def _login(file: Path) -> str:
    try:
        with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as made:  # noqa: PTH123 - never readable by others, not even for a moment
            made.write(f"xiansuo:{secrets.token_urlsafe(24)}\n")
    except FileExistsError:
        pass
    return file.read_text("ascii").strip()
