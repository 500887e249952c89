"""Runs: a step turned into a stream of states, its history, and minibatches.

Whoever wants a stop, a slider, a record or a check consumes the stream.
"""

from __future__ import annotations  # numpy.random: loaded when used

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any

import numpy as np

from lez10.arguments import (
    check_count,
    check_hyperparameter,
    check_numbers,
    check_rng,
)
from lez10.optimizers import Gradient, State, Step

Array = Any


def iterate(
    step: Step, theta: Array, grad: Gradient, **hyperparameters: Any
) -> Iterator[State]:
    """Yield the state at k = 0, 1, 2, … without end.

    theta: (d, ...); hyperparameters broadcast against it, and all of the state has
    their common shape. alpha may be a schedule, a function of k. Everything is
    computed in theta's floating dtype; integers become float64.

    Raises ValueError, before the first state, for a hyperparameter that is
    missing, unknown to the step, out of its range or of a shape that does not fit.
    A run that diverges goes on as inf and NaN.
    """
    return iterate_over(step, theta, repeat(grad), **hyperparameters)


def iterate_over(
    step: Step, theta: Array, grads: Iterable[Gradient], **hyperparameters: Any
) -> Iterator[State]:
    """As iterate, with a gradient of its own for each step: one per minibatch."""
    start = floating(theta)
    values = {}
    check_signature(step, hyperparameters)
    schedule = hyperparameters.get("alpha")
    for name, value in hyperparameters.items():
        value = value(0) if name == "alpha" and callable(value) else value
        check_hyperparameter(name, value)
        values[name] = cast(value, start.dtype)
        check_hyperparameter(name, values[name])  # float32 makes 1 of 0.999999999
    shape = common_shape(start, values)
    state = State(*(broadcast(letter, shape, start.dtype) for letter in (theta, 0, 0)))
    return stream(step, state, grads, values, schedule if callable(schedule) else None)


def stream(
    step: Step,
    state: State,
    grads: Iterable[Gradient],
    values: dict[str, Array],
    schedule: Callable[[int], Array] | None,
) -> Iterator[State]:
    """The states themselves; the arguments have been checked."""
    shape, dtype = state.theta.shape, state.theta.dtype
    # around the step alone: around a yield it would silence the consumer too
    quiet_step = np.errstate(over="ignore", invalid="ignore", divide="ignore")(step)
    keep_freed_memory()
    yield state
    for k, grad in enumerate(grads):
        if schedule is not None:
            values["alpha"] = rate_at(k, schedule, values["alpha"], dtype)
        state = quiet_step(state, like_theta(grad, dtype), **values)
        if np.shape(state.theta) != shape:
            raise ValueError(
                f"theta has shape {shape}, but became {np.shape(state.theta)} in step "
                f"{k + 1}: a step must return theta in the shape in which it came."
            )
        yield state


def like_theta(grad: Gradient, dtype: np.dtype) -> Gradient:
    """The gradient in theta's dtype; ValueError where it has not theta's shape."""

    def gradient(theta):
        g = np.asarray(grad(theta))
        if g.shape != np.shape(theta) or g.dtype.kind not in "iuf":
            raise ValueError(
                f"grad must return numbers of theta's shape {np.shape(theta)}, got "
                f"shape {g.shape} of {g.dtype}."
            )
        return g.astype(dtype, copy=False)

    return gradient


def rate_at(
    k: int, schedule: Callable[[int], Array], before: Array, dtype: np.dtype
) -> Array:
    """The schedule's rate for step k; ValueError where its shape has changed."""
    alpha = schedule(k)
    if np.shape(alpha) != np.shape(before):
        raise ValueError(
            f"alpha(k) must keep its shape {np.shape(before)}, got {np.shape(alpha)} "
            f"at k = {k}."
        )
    return cast(alpha, dtype)


def keep_freed_memory() -> None:
    """Ask the C library to keep what a step frees, since the next one needs it.

    Linux's glibc gives large blocks back to the system and fetches them anew, page by
    page, until it has seen a larger one freed: a tenth to a third of the time of a
    step on many settings. The block is never touched, and costs a microsecond.
    """
    if sys.platform == "linux":
        np.empty(30 * 2**20, np.uint8)  # glibc takes no notice above 32 MiB


def history(states: Iterable[State]) -> State:
    """Stack states along a leading step axis.

    Takes a finite number of them, such as ``islice(iterate(...), 100)``; returns a
    State with theta, v and r of shape (steps, *theta.shape) and t of shape (steps,).
    Raises ValueError when there is none.
    """
    letters = tuple(zip(*states, strict=True))
    if not letters:
        raise ValueError("history needs at least one state, got an empty stream.")
    return State(*(np.stack(letter) for letter in letters))


def minibatches(
    n: int,
    size: int,
    rng: np.random.Generator,
) -> Iterator[np.ndarray]:
    """One epoch: 0 … n-1 in random order, size at a time.

    Yields arrays of indices; the last may be smaller.
    Raises ValueError unless 1 <= size <= n (1.1).
    """
    check_count("n", n)
    check_count("size", size)
    check_rng(rng)
    if size > n:
        raise ValueError(
            f"size must be at most n = {n}, got {size}: "
            "a minibatch cannot be larger than the data."
        )
    order = rng.permutation(n)
    return (order[i : i + size] for i in range(0, n, size))


def floating(theta: Array) -> np.ndarray:
    """The start as an array of its floating dtype; ValueError unless finite numbers."""
    numbers = check_numbers("theta", theta)
    if not np.all(np.isfinite(numbers)):
        raise ValueError("theta must be finite at the start, got inf or NaN.")
    return numbers if numbers.dtype.kind == "f" else numbers.astype(np.float64)


def check_signature(step: Step, hyperparameters: dict[str, Any]) -> None:
    """ValueError for a hyperparameter that step does not take, or one it misses."""
    signature = inspect.signature(step)
    try:
        signature.bind(None, None, **hyperparameters)
    except TypeError as error:
        name = getattr(step, "__name__", "the step")
        takes = ", ".join(list(signature.parameters)[2:]) or "none"
        given = ", ".join(hyperparameters) or "none"
        raise ValueError(
            f"{name} takes the hyperparameters {takes}, got {given}: {error}."
        ) from None


def cast(value: Array, dtype: np.dtype) -> Array:
    """A hyperparameter in theta's dtype; a float where that is the same and faster."""
    with np.errstate(over="ignore"):  # inf is noticed by whoever checks
        if np.ndim(value):
            return np.asarray(value, dtype)
        return float(value) if dtype == np.float64 else dtype.type(value)


def common_shape(theta: np.ndarray, values: dict[str, Array]) -> tuple[int, ...]:
    """The shape that theta and the hyperparameters broadcast to."""
    try:
        return np.broadcast_shapes(theta.shape, *(np.shape(v) for v in values.values()))
    except ValueError:
        arrays = {name: np.shape(v) for name, v in values.items() if np.ndim(v)}
        shapes = ", ".join(f"{name} {shape}" for name, shape in arrays.items())
        d = theta.shape[0] if theta.ndim == 1 else "d"
        raise ValueError(
            f"theta {theta.shape} and {shapes} do not broadcast. To run several "
            f"settings at once, give theta a settings axis: theta ({d}, 1) with alpha "
            "(settings,), or the perceptron's theta (settings, n_params) with alpha "
            "(settings, 1)."
        ) from None


def broadcast(letter: Array, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """A writable copy of a letter in the common shape: nobody else's array."""
    return np.array(np.broadcast_to(np.asarray(letter, dtype), shape))
