"""Divides gold by matter and time, and trains from the older part: on what is known of the mail, without forgetting the corpus."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from xiansuo.classifiers.adapt import KEPT, Adapted, Decided
from xiansuo.classifiers.corpus import read_corpus
from xiansuo.classifiers.prepare import load_tools, prepare
from xiansuo.domain.gold import Gold
from xiansuo.evaluation.learning import decisions as decisions_of
from xiansuo.evaluation.split import by_time, frozen
from xiansuo.services import gold as gold_of
from xiansuo.services import site_artifact
from xiansuo.services.acquaint import Acquaintance, site_letters
from xiansuo.services.analysis import Analyser
from xiansuo.services.elusion import base_rate
from xiansuo.services.office import Office
from xiansuo.services.site_artifact import Made
from xiansuo.settings import Settings
from xiansuo.storage.repositories import decisions, mail
from xiansuo.storage.session import reading

RECENT = 0.25
"""The share of the decided matters, the newest, that is not learned from but compared with."""
FEWEST_RECENT, FEWEST_OLDER = 30, 20
"""How many decided matters there must be to compare with, and to learn from."""
FEWEST_EITHER = 5
"""How many of them must hold an accusation, and how many must not, to learn from."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """Gold divided by matter and time: the older part is learned from, the recent one compared with; and the matter of each letter.

    `until` is the last act that was there, `base_rate` the share of accusations that the random sample showed, if it did.
    """

    older: tuple[Gold, ...] = field(repr=False)
    recent: tuple[Gold, ...] = field(repr=False)
    matters: Mapping[int, int] = field(repr=False)
    until: int
    base_rate: float | None

    @property
    def lacking(self) -> tuple[str, ...]:
        """What there is too little of, as sentences."""
        return tuple(_lacking(self))


def lessons_of(office: Office) -> Lessons:
    """Return the gold of the office as it stands after the latest act, divided."""
    with reading(office.engine) as session:
        last = decisions.last(session)
        found = gold_of.teachable(session, until=last)
        matters = {one.letter: one.clue for one in found} | mail.matters(session, [one.letter for one in found])
        rate = base_rate(session)
    older, recent = by_time([str(matters[one.letter]) for one in found], share=RECENT, fewest=FEWEST_RECENT)
    return Lessons(
        tuple(found[row] for row in older),
        tuple(found[row] for row in recent),
        matters,
        last,
        rate.rate if rate else None,
    )


def trained(
    office: Office, analyser: Analyser, known: Acquaintance, lessons: Lessons, kept: Sequence[Decided]
) -> tuple[Adapted, Made]:
    """Learn from the older decisions, on top of what is known of the mail, without forgetting what is `kept` in mind.

    Where on the scale of probability the answers stand is set right after learning: suggestions have thresholds, unlike the queue's order.
    """
    start = known.adapted
    if lessons.base_rate is not None:
        start = site_artifact.at_base_rate(start, lessons.base_rate)
    model = start.learn_level(taught(office, analyser, lessons.older, lessons.matters), kept)
    return model, replace(
        known.made,
        acquaintance=known.id,
        last_decision=max(one.decision for one in lessons.older),
        gold=len(lessons.older),
        base_rate=lessons.base_rate,
        until=lessons.until,
    )


def taught(office: Office, analyser: Analyser, gold: Sequence[Gold], matters: Mapping[int, int]) -> list[Decided]:
    """Return what was decided, in order, with the letters it was decided about."""
    wanted = {one.letter: matters[one.letter] for one in gold}
    letters = dict(zip(sorted(wanted), site_letters(office, analyser.books, wanted), strict=True))
    return [Decided(letters[one.letter], one.in_scope, one.categories, weight=one.care.weight) for one in gold]


def rehearsal(settings: Settings) -> list[Decided]:
    """Return the corpus without its frozen part, as decided by its authors, so that it is not forgotten.

    A letter counts as much as a decision made once. With less, more letters of other styles are raised that accuse nobody (record 0015).
    """
    corpus = read_corpus(settings.corpus)
    kept = np.setdiff1d(np.arange(len(corpus)), frozen(corpus))
    letters = decisions_of(prepare([corpus[row] for row in kept], load_tools(settings.home)))
    return [replace(one, weight=1 / KEPT) for one in letters]


def _lacking(lessons: Lessons) -> Iterator[str]:
    older, recent = len(lessons.older), len(lessons.recent)
    lacking = FEWEST_OLDER + FEWEST_RECENT - older - recent
    if lacking > 0:
        yield (
            f"还不能从认定中学习：能用来学习的认定现有 {older + recent} 条，至少要 {FEWEST_OLDER + FEWEST_RECENT} 条"
            f"（{FEWEST_OLDER} 条用来学，最近的 {FEWEST_RECENT} 条留着比较），还差 {lacking} 条。"
            "“拿不准”“无实质内容”的认定和随机抽读的线索不算在内。"
        )
        return
    inside = sum(one.in_scope for one in lessons.older)
    for count, what in ((inside, "反映问题"), (older - inside, "不反映问题")):
        if count < FEWEST_EITHER:
            yield (
                f"还不能从认定中学习：用来学的 {older} 条认定中，{what}的只有 {count} 条，至少要 {FEWEST_EITHER} 条，"
                f"还差 {FEWEST_EITHER - count} 条。两种都有，才分得出来。"
            )
