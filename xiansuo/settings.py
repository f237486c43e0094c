"""Where things lie. The only place that reads the environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_CHECKOUT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Process-wide settings, read once from `XIANSUO_*`."""

    model_config = SettingsConfigDict(env_prefix="XIANSUO_", frozen=True)

    home: Path = Field(default=_CHECKOUT, description="content folders: rules, models, data, evaluation")
    state_dir: Path = Field(
        default=Path.home() / ".local/state/xiansuo", description="database, keys, sealed folder, Prefect's files"
    )
    ner: Literal["off", "scope"] = Field(
        default="off",
        description="the trained tagger of bodies and places: off, or on letters above the scope threshold",
    )
    small_cells: int = Field(
        default=3, ge=2, description="tables of common problems withhold numbers from 1 to one less than this"
    )
    review_names: str = Field(
        default="", description="host names, apart by spaces, by which browsers may call the review app"
    )

    @property
    def rules(self) -> Path:
        """The rule books."""
        return self.home / "rules"

    @property
    def lexicons(self) -> Path:
        """Word lists for segmentation and entities."""
        return self.home / "data" / "lexicons"

    @property
    def corpus(self) -> Path:
        """The authored training letters."""
        return self.home / "data" / "corpus"

    @property
    def models(self) -> Path:
        """Model folders with recipe, card and artifacts."""
        return self.home / "models"
