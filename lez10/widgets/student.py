"""A step function from the student's notebook: checked, limited in time, explained.

A mistake in it becomes one sentence, and everything else goes on.
"""

import functools
from typing import Any

import numpy as np

from lez10.optimizers import Gradient, State, Step
from lez10.time_limit import TooSlow as TooSlow
from lez10.time_limit import line_of
from lez10.time_limit import time_limit as time_limit
from lez10.time_limit import way_to_stop as way_to_stop

LIMIT = 5.0  # seconds for all steps of one picture
UNSTOPPABLE = (
    "This Python cannot stop a step function that does not end: "
    "if nothing moves any more, restart the kernel."
)


class Mistake(Exception):
    """What is wrong with the student's step, as a sentence."""


def checked(step: Step) -> Step:
    """The step, but what it returns is checked, and its state cannot be changed."""
    if not callable(step):
        raise ValueError(f"yours must be a step function, got {step!r}.")
    name = name_of(step)

    @functools.wraps(step)
    def checked_step(state: State, grad: Gradient, **hyperparameters: Any) -> State:
        for letter in state[:3]:
            letter.flags.writeable = False  # theta -= … would change the past
        new = step(state, grad, **hyperparameters)
        if new is None:
            raise Mistake(f"{name} returned nothing: end it with return State(…).")
        if not isinstance(new, State):
            raise Mistake(
                f"{name} returned a {type(new).__name__}: it must return "
                "State(theta, v, r, t)."
            )
        shape = state.theta.shape
        for letter, value in zip("theta v r".split(), new, strict=False):
            # a rule that leaves v or r alone may also set them to a number
            if np.shape(value) not in ({shape} if letter == "theta" else {shape, ()}):
                raise Mistake(
                    f"{name} returned {letter} of shape {np.shape(value)}, but it must "
                    f"have theta's shape, {shape}."
                )
            if np.asarray(value).dtype.kind not in "iuf":
                raise Mistake(f"{name} returned {letter} that does not hold numbers.")
        theta, v, r = (
            np.array(np.broadcast_to(np.asarray(letter, float), shape))
            for letter in new[:3]
        )
        return State(theta, v, r, new.t)

    return checked_step


def explained(error: BaseException, step: Step) -> str:
    """One sentence for what went wrong in the student's step."""
    name = name_of(step)
    if isinstance(error, Mistake):
        return str(error)
    if isinstance(error, TooSlow):
        return (
            f"{name} took longer than {LIMIT:g} s and was stopped and switched off: "
            "look for a loop that does not end."
        )
    if "read-only" in str(error):
        return (
            f"{name}{line_of(error, step)} changes its state in place: write "
            "theta = theta - … and not theta -= …."
        )
    kind = type(error).__name__
    return f"{name}{line_of(error, step)} raised {kind}: {str(error).rstrip('.')}."


def name_of(step: Step) -> str:
    """The name of a step, for a sentence."""
    return getattr(step, "__name__", "Your step")
