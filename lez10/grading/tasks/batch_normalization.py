"""Exercise 12: batch normalisation (lecture 1.10).

The references are written here in the lecture's letters, on one array (m, n), so that
each misconception is a line of them; a test holds them to lez10.normalization.
"""

from typing import Any

import numpy as np

from lez10 import normalization
from lez10.grading.asking import Question
from lez10.grading.task import Property
from lez10.grading.tasks.batch_normalization_answers import ANSWERS
from lez10.grading.tasks.batch_normalization_backward import BACK
from lez10.grading.tasks.batch_normalization_common import (
    DIVISOR,
    numbers,
    task,
    wrong,
)
from lez10.grading.tasks.steps import number

Array = Any
BY_HAND = "By hand: a batch of three numbers"
KEPT = "Prediction: statistics that were kept"
RUNNING = "Errata: kept during training, not at its end"
GAMMA = "Why gamma and beta"


def train(
    x: Array, gamma: Array, beta: Array, epsilon: float
) -> tuple[Array, Array, Array]:
    """y (m, n), mean and var (n,) of a batch."""
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    sigma = np.sqrt(var + epsilon)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta, mean, var


def inference(
    x: Array, gamma: Array, beta: Array, mean: Array, var: Array, epsilon: float
) -> Array:
    """y (m, n), with statistics that were kept."""
    sigma = np.sqrt(var + epsilon)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta


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


def inference_questions(rng: np.random.Generator) -> list[Question]:
    """Several examples, and one."""

    def question(about: str, m: int, n: int) -> Question:
        return Question(about, numbers(rng, m, n, statistics=True))

    shapes = [(4, 2), (5, 3), (3, 3)]
    return [question("batch", *shape) for shape in shapes] + [question("one", 1, 3)]


def running_questions(rng: np.random.Generator) -> list[Question]:
    """One update and several in a row, of vectors and of a number."""

    def question(shape: tuple[int, ...], times: int = 1) -> Question:
        momentum = float(rng.uniform(0.6, 0.9))
        running, batch = rng.uniform(0.5, 2, shape), rng.uniform(3, 5, shape)
        given = {"running": number(running), "batch": number(batch)}
        given["momentum"] = momentum
        return Question("update", given, times, ("running",))

    return [question((2,)), question((3,), 5), question(())]


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
        "without_mean",
        "You do not subtract the mean: y then has not the mean beta.",
        ("(x - mean)", "x"),
        heading=BY_HAND,
    ),
)

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
            heading="The idea, first for the inputs",
        ),
        wrong(
            "all_at_once",
            "You take one mean and one variance of the whole array: each feature has "
            "its own.",
            ("x.mean(axis=0)", "x.mean() + 0 * x[0]"),
            ("x.var(axis=0)", "x.var() + 0 * x[0]"),
            heading="The idea, first for the inputs",
        ),
        wrong(
            "ddof",
            "You divide the squares by m - 1: batch norm's variance is divided by m, "
            "as in Ioffe and Szegedy's paper.",
            ("x.var(axis=0)", "np.square(x - mean).sum(axis=0) / (len(x) - 1)"),
            heading=DIVISOR,
        ),
        wrong(
            "returns_deviation",
            "The third value that you return is the standard deviation: the variance "
            "is asked for, without epsilon.",
            ("mean, var", "mean, np.sqrt(var)"),
            heading="The source",
        ),
        wrong(
            "returns_epsilon",
            "The variance that you return has epsilon in it: epsilon belongs under the "
            "root alone, or it would be added again at inference.",
            ("mean, var", "mean, var + epsilon"),
            heading="The source",
        ),
    ),
    (
        "First mean and variance of each column, then the standardised x, then y.",
        "axis=0 goes over the examples; the variance is divided by m.",
        "epsilon is added to the variance before the root is taken.",
    ),
)

UPDATE = task(
    "update_running",
    normalization.update_running,
    running_questions,
    "running batch momentum",
    "running",
    (Property("update", 1, "the running average is right"),),
    (
        wrong(
            "wrong_way_round",
            "PyTorch calls momentum the share of the new value; here, as in Keras, it "
            "is the share of the old one.",
            ("return momentum * running", "return (1 - momentum) * running"),
            ("+ (1 - momentum) * batch", "+ momentum * batch"),
            heading="In Keras",
            convention=True,
        ),
        wrong(
            "without_share",
            "You add the whole batch: its share is 1 - momentum, so that the two "
            "shares make 1.",
            ("(1 - momentum) * batch", "batch"),
            heading=RUNNING,
        ),
        wrong(
            "keeps_all",
            "You keep the whole old value, so that the average grows without end: its "
            "share is momentum.",
            ("return momentum * running", "return running"),
            heading=RUNNING,
        ),
        wrong(
            "batch_alone",
            "You keep the last batch alone: a running average remembers the ones "
            "before.",
            ("return momentum * running", "return 0 * running"),
            ("+ (1 - momentum) * batch", "+ batch"),
            heading=RUNNING,
        ),
        wrong(
            "equal_shares",
            "You take the mean of old and new: the share of the old is momentum.",
            ("return momentum * running", "return running / 2"),
            ("+ (1 - momentum) * batch", "+ batch / 2"),
            heading=RUNNING,
        ),
    ),
    (
        "A weighted mean of the old average and the new batch.",
        "The two weights make 1.",
        "momentum, near 1, is the weight of the old average.",
    ),
)

INFERENCE = task(
    "batchnorm_inference",
    inference,
    inference_questions,
    "x gamma beta mean var epsilon",
    "y",
    (
        Property("batch", 1, "several examples are normalised by what was kept"),
        Property("one", 1, "so is a single example"),
    ),
    (
        *UNDER_THE_ROOT,
        wrong(
            "batch_statistics",
            "You take mean and variance of the batch that comes: at inference the kept "
            "ones count, or an example's result would depend on its neighbours.",
            ("(x - mean)", "(x - x.mean(axis=0))"),
            ("(var + epsilon)", "(x.var(axis=0) + epsilon)"),
            heading=KEPT,
        ),
        wrong(
            "batch_mean",
            "You take the mean of the batch that comes: at inference the kept one "
            "counts.",
            ("(x - mean)", "(x - x.mean(axis=0))"),
            heading=KEPT,
        ),
    ),
    (
        "The same formula as in training, with other statistics.",
        "No mean is taken here: mean and var are arguments.",
        "One example at a time has to give what a batch of them gives.",
    ),
)

TASKS = (TRAIN, UPDATE, INFERENCE, BACK, *ANSWERS)
