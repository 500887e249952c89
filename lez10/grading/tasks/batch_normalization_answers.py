"""Exercise 12: what is to be foreseen, and the momentum to be tuned."""

import math

import numpy as np

from lez10.grading.answers import Prediction, Tuning
from lez10.normalization import batchnorm_inference, batchnorm_train, update_running

EXERCISE, SECTION = "12_batch_normalization", "1.10"
GAMMA, BETA, EPSILON = np.array([3.0]), np.array([-2.0]), 1e-3
BATCHES, MEAN, VARIANCE = 100, 2.0, 1.0


def alone() -> float:
    """What a batch with the single example 10 becomes."""
    y, _, _ = batchnorm_train(np.array([[10.0]]), GAMMA, BETA, EPSILON)
    return float(y[0, 0])


def kept(mean: float, var: float) -> float:
    """What the example 10 becomes with these statistics."""
    x, statistics = np.array([[10.0]]), (np.array([mean]), np.array([var]))
    return float(batchnorm_inference(x, GAMMA, BETA, *statistics, EPSILON)[0, 0])


def after(updates: int, momentum: float = 0.9) -> float:
    """The running mean that starts at 0 when every batch has the mean 5."""
    running = 0.0
    for _ in range(updates):
        running = update_running(running, 5.0, momentum)
    return float(running)


def error(momentum: float) -> float:
    """The expected squared error of the running mean after all batches.

    It starts at 0; each batch's mean is drawn with the same mean and variance. Exact,
    not a draw: what is left of the start, squared, and the variance of the average.
    """
    distance, variance = MEAN, 0.0
    for _ in range(BATCHES):
        distance = update_running(distance, 0.0, momentum)
        variance = momentum**2 * variance + (1 - momentum) ** 2 * VARIANCE
    return distance**2 + variance


ANSWERS = (
    Prediction(
        name="predict_batch_of_one",
        exercise=EXERCISE,
        section=SECTION,
        asked="In training a batch has one example with one feature, 10, and gamma = "
        "3, beta = -2, epsilon = 0.001: what is y (a number)?",
        points=2,
        right=alone,
        wrong={
            "You leave the number as it is: it is standardised first, by its own "
            "mean.": lambda: kept(0, 1 - EPSILON),
            "gamma times 0 is 0, but beta is still added.": lambda: 0.0,
            "You divide 10 by the root of epsilon: the mean, which is 10, is "
            "subtracted first.": lambda: kept(0, 0),
            "A single number minus its mean is 0: the number itself does not count "
            "any more.": lambda: 10.0,
            "You standardise the number to 1: a single number minus its mean is 0.": (
                lambda: float(GAMMA[0] + BETA[0])
            ),
            "You divide 0 by 0: epsilon under the root keeps the divisor from 0.": (
                lambda: math.nan
            ),
        },
        hints=(
            "What is the mean of a single number, and its variance?",
            "The number minus its mean is 0, and epsilon keeps the divisor from 0.",
            "Then gamma and beta come.",
        ),
    ),
    Prediction(
        name="predict_running_mean",
        exercise=EXERCISE,
        section=SECTION,
        asked="The running mean starts at 0, momentum is 0.9 as Keras means it, and "
        "each batch has the mean 5: what is it after three updates (to three "
        "decimals)?",
        points=2,
        right=lambda: after(3),
        wrong={
            "That is PyTorch's momentum, the share of the new value: in Keras's sense "
            "it is the share of the old one.": lambda: after(3, 1 - 0.9),
            "That is the mean of the batches: the running mean still remembers that it "
            "began at 0.": lambda: after(1, 0.0),
            "That is after one update: there are three.": lambda: after(1),
            "That is after two updates: there are three.": lambda: after(2),
            "That is after four updates: there are three.": lambda: after(4),
            "That is what is still missing: the running mean is the rest of "
            "5.": lambda: 5 - after(3),
            "Each update adds a tenth of what is missing, and less is missing each "
            "time.": lambda: 3 * after(1),
        },
        hints=(
            "How far from 5 is it at the start, and after one update?",
            "Each update leaves 0.9 of the distance.",
            "The distance after three updates is 5 times 0.9 to the third.",
        ),
        tolerance=5e-4,  # half of the third decimal, and a little more
    ),
    Tuning(
        name="tuned_running_momentum",
        exercise=EXERCISE,
        section=SECTION,
        asked="A running mean starts at 0 and sees 100 batches, whose means are drawn "
        "with the mean 2 and the variance 1: choose momentum so that its expected "
        "squared error is at most 0.035.",
        points=3,
        names=("momentum",),
        loss=error,
        target=0.035,
        hints=(
            "A small momentum forgets too soon, a large one still remembers the start.",
            "About 1 / (1 - momentum) batches are remembered, and there are 100.",
            "Try values that remember between a tenth and a half of the batches.",
        ),
    ),
)
