"""The trainings that a search may ask for.

They are momentum (lecture 1.3) down the quadratics of seeded valleys, half of them flat
and half steep, so that no fixed values are good for all of them.
"""

import math
from functools import cache, lru_cache
from typing import Any

import numpy as np

from lez10.grading.asking import Trainings
from lez10.optimizers import State, momentum

Array = Any
FLAT, STEEP = "flat", "steep"
STEEPNESS = {FLAT: (0.3, 0.8), STEEP: (2.7, 3.0)}  # of the largest curvature, log10
CALLS, STEPS, CONDITION = 50, 20, 20.0
ALPHAS, BETAS = (-5, 0), (0, 0.99)  # where to search: log10 of alpha, beta
GOOD = 0.3  # a share of the settings: 50 draws miss them once in 5e7
KEPT = 4096  # losses: a search is looked at with those that it was given


def curvatures(trainings: Trainings) -> tuple[float, float]:
    """The two of a valley."""
    low, high = STEEPNESS[trainings.name]
    largest = float(10 ** np.random.default_rng(trainings.seed).uniform(low, high))
    return largest, largest / CONDITION


def losses(trainings: Trainings, alpha: Array, beta: Array) -> Array:
    """After 20 steps, as a share of the loss at the start; numbers or arrays."""
    both = curvatures(trainings)
    loss = 0.0 * alpha * beta
    for curvature in both:  # component by component: floats are faster than arrays
        state = State(1.0)
        grad = lambda theta, curvature=curvature: curvature * theta
        for _ in range(STEPS):
            state = momentum(state, grad, alpha=alpha, beta=beta)
        loss = loss + curvature * state.theta * state.theta / sum(both)
    return loss


@lru_cache(KEPT)
def train(trainings: Trainings, alpha: float, beta: float) -> float:
    """The loss at the end, inf if the run diverged."""
    loss = losses(trainings, float(alpha), float(beta))
    return loss if math.isfinite(loss) else math.inf


@cache
def quantile(trainings: Trainings, share: float) -> float:
    """The loss that this share of all settings reaches, by a grid of them."""
    alphas = 10 ** np.linspace(*ALPHAS, 41)[:, None]
    with np.errstate(all="ignore"):
        grid = losses(trainings, alphas, np.linspace(*BETAS, 12))
    grid = np.sort(np.where(np.isfinite(grid), grid, np.inf), axis=None)
    return float(grid[int(share * grid.size)])


def reached(trainings: Trainings, alpha: float, beta: float) -> bool:
    """Whether a setting is good enough."""
    return train(trainings, alpha, beta) <= quantile(trainings, GOOD)
