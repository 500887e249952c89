"""Exercise 12: batch normalisation (lecture 1.10).

The references are written here in the lecture's letters, on one array (m, n), so that
each misconception is a line of them; a test holds them to lez10.normalization.
"""

from typing import Any

import numpy as np

from lez10.grading.asking import Question
from lez10.grading.misconceptions import wrong_orders
from lez10.grading.task import Property
from lez10.grading.tasks.batch_normalization_answers import ANSWERS
from lez10.grading.tasks.batch_normalization_backward import BACK
from lez10.grading.tasks.batch_normalization_common import (
    DIVISOR,
    NOTEBOOK,
    UNDER_THE_ROOT,
    numbers,
    task,
    wrong,
)
from lez10.grading.tasks.batch_normalization_kept import INFERENCE, UPDATE

Array = Any
FEATURES, SOURCE = "The idea, first for the inputs", "The source"


def train(
    x: Array, gamma: Array, beta: Array, epsilon: float
) -> tuple[Array, Array, Array]:
    """y (m, n), mean and var (n,) of a batch."""
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    sigma = np.sqrt(var + epsilon)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta, mean, var


def train_questions(rng: np.random.Generator) -> list[Question]:
    """Batches of several examples, square ones too, and of one."""

    def question(about: str, m: int, n: int) -> Question:
        return Question(about, numbers(rng, m, n))

    shapes = [(3, 1), (4, 2), (5, 3), (3, 3)]
    return [
        *(question("statistics", *shape) for shape in shapes),
        *(question("batch", *shape) for shape in shapes),
        question("one", 1, 3),
    ]


