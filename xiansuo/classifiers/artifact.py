"""Owns trained models on disk: arrays without pickle, and a manifest of everything they were made from."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from xiansuo.classifiers import recipe as recipes
from xiansuo.classifiers.expert import Expert, Stack, Words
from xiansuo.classifiers.features import Floats
from xiansuo.classifiers.linear import Linear
from xiansuo.classifiers.ngrams import Ints
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.recipe import Recipe
from xiansuo.classifiers.vocabulary import Vocabulary
from xiansuo.errors import XiansuoError

NAME = "scope_categories"
Arrays: TypeAlias = Floats | Ints

_ARRAYS, _MANIFEST = "model.npz", "manifest.json"
_CODE = ("domain", "text", "rulebook", "classifiers")
_UNREAD_RULES = frozenset(
    {"ranking.yaml", "seal.yaml", "deadlines.yaml", "holidays.yaml", "out_of_scope.yaml", "retention.yaml"}
)


class ModelMismatchError(XiansuoError):
    """A stored model does not belong to the rules, letters or program at hand."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """SHA-256 of every committed input of a model, by name."""

    inputs: Mapping[str, str]

    @property
    def digest(self) -> str:
        """One name for this set of inputs."""
        return hashlib.sha256(json.dumps(dict(sorted(self.inputs.items()))).encode()).hexdigest()


def manifest_of(home: Path, name: str = NAME) -> Manifest:
    """Return the manifest that a model trained now under `home` would have."""
    files = [home / "models" / name / "recipe.toml"]
    files += sorted((home / "data" / "corpus").glob("*.jsonl")) + sorted((home / "data" / "lexicons").glob("*.yaml"))
    files += [path for path in sorted((home / "rules").glob("*.yaml")) if path.name not in _UNREAD_RULES]
    inputs = {path.relative_to(home).as_posix(): _sha256([path]) for path in files if path.is_file()}
    package = Path(__file__).resolve().parent.parent
    code = [path for folder in _CODE for path in sorted((package / folder).glob("*.py"))]
    return Manifest({**inputs, "xiansuo": _package_version(), "xiansuo code": _sha256(code)})


def _sha256(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _package_version() -> str:
    try:
        return version("xiansuo")
    except PackageNotFoundError:  # a checkout that is run without being installed
        return "checkout"


def folder_of(home: Path, manifest: Manifest, name: str = NAME) -> Path:
    """Return the folder where the model of this manifest lies or would lie."""
    return home / "models" / name / "artifacts" / manifest.digest[:16]


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """Yield a draft to fill that becomes `folder` all at once: a reader sees the whole or none, and the first of several writers wins."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        yield draft
        draft.chmod(0o755)
        draft.replace(folder)
    except OSError:
        if not (folder / _MANIFEST).is_file():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_seal(folder: Path, seal: Mapping[str, object]) -> None:
    """Write what an artifact was made from."""
    (folder / _MANIFEST).write_text(json.dumps(seal, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


def read_seal(folder: Path) -> Mapping[str, Any]:
    """Return what an artifact was made from; raises `ModelMismatchError` where nothing readable says so."""
    try:
        seal: Mapping[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelMismatchError(f"模型 {folder.name} 没有可读的清单。请运行 xiansuo train 重新训练。") from error
    return seal


def save(model: Model, folder: Path, manifest: Manifest) -> None:
    """Write a model all at once."""
    with written_whole(folder) as draft:
        np.savez(draft / _ARRAYS, allow_pickle=False, **_arrays(model))
        inputs, arrays = dict(manifest.inputs), _sha256([draft / _ARRAYS])
        write_seal(draft, {"inputs": inputs, "arrays": arrays, "recipe": model.recipe.model_dump()})


def load(folder: Path, expected: Manifest) -> Model:
    """Load a model; one whose inputs or arrays differ from its manifest is refused with a `ModelMismatchError`."""
    seal = read_seal(folder)
    _check(folder, seal["inputs"], expected.inputs)
    if _sha256([folder / _ARRAYS]) != seal["arrays"]:
        raise ModelMismatchError(
            f"模型 {folder.name} 的数据文件与清单不符，可能已损坏或被改动。请运行 xiansuo train 重新训练。"
        )
    with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
        return _model(Recipe.model_validate(seal["recipe"]), dict(arrays))


def _check(folder: Path, stored: Mapping[str, str], expected: Mapping[str, str]) -> None:
    changed = sorted(name for name in stored.keys() | expected.keys() if stored.get(name) != expected.get(name))
    if changed:
        raise ModelMismatchError(
            f"模型 {folder.name} 训练之后有改动：{'、'.join(changed)}。请运行 xiansuo train 重新训练。"
        )


def load_or_train(
    home: Path, *, fit: Callable[[Path, Recipe], Model], recipe: Recipe, tell: Callable[[str], None]
) -> Model:
    """Load the model of the inputs under `home`, or train and store it once, telling so."""
    manifest = manifest_of(home)
    folder = folder_of(home, manifest)
    if not folder.is_dir():
        tell("没有现成的模型，正在按配方训练一次（约一分钟以内）……")
        save(fit(home, recipe), folder, manifest)
    return load(folder, manifest)


def _arrays(model: Model) -> dict[str, Arrays]:
    arrays: dict[str, Arrays] = {
        "keys": model.vocabulary.keys,
        "idf": model.vocabulary.idf,
        **_linear("gate", model.gate),
    }
    for name, expert in (("plain", model.plain), ("rich", model.rich)):
        arrays |= _linear(f"{name}.letter", expert.words.letter) | _linear(f"{name}.unit", expert.words.unit)
        arrays |= {f"{name}.stack.weights": expert.stack.weights, f"{name}.stack.bias": expert.stack.bias}
        arrays |= {f"{name}.share": np.array(expert.share)}
    return arrays


def _linear(name: str, linear: Linear) -> dict[str, Arrays]:
    return {f"{name}.weights": linear.weights, f"{name}.bias": linear.bias}


def _model(recipe: Recipe, arrays: Mapping[str, Floats]) -> Model:
    def linear(name: str) -> Linear:
        return Linear(arrays[f"{name}.weights"], arrays[f"{name}.bias"])

    def expert(name: str, settings: recipes.Expert) -> Expert:
        stack = Stack(arrays[f"{name}.stack.weights"], arrays[f"{name}.stack.bias"])
        words = Words(linear(f"{name}.letter"), linear(f"{name}.unit"))
        return Expert(words, stack, settings.rivals, float(arrays[f"{name}.share"]))

    vocabulary = Vocabulary(arrays["keys"].astype(np.int64), arrays["idf"])
    return Model(recipe, vocabulary, expert("plain", recipe.plain), expert("rich", recipe.rich), linear("gate"))
