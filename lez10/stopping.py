"""When to stop (lecture 1.1): criteria that can be combined.

A criterion tells, for each setting of a run, whether it holds now. ``fit`` takes one
or several and stops a setting at the first that holds. A run that diverges is
stopped in any case, and reported as diverged.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lez10.arguments import check_at_least, check_count, check_finite

if TYPE_CHECKING:
    from lez10.fitting import Run

Array = Any


class Criterion(NamedTuple):
    """A reason in words, and whether it holds: run -> bool per setting."""

    reason: str
    holds: Callable[["Run"], Array]


def epochs(limit: int) -> Criterion:
    """Stop after so many epochs."""
    check_count("limit", limit, 0)
    return Criterion("the limit of epochs", lambda run: run.epoch >= limit)


def no_improvement(patience: int, tolerance: float = 0.0) -> Criterion:
    """Stop when the loss has not fallen for ``patience`` epochs.

    The validation loss where the run has one (early stopping), else the training
    loss. tolerance is absolute: a smaller gain does not count.
    """
    should_stop([], patience, tolerance)  # raises where these are no use

    def holds(run):
        return should_stop(run.watched, patience, tolerance)

    return Criterion(f"no improvement in {patience} epochs", holds)


def gradient_norm(threshold: float) -> Criterion:
    """Stop when the norm of the gradient over all training data is <= threshold."""
    check_at_least("threshold", threshold, 0)
    return Criterion(
        f"gradient norm <= {threshold:g}", lambda run: run.gradient_norm() <= threshold
    )


def target_loss(target: float) -> Criterion:
    """Stop when the training loss is <= target."""
    check_finite("target", target)
    return Criterion(
        f"training loss <= {target:g}", lambda run: run.training_loss[-1] <= target
    )


def should_stop(losses: Array, patience: int, tolerance: float) -> Array:
    """No gain over tolerance in the last patience epochs.

    losses: one per epoch, (epochs,) or (epochs, settings).
    """
    check_count("patience", patience)
    check_at_least("tolerance", tolerance, 0)
    losses = np.asarray(losses)
    if len(losses) <= patience:
        return np.zeros(losses.shape[1:], bool)[()]
    before = losses[:-patience].min(axis=0)
    last = losses[-patience:].min(axis=0)
    with np.errstate(invalid="ignore"):  # inf - inf
        return (before - last <= tolerance) | (before == last)


def steps_to_target(losses: Array, target: float) -> int:
    """The first index at which a loss is at most target, -1 if there is none (1.8)."""
    reached = np.flatnonzero(np.asarray(losses, float) <= target)
    return int(reached[0]) if len(reached) else -1
