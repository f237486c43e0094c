"""Keeps what an unexpected error says out of Prefect's database: a message of a parser or driver may quote a letter."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from xiansuo.errors import XiansuoError, system_sentence, unexpected_sentence

P = ParamSpec("P")
T = TypeVar("T")


class UnexpectedError(XiansuoError):
    """Something failed that nobody foresaw; told without its message."""


def guarded(work: Callable[P, T]) -> Callable[P, T]:
    """Let expected errors pass, whose sentences are safe, and strip all others of their message, cause and traceback."""

    @wraps(work)
    def safely(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except XiansuoError:
            raise
        except Exception as error:  # noqa: BLE001 - the edge to the orchestrator; nothing unforeseen may pass it
            stripped = _stripped(error)
        # Outside the handler, where Python would remember the original as its context.
        raise stripped

    return safely


def _stripped(error: Exception) -> UnexpectedError:
    if not isinstance(error, OSError):
        return UnexpectedError(unexpected_sentence(error))
    refused = UnexpectedError(system_sentence(error))
    # A full disk or a lost network drive may be put right while we wait.
    refused.passing = True
    return refused
