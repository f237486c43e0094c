"""Owns the fitting of what a site adds to a model: its own words, learned from the model's answers, and corrections from people's decisions."""

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize
from sklearn.linear_model import Ridge

from xiansuo.classifiers.calibrate import sigmoid
from xiansuo.classifiers.features import Floats
from xiansuo.classifiers.linear import Bools, Linear
from xiansuo.classifiers.vocabulary import Matrix

SMOOTHING = 5.0
"""Less repeats the model's slips on the very letters it was asked about, more forgets the site's rarer words."""

SPREAD = 30.0
"""Variance, in squared log-odds, of what decisions may add to a letter. More learns no faster from plain mail and forgets more of the rest."""


def listen(words: Matrix, odds: Floats) -> Linear:
    """Learn from a model's own log-odds (letters, labels) on a site's mail which of the site's words go with them.

    Self-training on soft answers (Scudder 1965, Hinton et al. 2015): a ridge regression of the probabilities, brought to the
    mean and the spread of the log-odds, so that both speak on one scale.
    """
    ridge = Ridge(alpha=SMOOTHING, solver="sparse_cg", tol=1e-5).fit(words, sigmoid(odds))
    heard = np.asarray(words @ ridge.coef_.T)
    spread = heard.std(axis=0)
    scale = odds.std(axis=0) / np.where(spread > 0, spread, np.inf)
    return Linear(ridge.coef_ * scale[:, None], odds.mean(axis=0) - heard.mean(axis=0) * scale)


def correct(words: Matrix, prior: Floats, said: Bools, counts: Floats) -> Linear:
    """Learn what must be added to `prior` log-odds so that they agree with what people said; all (letters, labels).

    Maximum a posteriori logistic regression around the model at hand (Chelba & Acero 2006): every weight starts at zero and moves
    as far as the decisions pull it. `counts` is how much a decision counts, 0 where nobody decided.
    """
    # The 1 is the variance of the bias; the rest keeps the root of equal letters finite.
    gram = SPREAD * np.asarray((words @ words.T).todense()) + 1.0
    root = np.linalg.cholesky(gram + 1e-6 * SPREAD * np.eye(len(gram)))
    columns = zip(prior.T, said.T, counts.T, strict=True)
    pulls = np.column_stack([_pulls(np.asarray(root), odds, yes, weights) for odds, yes, weights in columns])
    return Linear(SPREAD * np.asarray(words.T @ pulls).T, pulls.sum(axis=0))


def _pulls(root: Floats, prior: Floats, said: Bools, counts: Floats) -> Floats:
    """Return how hard every letter pulls (Rasmussen & Williams 2006, 3.4); `root` is the Cholesky factor of the kernel."""
    signs = np.where(said, 1.0, -1.0)

    def loss(added: Floats) -> tuple[float, Floats]:
        margins = signs * (prior + root @ added)
        slopes = -counts * signs * sigmoid(-margins)
        return float(counts @ np.logaddexp(0, -margins) + added @ added / 2), root.T @ slopes + added

    found = minimize(loss, np.zeros(len(prior)), jac=True, method="L-BFGS-B", options={"maxiter": 500, "gtol": 1e-5})
    return np.asarray(solve_triangular(root, found.x, lower=True, trans="T"))
