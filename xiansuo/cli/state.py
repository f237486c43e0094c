"""The state directory a command works on."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiansuo.services.office import Office
    from xiansuo.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """What `--state` said, if anything."""

    directory: Path | None

    def settings(self) -> "Settings":
        """Return the settings with the chosen state directory."""
        from xiansuo.settings import Settings

        return Settings(state_dir=self.directory.absolute()) if self.directory else Settings()

    def office(self) -> "Office":
        """Open the office; a missing or broken installation is a sentence that says what to do."""
        from xiansuo.services.office import open_office

        return open_office(self.settings())