TRAIN = task(
    "batchnorm_train",
    train,
    train_questions,
    "x gamma beta epsilon",
    "y mean var",
    (
        Property("statistics", 1, "mean and var of a batch are right"),
        Property("batch", 1, "y, mean and var of a batch are right"),
        Property("one", 1, "a batch of one example comes out as beta"),
    ),
    (
        *UNDER_THE_ROOT,
        wrong(
            "axis",
            "You take mean and variance of each example: batch norm takes those of "
            "each feature, over the batch.",
            ("x.mean(axis=0)", "x.mean(axis=1)[:, None]"),
            ("x.var(axis=0)", "x.var(axis=1)[:, None]"),
            ("mean, var", "mean[:, 0], var[:, 0]"),
            heading=FEATURES,
        ),
        wrong(
            "axis_as_columns",
            "You take mean and variance of each example, and return them as columns: "
            "batch norm takes those of each feature, over the batch.",
            ("x.mean(axis=0)", "x.mean(axis=1)[:, None]"),
            ("x.var(axis=0)", "x.var(axis=1)[:, None]"),
            heading=FEATURES,
        ),
        wrong(
            "axis_1",
            "You take mean and variance along axis=1, of each example: batch norm "
            "takes those of each feature, over the batch, along axis=0.",
            ("x.mean(axis=0)", "x.mean(axis=1)"),
            ("x.var(axis=0)", "x.var(axis=1)"),
            heading=FEATURES,
        ),
        wrong(
            "no_axis",
            "You take one mean and one variance of all numbers, since axis=0 is "
            "missing: each feature has its own.",
            ("x.mean(axis=0)", "x.mean()"),
            ("x.var(axis=0)", "x.var()"),
            heading=FEATURES,
        ),
        wrong(
            "mean_without_axis",
            "You take one mean of all numbers, since axis=0 is missing there: each "
            "feature has its own.",
            ("x.mean(axis=0)", "x.mean()"),
            heading=FEATURES,
        ),
        wrong(
            "variance_without_axis",
            "You take one variance of all numbers, since axis=0 is missing there: each "
            "feature has its own.",
            ("x.var(axis=0)", "x.var()"),
            heading=FEATURES,
        ),
        wrong(
            "rows_returned",
            "You return mean and var as rows, of shape (1, n): their shape is (n,), a "
            "number for each feature.",
            ("mean, var", "mean[None], var[None]"),
            heading=SOURCE,
        ),
        wrong(
            "all_at_once",
            "You take one mean and one variance of the whole array: each feature has "
            "its own.",
            ("x.mean(axis=0)", "x.mean() + 0 * x[0]"),
            ("x.var(axis=0)", "x.var() + 0 * x[0]"),
            heading=FEATURES,
        ),
        wrong(
            "ddof",
            "You divide the squares by m - 1: batch norm's variance is divided by m, "
            "as in Ioffe and Szegedy's paper.",
            ("x.var(axis=0)", "np.square(x - mean).sum(axis=0) / (len(x) - 1)"),
            heading=DIVISOR,
        ),
        wrong(
            "sum_of_squares",
            "Your variance is a sum of squares: it is their mean, divided by m.",
            ("x.var(axis=0)", "np.square(x - mean).sum(axis=0)"),
            heading=DIVISOR,
        ),
        wrong(
            "mean_of_squares",
            "Your variance is the mean of the squares of x: the mean is subtracted "
            "before the squares are taken.",
            ("x.var(axis=0)", "np.square(x).mean(axis=0)"),
            heading=DIVISOR,
        ),
        wrong(
            "absolute_deviation",
            "You take the mean of the distances from the mean for the variance: that "
            "is the mean of their squares.",
            ("x.var(axis=0)", "np.abs(x - mean).mean(axis=0)"),
            heading=DIVISOR,
        ),
        wrong(
            "sum_as_mean",
            "Your mean is a sum: divide it by m.",
            ("x.mean(axis=0)", "x.sum(axis=0)"),
            heading=DIVISOR,
        ),
        wrong(
            "sum_as_mean_throughout",
            "Your mean is a sum, and the variance is taken about it: divide it by m.",
            ("x.mean(axis=0)", "x.sum(axis=0)"),
            ("x.var(axis=0)", "np.square(x - mean).mean(axis=0)"),
            heading=DIVISOR,
        ),
        wrong(
            "deviation",
            "You take the standard deviation for the variance: its root would be "
            "taken twice.",
            ("x.var(axis=0)", "x.std(axis=0)"),
            heading=DIVISOR,
        ),
        wrong(
            "returns_unbiased",
            "The variance that you return is divided by m - 1, as the one that PyTorch "
            "keeps: the exercise asks for the one by which you normalised.",
            ("mean, var", "mean, np.square(x - mean).sum(axis=0) / (len(x) - 1)"),
            heading=DIVISOR,
        ),
        wrong(
            "returns_those_of_y",
            "You return the mean and the variance of y: those of x are asked for, "
            "which inference will need.",
            (
                "x_hat + beta, mean, var",
                "x_hat + beta, (gamma * x_hat + beta).mean(axis=0), "
                "(gamma * x_hat + beta).var(axis=0)",
            ),
            heading=SOURCE,
        ),
        wrong(
            "returns_deviation",
            "The third value that you return is the standard deviation: the variance "
            "is asked for, without epsilon.",
            ("mean, var", "mean, np.sqrt(var)"),
            heading=SOURCE,
        ),
        wrong(
            "returns_sigma",
            "The third value that you return is sigma, by which you divided: the "
            "variance is asked for, without epsilon.",
            ("mean, var", "mean, sigma"),
            heading=SOURCE,
        ),
        wrong(
            "returns_epsilon",
            "The variance that you return has epsilon in it: epsilon belongs under the "
            "root alone, or it would be added again at inference.",
            ("mean, var", "mean, var + epsilon"),
            heading=SOURCE,
        ),
        *wrong_orders(("y", "mean", "var"), NOTEBOOK, SOURCE),
    ),
    (
        "First mean and variance of each column, then the standardised x, then y.",
        "axis=0 goes over the examples; the variance is divided by m.",
        "epsilon is added to the variance before the root is taken.",
    ),
)

TASKS = (TRAIN, UPDATE, INFERENCE, BACK, *ANSWERS)
