"""What benchmarks measure beside: bare `jieba.lcut` over the same texts, and the processor time of processes that ended."""

import resource

from xiansuo.services.capacity import jieba_seconds

__all__ = ["children_seconds", "jieba_seconds"]


def children_seconds() -> float:
    """Return the seconds of processor time that this process's ended children took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
