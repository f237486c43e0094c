"""Finds the trained models: the shipped one of the content folders at hand, the one an office has in use, and those that older suggestions name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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
from xiansuo.services.office import Office
from xiansuo.settings import Settings
from xiansuo.storage.repositories import site_models
from xiansuo.storage.repositories.site_models import SiteModel
from xiansuo.storage.session import reading
from xiansuo.triage.suggest import Thresholds

Tell = Callable[[str], None]

SITE_MODELS = "models"
"""The folder of the state directory in which the site's models lie, each under its name."""

_BASE_DIGITS, _FOLDER_DIGITS = 12, 16
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


def load_model(settings: Settings, *, tell: Tell) -> Trained:
    """Load the model that belongs to the rules, letters and program at hand; train it once where there is none."""
    model = shipped(settings, tell=tell)
    return Trained(model, base_id(manifest_of(settings.home).digest), thresholds_of(model.recipe))


def shipped(settings: Settings, *, tell: Tell) -> Model:
    """Return the shipped model itself, on which every site model stands."""
    recipe = read_recipe(settings.models / NAME / "recipe.toml")
    return load_or_train(settings.home, fit=fit_home, recipe=recipe, tell=tell)


def model_in_use(office: Office, *, tell: Tell) -> Trained:
    """Load the model that a person last put into use in this office, the shipped one where nobody has.

    A site model that is damaged, or that another program made, is an error which says what mends it: no other model ever takes
    its place by itself. Changed rules and word lists are no reason: it stands on the shipped model it was measured with.
    """
    with reading(office.engine) as session:
        chosen = site_models.in_use(session)
    return load_model(office.settings, tell=tell) if chosen is None else site_model(office, chosen)


def id_in_use(office: Office) -> str:
    """Return the name of the model in use without loading it."""
    with reading(office.engine) as session:
        chosen = site_models.in_use(session)
    return chosen.name if chosen else base_id(manifest_of(office.settings.home).digest)


def site_model(office: Office, stored: SiteModel) -> Trained:
    """Load a model of the site on the shipped model it was trained on. Raises ModelMismatchError, a sentence that says what mends it."""
    from xiansuo.classifiers import site  # noqa: PLC0415

    try:
        base = load_base(office.settings, stored.base)
        adapted = site.load(site_folder(office, stored.name), base, office.keyring)
    except ModelMismatchError as error:
        raise ModelMismatchError(
            f"在用的现场模型 {stored.name} 不能使用：{error}从备份恢复状态目录的 {SITE_MODELS} 文件夹，或执行 xiansuo model rollback 退回原来的模型。"
        ) from error
    return Trained(adapted, stored.name, thresholds_of(base.recipe))


def load_base(settings: Settings, digest: str) -> Model:
    """Load the shipped model with this manifest digest, also one of older rules; raises ModelMismatchError where another program made it."""
    folder = settings.models / NAME / "artifacts" / digest[:_FOLDER_DIGITS]
    stored = Manifest(read_seal(folder)["inputs"])
    if stored.digest != digest or not _same_program(stored, manifest_of(settings.home)):
        raise ModelMismatchError(f"基础模型 {folder.name} 不是这一版程序训练的。")
    return load(folder, stored)


def base_named(settings: Settings, model_id: str) -> Model:
    """Load the shipped model that a suggestion names. Raises ModelMismatchError."""
    digits = model_id.removeprefix(f"{NAME}-")
    folders = sorted((settings.models / NAME / "artifacts").glob(f"{digits}*"))
    if len(digits) != _BASE_DIGITS or len(folders) != 1:
        raise ModelMismatchError(f"基础模型 {model_id} 已不在模型文件夹里。")
    return load_base(settings, Manifest(read_seal(folders[0])["inputs"]).digest)


def _same_program(one: Manifest, other: Manifest) -> bool:
    return all(one.inputs.get(name) == other.inputs.get(name) for name in _PROGRAM)


def base_id(digest: str) -> str:
    """Return the name of the shipped model with this manifest digest."""
    return f"{NAME}-{digest[:_BASE_DIGITS]}"


def site_folder(office: Office, name: str) -> Path:
    """Return where the site model of this name lies."""
    return office.state_dir / SITE_MODELS / name


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
