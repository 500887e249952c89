"""The computing of an explorer's table: 40 x 20 settings, 150 steps.

The floor is for the paths of one algorithm; the slowest pair of a rule and a surface
has to reach it.
"""

import inspect
from itertools import islice
from statistics import median

import numpy as np

import lez10
from benchmarks.timing import Row, duration, interleaved

STEPS = 150
ALPHA = np.geomspace(1e-3, 0.3, 40)[:, None]
SECOND = np.linspace(0, 0.99, 20)
SECOND_NAMES = ("beta", "rho", "beta1")


def second_of(rule) -> str | None:
    """The rule's second hyperparameter on an explorer."""
    has = inspect.signature(rule).parameters
    return next((name for name in SECOND_NAMES if name in has), None)


def paths(rule, surface):
    theta = np.reshape(surface.start, (2, 1, 1))
    grid = {"alpha": ALPHA, second_of(rule): SECOND}

    def run():
        states = lez10.iterate(rule, theta, surface.gradient, **grid)
        return lez10.history(islice(states, STEPS + 1)).theta

    return run


def measure() -> list[Row]:
    """The usual pair, and the slowest of all rules with two sliders."""
    surfaces = [make() for make in lez10.SURFACES.values()]
    runs = {
        f"{name}, {surface.name}": paths(rule, surface)
        for name, rule in lez10.RULES.items()
        for surface in surfaces
        if second_of(rule)
    }
    times = interleaved(runs)
    slowest = max(runs, key=lambda name: median(times[name]))
    return [
        duration("momentum, quadratic", times["momentum, quadratic"], 0.020),
        duration(f"slowest: {slowest}", times[slowest], 0.020),
    ]
