"""Owns finding many numbers at once in a fixed list of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_MIX = np.uint64(0x9E3779B97F4A7C15)
"""Knuth's multiplicative hashing (1973): 2**64 divided by the golden ratio spreads neighbouring keys over the table."""
_ROOM = 4
"""So many places for every key: fewer than one look-up in five meets another key."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Distinct keys in an open hash table: `places` holds numbers of keys, -1 where none is.

    A search in sorted keys takes a dozen steps all over the memory for each of a batch's hundred thousand n-grams; this takes about one.
    """

    keys: Ints
    places: NDArray[np.int32]
    shift: np.uint64

    @classmethod
    def of(cls, keys: Ints) -> "Lookup":
        """Put every key into the first free place from its own on."""
        bits = max(1, int(_ROOM * len(keys)).bit_length())
        shift = np.uint64(64 - bits)
        places = np.full(1 << bits, -1, dtype=np.int32)
        for number, home in enumerate(_home(keys, shift).tolist()):
            place = home
            while places[place] >= 0:
                place = (place + 1) % len(places)
            places[place] = number
        return cls(keys, places, shift)

    def find(self, wanted: Ints) -> Ints:
        """Return the number of the key that equals each of `wanted`, -1 where none does."""
        if not len(self.keys):
            return np.full(len(wanted), -1, dtype=np.int64)
        places = _home(wanted, self.shift)
        found = self.places[places].astype(np.int64)
        left = np.flatnonzero((found >= 0) & (self.keys[found] != wanted))
        while len(left):
            places[left] = (places[left] + 1) % len(self.places)
            found[left] = self.places[places[left]]
            left = left[(found[left] >= 0) & (self.keys[found[left]] != wanted[left])]
        return found


def _home(keys: Ints, shift: np.uint64) -> Ints:
    return ((keys.view(np.uint64) * _MIX) >> shift).view(np.int64)
