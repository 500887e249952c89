"""Exercise 11: what is wrong with the weights that were drawn, with numbers."""

from collections.abc import Callable, Sequence

import numpy as np

from lez10.grading.asking import Question, Reply
from lez10.grading.randomness import same_distribution, same_moments

VARIANCE, NORMAL = "variance", "normal"  # properties


def what_is_wrong(
    name: str,
    variance: Callable[[int, int], float],
    questions: Sequence[Question],
    replies: Sequence[Reply],
) -> str:
    """The first thing that is wrong with a W, with its numbers."""
    for looks in (shape, equal_weights, statistics, spread):
        for question, reply in zip(questions, replies, strict=True):
            n_in, n_out = (question.arguments[size] for size in ("n_in", "n_out"))
            for values in reply.values:
                W = np.asarray(values[0])
                if said := looks(question, W, variance(n_in, n_out)):
                    return f"{name}({n_in}, {n_out}, rng): {said}"
    return ""


def shape(question: Question, W: np.ndarray, variance: float) -> str:
    """Of a W that is no (n_out, n_in) array."""
    n_in, n_out = (question.arguments[size] for size in ("n_in", "n_out"))
    if W.shape == (n_out, n_in):
        return ""
    return f"W must have the shape ({n_out}, {n_in}), but has {W.shape}."


def equal_weights(question: Question, W: np.ndarray, variance: float) -> str:
    """Of weights that are not drawn one by one."""
    if np.all(W == W[0, 0]):
        return f"all weights are {W[0, 0]:.3g}: each has to be drawn on its own."
    for axis, what in enumerate(("rows", "columns")):
        if W.shape[axis] > 1 and np.all(W == W.take([0], axis)):
            return f"all {what} of W are equal: each weight has to be drawn on its own."
    return ""


def normal_numbers(W: np.ndarray, variance: float) -> np.ndarray:
    """As many as W has, to compare it with."""
    return np.sqrt(variance) * np.random.default_rng(0).standard_normal(W.shape)


def statistics(question: Question, W: np.ndarray, variance: float) -> str:
    """Of another mean or another variance."""
    if question.about != VARIANCE:  # others are too small to tell
        return ""
    if same_moments(W, normal_numbers(W, variance)):
        return ""
    mean = W.mean() if abs(W.mean()) > 0.05 * W.std() else 0.0  # else it is chance
    return (
        f"the weights have the mean {mean:.2g} and the variance {W.var():.2g}: "
        f"expected are 0 and {variance:.2g}."
    )


def spread(question: Question, W: np.ndarray, variance: float) -> str:
    """Of the right mean and variance, but not of normal numbers."""
    if question.about != NORMAL:
        return ""
    if same_distribution(W, normal_numbers(W, variance)):
        return ""
    sizes = np.abs(W) / np.sqrt(variance)
    return (
        f"{np.mean(sizes < 1):.0%} of the weights lie within one standard deviation, "
        f"and none beyond {sizes.max():.1f}: of normal numbers 68% do, and some lie "
        "beyond 3.5."
    )
