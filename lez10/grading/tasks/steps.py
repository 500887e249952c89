"""What the tasks of the update rules have in common: questions and the signature."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lez10.grading.asking import Landscape, Question
from lez10.grading.task import UNTOUCHED, Property
from lez10.optimizers import State

Array = Any
TEN = 10
# so small that its place cannot be seen: a mistake in it costs "large delta" alone
NO_DELTA = 1e-12
# who mixes float32 with float64 is right; the known mistakes are far larger
TOLERANCE = 1e-5
DELTA = (0.2, 0.5)


def step_properties(
    first: int, ten: int, shapes: int, untouched: int, delta: int = 0
) -> tuple[Property, ...]:
    """What a step may have, with its points; delta: 0 for a rule that has none."""
    large = Property("large delta", delta, "a large delta stands in its place")
    return (
        Property("first step", first, "one step is right, from rest and in motion"),
        Property("ten steps", ten, "ten steps in a row are right"),
        *((large,) if delta else ()),
        Property("shapes", shapes, "it takes numbers and matrices"),
        Property(
            UNTOUCHED,
            untouched,
            "something is right, without changing the caller's arrays",
        ),
    )


def adapter(source: Callable, letters: Sequence[str]) -> Callable[[Callable], Callable]:
    """From a rule on states to a function of letters, grad and hyperparameters.

    source: the rule whose hyperparameters those to be adapted have.
    """
    names = list(inspect.signature(source).parameters)[2:]

    def adapted(rule: Callable) -> Callable:
        def function(*arguments: Any) -> tuple:
            state = State(**dict(zip(letters, arguments)))
            grad, *others = arguments[len(letters) :]
            state = rule(state, grad, **dict(zip(names, others, strict=True)))
            return tuple(getattr(state, name) for name in letters)

        function.__name__ = rule.__name__
        return function

    return adapted


def step_questions(
    rng: np.random.Generator,
    letters: Sequence[str],
    ranges: Mapping[str, tuple[float, float]],
) -> list[Question]:
    """One step, ten steps, a large delta and other shapes, of a rule.

    letters: theta first, then the inner state, as the function takes and returns them.
    ranges: of the hyperparameters, in the signature's order. Most questions begin in
    motion, so that every letter counts from the first step on. Numbers have two
    decimals, so that one can check them by hand.
    """

    def question(
        about: str, shape: tuple[int, ...], times: int = 1, rest: bool = False
    ) -> Question:
        draw = lambda low, high: number(rng.uniform(low, high, shape).round(2))
        sign = lambda: number(rng.choice([-1.0, 1.0], shape))
        theta = draw(0.5, 2.0) * sign()
        values: dict[str, Any] = {"theta": theta}
        for letter in letters[1:]:
            values[letter] = inner(letter, rng, draw, sign, rest)
        # ten steps do not reach the minimum, where rounding would be magnified
        centre = number(np.round(theta + draw(2.0, 3.0) * sign(), 2))
        curvature, waves = draw(0.8, 2.0), draw(0.2, 0.4)
        for name, (low, high) in ranges.items():
            values[name] = round(float(rng.uniform(low, high)), 2)
        if about == "large delta":  # large against the gradients too
            curvature, waves = 0.25 * curvature, 0.25 * waves
            if "r" in values:
                values["r"] = 0.25 * values["r"]
        elif "delta" in ranges:
            values["delta"] = NO_DELTA
        landscape = {"grad": Landscape(curvature, centre, waves)}
        hyperparameters = {name: values.pop(name) for name in ranges}
        values = {**values, **landscape, **hyperparameters}
        return Question(about, values, times, tuple(letters))

    large = [
        question("large delta", (2,), rest=True),
        question("large delta", (3,), 3),
    ]
    return [
        question("first step", (2,), rest=True),
        question("first step", (2,)),
        question("ten steps", (3,), TEN),
        question("ten steps", (2,), TEN, rest=True),
        *(large if "delta" in ranges else []),
        question("shapes", (), 3),
        question("shapes", (2, 3), 3),
    ]


def inner(
    letter: str,
    rng: np.random.Generator,
    draw: Callable[[float, float], Array],
    sign: Callable[[], Array],
    rest: bool,
) -> Array:
    """Where an inner letter begins: r is never negative, t counts."""
    if letter == "t":
        return 0 if rest else int(rng.integers(2, 6))
    if rest:
        return 0.0 * draw(0.0, 1.0)
    return draw(0.3, 1.5) if letter == "r" else draw(0.2, 0.5) * sign()


def number(drawn: Any) -> Any:
    """A Python float instead of an array without a shape."""
    return float(drawn) if np.ndim(drawn) == 0 else drawn
