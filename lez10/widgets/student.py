"""A step function from the student's notebook: checked, limited in time, explained.

A mistake in it becomes one sentence, and everything else goes on.
"""

import functools
import linecache
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from lez10.optimizers import Gradient, State, Step

LIMIT = 5.0  # seconds for all steps of one picture
UNSTOPPABLE = (
    "This Python cannot stop a step function that does not end: "
    "if nothing moves any more, restart the kernel."
)


class TooSlow(BaseException):
    """Raised inside a function that takes too long; passes ``except Exception``."""


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


def line_of(error: BaseException, step: Step) -> str:
    """Where in the student's own code it happened: number and text of the line."""
    code = getattr(step, "__code__", None)
    if code is None:
        return ""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == code.co_filename:
            text = linecache.getline(frame.filename, frame.lineno or 0).strip()
            return f", line {frame.lineno}" + (f" ({text})," if text else ",")
    return ""


def name_of(step: Step) -> str:
    """The name of a step, for a sentence."""
    return getattr(step, "__name__", "Your step")


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooSlow inside the block after so many seconds.

    By a signal where there are signals, by an exception raised in this thread
    elsewhere; where neither exists (a browser's Python), there is no limit.
    """
    stopper = way_to_stop()
    if stopper is None:
        yield
    else:
        yield from stopper(seconds)


def way_to_stop() -> Callable[[float], Iterator[None]] | None:
    """How a step that does not end is stopped here, or None where it cannot be."""
    if sys.platform in ("emscripten", "wasi"):  # its signals wait for the step to end
        return None
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and hasattr(signal, "setitimer"):
        return limit_by_signal
    try:
        import ctypes  # noqa: F401

        threading.Thread(target=int).start()
    except (ImportError, RuntimeError):
        return None
    return limit_by_thread


def limit_by_signal(seconds: float) -> Iterator[None]:
    """The limit through SIGALRM; it rings again where a bare except swallowed it."""

    def ring(*_: Any) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def limit_by_thread(seconds: float) -> Iterator[None]:
    """The limit through an exception that another thread raises in this one."""
    import ctypes

    here = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    timer = threading.Timer(seconds, raise_in, (here, ctypes.py_object(TooSlow)))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        raise_in(here, None)  # one that is still on its way
