"""Owns what a site adds to the shipped model, on disk: arrays without pickle, and a manifest signed with the state directory's key."""

import hashlib
import hmac
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from xiansuo.classifiers.adapt import Adapted
from xiansuo.classifiers.artifact import Arrays, ModelMismatchError, written_whole
from xiansuo.classifiers.calibrate import shift
from xiansuo.classifiers.features import Floats
from xiansuo.classifiers.labels import LABELS, SCOPE
from xiansuo.classifiers.linear import Linear
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.vocabulary import Vocabulary
from xiansuo.services.office import Office

FOLDER = "models"
_ARRAYS, _MANIFEST = "site.npz", "manifest.json"
_SIGNED_AS = b"site model\0"
_SCOPE_ONLY = np.array([label == SCOPE for label in LABELS], dtype=np.float64)
_AGAIN = "没有使用它；请执行 xiansuo train --from-decisions 重新学习。"


@dataclass(frozen=True, slots=True)
class Made:
    """What an addition was made from: the shipped model `base` (its id), mail up to `last_letter`, `gold` decisions up to `last_decision`.

    `mail` is how many letters the office had then and `letters` how many of them were heard, `acquaintance` the name of the addition
    without decisions that this one stands on, `base_rate` the share of accusations measured at the site, None where nobody knows it.
    The gold was that of services/gold `until` this act; what is newer than `last_decision` was not learned from.
    """

    base: str
    mail: int
    letters: int
    last_letter: int
    acquaintance: str = ""
    last_decision: int = 0
    gold: int = 0
    base_rate: float | None = None
    until: int = 0


def digest_of(made: Made, added: Adapted) -> str:
    """Return 12 characters that name an addition: equal mail, decisions and base rate give equal ones.

    A later decision that taught nothing changes nothing.
    """
    told = json.dumps([asdict(replace(made, until=0)), added.digest], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def at_base_rate(model: Adapted, rate: float) -> Adapted:
    """Return the same model for a site where the share of accusations is `rate`, not what its recipe expects (Saerens et al. 2002).

    The model below knows what to do with it; what the site's words have to say in its place is moved as far.
    """
    moved = _SCOPE_ONLY * model.trust * shift(model.recipe.base_rate.scope, rate)
    return replace(model, cold=_expecting(model.cold, rate), site=Linear(model.site.weights, model.site.bias + moved))


def _expecting(model: Model, rate: float) -> Model:
    expected = model.recipe.base_rate.model_copy(update={"scope": rate})
    return replace(model, recipe=model.recipe.model_copy(update={"base_rate": expected}))


def folder_of(office: Office, name: str) -> Path:
    """Return where the addition of this name lies or would lie."""
    return office.state_dir / FOLDER / name


def names(office: Office, kind: str) -> list[str]:
    """Return the stored additions of a kind, the newest first."""
    found = [folder for folder in (office.state_dir / FOLDER).glob(f"{kind}-*") if folder.is_dir()]
    return [folder.name for folder in sorted(found, key=lambda one: (-one.stat().st_mtime_ns, one.name))]


def write(office: Office, name: str, made: Made, added: Adapted) -> None:
    """Store an addition all at once; the first of several writers wins, but over one that is damaged."""
    if not _is_sound(office, name):
        remove(office, name)
    with written_whole(folder_of(office, name)) as draft:
        np.savez_compressed(draft / _ARRAYS, allow_pickle=False, **_arrays(added))
        seal = {"name": name, "made": asdict(made), "arrays": _digest(draft / _ARRAYS)}
        signed = {**seal, "signature": _signature(office, seal)}
        (draft / _MANIFEST).write_text(json.dumps(signed, indent=1, sort_keys=True), encoding="utf-8")


def remove(office: Office, name: str) -> None:
    """Remove an addition that nothing stands on."""
    shutil.rmtree(folder_of(office, name), ignore_errors=True)


def read_made(office: Office, name: str) -> Made:
    """Return what an addition was made from. Raises ModelMismatchError where its manifest was not written and signed here."""
    return Made(**_seal(office, name)["made"])


def read(office: Office, name: str, shipped: Model, base: str) -> tuple[Adapted, Made]:
    """Return the shipped model, whose id is `base`, with an addition, at the base rate this was made for; and what it was made from.

    Raises ModelMismatchError where base, arrays or signature are not those of its manifest.
    """
    seal = _seal(office, name)
    made = Made(**seal["made"])
    if made.base != base:
        raise ModelMismatchError(
            f"本单位模型 {name} 是在另一版随程序模型上学成的，规则、样本信或程序此后有改动。{_AGAIN}"
        )
    file = folder_of(office, name) / _ARRAYS
    if not file.is_file() or _digest(file) != seal["arrays"]:
        raise ModelMismatchError(f"本单位模型 {name} 的数据文件与清单不符，可能已损坏或被改动。{_AGAIN}")
    with np.load(file, allow_pickle=False) as arrays:
        return _added(shipped, dict(arrays), made.base_rate), made


def _is_sound(office: Office, name: str) -> bool:
    try:
        seal = _seal(office, name)
        return bool(_digest(folder_of(office, name) / _ARRAYS) == seal["arrays"])
    except (ModelMismatchError, OSError):
        return False


def _seal(office: Office, name: str) -> dict[str, Any]:
    try:
        seal: dict[str, Any] = json.loads((folder_of(office, name) / _MANIFEST).read_text(encoding="utf-8"))
        signature = str(seal.pop("signature"))
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ModelMismatchError(f"本单位模型 {name} 没有可读的清单。{_AGAIN}") from error
    if seal.get("name") != name or not hmac.compare_digest(signature, _signature(office, seal)):
        raise ModelMismatchError(f"本单位模型 {name} 的清单签名不符：可能被改动，或来自另一处安装。{_AGAIN}")
    return seal


def _signature(office: Office, seal: Mapping[str, object]) -> str:
    return office.keyring.sign(_SIGNED_AS + json.dumps(seal, sort_keys=True).encode()).hex()


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _arrays(added: Adapted) -> dict[str, Arrays]:
    return {
        "keys": added.vocabulary.keys,
        "idf": added.vocabulary.idf,
        "weights": added.site.weights,
        "bias": added.site.bias,
        "trust": added.trust,
    }


def _added(shipped: Model, arrays: Mapping[str, Floats], rate: float | None) -> Adapted:
    vocabulary = Vocabulary(arrays["keys"].astype(np.int64), arrays["idf"])
    cold = shipped if rate is None else _expecting(shipped, rate)
    return Adapted(cold, vocabulary, Linear(arrays["weights"], arrays["bias"]), arrays["trust"])
