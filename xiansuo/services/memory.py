"""Keeps Python's cycle collector from walking, again and again, what is loaded once and stays."""

import gc

_NEW_OBJECTS = 50_000
"""So many more objects than were freed, instead of 700, set the collector going: a batch of letters makes hundreds of thousands and no cycles worth looking for."""


def settle() -> None:
    """Leave everything that is loaded now out of all later collections, and collect less often.

    Measured, a third of the time of analysing letters went into walking rule books, word lists and mapped tables.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])
