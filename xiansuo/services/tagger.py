"""Finds the trained tagger of bodies and places, or trains it once, where the setting asks for it."""

import hashlib
import shutil
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from threadpoolctl import threadpool_limits

from xiansuo.classifiers.artifact import (
    Manifest,
    ModelMismatchError,
    folder_of,
    manifest_of,
    read_seal,
    write_seal,
    written_whole,
)
from xiansuo.classifiers.corpus import GoldLetter, read_corpus
from xiansuo.classifiers.prepare import Prepared, load_tools, prepare
from xiansuo.errors import UsageError
from xiansuo.settings import Settings
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.ner import ORG, PERSON, PLACE, Language, Tagger, Words, pipeline
from xiansuo.text.ner_examples import passages
from xiansuo.text.ner_train import Recipe, train
from xiansuo.text.segment import Segmenter

NAME = "entities"
_NET = "ner"
# The words themselves stay out of the artifact: the net knows hashes only.
_LEFT_OUT = ["vocab"]


def read_recipe(settings: Settings) -> Recipe:
    """Read the tagger's recipe; an unusable one is a `UsageError` that names the reason."""
    path = settings.models / NAME / "recipe.toml"
    try:
        return TypeAdapter(Recipe).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{NAME}/{path.name} 不能使用：{error}。请改正后重新运行 xiansuo train。") from error


def fit_tagger(data: Prepared, recipe: Recipe, settings: Settings) -> Language:
    """Train on prepared letters, on one thread so that the same letters give the same net."""
    lexicons = Lexicons.load(settings.lexicons)
    letters = [
        list(passages(document, listed(letter))) for letter, document in zip(data.letters, data.documents, strict=True)
    ]
    with threadpool_limits(limits=1):
        return train(letters, recipe, words=_words(settings, lexicons), lexicons=lexicons)


def listed(letter: GoldLetter) -> dict[str, Sequence[str]]:
    """Return what an author listed, by the tagger's labels."""
    return {PERSON: letter.respondents, ORG: letter.named["org"], PLACE: letter.named["place"]}


def train_tagger(settings: Settings) -> Path:
    """Train on the whole corpus, store the net in the place of one of the same inputs, and return the folder."""
    data = prepare(read_corpus(settings.corpus), load_tools(settings.home))
    manifest = manifest_of(settings.home, NAME)
    folder = folder_of(settings.home, manifest, NAME)
    nlp = fit_tagger(data, read_recipe(settings), settings)
    shutil.rmtree(folder, ignore_errors=True)
    save(nlp, folder, manifest)
    return folder


def load_tagger(settings: Settings, *, tell: Callable[[str], None]) -> Tagger | None:
    """Load the tagger of the inputs at hand, train it once where there is none; None where the setting is off."""
    if settings.ner == "off":
        return None
    manifest = manifest_of(settings.home, NAME)
    folder = folder_of(settings.home, manifest, NAME)
    if not folder.is_dir():
        tell("没有现成的单位、地点标注模型，正在按配方训练一次（约三五分钟）……")
        train_tagger(settings)
    return Tagger(load(folder, manifest, settings))


def save(nlp: Language, folder: Path, manifest: Manifest) -> None:
    """Write a net all at once; the first of several writers wins."""
    with written_whole(folder) as draft:
        nlp.get_pipe("ner").to_disk(draft / _NET, exclude=_LEFT_OUT)
        write_seal(draft, {"inputs": dict(manifest.inputs), "files": _digest(draft / _NET)})


def load(folder: Path, expected: Manifest, settings: Settings) -> Language:
    """Load a net; one whose inputs or files differ from its manifest is refused with a `ModelMismatchError`."""
    seal = read_seal(folder)
    if seal["inputs"] != dict(expected.inputs):
        raise ModelMismatchError(f"模型 {folder.name} 与现有规则、语料或程序不符。请运行 xiansuo train 重新训练。")
    if seal["files"] != _digest(folder / _NET):
        raise ModelMismatchError(
            f"模型 {folder.name} 的数据文件与清单不符，可能已损坏或被改动。请运行 xiansuo train 重新训练。"
        )
    nlp = pipeline(_words(settings, Lexicons.load(settings.lexicons)), read_recipe(settings).network)
    nlp.get_pipe("ner").from_disk(folder / _NET, exclude=_LEFT_OUT)
    return nlp


def _words(settings: Settings, lexicons: Lexicons) -> Words:
    return Words(Segmenter(settings.lexicons), lexicons)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
