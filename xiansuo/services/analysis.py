"""Everything the machine proposes about letters, computed in memory: reading, suggestion, rank, facts, sketch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.suggestion import Facts, Rank, Reading, Referral, Suggestion
from xiansuo.domain.text import Document, Entity
from xiansuo.rulebook.load import load_rule_books
from xiansuo.rulebook.match import RuleBooks
from xiansuo.services.model import Trained, load_model, model_in_use
from xiansuo.services.office import Office
from xiansuo.services.tagger import load_tagger
from xiansuo.services.versions import Version, version_of
from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.ner import Tagger, merged
from xiansuo.triage.facts import facts
from xiansuo.triage.rank import Ranking
from xiansuo.triage.signals import Circumstances, Found
from xiansuo.triage.sketch import sketch
from xiansuo.triage.suggest import suggest
from xiansuo.triage.terms import CommonWords


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is proposed about one document; all spans count characters of `document.text`.

    `referral` says where a letter without any proposed category, which nobody needs to read whole either, could be sent on to.
    """

    document: Document = field(repr=False)
    reading: Reading = field(repr=False)
    suggestion: Suggestion = field(repr=False)
    rank: Rank = field(repr=False)
    facts: Facts = field(repr=False)
    sketch: tuple[int, ...] = field(repr=False)
    referral: Referral | None = None
    tagged: tuple[Entity, ...] = field(default=(), repr=False)
    """Bodies and places that the trained tagger added; `document.entities` holds them too."""
    found: Found | None = field(default=None, repr=False)
    """What the rank was weighed from."""


@dataclass(frozen=True, slots=True)
class Analyser:
    """Rules, model and rubric, loaded once for many letters.

    `version` names everything beside the model that answers are made from; a measurement has none.
    """

    finder: EntityFinder
    books: RuleBooks
    trained: Trained
    ranking: Ranking
    common: CommonWords
    tagger: Tagger | None = None
    version: Version | None = None

    def analyse(self, documents: Sequence[Document], *, handed_over: Sequence[bool] = ()) -> list[Analysis]:
        """Analyse a batch; a letter's result does not depend on its neighbours. `handed_over` marks partners' letters."""
        # Step by step for the whole batch, not letter by letter: each step's code and tables stay in the processor's cache (decision 0028).
        readings = [self.books.read(document) for document in documents]
        scores = self.trained.model.score(documents, readings)
        suggestions = [
            suggest(*row, thresholds=self.trained.thresholds) for row in zip(documents, readings, scores, strict=True)
        ]
        tagged = [self._tagged(*row) for row in zip(documents, suggestions, strict=True)]
        whole = [_with(*row) for row in zip(documents, tagged, strict=True)]
        flags = handed_over or [False] * len(documents)
        found = [
            self.ranking.find(document, reading, suggestion, Circumstances(hand_over=flag))
            for document, reading, suggestion, flag in zip(whole, readings, suggestions, flags, strict=True)
        ]
        ranks = [
            self.ranking.weigh(one, suggestion.scope, suggestion.labels)
            for one, suggestion in zip(found, suggestions, strict=True)
        ]
        told = [facts(*row, self.common) for row in zip(whole, suggestions, strict=True)]
        sketches = [sketch(wording(document.subject, document.text)) for document in whole]
        referrals = [self._referred(*row) for row in zip(whole, suggestions, strict=True)]
        return list(map(Analysis, whole, readings, suggestions, ranks, told, sketches, referrals, tagged, found))

    def _referred(self, document: Document, suggestion: Suggestion) -> Referral | None:
        """Return where a letter could be sent on to that nobody needs to read whole here."""
        return None if suggestion.labels or suggestion.abstained else self.books.destinations.refer(document)

    def _tagged(self, document: Document, suggestion: Suggestion) -> tuple[Entity, ...]:
        """Return what the tagger adds; it costs more than all the rest, so only letters above the scope threshold are worth it."""
        if self.tagger is None or suggestion.scope < self.trained.thresholds.scope:
            return ()
        return self.tagger.add(document)


def _with(document: Document, tagged: tuple[Entity, ...]) -> Document:
    """Return a document with what the tagger added."""
    return replace(document, entities=merged(document.entities, tagged)) if tagged else document


def wording(subject: str, text: str) -> str:
    """Return what linking compares of a letter's normalised masked subject and text."""
    return f"{subject}\n{text}"


def load_analyser(
    settings: Settings,
    register: OrganisationRegister,
    *,
    tell: Callable[[str], None],
    trained: Trained | None = None,
    kept: tuple[Path, Version] | None = None,
) -> Analyser:
    """Load rules, word lists, rubric and `trained`, the shipped model without it; `tell` hears a sentence where that has to be trained first.

    `kept` is the folder of an earlier version, which takes the place of the content folders at hand.
    """
    folder, version = kept or (None, version_of(settings))
    rules = folder / "rules" if folder else settings.rules
    lexicons = folder / "lexicons" if folder else settings.lexicons
    return Analyser(
        finder=EntityFinder(Lexicons.load(lexicons), register),
        books=load_rule_books(rules),
        trained=trained or load_model(settings, tell=tell),
        ranking=Ranking.load(rules / "ranking.yaml"),
        common=CommonWords.load(lexicons),
        tagger=load_tagger(settings, tell=tell),
        version=version,
    )


def office_analyser(office: Office, *, tell: Callable[[str], None]) -> Analyser:
    """Load what an office's letters are analysed with: the model that a person put into use there."""
    return load_analyser(office.settings, office.register, tell=tell, trained=model_in_use(office, tell=tell))
