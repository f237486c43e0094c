"""Keeps what an unexpected error says out of Prefect's database: a message of a parser or driver may quote a letter."""

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from xiansuo.errors import XiansuoError

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)


class UnexpectedError(XiansuoError):
    """Something failed that nobody foresaw; only the name of the error and its place in the code are told."""

    passing = True


def guarded(work: Callable[P, T]) -> Callable[P, T]:
    """Let expected errors pass, whose sentences are safe, and strip all others to their name and place."""

    @wraps(work)
    def safely(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except XiansuoError:
            raise
        except Exception as error:  # noqa: BLE001 - the edge to the orchestrator; nothing unforeseen may pass it
            place = _place(error)
            log.error("unexpected_error", extra={"error": type(error).__name__, "place": place})  # noqa: TRY400 - a traceback quotes values
            unexpected = UnexpectedError(f"意外错误 {type(error).__name__}（{place}）。请把这一行报给维护人员。")
        # Outside the handler, so that the original is not even remembered as the context.
        raise unexpected

    return safely


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
