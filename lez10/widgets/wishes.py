"""What the caller of a widget asked for, checked and sorted out."""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from lez10.arguments import (
    check_at_least,
    check_count,
    check_finite,
    check_hyperparameter,
    check_numbers,
)
from lez10.channels import CHANNELS, channels_of, takes
from lez10.surfaces import SURFACES, Surface
from lez10.tables import Table, Value, parameters_of
from lez10.variants import STEPS
from lez10.widgets.scene import ENLARGED, HEAD_TO_TAIL, PANELS
from lez10.widgets.words import SIGNS


def checked_shown(show: Any, rules: Sequence[str]) -> list[str]:
    """What the small plots show: up to three different names that a rule can show."""
    names = listed(show)
    can = {
        c.name for rule in rules for c in channels_of(rule, [c.name for c in CHANNELS])
    }
    known = [name for name in PANELS if name in can]
    if can.issuperset(ENLARGED):
        known.append(HEAD_TO_TAIL)
    wrong = [name for name in names if name not in known]
    if wrong or not 1 <= len(names) <= 3 or len(set(names)) < len(names):
        raise ValueError(
            f"show must be one to three of {', '.join(known)} for "
            f"{', '.join(rules)}, each once, got {show!r}."
        )
    return list(names)


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
    known = [rule for rule in rules if isinstance(rule, str) and rule in STEPS]
    if not rules or len(known) < len(rules) or len(set(known)) < len(known):
        raise ValueError(
            f"algorithms must be names out of {', '.join(STEPS)}, each once, got "
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
    rules: Sequence[str], hyperparameters: Mapping[str, Any], family: Any = None
) -> tuple[dict[str, list[float]], dict[str, Value]]:
    """Split hyperparameters into sliders' grids and fixed values, checked.

    Beside the rules' own, there may be those of a family of surfaces, and those that
    a hyperparameter given as a function asks for.
    """
    known = list(dict.fromkeys(name for rule in rules for name in takes(rule)))
    functions = {n: f for n, f in hyperparameters.items() if callable(f)}
    asked = {p: d.default for f in functions.values() for p, d in asked_for(f)}
    own = (
        set()
        if family is None or isinstance(family, Surface)
        else set(parameters_of(family))
    )
    grids, fixed = {}, {}
    for name, value in hyperparameters.items():
        if name not in known and (name in functions or name not in {*own, *asked}):
            raise ValueError(
                f"{', '.join(rules)} takes {', '.join(known)}, got {name}={value!r}."
            )
        if name in functions:
            fixed[name] = value
            continue
        check_hyperparameter(name, value)
        check_numbers(name, value)
        if np.ndim(value) == 0:
            fixed[name] = checked_number(name, value)
            continue
        grid = np.asarray(value, float)
        if grid.ndim != 1 or not len(grid) or not np.all(np.diff(grid) > 0):
            raise ValueError(
                f"{name} must be a number, or rising values for its slider, got "
                f"{value!r}."
            )
        grids[name] = grid.tolist()
    for name, default in asked.items():
        if name in functions:
            asking = [n for n, f in functions.items() if name in parameters_of(f)]
            raise ValueError(
                f"{name} must be a number, or rising values for its slider, since "
                f"{' and '.join(asking)} asks for it; got a function."
            )
        given = name in grids or name in fixed
        if not given and name not in known and default is inspect.Parameter.empty:
            raise ValueError(
                f"{name} must be given, since {', '.join(functions)} is a function of "
                f"it: a number, or rising values for its slider."
            )
    if len(grids) > 2:
        raise ValueError(
            f"an explorer has sliders for two hyperparameters, got {', '.join(grids)}: "
            "give a number for the others."
        )
    return grids, fixed


def asked_for(function: Callable[..., Any]) -> list[tuple[str, inspect.Parameter]]:
    """The parameters of a hyperparameter that is a function of others."""
    return list(parameters_of(function).items())


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
                f"shown: give a start nearer to the window {table.window}, or "
                "smaller values of alpha."
            )
