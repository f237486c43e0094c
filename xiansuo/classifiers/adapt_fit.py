"""Owns the fitting of what a site adds to a model: its own words, learned from the model's answers, and corrections from people's decisions."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from xiansuo.classifiers.calibrate import sigmoid
from xiansuo.classifiers.features import Floats
from xiansuo.classifiers.linear import Bools, Linear
from xiansuo.classifiers.vocabulary import Matrix

SMOOTHING = 5.0
"""Less repeats the model's slips on the very letters it was asked about, more forgets the site's rarer words."""

SPREAD = 30.0
"""Variance, in squared log-odds, of what decisions may add to a letter. More learns no faster from plain mail and forgets more of the rest."""

MANY = 500
"""From more decisions than this the words are fewer than what a solution letter by letter would hold; measured, both take as long there."""

FOLDS = 5
"""In so many parts decided letters are asked about without having been learned from."""

_ENDS = 30.0


def listen(words: Matrix, odds: Floats) -> Linear:
    """Learn from a model's own log-odds (letters, labels) on a site's mail which of the site's words go with them.

    Self-training on soft answers (Scudder 1965, Hinton et al. 2015): a ridge regression of the probabilities, brought to the
    mean and the spread of the log-odds, so that both speak on one scale.
    """
    from sklearn.linear_model import Ridge  # noqa: PLC0415 - takes seconds to import, and only learning needs it

    ridge = Ridge(alpha=SMOOTHING, solver="sparse_cg", tol=1e-5).fit(words, sigmoid(odds))
    heard = np.asarray(words @ ridge.coef_.T)
    spread = heard.std(axis=0)
    scale = odds.std(axis=0) / np.where(spread > 0, spread, np.inf)
    return Linear(ridge.coef_ * scale[:, None], odds.mean(axis=0) - heard.mean(axis=0) * scale)


def correct(words: Matrix, prior: Floats, said: Bools, counts: Floats) -> Linear:
    """Learn what must be added to `prior` log-odds so that they agree with what people said; all (letters, labels).

    Maximum a posteriori logistic regression around the model at hand (Chelba & Acero 2006): every weight starts at zero and moves
    as far as the decisions pull it. `counts` is how much a decision counts, 0 where nobody decided. Few decisions are solved letter
    by letter, many word by word; both find the one best answer.
    """
    from scipy.linalg import solve_triangular  # noqa: PLC0415 - takes seconds to import, and only learning needs it

    columns = list(zip(prior.T, said.T, counts.T, strict=True))
    if len(prior) > MANY:
        return _by_words(words, columns)
    # The 1 is the variance of the bias; the rest keeps the root of equal letters finite.
    gram = SPREAD * np.asarray((words @ words.T).todense()) + 1.0
    root = np.asarray(np.linalg.cholesky(gram + 1e-6 * SPREAD * np.eye(len(gram))))
    added = [_best(root, root.T, *column) for column in columns]
    pulls = np.column_stack([solve_triangular(root, one, lower=True, trans="T") for one in added])
    return Linear(SPREAD * np.asarray(words.T @ pulls).T, pulls.sum(axis=0))


def unmet(words: Matrix, prior: Floats, said: Bools, counts: Floats, matters: Sequence[str]) -> Floats:
    """Return log-odds of the first rows, which have `matters`, as learned from all rows but those of a fifth of the matters, theirs among it.

    Letters that were learned from agree with what was said about them; only others tell how sure to be (Stone 1974).
    """
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415 - takes seconds to import, and only learning needs it

    found = prior[: len(matters)].copy()
    parts = min(FOLDS, len(set(matters)))
    if parts > 1:
        for _, asked in GroupKFold(parts).split(found, groups=matters):
            rest = np.setdiff1d(np.arange(len(prior)), asked)
            found[asked] += correct(words[rest], prior[rest], said[rest], counts[rest]).log_odds(words[asked])
    return found


def level(cold: Floats, learned: Floats, said: Bools, counts: Floats) -> Floats:
    """Return what to add to the log-odds of every label after learning; `cold` are those of the model before, all (letters, labels).

    Decisions say which letters accuse, not how many do: what ranks high is decided first. So scope is lowered to the mean it had, and never
    raised. Categories are moved, all alike, until as many are expected as people found (Platt 1999), and then as far as scope, in whose
    proportion they are proposed.
    """
    scope = min(0.0, float(np.average(cold[:, 0] - learned[:, 0], weights=counts[:, 0])))
    return np.array(
        [scope, *np.full(learned.shape[1] - 1, scope + _lacking(learned[:, 1:], said[:, 1:], counts[:, 1:]))]
    )


def _lacking(odds: Floats, said: Bools, counts: Floats) -> float:
    """Return what to add to all log-odds so that they expect as much as was said; 0 where nothing or everything was."""
    from scipy.optimize import brentq  # noqa: PLC0415 - takes seconds to import, and only learning needs it

    if not (counts * said).any() or not (counts * ~said).any():
        return 0.0
    far = _ENDS + float(np.abs(odds).max())
    return float(brentq(lambda added: float((counts * (sigmoid(odds + added) - said)).sum()), -far, far))


def _by_words(words: Matrix, columns: Sequence[tuple[Floats, Bools, Floats]]) -> Linear:
    """Solve for the weights themselves: time and space grow with the words of the decided letters, not with the square of their number."""
    used = np.unique(words.indices)
    ones = sp.csr_array(np.ones((words.shape[0], 1)))
    rows = sp.csr_array(sp.hstack([np.sqrt(SPREAD) * words[:, used], ones]))
    turned = sp.csr_array(rows.T)
    added = np.array([_best(rows, turned, *column) for column in columns])
    weights = np.zeros((len(columns), words.shape[1]))
    weights[:, used] = np.sqrt(SPREAD) * added[:, :-1]
    return Linear(weights, added[:, -1])


def _best(rows: Matrix | Floats, turned: Matrix | Floats, prior: Floats, said: Bools, counts: Floats) -> Floats:
    """Return what, times `rows`, is best added to the prior (Rasmussen & Williams 2006, 3.4); `turned` are the rows transposed."""
    from scipy.optimize import minimize  # noqa: PLC0415 - takes seconds to import, and only learning needs it

    signs = np.where(said, 1.0, -1.0)

    def loss(added: Floats) -> tuple[float, Floats]:
        margins = signs * (prior + rows @ added)
        slopes = -counts * signs * sigmoid(-margins)
        return float(counts @ np.logaddexp(0, -margins) + added @ added / 2), turned @ slopes + added

    start = np.zeros(rows.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500, "gtol": 1e-5})
    return np.asarray(found.x)
