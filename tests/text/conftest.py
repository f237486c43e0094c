import pytest

from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons


@pytest.fixture(scope="session")
def finder() -> EntityFinder:
    return EntityFinder(Lexicons.load(Settings().lexicons))
