"""Runs that predictions and tunings ask of the rules: on a slope, and in a valley."""

from collections.abc import Callable
from itertools import islice, pairwise
from typing import Any

import numpy as np

from lez10.optimizers import Gradient, State, Step
from lez10.surfaces import Surface
from lez10.training import iterate


def steady(slope: float) -> Gradient:
    """A gradient that is the same everywhere."""
    return lambda theta: slope


def lengths(rule: Step, slopes: Any, **hyperparameters: float) -> np.ndarray:
    """How long each step is where the gradient of step k is slopes[k], from rest."""
    state, found = State(0.0), []
    for slope in slopes:
        after = rule(state, steady(slope), **hyperparameters)
        found.append(abs(after.theta - state.theta))
        state = after
    return np.array(found)


def steps_until(
    rule: Step, good: Callable[[State], bool], slope: float = 1.0, **values: float
) -> int:
    """After how many steps on a steady slope a state is good, from rest."""
    state = State(0.0)
    while not good(state):
        state = rule(state, steady(slope), **values)
    return int(state.t)


def largest_rate(rule: Step, curvature: float, **values: float) -> float:
    """The rate above which a rule that is linear in (theta, v) diverges in a bowl."""

    def radius(alpha: float) -> float:
        grad = lambda theta: curvature * theta
        columns = [
            rule(State(*start), grad, alpha=alpha, **values)[:2]
            for start in ((1.0, 0.0), (0.0, 1.0))
        ]
        return float(np.abs(np.linalg.eigvals(np.array(columns))).max())

    low, high = 0.0, 10.0 / curvature
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if radius(middle) < 1 else (low, middle)
    return low


def end_loss(rule: Step, surface: Surface, steps: int) -> Callable[..., float]:
    """The height after so many steps from the surface's start; inf where it diverged.

    What it returns raises ValueError for hyperparameters that make no sense.
    """

    def loss(**hyperparameters: float) -> float:
        start = np.array(surface.start)
        states = iterate(rule, start, surface.gradient, **hyperparameters)
        with np.errstate(all="ignore"):
            for state in islice(states, steps + 1):
                height = float(surface.value(state.theta))
        return height if np.isfinite(height) else float("inf")

    return loss


def path(rule: Step, start: State, grad: Gradient, steps: int, **values: float) -> Any:
    """theta after each of so many steps, from any state."""
    states = [start]
    for _ in range(steps):
        states.append(rule(states[-1], grad, **values))
    return np.array([after.theta for _, after in pairwise(states)])
