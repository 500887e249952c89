"""Noisy SGD under a schedule of rates, run for many settings at once (lecture 1.2).

The ground is theta^2 / 2, whose curvature is 1, with noise of standard deviation 1 in
each gradient; every run starts at theta = START.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from lez10.channels import Channel
from lez10.optimizers import sgd
from lez10.schedules import (
    Schedule,
    constant,
    exponential_decay,
    inverse_decay,
    linear_decay,
)
from lez10.surfaces import noisy
from lez10.tables import Table, pack
from lez10.training import iterate

START = 3.0
LAST = 100  # a schedule has fallen by this factor at tau: the lecture's alpha_0 / 100


def stepwise(alpha0: np.ndarray, tau: np.ndarray) -> Schedule:
    """Exponential decay in steps: a tenth of the rate after every half of tau."""
    return exponential_decay(alpha0, tau / 2, 1 / LAST**0.5, staircase=True)


# Each from a first rate and a decay time; those that have no decay time ignore it.
SCHEDULES: dict[str, Callable[[np.ndarray, np.ndarray], Schedule]] = {
    "constant": lambda alpha0, tau: constant(alpha0 + 0 * tau),
    "linear": linear_decay,
    "exponential": lambda alpha0, tau: exponential_decay(alpha0, tau, 1 / LAST),
    "staircase": stepwise,
    "inverse": lambda alpha0, tau: inverse_decay(alpha0 + 0 * tau),
}
TIMELESS = ("constant", "inverse")


class Progress(NamedTuple):
    """What is seen after k steps: each of shape (len(ks), *settings).

    alpha: the rate of step k; total, squares: the sums of the first k rates and of
    their squares; distance: root mean square over the runs, from the minimum.
    """

    alpha: np.ndarray
    total: np.ndarray
    squares: np.ndarray
    distance: np.ndarray


def progress(schedule: Schedule, ks: Sequence[int], runs: int, seed: int) -> Progress:
    """Follow ``runs`` independent walks, which share their noise between settings.

    ks: rising numbers of steps, at least 1. The schedule's rates may have any shape.
    """
    rng = np.random.default_rng(seed)
    theta = np.full((runs, *(1 for _ in np.shape(schedule(0)))), START)
    grad = noisy(lambda theta: theta, 1.0, rng)
    total, squares = np.zeros_like(schedule(0)), np.zeros_like(schedule(0))
    wanted, seen = set(ks), []
    for k, state in enumerate(iterate(sgd, theta, grad, alpha=schedule)):
        if k:
            alpha = schedule(k - 1)
            total, squares = total + alpha, squares + alpha**2
        if k in wanted:
            distance = np.sqrt(np.mean(state.theta**2, axis=0))
            seen.append((alpha, total, squares, distance))
        if k >= max(ks):
            break
    return Progress(*map(np.array, zip(*seen)))


CHANNELS = tuple(Channel(name, 1, attrgetter(name)) for name in Progress._fields)


def tabulate_schedule(
    name: str,
    alphas: Sequence[float],
    taus: Sequence[float],
    ks: Sequence[int],
    runs: int,
    seed: int,
) -> Table:
    """One schedule for every first rate and decay time, packed."""
    tau = np.asarray(taus[:1] if name in TIMELESS else taus, float)
    alpha0 = np.asarray(alphas, float)[:, None]
    found = progress(SCHEDULES[name](alpha0, tau), ks, runs, seed)
    numbers = {channel.name: channel.read(found)[:, None] for channel in CHANNELS}
    return pack(name, CHANNELS, numbers, (-1.0, 1.0, -1.0, 1.0))
