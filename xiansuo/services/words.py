"""Looks at letters through an acquaintance once and keeps what it saw, so that the queue can learn anew from decisions in seconds."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from xiansuo.classifiers.adapt import Adapted, Seen, SiteLetter
from xiansuo.rulebook.match import RuleBooks
from xiansuo.services.acquaint import Acquaintance, site_letters
from xiansuo.services.office import Office
from xiansuo.storage.repositories import letter_words
from xiansuo.storage.repositories.letter_words import WordsRow
from xiansuo.storage.session import chunks, transaction

BATCH = 200


def look(office: Office, books: RuleBooks, known: Acquaintance, ids: Iterable[int]) -> int:
    """Look at letters, a batch and a commit at a time, and return how many; a killed run goes on where it was."""
    total = 0
    for batch in chunks(ids, BATCH):
        found = site_letters(office, books, {id_: id_ for id_ in batch})
        rows = rows_of(known.adapted, [int(one.matter) for one in found], found)
        with transaction(office.engine) as session:
            letter_words.put(session, known.id, rows)
        total += len(rows)
    return total


def rows_of(adapted: Adapted, ids: Sequence[int], found: Sequence[SiteLetter]) -> list[WordsRow]:
    """Return letters as an adapted model sees them; what it sees of one does not depend on the others."""
    if not found:
        return []
    seen: Seen = adapted.see(found)
    starts, odds = seen.words.indptr, seen.odds.astype(np.float32)
    columns, weights = seen.words.indices.astype(np.int32), seen.words.data.astype(np.float32)
    spans = [slice(start, end) for start, end in pairwise(starts)]
    return [
        WordsRow(id_, odds[row], columns[span], weights[span])
        for row, (id_, span) in enumerate(zip(ids, spans, strict=True))
    ]
