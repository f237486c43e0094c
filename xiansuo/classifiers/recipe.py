"""Owns the recipe of a model: the settings in models/*/recipe.toml that an operator may read and change."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from xiansuo.classifiers.features import RULE_NAMES
from xiansuo.errors import UsageError

_STRICT = ConfigDict(extra="forbid", frozen=True)


class NGrams(BaseModel):
    """Which n-grams a model may know."""

    model_config = _STRICT
    fewest_matters: int = Field(ge=2)


class Units(BaseModel):
    """How letters are cut and how units speak for the letter: the mean of the `top` highest."""

    model_config = _STRICT
    longest: int = Field(ge=20)
    top: int = Field(ge=1)


class Expert(BaseModel):
    """A pair of linear models. `learns_from` weighs the corpus halves; `judged_on` is the half its answers are calibrated on.

    `letter_rules` and `unit_rules` name what of the rule hits it sees beside the words, `contexts` whether a unit's denials,
    questions and quotations are told to it, `rivals` whether a category is weighed against the others. `trust` is the part of
    what rule hits seem to be worth that is believed: whoever wrote the rules had read the letters, so hits promise more there
    than on letters to come.
    """

    model_config = _STRICT
    learns_from: dict[str, float]
    judged_on: str
    letter_strength: float = Field(gt=0)
    unit_strength: float = Field(gt=0)
    stack_strength: float = Field(gt=0)
    letter_rules: tuple[str, ...]
    unit_rules: tuple[str, ...]
    contexts: bool
    rivals: bool
    trust: float = Field(gt=0, le=1)

    @field_validator("letter_rules", "unit_rules")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(names) - set(RULE_NAMES)):
            raise ValueError(f"unknown rule features {unknown}; known are {list(RULE_NAMES)}")
        return names


class Gate(BaseModel):
    """How sharply a letter's written form chooses between the plain and the rich expert; `sharpness_spoken` in interview records."""

    model_config = _STRICT
    strength: float = Field(gt=0)
    sharpness: float = Field(ge=0)
    sharpness_spoken: float = Field(ge=0)


class BaseRate(BaseModel):
    """Share of letters with an accusation: expected at the site."""

    model_config = _STRICT
    scope: float = Field(gt=0, lt=1)


class Costs(BaseModel):
    """What an error costs, in the price of reading one letter for nothing.

    `category_share` of scope makes a category one of the proposed, `spoken` is the threshold of interview records, `muted`
    that of a letter whose every rule hit is denied, asked, quoted policy or a slogan.
    """

    model_config = _STRICT
    missed: float = Field(gt=0)
    false_alarm: float = Field(gt=0)
    abstain_low: float = Field(ge=0, le=1)
    abstain_high: float = Field(ge=0, le=1)
    category_share: float = Field(gt=0, le=1)
    spoken: float = Field(ge=0, le=1)
    muted: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> "Costs":
        if self.abstain_low > self.abstain_high:
            raise ValueError("abstain_low must not exceed abstain_high")
        return self

    @property
    def threshold(self) -> float:
        """The probability of an accusation from which proposing it costs less than leaving it (Elkan 2001)."""
        return self.false_alarm / (self.false_alarm + self.missed)


class Recipe(BaseModel):
    """Everything that training depends on beside the letters and the rules."""

    model_config = _STRICT
    name: str
    seed: int
    folds: int = Field(ge=2)
    ngrams: NGrams
    units: Units
    plain: Expert
    rich: Expert
    gate: Gate
    base_rate: BaseRate
    costs: Costs


def read_recipe(path: Path) -> Recipe:
    """Read a recipe; an unusable one is a `UsageError` that names file, field and reason."""
    try:
        return Recipe.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"{path.parent.name}/{path.name} 不能使用：{error}。请改正后重新运行 xiansuo train。"
        ) from error
