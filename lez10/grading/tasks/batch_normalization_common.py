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
DIVISOR = "Errata: what stands under the line"
TOLERANCE = 1e-5


def wrong(
    name: str, said: str, *changes: Change, heading: str, **more: bool
) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, heading, **more)


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
                "something is right, and the caller's arrays stay as they are",
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
