"""The helper process of `apart`: reads requests from its input, answers on its output, and can neither write files, see keys nor reach a network."""

import importlib
import json
import mimetypes
import os
import resource
import select
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from xiansuo.domain.letter import Trouble
from xiansuo.intake.apart import ANSWER, DONE, HEAD, READY, REFUSAL, WANT
from xiansuo.intake.content import CannotRead
from xiansuo.intake.landlock import restrict_to
from xiansuo.intake.lent import ask_above
from xiansuo.settings import Settings

_IDLE_SECONDS = 300
_INPUT = 0
_CHUNK = 1 << 20
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.spawn",
    "ftplib.",
    "urllib.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGING = frozenset(
    {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
)


def main(job: str) -> None:
    """Answer requests for one job until the input ends or nobody asked for a while."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    sys.addaudithook(_refuse)
    ask_above(lambda work, asked, data: _wanted(output, work, asked, data))
    answer = importlib.import_module(job).answer
    restrict_to(_readable())
    _say(output, READY, b"")
    while (frame := _heard()) is not None:
        _, asked = frame
        _, data = _heard() or (b"", b"")
        try:
            request = json.loads(asked)
            for part in _in_time(answer(request, data), request["seconds"]):
                _say(output, ANSWER, part)
            _say(output, DONE, b"")
        except CannotRead as reason:
            _refuse_to_read(output, reason.trouble, reason.detail)
        except Exception as error:  # noqa: BLE001 - decoders of strangers' files raise anything; the message may quote the file
            _refuse_to_read(output, Trouble.DAMAGED, type(error).__name__)


def _readable() -> Iterator[Path]:
    """Yield where the interpreter, its packages and our word lists lie: no letter and no key."""
    yield from {Path(sys.prefix), Path(sys.base_prefix), Path(__file__).resolve().parents[1], Settings().lexicons}
    yield from (Path(part) for part in sys.path if "site-packages" in part or "dist-packages" in part)
    yield from map(Path, mimetypes.knownfiles)
    yield from map(
        Path,
        ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/dev/null", "/dev/urandom"),
    )
    yield from map(Path, ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"))


def _in_time(parts: Iterable[bytes], seconds: float) -> Iterator[bytes]:
    """Give each answer so much time of the processor, should nobody be left to look at the clock."""
    parts = iter(parts)
    while True:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(used.ru_utime + used.ru_stime + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
        try:
            part = next(parts)
        except StopIteration:
            return
        yield part


def _wanted(output: BinaryIO, work: str, asked: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    _say(output, WANT, json.dumps({"work": work, "asked": asked}).encode())
    _say(output, ANSWER, data)
    while frame := _heard():
        kind, said = frame
        if kind == DONE:
            return
        if kind == REFUSAL:
            trouble, detail = json.loads(said)
            raise CannotRead(Trouble(trouble), detail)
        yield said


def _heard() -> tuple[bytes, bytes] | None:
    """Return the next frame's kind and content, None when there will be none."""
    if not select.select([_INPUT], [], [], _IDLE_SECONDS)[0]:
        return None
    head = _exactly(HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, length = HEAD.unpack(head)
    return kind, _exactly(length)


def _exactly(length: int) -> bytes:
    """Read without a buffer of our own: what lay in one would be unknown to `select`."""
    found = bytearray()
    while len(found) < length and (chunk := os.read(_INPUT, min(_CHUNK, length - len(found)))):
        found += chunk
    return bytes(found)


def _say(output: BinaryIO, kind: bytes, data: bytes) -> None:
    output.write(HEAD.pack(kind, len(data)))
    output.write(data)
    output.flush()


def _refuse_to_read(output: BinaryIO, trouble: Trouble, detail: str) -> None:
    _say(output, REFUSAL, json.dumps([trouble.value, detail]).encode())


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what a reader of files has no business doing (an audit hook, PEP 578)."""
    if event.startswith(_FORBIDDEN) or event in _CHANGING or (event == "open" and _writes(arguments)):
        raise PermissionError(event)


def _writes(arguments: tuple[object, ...]) -> bool:
    path, mode, flags = (*arguments, None, None, None)[:3]
    if isinstance(path, int) or path == os.devnull:
        return False
    return bool(isinstance(flags, int) and flags & _WRITING) or (isinstance(mode, str) and mode.strip("rbt") != "")


if __name__ == "__main__":
    main(sys.argv[1])
