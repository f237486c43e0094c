"""Runs every flow once in this process with everything that can be logged switched on: `python -m tests.e2e.all_flows STATE`."""

import logging
import os
import sys
from pathlib import Path

from pipelines.engine import configure
from xiansuo.settings import Settings


def main() -> None:
    """Run the flows; what fails is told by its kind only."""
    settings = Settings(state_dir=Path(sys.argv[1]))
    configure(settings.state_dir)
    os.environ |= {"PREFECT_LOGGING_LEVEL": "DEBUG", "PREFECT_LOGGING_TO_API_ENABLED": "true"}
    logging.basicConfig(level=logging.DEBUG)
    logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)
    from pipelines.deployments import FLOWS  # noqa: PLC0415 - Prefect reads its settings when it is imported

    for name, flow in FLOWS.items():
        try:
            flow(str(settings.state_dir), str(settings.home))
            sys.stdout.write(f"flow {name} done\n")
        except Exception as error:  # noqa: BLE001 - the next one runs as well
            sys.stdout.write(f"flow {name} {type(error).__name__}\n")


if __name__ == "__main__":
    main()
