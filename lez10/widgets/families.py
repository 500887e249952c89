"""Surfaces that an explorer walks on: one, or a family with sliders of its own."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from lez10.surfaces import SURFACES, Surface
from lez10.tables import Family, member, parameters_of


def prepared(
    surface: Any, given: Mapping[str, Any]
) -> tuple[Surface | Family, dict[str, Any]]:
    """The surface, or the family with the parameters set that have no slider.

    Returns it with what is left of ``given``.
    """
    left = dict(given)
    if isinstance(surface, str) and surface in SURFACES:
        surface = SURFACES[surface]()
    if isinstance(surface, Surface):
        return surface, left
    if not is_family(surface):
        raise ValueError(
            f"surface must be a Surface, one of {', '.join(SURFACES)}, or a function "
            f"that makes a Surface, got {surface!r}."
        )
    own = parameters_of(surface)
    set_ = {n: left.pop(n) for n in list(left) if n in own and np.ndim(left[n]) == 0}
    family = partial(surface, **set_)
    if not any(name in own for name in left):
        return family(), left
    return family, left


def is_family(surface: Any) -> bool:
    """Whether it is a function that makes a Surface."""
    if not callable(surface) or isinstance(surface, type):
        return False
    try:
        return isinstance(surface(), Surface)
    except Exception:
        return False


def members(
    family: Surface | Family, grids: Mapping[str, Sequence[float]]
) -> tuple[list[Surface], tuple[int, int]]:
    """All surfaces of a family, and how many along the first and the second slider.

    Raises ValueError where they have not one window and one start.
    """
    if isinstance(family, Surface):
        return [family], (1, 1)
    own = parameters_of(family)
    along = [len(grid) if name in own else 1 for name, grid in grids.items()]
    values = [grid if name in own else [0.0] for name, grid in grids.items()]
    made = [member(family, dict(zip(grids, point))) for point in product(*values)]
    if len({(surface.window, surface.start) for surface in made}) > 1:
        raise ValueError(
            "the surfaces under a slider must have one window and one start, got "
            f"several for {', '.join(name for name in grids if name in own)}."
        )
    first, second = (*along, 1, 1)[:2]
    return made, (first, second)


def last_member(
    family: Surface | Family, grids: Mapping[str, Sequence[float]]
) -> Surface:
    """The surface at the far ends of the sliders: for usual starts and rates."""
    if isinstance(family, Surface):
        return family
    return member(family, {name: grid[-1] for name, grid in grids.items()})
