"""Print all benchmarks: ``python -m benchmarks``, or ``make bench``.

Names of topics as arguments run these alone: ``python -m benchmarks table imports``.
"""

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module

from benchmarks.timing import Row

TOPICS = {
    "operations": "an operation of numpy, float64",
    "optimizers": "1,000 Adam steps in 2-D, float64",
    "settings": "10,000 settings at once, 100 Adam steps",
    "perceptron": "the perceptron 64-32-10 on digits, an epoch, per setting",
    "imports": "the import, in fresh processes",
    "live_update": "a slider update of the live widgets, computed and drawn",
    "first_picture": "an explorer's first picture, in a warm kernel",
    "latency": "from a pressed key to the new picture, in Chromium",
    "experiments": "the experiments of lecture 1.8",
    "grading": "a class, and nbgrader",
    "table": "an explorer's table: paths of 40 x 20 settings, 150 steps",
}


def seconds(value: float | None) -> str:
    """A time in the unit that suits it."""
    if value is None:
        return ""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def figure(value: float, unit: str) -> str:
    """A ratio, a speed-up, a time or a memory."""
    times = f"{value:.0f} x" if value >= 100 else f"{value:.2g} x"
    shown = {"": f"{value:.3g}", "x": times, "s": seconds(value)}
    return shown.get(unit, f"{value:.0f} {unit}")


def line(row: Row) -> str:
    """A row of the report: ours, theirs, the figure, its floor and a mark."""
    wanted, mark = "", ""
    if row.floor is not None:
        sign = "≥" if row.at_least else "≤"
        wanted = f"{sign} {figure(row.floor, row.unit)}"
        mark = "pass" if row.passed else "FAIL"
    cells = (
        f"  {row.what:<40}{seconds(row.ours):>9}",
        f"   {row.other:<26}{seconds(row.theirs):>9}",
        f"{figure(row.figure, row.unit):>10}  {wanted:<9}{mark}",
    )
    return "".join(cells).rstrip()


def report(topics: Mapping[str, Callable[[], list[Row]]]) -> int:
    """Measure the topics, and print each as soon as it is measured."""
    print(f"{os.cpu_count()} cores; medians of interleaved rounds.")
    if hasattr(os, "getloadavg"):
        print(f"The load before the start was {os.getloadavg()[0]:.1f}.")
    if kernel := os.environ.get("OPENBLAS_CORETYPE"):
        print(f"OPENBLAS_CORETYPE={kernel} limits numpy's matrix products.")
    floors, missed = 0, []
    for name, measure in topics.items():
        print(f"\n{TOPICS[name]}", flush=True)
        for row in measure():
            print(line(row), flush=True)
            floors += row.floor is not None
            if row.passed is False:
                missed.append(row)
    print(f"\n{floors - len(missed)} of {floors} floors reached.")
    return 0


def topic(name: str) -> list[Row]:
    """What one topic comes to; what it needs is imported by then, and not before."""
    return import_module(f"benchmarks.{name}").measure()


def main(names: list[str]) -> int:
    """Report on these topics, or on all."""
    unknown = [name for name in names if name not in TOPICS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(TOPICS)}")
        return 2
    return report({name: partial(topic, name) for name in names or TOPICS})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
