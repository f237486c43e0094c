import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from classifier_samples import HOME

from xiansuo.classifiers.corpus import read_corpus
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared, fit, load_tools, prepare
from xiansuo.classifiers.recipe import Recipe, read_recipe


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    return read_recipe(HOME / "models/scope_categories/recipe.toml").model_copy(update={"folds": 2})


@pytest.fixture(scope="session")
def some() -> Prepared:
    """Every sixth authored letter, so that training takes a second."""
    return prepare(read_corpus(HOME / "data/corpus")[::6], load_tools(HOME))


@pytest.fixture(scope="session")
def model(some: Prepared, recipe: Recipe) -> Model:
    return fit(some, recipe)
