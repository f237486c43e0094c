"""Owns the first half page of a report over a period: what a lead says at the table, in sentences that need no statistics."""

from collections.abc import Iterator

from xiansuo.evaluation.parts import Part, share
from xiansuo.evaluation.period import PeriodReport
from xiansuo.evaluation.period_parts import Mix, SliceGroup, SliceLine
from xiansuo.evaluation.told_words import PeriodWords

STEADY, SHIFTED = 0.1, 0.25
"""Below the first a population stability index tells of no change, from the second on of a clear one (Siddiqi 2006)."""


def verdict(report: PeriodReport, words: PeriodWords) -> Part:
    """Return the verdict."""
    sentences = (
        *_work(report, words),
        missed_sentence(report, words),
        agreement_sentence(report, words),
        *_due(report, words),
        slowest_sentence(report.slices, words),
        " ".join(_changed(report, words)) if words.english else "".join(_changed(report, words)),
    )
    return Part("verdict", words("verdict.title"), sentences, notes=(words("verdict.confidence"),))


def _work(report: PeriodReport, words: PeriodWords) -> Iterator[str]:
    told, before = report.verdict, report.verdict_before
    if told is None:
        yield words("verdict.withheld")
        return
    since, until = words.day(report.period.first), words.day(report.until)
    came = words("verdict.came", since=since, until=until, letters=told.letters, clues=told.clues)
    if before is not None:
        came += words("verdict.came_before", letters=before.letters, clues=before.clues)
    yield came
    yield words(
        "verdict.read",
        read=told.read,
        decided=told.decided,
        confirmed=told.confirmed,
        out=told.out_of_scope,
        none=told.no_substance,
    )
    yield words("verdict.left", clues=told.standing.clues, unread=told.standing.unread)


def missed_sentence(report: PeriodReport, words: PeriodWords) -> str:
    """Return how much may lie unread at most, or how many more must be read before that can be said."""
    one = report.elusion
    if "elusion" in report.withheld:
        return words("missed.withheld")
    if one is None or not one.pile:
        return words("missed.nothing" if one else "missed.none")
    if not one.enough:
        return words("missed.lacking", pile=one.pile, read=one.read, lacking=one.lacking)
    told = words(
        "missed.most",
        day=words.day(one.day) if one.day else "",
        pile=one.pile,
        read=one.read,
        found=one.found,
        most=one.most,
        share=share(one.share),
        remain=one.may_remain,
    )
    return told if one.recall is None else told + words("missed.recall", recall=share(one.recall))


def agreement_sentence(report: PeriodReport, words: PeriodWords) -> str:
    """Return how far two readers agree, or why that is not said."""
    one = report.agreement
    if "agreement" in report.withheld:
        return words("agree.small")
    if one is None or not (one.pairs or one.withheld):
        return words("agree.nobody")
    if one.withheld:
        return words("agree.withheld", pairs=one.pairs)
    if one.same is None:
        return words("agree.lacking", pairs=one.pairs, lacking=one.lacking)
    between = words.between(one.same.low, one.same.high)
    return words("agree.same", pairs=one.pairs, share=share(one.same.value), between=between)


def _due(report: PeriodReport, words: PeriodWords) -> Iterator[str]:
    if report.verdict is None:
        return
    waiting = [one for one in report.verdict.needs if one.count]
    needs = [words("verdict.need", name=words.code("need", one.code), count=one.count) for one in waiting]
    yield words("verdict.due", needs=words("comma").join(needs)) if needs else words("verdict.nothing_due")


def slowest_sentence(groups: tuple[SliceGroup, ...], words: PeriodWords) -> str:
    """Return which letters wait longer than the others."""
    lines = [(group, line) for group in groups for line in group.lines]
    slower = [_slow(group, line, words) for group, line in lines if line.wait.slower]
    if slower:
        return words("slow.some", parts=words("semicolon").join(slower))
    return words("slow.nobody" if any(line.wait.p is not None for _, line in lines) else "slow.few")


def _slow(group: SliceGroup, line: SliceLine, words: PeriodWords) -> str:
    part = f"{words.name('group', group.name)}{words('colon')}{words.code('slice', line.code)}"
    if line.wait.median is None:
        return words("slow.unread", part=part, waiting=line.wait.waiting)
    return words("slow.median", part=part, median=line.wait.median)


def _changed(report: PeriodReport, words: PeriodWords) -> Iterator[str]:
    changes = report.changes
    yield words("changed.lead")
    for one in changes.models:
        yield words(f"changed.{one.act}", day=words.day(one.day), name=one.name or words("changed.shipped"))
    if changes.orders:
        yield words("changed.orders", orders=changes.orders)
    if report.drift is None:
        yield words("changed.no_drift")
        return
    some = [words.name("mix", mix.name) for mix in report.drift.mixes if _shifted(mix)]
    if some:
        yield words("changed.mixes", names=words("comma").join(some))
    else:
        yield words("changed.steady" if any(mix.index is not None for mix in report.drift.mixes) else "changed.few")


def _shifted(mix: Mix) -> bool:
    return mix.index is not None and mix.index >= SHIFTED
