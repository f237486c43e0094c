"""An office with decided letters of the corpus, and challengers good and bad, for tests of comparing, promoting and recomputing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from xiansuo.classifiers.adapt import Adapted, Decided, SiteLetter, acquaint
from xiansuo.classifiers.artifact import NAME
from xiansuo.classifiers.labels import LABELS
from xiansuo.classifiers.linear import Linear
from xiansuo.classifiers.ngrams import key_of
from xiansuo.classifiers.prepare import Prepared, load_tools, prepare
from xiansuo.domain.decision import Finding, Outcome, by_weight
from xiansuo.domain.gold import Care, Gold
from xiansuo.domain.letter import Channel
from xiansuo.evaluation.gold import GoldLetter, read_corpus
from xiansuo.rulebook.load import load_rule_books
from xiansuo.services import acquaint as acquaintance
from xiansuo.services import site_artifact
from xiansuo.services.model import Shipped, Trained, load_model
from xiansuo.services.office import Office
from xiansuo.services.promote import history
from xiansuo.services.site_artifact import Made
from xiansuo.settings import Settings
from xiansuo.storage.repositories import entities, letters, site_models, sources
from xiansuo.storage.repositories.letters import NewLetter
from xiansuo.storage.repositories.site_models import NewSiteModel
from xiansuo.storage.session import reading, transaction
from xiansuo.text.prepare import masked_entities

TOWN = "枫林镇"


def site_letters(count: int) -> Prepared:
    """Letters of the corpus as a site would get them: every third of the natural half."""
    corpus = [one for one in read_corpus(Settings().corpus) if one.half == "natural" and not one.border]
    return prepare(corpus[::3][:count], load_tools(Settings().home))


def in_town(data: Prepared, some: Sequence[int]) -> Prepared:
    """The same letters, some of which name a town that the model does not know."""
    chosen = set(some)
    told = [
        replace(one, text=f"我是{TOWN}的群众，{TOWN}的事要说一说。{one.text}") if row in chosen else one
        for row, one in enumerate(data.letters)
    ]
    return prepare(told, load_tools(Settings().home))


def decide(office: Office, data: Prepared) -> list[Gold]:
    """Store letters and return what people would have found about them."""
    with transaction(office.engine) as session:
        source = sources.get_or_create(session, "来件", "paths")
        ids = letters.add(session, [_letter(source, data, row) for row in range(len(data.letters))])
        entities.add(session, dict(zip(ids, map(masked_entities, data.protected), strict=True)))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Gold(id_, id_, place, start + timedelta(hours=place), Care.BLIND, _finding(one))
        for place, (id_, one) in enumerate(zip(ids, data.letters, strict=True), start=1)
    ]


def _letter(source: int, data: Prepared, row: int) -> NewLetter:
    protected = data.protected[row]
    return NewLetter(
        source,
        data.documents[row].kind,
        (Channel.POST, Channel.VISIT)[row % 2],
        data.letters[row].received,
        protected.subject.text,
        protected.text.text,
    )


def _finding(one: GoldLetter) -> Finding:
    return Finding(Outcome.CORRECTED, by_weight(one.labels)) if one.in_scope else Finding(Outcome.OUT_OF_SCOPE)


def decided(data: Prepared, *, flipped: bool = False) -> list[Decided]:
    """The letters as decisions to learn from; flipped ones say the contrary."""
    rows = zip(data.documents, data.readings, data.letters, strict=True)
    return [
        Decided(SiteLetter(made, read, one.matter), one.in_scope != flipped, frozenset() if flipped else one.labels)
        for made, read, one in rows
    ]


def taught(shipped: Shipped, data: Prepared, *, flipped: bool = False) -> Adapted:
    """The shipped model as it learns from decisions about letters."""
    lessons = decided(data, flipped=flipped)
    return acquaint(shipped.model, [one.letter for one in lessons]).learn(lessons)


def moved(model: Adapted, label: str, by: float) -> Adapted:
    """The same model with a label's log-odds moved for every letter."""
    step = np.array([by if one == label else 0.0 for one in LABELS])
    return replace(model, site=Linear(model.site.weights, model.site.bias + step))


def town_hater(model: Adapted, by: float) -> Adapted:
    """The same model, in which the name of the town speaks against an accusation."""
    key = key_of(TOWN[:2])
    (column,) = np.flatnonzero(model.vocabulary.keys == key)
    weights = model.site.weights.copy()
    weights[0, column] -= by
    return replace(model, site=Linear(weights, model.site.bias))


def challenger(model: Adapted, shipped: Shipped) -> Trained:
    """A challenger with a name."""
    return Trained(model, f"{NAME}-site", shipped.thresholds)


def everything(model: Adapted, by: float) -> Adapted:
    """The same model with all log-odds moved for every letter."""
    return replace(model, site=Linear(model.site.weights, model.site.bias + by))


def offer(office: Office, name: str, *, by: float = 0.7, **row: object) -> str:
    """Store a challenger that knows the office's letters, as the nightly flow would, with its verdict; return its name."""
    shipped = load_model(office.settings, tell=print)
    with reading(office.engine) as session:
        matters = dict.fromkeys(letters.ids(session), 1)
    known = acquaint(shipped.model, acquaintance.site_letters(office, load_rule_books(office.settings.rules), matters))
    champion = history(office).in_use or shipped.id
    site_artifact.write(office, name, Made(shipped.id, 3, 3, 3), moved(known, LABELS[0], by))
    new = NewSiteModel(name, shipped.id, "a", 0, 160, None, 1.0, champion, {}, passed=True, reasons=(), made_by="train")
    with transaction(office.engine) as session:
        site_models.add(session, replace(new, **row))  # type: ignore[arg-type]
    return name
