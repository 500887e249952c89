"""The computing of an explorer's table: 40 x 20 settings, 150 steps.

The floor is for the paths of one algorithm; the slowest pair of a rule and a surface
has to reach it.
"""

from itertools import islice
from statistics import median

import numpy as np

import lez10
from benchmarks.timing import Row, duration, interleaved
from lez10.widgets.grids import second

STEPS = 150
ALPHA = np.geomspace(1e-3, 0.3, 40)[:, None]
SECOND = np.linspace(0, 0.99, 20)


def paths(name, surface):
    rule = lez10.RULES[name]
    theta = np.reshape(surface.start, (2, 1, 1))
    grid = {"alpha": ALPHA, second([name]): SECOND}

    def run():
        states = lez10.iterate(rule, theta, surface.gradient, **grid)
        return lez10.history(islice(states, STEPS + 1)).theta

    return run


def measure() -> list[Row]:
    """The usual pair, and the slowest of all rules with two sliders."""
    surfaces = [make() for make in lez10.SURFACES.values()]
    runs = {
        f"{name}, {surface.name}": paths(name, surface)
        for name in lez10.RULES
        for surface in surfaces
        if second([name])
    }
    times = interleaved(runs)
    slowest = max(runs, key=lambda name: median(times[name]))
    return [
        duration("momentum, quadratic", times["momentum, quadratic"], 0.020),
        duration(f"slowest: {slowest}", times[slowest], 0.020),
    ]
