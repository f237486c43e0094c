"""Owns the fingerprint by which copies of a letter are found: character 3-grams and a fixed fraction of their hashes."""

import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint64]

WIDTH = 3
FRACTION = 8
"""One hash in this many is kept in a sketch."""
SHORT = 16
"""The smallest hashes are kept in any case, so that a letter of two lines is still found."""

_KEPT = np.uint64(2**64 // FRACTION)
_BITS = np.uint64(21)
"""Every code point fits, so three of them pack into one number without collision."""

# The underscore is the one word character that is neither letter nor digit.
_BETWEEN = re.compile(r"[\W_]+")
# Folding takes a text without these marks, which nearly every letter has, as it is.
_WIDE_MARKS = re.compile("[，：；？！（）…～％\u3000]")


def plain(text: str) -> str:
    """Return only the letters and digits of a text, compatibility forms folded, small letters, without masks 〔…〕."""
    folded = unicodedata.normalize("NFKC", _WIDE_MARKS.sub(" ", text)).lower() if not text.isascii() else text.lower()
    kept: list[str] = []
    for index, piece in enumerate(folded.split("〔")):
        # What a mask replaced says nothing about the matter, and one masker may name it otherwise than another.
        clear = piece if index == 0 else piece.partition("〕")[2] or ("" if "〕" in piece else piece)
        kept.append(clear)
    return _BETWEEN.sub("", "".join(kept))


def shingles(text: str) -> Shingles:
    """Return the sorted distinct character 3-grams of a text's letters and digits, each packed into 63 bits.

    Containment of one such set in another: Broder, On the resemblance and containment of documents (1997).
    """
    return _distinct(_packed(text))


def sketch(text: str) -> tuple[int, ...]:
    """Return the hashes of a text's 3-grams that fall into the lowest eighth, at least the 16 smallest, as signed 64-bit integers.

    The scaled ("FracMinHash") sketch of Irber et al. (2022), sourmash: equal 3-grams of any two texts are kept or dropped
    alike, whatever the texts' lengths, so that a short text contained in a long one shares its whole sketch with it.
    """
    hashes = _mix(_packed(text))
    kept = _distinct(hashes[hashes < _KEPT])
    # Few texts are so short that hashes above the lowest eighth are needed, and only then are all of them sorted.
    lowest = kept if len(kept) >= SHORT else _distinct(hashes)[:SHORT]
    return tuple(lowest.view(np.int64).tolist())


def shared(one: Shingles, other: Shingles) -> int:
    """Return how many 3-grams two texts have in common."""
    return len(np.intersect1d(one, other, assume_unique=True))


def _packed(text: str) -> Shingles:
    codes = np.frombuffer(plain(text).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    if len(codes) < WIDTH:
        return np.empty(0, dtype=np.uint64)
    return (codes[:-2] << (_BITS + _BITS)) | (codes[1:-1] << _BITS) | codes[2:]


def _distinct(values: Shingles) -> Shingles:
    """Return the values sorted, each once; much faster than np.unique, which hashes first."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def _mix(values: Shingles) -> Shingles:
    # splitmix64 (Steele et al. 2014): a bijection, so no two 3-grams collide, and the same on every machine.
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
