"""The helper process of `apart`: reads requests from its input, answers on its output, and can neither write files nor reach a network."""

import importlib
import json
import os
import select
import sys
from typing import BinaryIO

from xiansuo.domain.letter import Trouble
from xiansuo.intake.apart import ANSWER, DONE, HEAD, READY, REFUSAL
from xiansuo.intake.content import CannotRead

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
    answer = importlib.import_module(job).answer
    _say(output, READY, b"")
    while (asked := _heard()) is not None:
        data = _heard() or b""
        try:
            for part in answer(json.loads(asked), data):
                _say(output, ANSWER, part)
            _say(output, DONE, b"")
        except CannotRead as reason:
            _refuse_to_read(output, reason.trouble, reason.detail)
        except Exception as error:  # noqa: BLE001 - decoders of strangers' files raise anything; the message may quote the file
            _refuse_to_read(output, Trouble.DAMAGED, type(error).__name__)


def _heard() -> bytes | None:
    """Return the next frame, None when there will be none."""
    if not select.select([_INPUT], [], [], _IDLE_SECONDS)[0]:
        return None
    head = _exactly(HEAD.size)
    return _exactly(HEAD.unpack(head)[1]) if len(head) == HEAD.size else None


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
