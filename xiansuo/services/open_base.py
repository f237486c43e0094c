"""Finds the shipped recipe trained without the frozen part of the corpus, so that the frozen part can judge what stands on it; trains it once."""

from collections.abc import Callable

from xiansuo.classifiers.artifact import NAME, load, manifest_of, save
from xiansuo.classifiers.corpus import read_corpus
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import fit, load_tools, prepare
from xiansuo.classifiers.recipe import read_recipe
from xiansuo.evaluation.split import frozen
from xiansuo.settings import Settings


def load_open_base(settings: Settings, *, tell: Callable[[str], None]) -> Model:
    """Load the model of the open part, or train and store it beside the others, telling so."""
    manifest = manifest_of(settings.home)
    # The point keeps it from those that may be used on letters.
    folder = settings.models / NAME / "artifacts" / f".open-{manifest.digest[:16]}"
    if not folder.is_dir():
        tell("正在训练一个不含固定留出部分的基础模型，只用于比较（约一分钟以内）……")
        save(_fitted(settings), folder, manifest)
    return load(folder, manifest)


def _fitted(settings: Settings) -> Model:
    letters = read_corpus(settings.corpus)
    held = set(frozen(letters).tolist())
    data = prepare([one for row, one in enumerate(letters) if row not in held], load_tools(settings.home))
    return fit(data, read_recipe(settings.models / NAME / "recipe.toml"))
