"""What the caller of the explorer asked for, checked and sorted out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lez10.arguments import check_hyperparameter
from lez10.optimizers import RULES
from lez10.surfaces import SURFACES, Surface
from lez10.widgets.channels import takes
from lez10.widgets.words import SIGNS


def checked_surface(surface: Any) -> Surface:
    """The surface, or the one of that name."""
    if isinstance(surface, Surface):
        return surface
    if isinstance(surface, str) and surface in SURFACES:
        return SURFACES[surface]()
    raise ValueError(
        f"surface must be a Surface or one of {', '.join(SURFACES)}, got {surface!r}."
    )


def checked_rules(algorithms: Any) -> tuple[str, ...]:
    """The names of the algorithms, each once."""
    rules = (algorithms,) if isinstance(algorithms, str) else tuple(algorithms)
    if not rules or len(set(rules)) < len(rules) or not set(rules) <= set(RULES):
        raise ValueError(
            f"algorithms must be names out of {', '.join(RULES)}, each once, got "
            f"{algorithms!r}."
        )
    return rules


def checked_start(start: Any) -> tuple[float, float]:
    """The start, two finite numbers."""
    point = np.asarray(start)
    if point.shape != (2,) or point.dtype.kind not in "iuf":
        raise ValueError(f"start must be a point (x, y), got {start!r}.")
    if not np.all(np.isfinite(point)):
        raise ValueError(f"start must be finite, got {start!r}.")
    return float(point[0]), float(point[1])


def sort_out(
    rules: Sequence[str], hyperparameters: Mapping[str, Any]
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Split hyperparameters into sliders' grids and fixed numbers, checked."""
    known = list(dict.fromkeys(name for rule in rules for name in takes(rule)))
    grids, fixed = {}, {}
    for name, value in hyperparameters.items():
        if name not in known:
            raise ValueError(
                f"{', '.join(rules)} takes {', '.join(known)}, got {name}={value!r}."
            )
        check_hyperparameter(name, value)
        if np.ndim(value) == 0:
            fixed[name] = float(value)
            continue
        grid = np.asarray(value, float)
        if grid.ndim != 1 or not len(grid) or not np.all(np.diff(grid) > 0):
            raise ValueError(
                f"{name} must be a number, or rising values for its slider, got "
                f"{value!r}."
            )
        grids[name] = grid.tolist()
    if len(grids) > 2:
        raise ValueError(
            f"an explorer has sliders for two hyperparameters, got {', '.join(grids)}: "
            "give a number for the others."
        )
    return grids, fixed


def starting_positions(
    grids: Mapping[str, Sequence[float]],
    at: Mapping[str, float],
    usual: Mapping[str, float],
    steps: int,
) -> dict[str, int]:
    """Where the sliders start: i, j, k. What at asks for must be on a slider."""
    for name, value in at.items():
        grid = range(steps + 1) if name == "k" else grids.get(name)
        if grid is None:
            raise ValueError(
                f"at names what has a slider ({', '.join([*grids, 'k'])}), got {name}."
            )
        if value not in grid:
            values = ", ".join(f"{v:g}" for v in (grid[0], grid[-1]))
            raise ValueError(
                f"{SIGNS.get(name, name)} = {value!r} is not on its slider, which goes "
                f"over {len(grid)} values from {values.replace(', ', ' to ')}."
            )
    positions = {"i": 0, "j": 0, "k": int(at.get("k", min(25, steps)))}
    for letter, (name, grid) in zip("ij", grids.items()):
        target = at.get(name, usual.get(name, grid[-1]))
        # rates lie on a log scale: the nearest by ratio
        gaps = np.abs(np.log((np.asarray(grid) + 1e-12) / (target + 1e-12)))
        positions[letter] = int(np.argmin(gaps))
    return positions
