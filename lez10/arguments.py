"""Checks of arguments: what came, what was expected, what to do.

Steps check nothing, since they run thousands of times; the functions that start a
run, a schedule or an epoch check once, here.
"""

from __future__ import annotations  # numpy.random: loaded when used

from collections.abc import Iterable
from typing import Any

import numpy as np

# Hyperparameters that every rule gives the same meaning.
RATES = ("alpha", "delta")
FRACTIONS = ("beta", "beta1", "beta2", "rho", "momentum", "running_momentum")


class Named(dict[str, Any]):
    """Things by name; asked for a name that it does not have, it says those it has."""

    def __init__(self, kind: str, things: Iterable[Any]):
        super().__init__({thing.name: thing for thing in things})
        self.kind = kind

    def __missing__(self, name: Any) -> Any:
        """ValueError, in a sentence."""
        raise ValueError(f"the {self.kind} are {', '.join(self)}, got {name!r}.")


def check_hyperparameter(name: str, value: Any) -> None:
    """Raise ValueError where a rate or a decay factor lies outside its range."""
    if name in RATES:
        check_at_least(name, value, 0)
    elif name in FRACTIONS:
        numbers = check_numbers(name, value)
        if not np.all((numbers >= 0) & (numbers < 1)):
            raise ValueError(f"{name} must lie in [0, 1), got {shown(value)}.")


def check_at_least(name: str, value: Any, lowest: float) -> None:
    """Raise ValueError unless all of value is finite and >= lowest."""
    numbers = check_numbers(name, value)
    if not np.all(np.isfinite(numbers) & (numbers >= lowest)):
        raise ValueError(
            f"{name} must be a finite number >= {lowest}, got {shown(value)}."
        )


def check_positive(name: str, value: Any) -> None:
    """Raise ValueError unless all of value is finite and > 0."""
    numbers = check_numbers(name, value)
    if not np.all(np.isfinite(numbers) & (numbers > 0)):
        raise ValueError(f"{name} must be a finite number > 0, got {shown(value)}.")


def check_finite(name: str, value: Any) -> None:
    """Raise ValueError unless all of value is finite."""
    if not np.all(np.isfinite(check_numbers(name, value))):
        raise ValueError(f"{name} must be a finite number, got {shown(value)}.")


def check_numbers(name: str, value: Any) -> np.ndarray:
    """Return value as an array; ValueError unless it holds real numbers."""
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iuf":
        raise ValueError(
            f"{name} must be a number or an array of numbers, got {shown(value)}."
        )
    return numbers


def check_count(name: str, value: Any, lowest: int = 1) -> int:
    """Return value as an int; ValueError unless it is a whole number >= lowest."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise ValueError(
            f"{name} must be a whole number >= {lowest}, got {shown(value)}."
        )
    if value < lowest:
        raise ValueError(f"{name} must be a whole number >= {lowest}, got {value}.")
    return int(value)


def check_rng(rng: Any) -> np.random.Generator:
    """Return rng; ValueError unless it is a numpy Generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            "rng must be a numpy Generator, such as np.random.default_rng(0), "
            f"got {shown(rng)}."
        )
    return rng


def check_rngs(rng: Any) -> list[np.random.Generator]:
    """One generator or a sequence of them, as a list."""
    rngs = list(rng) if isinstance(rng, list | tuple) and len(rng) else [rng]
    return [check_rng(generator) for generator in rngs]


def shown(value: Any) -> str:
    """A value in few characters, for a sentence."""
    if isinstance(value, np.ndarray) and value.size > 6:
        return f"an array of shape {value.shape} with values like {value.flat[0]}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:77] + "..."
