"""Which values stand on an explorer's sliders when the caller does not say."""

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from lez10.channels import takes
from lez10.curvature import slope, stability_limit
from lez10.surfaces import Surface
from lez10.tables import Value, size_in_bytes

BUDGET = 1_000_000  # bytes, all channels of all algorithms of one explorer
SECOND = ("beta", "rho", "beta1")  # the second slider: the first that a rule has

# Values of a decade, from the finest to the coarsest.
DECADES = (
    (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8),
    (1, 1.5, 2, 3, 5, 7),
    (1, 2, 5),
    (1, 3),
)
# Decay factors, by what they remember: 0.5, 0.9 and 0.99 are the lecture's.
MEMORIES = (
    (0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99),
    (0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99),
    (0, 0.5, 0.8, 0.9, 0.95, 0.99),
)
FINENESS = (
    (0, 0),
    (0, 1),
    (1, 1),
    (1, 2),
    (2, 1),
    (2, 2),
    (3, 2),
)  # into the two above


def default_grids(
    surface: Surface,
    rules: Sequence[str],
    given: Mapping[str, Sequence[float]],
    fixed: Mapping[str, Value],
    at: Mapping[str, float],
    start: tuple[float, float],
    steps: int,
    shown: Collection[str] = (),
    matters: Callable[[str], Collection[str]] = takes,
) -> dict[str, list[float]]:
    """The sliders' grids: the given ones, and the finest defaults within the budget.

    at: values that the sliders start from; a default grid takes them up. shown,
    matters: as size_in_bytes takes them. Raises ValueError where even the coarsest
    grids would take more than the budget.
    """
    missing = [name for name in ("alpha", second(rules)) if name]
    missing = [name for name in missing if name not in given and name not in fixed]
    missing = missing[: max(0, 2 - len(given))]
    low, high = rates(surface, rules, start)
    for decade, memory in FINENESS:
        grids = {name: list(map(float, grid)) for name, grid in given.items()}
        for name in missing:
            grid: Sequence[float] = MEMORIES[memory]
            if name == "alpha":
                grid = log_grid(low, high, DECADES[decade])
            grids[name] = sorted({*map(float, grid), *wanted(name, at)})
        size = size_in_bytes(rules, grids, steps, shown, matters)
        if size <= BUDGET:
            # alpha's slider comes first
            return dict(sorted(grids.items(), key=lambda item: item[0] != "alpha"))
    settings = " x ".join(f"{len(grid)} values of {n}" for n, grid in grids.items())
    raise ValueError(
        f"an explorer holds at most {BUDGET / 1e6:g} MB of runs, but "
        f"{', '.join(rules)} with {settings} and {steps} steps take {size / 1e6:.2f} "
        "MB: give shorter grids, fewer steps or fewer algorithms."
    )


def wanted(name: str, at: Mapping[str, float]) -> list[float]:
    """The value that a slider shall start from, if there is one."""
    return [float(at[name])] if name in at else []


def second(rules: Sequence[str]) -> str | None:
    """The hyperparameter of the second slider: a memory that one of the rules has."""
    has = {name for rule in rules for name in takes(rule)}
    return next((name for name in SECOND if name in has), None)


def adaptive(rule: str) -> bool:
    """Whether a rule divides the gradient by its own size."""
    return "delta" in takes(rule)


def rates(
    surface: Surface, rules: Sequence[str], start: tuple[float, float]
) -> tuple[float, float]:
    """From too small to too large: the ends of the slider of alpha."""
    ends = []
    if not all(map(adaptive, rules)):
        limit = largest_rate(surface, start)
        ends += [limit / 50, limit * 6]
    if any(map(adaptive, rules)):
        across = width(surface)  # steps of a size that does not ask for the slope
        ends += [across / 4000, across / 2]
    return min(ends), max(ends)


def usual_rate(
    surface: Surface, rules: Sequence[str], start: tuple[float, float]
) -> float:
    """Where the slider of alpha starts: a rate that works."""
    if all(map(adaptive, rules)):
        return 0.1
    return largest_rate(surface, start) / 4


def largest_rate(surface: Surface, start: tuple[float, float]) -> float:
    """SGD's stability limit; without curvature, a step across the window."""
    limit = stability_limit(surface, start)
    if np.isfinite(limit):
        return limit
    steep = slope(surface, start)
    return width(surface) / (steep if 0 < steep < np.inf else 1.0)


def width(surface: Surface) -> float:
    """The smaller side of a surface's window."""
    x0, x1, y0, y1 = surface.window
    return min(x1 - x0, y1 - y0)


def log_grid(low: float, high: float, decade: Sequence[float]) -> list[float]:
    """The values of every decade that lie between low and high, a little beyond."""
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    # through the text: 0.02 and not 0.020000000000000004
    values = [float(f"{m}e{e}") for e in range(first, last + 1) for m in decade]
    return [value for value in values if 0.99 * low <= value <= 1.01 * high]
