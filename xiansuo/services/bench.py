"""Keeps rules, word lists and model of an open office loaded in a process that serves people."""

from functools import lru_cache
from pathlib import Path

from xiansuo.domain.register import OrganisationRegister
from xiansuo.services.analysis import Analyser, load_analyser
from xiansuo.services.office import Office
from xiansuo.services.triage import Bench
from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons


def bench_of(office: Office) -> Bench:
    """Return the bench of an open office; rules and model are loaded, and trained where there is none, at the first call."""
    return Bench(office, _analyser(office.settings.home, office.settings.ner == "scope", office.register))


def finder_of(office: Office) -> EntityFinder:
    """Return what finds the people and bodies that masking needs, without the model."""
    return _finder(office.settings.lexicons, office.register)


@lru_cache(maxsize=2)
def _finder(lexicons: Path, register: OrganisationRegister) -> EntityFinder:
    return EntityFinder(Lexicons.load(lexicons), register)


@lru_cache(maxsize=1)
def _analyser(home: Path, tagger: bool, register: OrganisationRegister) -> Analyser:  # noqa: FBT001 - part of a key
    settings = Settings(home=home, ner="scope" if tagger else "off")
    return load_analyser(settings, register, tell=lambda _sentence: None)
