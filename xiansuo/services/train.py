"""Trains the shipped recipe now and says which stored models belong to the rules and letters at hand."""

import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xiansuo.classifiers.artifact import NAME, ModelMismatchError, folder_of, load, manifest_of, save
from xiansuo.classifiers.corpus import read_corpus
from xiansuo.classifiers.prepare import fit, load_tools, prepare
from xiansuo.classifiers.recipe import read_recipe
from xiansuo.errors import OfficeError
from xiansuo.services.tagger import NAME as TAGGER
from xiansuo.services.tagger import load as load_net
from xiansuo.services.tagger import train_tagger
from xiansuo.settings import Settings

IN_USE = "在用"
MISMATCHED = "与现有规则或语料不符"
DAMAGED = "已损坏"


@dataclass(frozen=True, slots=True)
class Training:
    """Where a new model lies and what went into it."""

    folder: Path
    seconds: float
    letters: int
    matters: int
    ngrams: int


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A trained model on disk, whether it is the one in use, and a sentence where it is not."""

    name: str
    folder: Path
    trained: datetime
    state: str
    sentence: str = ""


def require_place(settings: Settings) -> None:
    """Raise OfficeError where no model fits the inputs at hand and none could be stored, before anybody waits for training."""
    manifest = manifest_of(settings.home)
    folder = folder_of(settings.home, manifest)
    if folder.is_dir():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryDirectory(prefix=".draft-", dir=folder.parent).cleanup()
    except OSError as error:
        raise OfficeError(
            f"还没有训练好的模型，而模型目录 {folder.parent} 不能写入（{error.strerror}）。请给予写权限后重试。"
        ) from error


def train_now(settings: Settings) -> Training:
    """Train on the whole corpus and store the model in the place of one of the same inputs, sound or damaged."""
    started = time.perf_counter()
    recipe = read_recipe(settings.models / NAME / "recipe.toml")
    manifest = manifest_of(settings.home)
    data = prepare(read_corpus(settings.corpus), load_tools(settings.home))
    model = fit(data, recipe)
    folder = folder_of(settings.home, manifest)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        save(model, folder, manifest)
    except OSError as error:
        raise OfficeError(f"模型目录 {folder.parent} 不能写入（{error.strerror}）。请给予写权限后重试。") from error
    load(folder, manifest)
    if settings.ner != "off":
        train_tagger(settings)
    return Training(
        folder,
        time.perf_counter() - started,
        len(data.letters),
        len({letter.matter for letter in data.letters}),
        len(model.vocabulary.keys),
    )


def list_models(settings: Settings) -> tuple[StoredModel, ...]:
    """Return every stored model, the newest first."""
    names = sorted(path.parent.name for path in settings.models.glob("*/recipe.toml"))
    found = [
        _stored(settings, name, folder)
        for name in names
        for folder in (settings.models / name / "artifacts").glob("[!.]*")
        if folder.is_dir()
    ]
    return tuple(sorted(found, key=lambda model: model.trained, reverse=True))


def _stored(settings: Settings, name: str, folder: Path) -> StoredModel:
    manifest = manifest_of(settings.home, name)
    trained = datetime.fromtimestamp(folder.stat().st_mtime).astimezone()
    belongs = folder == folder_of(settings.home, manifest, name)
    try:
        load_net(folder, manifest, settings) if name == TAGGER else load(folder, manifest)
    except ModelMismatchError as error:
        return StoredModel(name, folder, trained, DAMAGED if belongs else MISMATCHED, str(error))
    return StoredModel(name, folder, trained, IN_USE)
