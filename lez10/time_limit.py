"""Functions written by students: stopped when they take too long, and explained.

Only the standard library is imported, so that a sandbox may have it too.
"""

import linecache
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

TEXT = 200  # characters of an exception's own text


class TooSlow(BaseException):
    """Raised inside a function that takes too long; passes ``except Exception``."""


def line_of(error: BaseException, function: Callable[..., Any]) -> str:
    """Where in the student's own code it happened, as a clause between commas."""
    number, text = place_of(error, function)
    if not number:
        return ""
    return f", line {number}" + (f" ({text})," if text else ",")


def place_of(error: BaseException, function: Callable[..., Any]) -> tuple[int, str]:
    """The line of the student's own code in which it happened: number and text.

    The student's own code is the function's file, and in a notebook, where each cell
    is a file, every function of the same namespace. (0, "") where none of it was
    running.
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return 0, ""
    namespace = getattr(function, "__globals__", None)
    found, trace = (0, ""), error.__traceback__
    while trace is not None:  # the innermost comes last
        frame, number = trace.tb_frame, trace.tb_lineno
        name = frame.f_code.co_filename
        if name == code.co_filename or frame.f_globals is namespace:
            text = linecache.getline(name, number, frame.f_globals).strip()
            found = number, text
        trace = trace.tb_next
    return found


def text_of(error: BaseException) -> str:
    """What an exception says of itself, without its full stop, and not too long."""
    try:
        text = str(error).strip().rstrip(".")
    except BaseException:  # the student's own __str__ may do anything
        return "its text cannot be shown"
    return text if len(text) <= TEXT else text[:TEXT] + "…"


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
