"""Asking a student's function everything: whatever it does, there are replies.

Tasks are not known here, and nothing but numpy and ``asking`` is needed, so that the
student's own process and a sandbox get the same replies and the same sentences.
"""

import inspect
import io
import re
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

import numpy as np

from lez10.grading.asking import Problem, Question, Reply, Train, ask, kind_of
from lez10.time_limit import TooSlow, place_of, text_of, time_limit

LIMIT = 5.0  # seconds for all questions of a task together
LINES, COLUMNS = 5, 200  # of what the function prints, the rest is left out
UNANSWERED = "unanswered"  # the kind of problem that a stub has


TRUTH = "truth value of an array"
# What stands in an exception's text, and in its line, and what to do about it.
ADVICE = (
    (TRUTH, r"\bmin\(", " np.minimum compares number by number, min does not."),
    (TRUTH, r"\bmax\(", " np.maximum compares number by number, max does not."),
    (TRUTH, r"\b(and|or|not)\b", " Of an array ask for the size instead."),
    (TRUTH, r"\b(if|while)\b", " np.where decides number by number, if does not."),
    ("empty sequence", "", " There may be nothing yet to take it of."),
    ("out of bounds", "", " Where does the index have to stop?"),
    ("converted to Python scalar", "", " math takes single numbers, numpy arrays."),
    ("'Asked'", "", " grad is a function: call it where you need the gradient."),
)


class Forbidden(Exception):
    """Raised by what stands in the place of lez10 where a class is graded."""


class Replies(NamedTuple):
    """One reply per question, and the first lines of what the function printed."""

    replies: list[Reply]
    printed: str


class FirstLines(io.TextIOBase):
    """A stream that keeps its first lines and counts the others."""

    def __init__(self) -> None:
        self.kept = ""
        self.lines = 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: str) -> int:
        """Take the text; what comes after the first lines is only counted."""
        self.lines += text.count("\n")
        if len(self.kept) <= LINES * COLUMNS:
            self.kept += text[: LINES * COLUMNS + 1]
        return len(text)

    def shown(self) -> str:
        """The first lines, and how many more there were."""
        first = self.kept.strip("\n").split("\n")[:LINES]
        text = "\n".join(first)[: LINES * COLUMNS]
        left = self.lines - len(first)
        return text + (f"\n… and {left} more lines" if left > 0 else "")


def replies(
    function: Any,
    questions: Sequence[Question],
    returns: tuple[str, ...],
    train: Train | None = None,
    limit: float = LIMIT,
) -> Replies:
    """Ask all questions; what goes wrong in one is its reply's problem.

    The time limit, in seconds, is for all of them; those left over get the problem
    "slow" as well. Raises nothing that the function raises.
    """
    problem = None
    try:
        if questions:
            problem = unfit(function, tuple(questions[0].arguments))
    except BaseException as error:  # a callable object may raise when it is looked at
        problem = explained(error, function, limit)
    found, printed, end = [], FirstLines(), time.monotonic() + limit
    for question in questions:
        reply = Reply(problem=problem)
        if problem is None:
            reply = one_reply(function, question, returns, train, printed, end, limit)
            if reply.problem and reply.problem.kind in ("slow", "interrupted"):
                problem = reply.problem  # the others would take as long again
        found.append(reply)
    return Replies(found, printed.shown())


def one_reply(
    function: Callable[..., Any],
    question: Question,
    returns: tuple[str, ...],
    train: Train | None,
    printed: FirstLines,
    end: float,
    limit: float,
) -> Reply:
    """The reply to one question; end: when the time is over, by the monotonic clock."""
    try:
        with (
            redirect_stdout(printed),
            redirect_stderr(printed),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
            time_limit(max(end - time.monotonic(), 0.01)),
        ):
            warnings.simplefilter("ignore")
            return ask(function, question, returns, train)
    except BaseException as error:  # SystemExit, too, is only a wrong answer here
        return Reply(problem=explained(error, function, limit))


def unfit(function: Any, names: tuple[str, ...]) -> Problem | None:
    """Why something cannot be called with these arguments, by their order."""
    wanted = f"({', '.join(names)})" if names else "none"
    if not callable(function):
        of = wanted if names else "without arguments"
        it = kind_of(function)
        it += f": {repr(function)[:60]}" if it != "None" else ""
        return Problem("callable", f"it must be a function {of}, but it is {it}.")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some functions in C do not tell
        return None
    got = str(signature.replace(return_annotation=signature.empty))
    said = f"its arguments must be {wanted}, but they are {got}."
    try:
        signature.bind(*names)
    except TypeError:
        return Problem("arguments", said)
    # Other names are fine; the same names in another order get each other's values.
    own = tuple(signature.parameters)[: len(names)]
    if own != names and set(own) == set(names):
        return Problem("arguments", f"{said[:-1]}, in another order.")
    return None


def explained(
    error: BaseException, function: Callable[..., Any], limit: float
) -> Problem:
    """What was raised, as the end of a sentence about the function."""
    (number, line), text = place_of(error, function), text_of(error)
    where = f" in line {number}" if number else ""
    where += f" ({line})" if line else ""
    if type(error) is NotImplementedError:  # a kernel without input() raises another
        return Problem(UNANSWERED, f"{text}." if text else "it is still the stub.")
    if isinstance(error, TooSlow):
        took = f"it took longer than {limit:g} s and was stopped{where}"
        return Problem("slow", f"{took}: look for a loop that does not end.")
    if isinstance(error, KeyboardInterrupt):
        return Problem("interrupted", f"it was interrupted{where}.")
    if isinstance(error, MemoryError):
        said = f"it asked for more memory than there is{where}."
        return Problem("memory", said)
    if isinstance(error, Forbidden):
        return Problem("forbidden", f"it uses lez10's own answer{where}: {text}.")
    if isinstance(error, RecursionError):
        said = f"it calls itself without an end{where}: {text}."
    elif isinstance(error, SystemExit):
        said = f"it ends Python{where}, but must return its values."
    else:
        kind = type(error).__name__
        said = f"it raised {kind}{where}" + (f": {text}." if text else ".")
        fitting = (a for part, of, a in ADVICE if part in text and re.search(of, line))
        said += next(fitting, "")
    return Problem("raised", said)
