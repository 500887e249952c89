"""Exercise 12: what its tasks have in common."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lez10.grading.asking import Question, Reply
from lez10.grading.judging import near
from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.task import UNTOUCHED, Property, Task

Array = Any
EXERCISE = NOTEBOOK = "12_batch_normalization"
SECTION = "1.10"
BY_HAND = "By hand: a batch of three numbers"
GAMMA = "Why gamma and beta"
DIVISOR = "Errata: what stands under the line"
TOLERANCE = 1e-5


def wrong(
    name: str, said: str, *changes: Change, heading: str, convention: bool = False
) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, heading, convention)


UNDER_THE_ROOT = (
    wrong(
        "epsilon_outside",
        "Your epsilon stands outside the root: the lecture's corrected formula has it "
        "under the root, beside the variance.",
        ("np.sqrt(var + epsilon)", "(np.sqrt(var) + epsilon)"),
        heading=DIVISOR,
    ),
    wrong(
        "without_epsilon",
        "You leave epsilon out: a batch whose examples are equal would be divided by "
        "0.",
        ("(var + epsilon)", "(var)"),
        heading=DIVISOR,
    ),
    wrong(
        "variance",
        "You divide by the variance: it is the standard deviation, its root, that "
        "stands under the line.",
        ("np.sqrt", ""),
        heading=DIVISOR,
    ),
    wrong(
        "epsilon_after",
        "You add epsilon to the standardised numbers: it belongs under the root, "
        "beside the variance.",
        ("/ sigma", "/ np.sqrt(var) + epsilon"),
        heading=DIVISOR,
    ),
    wrong(
        "gamma_divides",
        "Your gamma stands under the root, below the line: it multiplies the "
        "standardised numbers.",
        ("gamma * x_hat", "x_hat / np.sqrt(gamma)"),
        heading=GAMMA,
    ),
    wrong(
        "swapped",
        "You have swapped gamma and beta: gamma is the new spread, beta the new mean.",
        ("gamma * x_hat + beta", "beta * x_hat + gamma"),
        heading=GAMMA,
    ),
    wrong(
        "shift_first",
        "You add beta before you multiply by gamma: then the mean of y is gamma times "
        "beta.",
        ("gamma * x_hat + beta", "gamma * (x_hat + beta)"),
        heading=GAMMA,
    ),
    wrong(
        "without_gamma_beta",
        "You stop at the standardised numbers: gamma and beta let the layer have the "
        "spread and the mean that it needs.",
        ("gamma * x_hat + beta", "x_hat"),
        heading=GAMMA,
    ),
    wrong(
        "without_gamma",
        "You leave gamma out: it is the spread that the layer needs, and multiplies "
        "the standardised numbers.",
        ("gamma * x_hat", "x_hat"),
        heading=GAMMA,
    ),
    wrong(
        "without_beta",
        "You leave beta out: it is the mean that the layer needs, and is added at the "
        "end.",
        ("x_hat + beta", "x_hat"),
        heading=GAMMA,
    ),
    wrong(
        "without_mean",
        "You do not subtract the mean: y then has not the mean beta.",
        ("(x - mean)", "x"),
        heading=BY_HAND,
    ),
    wrong(
        "plus_mean",
        "You add the mean: it has to be subtracted, so that the mean becomes 0.",
        ("(x - mean)", "(x + mean)"),
        heading=BY_HAND,
    ),
    wrong(
        "mean_minus_x",
        "You subtract x from the mean: it is x minus mean, or large numbers become "
        "small ones.",
        ("(x - mean)", "(mean - x)"),
        heading=BY_HAND,
    ),
    wrong(
        "without_brackets",
        "You divide the mean alone by the standard deviation: brackets belong around "
        "x - mean.",
        ("(x - mean) / sigma", "x - mean / sigma"),
        heading=BY_HAND,
    ),
    wrong(
        "not_divided",
        "You do not divide by the standard deviation: y then has not the spread gamma.",
        ("(x - mean) / sigma", "x - mean"),
        heading=BY_HAND,
    ),
    wrong(
        "multiplied",
        "You multiply by the standard deviation: dividing by it makes the spread 1.",
        ("(x - mean) / sigma", "(x - mean) * sigma"),
        heading=BY_HAND,
    ),
)


def numbers(
    rng: np.random.Generator, m: int, n: int, statistics: bool = False
) -> dict[str, Array]:
    """A batch far from mean 0 and variance 1, with a large epsilon."""
    given = {
        "x": rng.uniform(-1, 1, (m, n)) * rng.uniform(0.5, 2, n) + rng.uniform(1, 3, n),
        "gamma": rng.uniform(0.5, 2, n),
        "beta": rng.uniform(2.5, 4, n),
    }
    if statistics:
        given |= {"mean": rng.uniform(1, 3, n), "var": rng.uniform(0.2, 3, n)}
    return given | {"epsilon": float(rng.uniform(0.05, 0.5))}


PARTS = {"statistics": slice(1, 3), "gamma and beta": slice(1, 3), "x": slice(0, 1)}


def alike(question: Question, one: Reply, other: Reply) -> bool:
    """Whether the values that the question is about are the same."""
    part = PARTS.get(question.about, slice(None))
    pairs = zip(one.values[0][part], other.values[0][part], strict=True)
    return all(near(a, b, TOLERANCE) for a, b in pairs)


def same(function: Callable) -> Callable:
    """The reference has the task's signature."""
    return function


def task(
    name: str,
    source: Callable,
    questions: Callable[[np.random.Generator], list[Question]],
    signature: str,
    returns: str,
    properties: tuple[Property, ...],
    misconceptions: tuple[Misconception, ...],
    hints: tuple[str, str, str],
) -> Task:
    """A task of this exercise; signature and returns are names with spaces between."""
    return Task(
        name,
        EXERCISE,
        SECTION,
        tuple(signature.split()),
        tuple(returns.split()),
        (
            *properties,
            Property(
                UNTOUCHED,
                1,
                "something is right, without changing the caller's arrays",
            ),
        ),
        source,
        same,
        questions,
        misconceptions,
        hints,
        TOLERANCE,
        None if len(returns.split()) == 1 else alike,
    )
