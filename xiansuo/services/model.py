"""Finds the trained model of the content folders at hand, or trains it once."""

from collections.abc import Callable
from dataclasses import dataclass

from xiansuo.classifiers.artifact import NAME, load_or_train, manifest_of
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import fit_home
from xiansuo.classifiers.recipe import Recipe, read_recipe
from xiansuo.settings import Settings
from xiansuo.triage.suggest import Thresholds


@dataclass(frozen=True, slots=True)
class Trained:
    """A model with the name of what it was made from and the thresholds its recipe states."""

    model: Model
    id: str
    thresholds: Thresholds


def load_model(settings: Settings, *, tell: Callable[[str], None]) -> Trained:
    """Load the model that belongs to the rules, letters and program at hand; train it once where there is none."""
    recipe = read_recipe(settings.models / NAME / "recipe.toml")
    model = load_or_train(settings.home, fit=fit_home, recipe=recipe, tell=tell)
    return Trained(model, f"{NAME}-{manifest_of(settings.home).digest[:12]}", thresholds_of(recipe))


def thresholds_of(recipe: Recipe) -> Thresholds:
    """Turn the recipe's stated costs into thresholds."""
    costs = recipe.costs
    return Thresholds(
        scope=costs.threshold,
        spoken=costs.spoken,
        muted=costs.muted,
        category_share=costs.category_share,
        abstain=(costs.abstain_low, costs.abstain_high),
    )
