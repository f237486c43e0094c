"""Keeps rules, word lists and model of an open office loaded in a process that serves people."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from xiansuo.domain.register import OrganisationRegister
from xiansuo.services.analysis import Analyser, load_analyser
from xiansuo.services.model import Trained, model_in_use, name_in_use
from xiansuo.services.office import Office
from xiansuo.services.order import reorder
from xiansuo.services.triage import Bench
from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons

_AT_ONCE = 300
"""So many letters are looked at in a few seconds."""


def bench_of(office: Office) -> Bench:
    """Return the bench of an open office; rules and model are loaded, and trained where there is none, at the first call.

    They are loaded again when another model came into use.
    """
    in_use = name_in_use(office)
    shipped = _analyser(office.settings.home, office.settings.ner == "scope", office.register)
    return Bench(office, _of_site(office, shipped, in_use) if in_use else shipped)


def learn_from_decisions(office: Office) -> None:
    """Let the queue learn where enough was decided; letters nobody looked at yet wait for the next run where they are many."""
    reorder(office, load=lambda: bench_of(office).analyser, within=_AT_ONCE)


def finder_of(office: Office) -> EntityFinder:
    """Return what finds the people and bodies that masking needs, without the model."""
    return _finder(office.settings.lexicons, office.register)


@lru_cache(maxsize=2)
def _finder(lexicons: Path, register: OrganisationRegister) -> EntityFinder:
    return EntityFinder(Lexicons.load(lexicons), register)


def _of_site(office: Office, shipped: Analyser, name: str) -> Analyser:
    key = (str(office.state_dir), name)
    if key not in _site:
        _site.clear()
        _site[key] = model_in_use(office, tell=_silent)
    return replace(shipped, trained=_site[key])


_site: dict[tuple[str, str], Trained] = {}


def _silent(_sentence: str) -> None:
    """Nobody waits at a screen."""


@lru_cache(maxsize=1)
def _analyser(home: Path, tagger: bool, register: OrganisationRegister) -> Analyser:  # noqa: FBT001 - part of a key
    settings = Settings(home=home, ner="scope" if tagger else "off")
    return load_analyser(settings, register, tell=_silent)
