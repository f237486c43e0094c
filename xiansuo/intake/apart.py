"""Owns asking a helper process to open a stranger's file: started when first needed, asked again, ended when it is late.

Whatever a decoder does there, it cannot take the run with it. Answers are plain bytes; nothing is unpickled.
"""

import atexit
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from xiansuo.domain.letter import Trouble
from xiansuo.intake.confine import confined, end
from xiansuo.intake.content import CannotRead
from xiansuo.intake.lent import LENT

HEAD = struct.Struct(">cQ")
READY, ANSWER, REFUSAL, DONE, WANT = b"r", b"a", b"x", b"d", b"w"
_START_SECONDS = 120
_SEND_SECONDS = 60
_LARGEST_REQUEST = 256 << 20
_CHUNK = 1 << 20


@dataclass(slots=True)
class Apart:
    """One helper process. `job` is the module whose `answer` it runs, `memory` its address space in bytes."""

    job: str
    memory: int
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(
        self, asked: Mapping[str, object], data: bytes, *, seconds: float, largest: int
    ) -> Generator[bytes, None, None]:
        """Yield the helper's answers; raise CannotRead when one takes longer than `seconds` or exceeds `largest` bytes."""
        with self._lock:
            done = False
            try:
                self._send(json.dumps({"seconds": seconds, **asked}).encode(), data)
                yield from self._answers(seconds, largest)
                done = True
            except CannotRead as reason:
                done = reason.trouble is not Trouble.FAILED
                raise
            finally:
                if not done:  # what it still has to say would be taken for the next answer
                    self.close()

    @property
    def process_id(self) -> int | None:
        """The helper's number among the processes, where it runs."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the helper, if there is one."""
        if self._process:
            end(self._process)
        self._process = None

    def forget(self) -> None:
        """Leave the helper to the process that started it."""
        self._process, self._lock = None, threading.Lock()

    def _send(self, asked: bytes, data: bytes) -> None:
        frames = (HEAD.pack(ANSWER, len(asked)), asked, HEAD.pack(ANSWER, len(data)), data)
        for again in (False, True):  # a helper that had nothing to do for long has gone
            try:
                self._write(frames)
            except OSError as error:
                self.close()
                if again:
                    raise CannotRead(Trouble.FAILED, "读取进程没有启动") from error
            else:
                return

    def _write(self, frames: Iterable[bytes]) -> None:
        """Write without waiting for one that has stopped listening."""
        pipe = self._running().stdin
        until = time.monotonic() + _SEND_SECONDS
        for frame in frames:
            rest = memoryview(frame)
            while pipe and rest:
                if not select.select([], [pipe], [], max(0.0, until - time.monotonic()))[1]:
                    raise CannotRead(Trouble.FAILED, "读取超过时间上限，已中止")
                rest = rest[os.write(pipe.fileno(), rest[:_CHUNK]) :]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = _start(self.job, self.memory)
            if self._process.stdin:
                os.set_blocking(self._process.stdin.fileno(), False)
            kind, _ = self._frame(time.monotonic() + _START_SECONDS, 0)
            if kind != READY:
                raise CannotRead(Trouble.FAILED, "读取进程没有启动")
        return self._process

    def _answers(self, seconds: float, largest: int) -> Iterator[bytes]:
        while True:
            kind, data = self._frame(time.monotonic() + seconds, largest)
            if kind == DONE:
                return
            if kind == REFUSAL:
                trouble, detail = json.loads(data)
                raise CannotRead(Trouble(trouble), detail)
            if kind == WANT:
                self._lend(json.loads(data), self._frame(time.monotonic() + seconds, _LARGEST_REQUEST)[1])
            else:
                yield data

    def _lend(self, wanted: Mapping[str, Any], data: bytes) -> None:
        """Do for the helper what it may not do itself."""
        try:
            for answer in LENT[wanted["work"]](wanted["asked"], data):
                self._write((HEAD.pack(ANSWER, len(answer)), answer))
        except CannotRead as reason:
            said = json.dumps([reason.trouble.value, reason.detail]).encode()
            self._write((HEAD.pack(REFUSAL, len(said)), said))
        else:
            self._write((HEAD.pack(DONE, 0),))

    def _frame(self, until: float, largest: int) -> tuple[bytes, bytes]:
        kind, length = HEAD.unpack(self._exactly(HEAD.size, until))
        if length > max(largest, 1 << 16):
            raise CannotRead(Trouble.FAILED, f"读出{length}字节，超过上限{largest}")
        return kind, self._exactly(length, until)

    def _exactly(self, length: int, until: float) -> bytes:
        process = self._process
        if process is None or process.stdout is None:
            raise CannotRead(Trouble.FAILED, "读取进程没有启动")
        found = bytearray()
        while len(found) < length:
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise CannotRead(Trouble.FAILED, "读取超过时间上限，已中止")
            chunk = os.read(process.stdout.fileno(), min(_CHUNK, length - len(found)))
            if not chunk:
                raise CannotRead(Trouble.FAILED, "读取进程中止，内存可能不够或文件有意损坏")
            found += chunk
        return bytes(found)


def helper(job: str, *, memory: int) -> Apart:
    """Return the one helper of this process for a job."""
    with _REGISTER_LOCK:
        return _HELPERS.setdefault(job, Apart(job, memory))


def _start(job: str, memory: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-B", "-m", "xiansuo.intake.apart_main", job]
    path = os.pathsep.join(part for part in sys.path if part)
    home = {name: value for name, value in os.environ.items() if name == "XIANSUO_HOME"}
    # One thread each: several helpers may work at once, and a share of the machine belongs to the people at the pages.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return subprocess.Popen(
        confined(command, memory=memory, seconds=_LONGEST_LIFE),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": path, "PATH": os.defpath, "LANG": "C.UTF-8", **home, **threads},
        cwd="/",
        start_new_session=True,
    )


def close_all() -> None:
    """End every helper of this process."""
    for one in _HELPERS.values():
        with suppress(Exception):
            one.close()


def _forget_all() -> None:
    for one in _HELPERS.values():
        one.forget()


_LONGEST_LIFE = 24 * 3600
_HELPERS: dict[str, Apart] = {}
_REGISTER_LOCK = threading.Lock()
atexit.register(close_all)
os.register_at_fork(after_in_child=_forget_all)
