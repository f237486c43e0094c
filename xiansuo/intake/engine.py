"""Owns the `[engine]` table of `xiansuo.toml`: by how many processes, and where, the work is done."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from xiansuo.intake.sources import SourcesError, read_table, shown

MOST = 32
LOCAL = "local"
"""The value of `dask` that asks for a cluster of its own on this machine."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How the work is spread; the defaults do it in one process. `wrong` has a sentence for every setting that is wrong.

    `workers`: processes of this machine that read and analyse for a run. `helpers`: runs that `schedule --join` processes are asked
    for. `dask`: a scheduler's address, or `local`. The last two need PostgreSQL.
    """

    workers: int = 1
    helpers: int = 0
    dask: str = ""
    wrong: tuple[str, ...] = ()


def read_engine(path: Path) -> EngineSettings:
    """Read how the work is spread; a wrong setting stays at its default. Raises SourcesError when the file is missing or no TOML."""
    given = read_table(path).get("engine", {})
    if not isinstance(given, dict):
        raise SourcesError(f"配置文件 {path} 的 engine 应写成 [engine]（一层方括号），下面一行一项。")
    read, wrong = dict[str, int | str](), list[str]()
    for name, value in given.items():
        key = _KEYS.get(name)
        if key is None:
            wrong.append(_unknown(name))
        elif key.fits(value):
            read[name] = value
        else:
            wrong.append(f"{name} = {shown(value)} 有误，按默认处理。应为{key.form}。")
    told = tuple(f"{path.name} 的 [engine] {sentence}" for sentence in wrong)
    return EngineSettings(
        int(read.get("workers", 1)), int(read.get("helpers", 0)), str(read.get("dask", "")).strip(), told
    )


@dataclass(frozen=True, slots=True)
class _Key:
    fits: Callable[[object], bool]
    form: str


def _between(least: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST


def _is_scheduler(value: object) -> bool:
    """Tell whether it is a scheduler that may be trusted: who speaks to it in clear could run anything where the keys lie."""
    if not isinstance(value, str):
        return False
    if value.strip() in {"", LOCAL}:
        return True
    try:
        place = urlsplit(value.strip())
        port = place.port
    except ValueError:
        return False
    encrypted = place.scheme == "tls"
    return bool(place.hostname and port) and (encrypted or (place.scheme == "tcp" and _is_here(str(place.hostname))))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_KEYS: Mapping[str, _Key] = MappingProxyType(
    {
        "workers": _Key(_between(1), f"1 到 {MOST} 的整数，即本机用几个进程"),
        "helpers": _Key(_between(0), f"0 到 {MOST} 的整数，即请几个 schedule --join 进程帮忙"),
        "dask": _Key(_is_scheduler, f"{LOCAL}、tls://主机:端口，或本机的 tcp://127.0.0.1:端口（不加密的只许本机）"),
    }
)


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, _KEYS, n=1)
    hint = f"是否想写 {near[0]}？" if near else ""
    return f"里的 {shown(name)} 不认识。{hint}可用：{'、'.join(_KEYS)}。"
