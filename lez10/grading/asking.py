"""Asking a function: plain data goes in, raw numbers come out.

Nothing here knows what is right, and nothing but numpy is imported, so that it may run
in the student's own process, and in a sandbox without lez10.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

Array = Any


class Landscape(NamedTuple):
    """A gradient as plain data: of a quadratic plus a smooth nonlinear term.

    gradient(theta) = curvature * (theta - centre) + waves * cos(theta), component by
    component; each a number, or an array of theta's shape.
    """

    curvature: Array
    centre: Array
    waves: Array


class Seed(NamedTuple):
    """A generator as plain data."""

    number: int


class Trainings(NamedTuple):
    """Trainings that a search may ask for, as plain data: run(alpha, beta) -> loss.

    name: which training; seed: of its data; limit: how many calls are answered. Who
    carries them out is the business of whoever asks: see ``ask``.
    """

    name: str
    seed: int
    limit: int


class BudgetSpent(Exception):
    """Raised by a run that was called too often."""


class CountedRun:
    """Trainings as a callable that counts its calls, and notes what they ask for."""

    def __init__(self, trainings: Trainings, train: "Train"):
        self.trainings, self.train = trainings, train
        self.calls = 0
        self.asked: list[tuple[float, float]] = []

    def __call__(self, alpha: float, beta: float) -> float:
        """The loss at the end of a training; inf where it diverged."""
        self.calls += 1
        if self.calls > self.trainings.limit:
            limit = self.trainings.limit
            raise BudgetSpent(f"run was called more than {limit} times.")
        pair = float(alpha), float(beta)
        self.asked.append(pair)
        return self.train(self.trainings, *pair)


Train = Callable[[Trainings, float, float], float]
MANY: tuple[str, ...] = ("…",)  # returns any number of arrays
MOST = 10_000  # arrays that are taken from an answer that never stops giving
PLAIN: tuple[str, ...] = ("answer",)  # returns a number, a letter or a dict of numbers


class Asked:
    """A landscape's gradient as a callable that counts its calls."""

    def __init__(self, landscape: Landscape):
        self.landscape = landscape
        self.calls = 0

    def __call__(self, theta: Array) -> Array:
        """The gradient at theta."""
        self.calls += 1
        curvature, centre, waves = self.landscape
        if not isinstance(theta, float | int):  # a float stays one
            theta = np.asarray(theta)
        g = curvature * (theta - centre) + waves * np.cos(theta)
        if isinstance(theta, np.ndarray | np.generic) and theta.dtype == np.float32:
            return g.astype(np.float32)  # a run in float32 stays one
        return g


