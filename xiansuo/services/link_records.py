"""Groups letters on the same matter, in memory, in the order in which they are given."""

from collections.abc import Iterable, Iterator

from xiansuo.services.analysis import Analyser, wording
from xiansuo.services.classify import Answered, answer
from xiansuo.services.records import Record, Row
from xiansuo.triage.index import LinkIndex
from xiansuo.triage.link import Linkable


def link_records(records: Iterable[Record], analyser: Analyser) -> Iterator[Row]:
    """Yield the row of the command contract for every record; a letter is compared with those before it only."""
    return link_answers(answer(records, analyser))


def link_answers(answers: Iterable[Answered]) -> Iterator[Row]:
    """Yield the row of the command contract for every analysed record, in their order."""
    index = LinkIndex()
    names: set[str] = set()
    for one in answers:
        name = _unused(str(one.record.id), names)
        names.add(name)
        found = index.link(_linkable(one, name))
        yield {
            "id": one.record.id,
            "clue": found.main,
            "also": list(found.also),
            "relation": str(found.relation),
            "adds": list(found.adds),
        }


def _linkable(one: Answered, name: str) -> Linkable:
    analysis = one.analysis
    return Linkable(
        id=name,
        text=wording(analysis.document.subject, analysis.document.text),
        sketch=analysis.sketch,
        facts=analysis.facts,
        received=one.record.received,
    )


def _unused(wanted: str, names: set[str]) -> str:
    """Return a name of its own for every record, since clues are named after letters and two records may share an id."""
    name, count = wanted, 1
    while name in names:
        count += 1
        name = f"{wanted}#{count}"
    return name
