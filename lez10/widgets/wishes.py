"""What the caller of a widget asked for, checked and sorted out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from lez10.arguments import (
    check_at_least,
    check_count,
    check_finite,
    check_hyperparameter,
)
from lez10.channels import takes
from lez10.optimizers import RULES
from lez10.surfaces import SURFACES, Surface
from lez10.tables import Table
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
    rules = () if isinstance(algorithms, Mapping) else listed(algorithms)
    known = [rule for rule in rules if isinstance(rule, str) and rule in RULES]
    if not rules or len(known) < len(rules) or len(set(known)) < len(known):
        raise ValueError(
            f"algorithms must be names out of {', '.join(RULES)}, each once, got "
            f"{algorithms!r}."
        )
    return rules


def checked_values(
    algorithms: Any, known: Collection[str]
) -> dict[str, Mapping[str, float]]:
    """Algorithms out of those known, each with the hyperparameters to start with."""
    if not isinstance(algorithms, Iterable):
        raise ValueError(
            f"algorithms must be names out of {', '.join(known)}, got {algorithms!r}."
        )
    found: dict[str, Mapping[str, float]] = {}
    for name in listed(algorithms):
        values = algorithms[name] if isinstance(algorithms, Mapping) else {}
        if not isinstance(name, str) or name not in known:
            raise ValueError(
                f"algorithms must be among {', '.join(known)}, got {name!r}."
            )
        if not isinstance(values, Mapping):
            raise ValueError(
                f"algorithms must give {name} a dict of hyperparameters, such as "
                f'{{"alpha": 0.1}}, got {values!r}.'
            )
        found[name] = values
    return found


def listed(names: Any) -> tuple[Any, ...]:
    """One name, or several, as a tuple; nothing for what cannot be names."""
    if isinstance(names, str):
        return (names,)
    return tuple(names) if isinstance(names, Iterable) else ()


def checked_number(name: str, value: Any) -> float:
    """One finite number, within the range of the hyperparameter of that name."""
    check_hyperparameter(name, value)
    check_finite(name, value)
    if np.ndim(value):
        raise ValueError(f"{name} must be one number, got {value!r}.")
    return float(value)


def checked_noise(sigma: Any, seed: Any) -> tuple[float, int]:
    """The noise of the gradient and its seed."""
    check_at_least("sigma", sigma, 0)
    return checked_number("sigma", sigma), check_count("seed", seed, 0)


def checked_at(at: Any) -> dict[str, float]:
    """Where sliders start: one number each."""
    if not isinstance(at, Mapping):
        raise ValueError(
            f'at must be a dict such as {{"alpha": 0.02, "k": 40}}, got {at!r}.'
        )
    return {name: checked_number(name, value) for name, value in at.items()}


def checked_start(start: Any) -> tuple[float, float]:
    """The start, two finite numbers."""
    try:
        point = np.asarray(start)
    except ValueError:  # lists of different lengths
        point = np.empty(0)
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


def check_showable(tables: Mapping[str, Table], start: tuple[float, float]) -> None:
    """Raise ValueError where not even the first step of a run can be shown."""
    for rule, table in tables.items():
        if not table.lived.all():
            raise ValueError(
                f"the first step of {rule} from start = {start} is too large to be "
                f"shown: give a start nearer to the window {table.surface.window}, or "
                "smaller values of alpha."
            )