@dataclass(frozen=True)
class Question:
    """One call of the function, or several in a row.

    about: the property that it belongs to. arguments: by name, in order: numbers,
    arrays, a Landscape or a Seed. times: how often in a row; feeds: which arguments
    get what the call before returned, in order.
    """

    about: str
    arguments: dict[str, Any]
    times: int = 1
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Why there are no numbers: a kind, and what is to be said of it."""

    kind: str
    said: str


@dataclass
class Reply:
    """What came back: for each call, the values returned; or a problem.

    changed: names of the arguments that were changed in place; calls: how often the
    gradient or a training was asked for, in all; drew: whether the generator was used;
    asked: the alpha and beta of each training that was carried out.
    """

    values: list[tuple[Array, ...]] = field(default_factory=list)
    problem: Problem | None = None
    changed: tuple[str, ...] = ()
    calls: int = 0
    drew: bool = False
    asked: list[tuple[float, float]] = field(default_factory=list)


def ask(
    function: Callable[..., Any],
    question: Question,
    returns: tuple[str, ...],
    train: Train | None = None,
) -> Reply:
    """Call the function; exceptions pass, since only the caller can explain them.

    returns: names of the values that a call has to return; MANY for any number of
    arrays, one after the other; PLAIN for a number, a letter or a dict. train: what
    carries out a training, where the function gets a ``run``.
    """
    reply = Reply()
    given = {name: handed(x, train) for name, x in question.arguments.items()}
    for _ in range(question.times):
        before = {n: x.copy() for n, x in given.items() if isinstance(x, np.ndarray)}
        states = {
            name: copy.deepcopy(x.bit_generator.state)
            for name, x in given.items()
            if isinstance(x, np.random.Generator)
        }
        returned = function(*given.values())
        # First, since a generator only now runs; it copies what it takes.
        values, reply.problem = taken(returned, returns, bool(before))
        reply.changed += tuple(
            name
            for name, was in before.items()
            if name not in reply.changed and not same(was, given[name])
        )
        reply.drew |= any(
            given[name].bit_generator.state != state for name, state in states.items()
        )
        if reply.problem:
            return reply
        reply.values.append(values)
        fed = dict(zip(question.feeds, values))
        if any(value.size > np.size(given[name]) for name, value in fed.items()):
            break  # wrong already, and the next steps on it might fill the memory
        # a number comes back as a number, so that t += 1 changes nobody's array
        for name, value in fed.items():
            given[name] = value.copy() if value.ndim else value.item()
    counted = (Asked, CountedRun)
    reply.calls = sum(x.calls for x in given.values() if isinstance(x, counted))
    runs = (x for x in given.values() if isinstance(x, CountedRun))
    reply.asked = [pair for run in runs for pair in run.asked]
    return reply


def handed(value: Any, train: Train | None) -> Any:
    """An argument as the function gets it: a copy, or what plain data stands for."""
    if isinstance(value, Landscape):
        return Asked(value)
    if isinstance(value, Trainings):
        assert train is not None  # whoever asks such a question brings it
        return CountedRun(value, train)
    if isinstance(value, Seed):
        return np.random.default_rng(value.number)
    return value.copy() if isinstance(value, np.ndarray) else copy.deepcopy(value)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether an array is as it was."""
    # bytes, since NaN is as it was, and since this is asked for thousands of times
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def taken(
    returned: Any, returns: tuple[str, ...], arrays: bool
) -> tuple[tuple, Problem | None]:
    """What was returned as arrays, or why it is no answer.

    arrays: whether arrays were handed over, so that arrays have to come back.
    """
    if returned is None:
        wanted = f" of {', '.join(returns)}" if len(returns) > 1 else ""
        said = f"it returned None: is a return{wanted} missing?"
        return (), Problem("nothing", said)
    if returns == PLAIN:
        return plain(returned)
    if returns == MANY:
        try:
            parts = [copy.deepcopy(part) for part in islice(returned, MOST)]
        except TypeError:
            said = f"it returned {kind_of(returned)}, not one array after another."
            return (), Problem("type", said)
    elif len(returns) == 1:
        if isinstance(returned, tuple) and not (arrays and even(returned)):
            said = f"it returned {len(returned)} values; it must return {returns[0]}."
            return (), Problem("length", said)
        parts = [returned]
    else:
        expected = f"{', '.join(returns)}, in this order"
        # stacked values unpack, too; but a single vector is theta without the rest
        stacked = isinstance(returned, np.ndarray) and returned.ndim > arrays
        if not stacked and not isinstance(returned, tuple | list):
            said = f"it returned {kind_of(returned)}; it must return {expected}."
            return (), Problem("type", said)
        if len(returned) != len(returns):
            many = f"{len(returned)} value" + ("" if len(returned) == 1 else "s")
            said = f"it returned {many}; it must return {expected}."
            return (), Problem("length", said)
        parts = list(returned)
    names = (
        returns if returns != MANY else [f"array {n + 1}" for n in range(len(parts))]
    )
    values = []
    for name, part in zip(names, parts, strict=True):
        value, problem = number(name, part)
        if problem:
            return (), problem
        values.append(value)
    return tuple(values), None


def even(parts: tuple[Any, ...]) -> bool:
    """Whether values can stand in one array."""
    try:
        np.asarray(parts)
    except ValueError:  # of different shapes
        return False
    return True


def plain(returned: Any) -> tuple[tuple, Problem | None]:
    """An answer that is a letter, a number or a dict of numbers, or why it is none."""
    if isinstance(returned, str):
        return (returned.strip()[:100],), None
    if isinstance(returned, dict):
        found = {}
        for name, part in returned.items():
            value, problem = number(str(name), part)
            if problem or value.ndim:
                said = f"{name} in the dict that it returned is no number."
                return (), Problem("type", said)
            found[str(name)] = float(value)
        return (found,), None
    value, problem = number("answer", returned)
    if problem or value.ndim:
        said = "it must return a number, a letter or a dict, as the text asks."
        return (), problem or Problem("type", said)
    return (float(value),), None


def number(name: str, part: Any) -> tuple[np.ndarray, Problem | None]:
    """A returned value as an array of numbers, or why it is none."""
    nothing = np.empty(0)
    if part is None:
        said = f"the {name} that it returned must hold numbers, but it is None."
        return nothing, Problem("nothing", said)
    try:
        value = np.asarray(part)
    except ValueError:  # lists of different lengths
        said = (
            f"the {name} that it returned must be an array, but has rows of different "
            "lengths."
        )
        return nothing, Problem("type", said)
    if value.dtype.kind == "c":
        said = (
            f"the {name} that it returned must be real, but is complex: is there a "
            "root of a negative number?"
        )
        return nothing, Problem("complex", said)
    if value.dtype.kind not in "biuf":
        what = repr(part[:40]) if isinstance(part, str) else kind_of(part)
        said = f"the {name} that it returned must hold numbers, but it is {what}."
        return nothing, Problem("type", said)
    return value.copy(), None


def kind_of(thing: Any) -> str:
    """What a value is, with an article."""
    if thing is None:
        return "None"
    kind = "array" if isinstance(thing, np.ndarray) else type(thing).__name__
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
