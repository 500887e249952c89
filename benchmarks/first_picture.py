"""From the start of a cell to all that an explorer sends to its first picture.

The kernel is warm: another one was made before. Of this, the last row is the table of
an algorithm's runs, 40 x 20 settings and 150 steps, with all its channels, packed.
"""

import numpy as np

from benchmarks.explorers import EXPLORERS, build
from benchmarks.timing import Row, duration, interleaved
from lez10.surfaces import quadratic
from lez10.tables import tabulate

ROUNDS = 5


def making(expression: str):
    def run():
        build(expression)._repr_mimebundle_()

    return run


def packing():
    surface = quadratic()
    grids = {"alpha": np.geomspace(0.001, 0.1, 40), "beta": np.linspace(0, 0.95, 20)}

    def run():
        tabulate(surface, "momentum", grids, {}, surface.start, 150)

    return run


def measure() -> list[Row]:
    """A row for each kind of explorer, with the size of its runs."""
    runs = {name: making(expression) for name, expression in EXPLORERS.items()}
    runs["a table, packed"] = packing()
    times = interleaved(runs, ROUNDS)

    def row(name):
        if name not in EXPLORERS:
            return duration(name, times[name])
        size = len(build(EXPLORERS[name]).runs)
        return duration(f"{name}, {size / 1e3:,.0f} kB of runs", times[name])

    return [row(name) for name in runs]
