"""The names of channels as people write them."""

from xiansuo.domain.letter import Channel
from xiansuo.errors import UsageError


def channel_named(name: str) -> Channel:
    """Return the channel of this name. Raises UsageError with the names there are."""
    try:
        return Channel(name)
    except ValueError:
        allowed = "、".join(Channel)
        raise UsageError(f"没有“{name}”这个渠道，可用：{allowed}。") from None
