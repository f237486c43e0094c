"""The baseline that analysing letters is compared with: bare `jieba.lcut` over the same texts."""

import tempfile
from collections.abc import Callable, Iterable

import jieba


def jieba_seconds(texts: Iterable[str], clock: Callable[[], float]) -> float:
    """Return the seconds, by `clock`, that jieba takes to cut the texts once its dictionary is loaded."""
    # A private cache folder: the shared one may be written by anybody.
    with tempfile.TemporaryDirectory() as cache:
        jieba.dt.tmp_dir = cache
        jieba.setLogLevel(60)
        jieba.initialize()
        began = clock()
        for text in texts:
            jieba.lcut(text)
        return clock() - began
