"""Finds the trained models: the shipped one of the content folders at hand, the one an office has in use, and those that older suggestions name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from xiansuo.classifiers.artifact import (
    NAME,
    Manifest,
    ModelMismatchError,
    load,
    load_or_train,
    manifest_of,
    read_seal,
)
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import fit_home
from xiansuo.classifiers.recipe import Recipe, read_recipe
from xiansuo.domain.suggestion import ModelScores, Reading
from xiansuo.domain.text import Document
from xiansuo.services import site_artifact
from xiansuo.services.office import Office
from xiansuo.settings import Settings
from xiansuo.storage.repositories import site_models
from xiansuo.storage.repositories.site_models import SiteModel
from xiansuo.storage.session import reading
from xiansuo.triage.suggest import Thresholds

Tell = Callable[[str], None]

_DIGITS = 12
_PROGRAM = ("xiansuo", "xiansuo code", f"models/{NAME}/recipe.toml")


class Scorer(Protocol):
    """What answers about letters: the shipped model, or one that knows a site."""

    @property
    def recipe(self) -> Recipe:
        """The recipe it was made by."""

    def score(self, documents: Sequence[Document], readings: Sequence[Reading]) -> list[ModelScores]:
        """Return the answers for a batch, letter by letter."""

    def explain(self, document: Document, reading: Reading) -> ModelScores:
        """Return the answer for one letter with the shares of its words."""

    def vocabulary_holds(self, strings: Iterable[str]) -> list[str]:
        """Return those of `strings` that it knows as words."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model with the name of what it was made from and the thresholds its recipe states."""

    model: Scorer
    id: str
    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class Shipped(Trained):
    """A model trained on the corpus alone, on which a site's own stands."""

    model: Model


def load_model(settings: Settings, *, tell: Tell) -> Shipped:
    """Load the model that belongs to the rules, letters and program at hand; train it once where there is none."""
    recipe = read_recipe(settings.models / NAME / "recipe.toml")
    model = load_or_train(settings.home, fit=fit_home, recipe=recipe, tell=tell)
    return Shipped(model, shipped_id(settings), thresholds_of(recipe))


def shipped_id(settings: Settings) -> str:
    """Return the name of the shipped model that belongs to the rules, letters and program at hand, without loading it."""
    return _id_of(manifest_of(settings.home))


def load_named(settings: Settings, model_id: str) -> Shipped:
    """Load the shipped model of this name, also one of older rules. Raises ModelMismatchError where it is gone or another program made it."""
    folder, inputs = _stored(settings, model_id)
    model = load(folder, inputs)
    return Shipped(model, model_id, thresholds_of(model.recipe))


def _stored(settings: Settings, model_id: str) -> tuple[Path, Manifest]:
    digits = model_id.removeprefix(f"{NAME}-")
    folders = sorted((settings.models / NAME / "artifacts").glob(f"{digits}*"))
    if len(digits) != _DIGITS or len(folders) != 1:
        raise ModelMismatchError(f"随程序模型 {model_id} 已不在模型文件夹里。")
    inputs = Manifest(read_seal(folders[0])["inputs"])
    if _id_of(inputs) != model_id or not _same_program(inputs, manifest_of(settings.home)):
        raise ModelMismatchError(f"随程序模型 {model_id} 不是这一版程序训练的。")
    return folders[0], inputs


def model_in_use(office: Office, *, tell: Tell) -> Trained:
    """Load the model that a person last put into use in this office, the shipped one where nobody has.

    A site model that is damaged, or that another program made, is an error which says what mends it: no other model ever takes
    its place by itself. Changed rules and word lists are no reason: it stands on the shipped model it was measured with.
    """
    with reading(office.engine) as session:
        chosen = site_models.in_use(session)
    if chosen is None:
        return load_model(office.settings, tell=tell)
    try:
        return load_site_model(office, chosen)
    except ModelMismatchError as error:
        raise ModelMismatchError(
            f"在用的本单位模型 {chosen.name} 不能使用。{error}也可以执行 xiansuo model rollback 退回原来的模型。"
        ) from error


def unfit_in_use(settings: Settings, engine: Engine) -> str:
    """Return the name of the site model in use where the program at hand cannot use it, '' otherwise, also in a database of earlier tables."""
    with reading(engine) as session:
        chosen = site_models.name_and_base(session)
    try:
        if chosen:
            _stored(settings, chosen[1])
    except ModelMismatchError:
        return chosen[0] if chosen else ""
    return ""


def name_in_use(office: Office) -> str:
    """Return the name of the site model in use without loading it, '' for the shipped one."""
    with reading(office.engine) as session:
        chosen = site_models.in_use(session)
    return chosen.name if chosen else ""


def site_name(trained: Trained) -> str:
    """Return the name of a site model, '' for a shipped one."""
    return "" if isinstance(trained, Shipped) else trained.id


def load_site_model(office: Office, stored: SiteModel) -> Trained:
    """Load a model of the site with the shipped model that it stands on. Raises ModelMismatchError."""
    base = load_named(office.settings, stored.base)
    adapted, _ = site_artifact.read(office, stored.name, base.model, base.id)
    return Trained(adapted, stored.name, base.thresholds)


def load_by_id(office: Office, model_id: str) -> Trained:
    """Load the model that a suggestion names, in use or not. Raises ModelMismatchError."""
    with reading(office.engine) as session:
        stored = site_models.by_name(session, model_id)
    return load_site_model(office, stored) if stored else load_named(office.settings, model_id)


def _same_program(one: Manifest, other: Manifest) -> bool:
    return all(one.inputs.get(name) == other.inputs.get(name) for name in _PROGRAM)


def _id_of(manifest: Manifest) -> str:
    return f"{NAME}-{manifest.digest[:_DIGITS]}"


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
