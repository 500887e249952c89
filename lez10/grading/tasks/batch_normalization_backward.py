"""Exercise 12: the backward pass, in the lecture's letters."""

from typing import Any

import numpy as np

from lez10.grading.asking import Question
from lez10.grading.misconceptions import wrong_orders
from lez10.grading.task import Property
from lez10.grading.tasks.batch_normalization_common import (
    DIVISOR,
    NOTEBOOK,
    numbers,
    task,
    wrong,
)

Array = Any
BACKWARD = "The backward pass"


def backward(
    dy: Array, x: Array, gamma: Array, epsilon: float
) -> tuple[Array, Array, Array]:
    """The gradients at x (m, n), gamma and beta (n,)."""
    m = len(x)
    mean = x.mean(axis=0)
    sigma = np.sqrt(x.var(axis=0) + epsilon)
    x_hat = (x - mean) / sigma
    dgamma = (dy * x_hat).sum(axis=0)
    dbeta = dy.sum(axis=0)
    inner = dy - dbeta / m - x_hat * dgamma / m
    dx = gamma / sigma * inner
    return dx, dgamma, dbeta


def backward_questions(rng: np.random.Generator) -> list[Question]:
    """Several shapes; y's gradient is not centred, so that every term counts."""

    def question(about: str, m: int, n: int) -> Question:
        given = numbers(rng, m, n)
        del given["beta"]
        dy = rng.uniform(-1, 1, (m, n)) + rng.uniform(0.5, 1, n)
        return Question(about, {"dy": dy} | given)

    shapes = [(4, 2), (3, 1), (5, 3), (3, 3)]
    return [question(a, *shape) for a in ("gamma and beta", "x") for shape in shapes]


BACK = task(
    "batchnorm_backward",
    backward,
    backward_questions,
    "dy x gamma epsilon",
    "dx dgamma dbeta",
    (
        Property("gamma and beta", 1, "the gradients at gamma and beta are right"),
        Property("x", 2, "the gradient at x is right"),
    ),
    (
        wrong(
            "without_mean_term",
            "You leave out that the mean depends on every x: the mean of dy has to be "
            "taken away.",
            (" - dbeta / m", ""),
            heading=BACKWARD,
        ),
        wrong(
            "without_variance_term",
            "You leave out that the variance depends on every x: x_hat times the mean "
            "of dy x_hat has to be taken away.",
            (" - x_hat * dgamma / m", ""),
            heading=BACKWARD,
        ),
        wrong(
            "constant_statistics",
            "You take mean and variance for constants: both depend on every x, so that "
            "two means have to be taken away from dy.",
            (" - dbeta / m - x_hat * dgamma / m", ""),
            heading=BACKWARD,
        ),
        wrong(
            "features_as_m",
            "Your m is the number of features, x.shape[1]: it is that of the examples, "
            "x.shape[0].",
            ("m = len(x)", "m = x.shape[1]"),
            heading=BACKWARD,
        ),
        wrong(
            "all_numbers_as_m",
            "Your m is x.size, how many numbers there are: it is that of the examples, "
            "len(x).",
            ("m = len(x)", "m = x.size"),
            heading=BACKWARD,
        ),
        wrong(
            "exchanged_in_dx",
            "You have exchanged dgamma and dbeta in dx: x_hat goes with dgamma.",
            ("dbeta / m - x_hat * dgamma / m", "dgamma / m - x_hat * dbeta / m"),
            heading=BACKWARD,
        ),
        wrong(
            "x_in_variance_term",
            "Your term of the variance has x in the place of x_hat: it is x_hat times "
            "the mean of dy x_hat.",
            ("- x_hat * dgamma", "- x * dgamma"),
            heading=BACKWARD,
        ),
        wrong(
            "gamma_of_dy_alone",
            "You multiply only dy by gamma / sigma: brackets belong round all three "
            "terms.",
            ("dx = gamma / sigma * inner", "dx = inner + (gamma / sigma - 1) * dy"),
            heading=BACKWARD,
        ),
        wrong(
            "gamma_twice",
            "You multiply dy by gamma inside the brackets and outside: once is enough.",
            ("inner = dy", "inner = gamma * dy"),
            heading=BACKWARD,
        ),
        wrong(
            "without_root",
            "You divide by the variance, since the root is missing in sigma.",
            ("np.sqrt(x.var(axis=0) + epsilon)", "(x.var(axis=0) + epsilon)"),
            heading=DIVISOR,
        ),
        wrong(
            "sums",
            "You take sums away from dy where means belong: divide dgamma and dbeta "
            "by m there.",
            ("dbeta / m", "dbeta"),
            ("dgamma / m", "dgamma"),
            heading=BACKWARD,
        ),
        wrong(
            "plus",
            "You add the term of the variance: both terms are taken away.",
            ("- x_hat", "+ x_hat"),
            heading=BACKWARD,
        ),
        wrong(
            "plus_mean",
            "You add the mean of dy: both terms are taken away.",
            ("- dbeta / m", "+ dbeta / m"),
            heading=BACKWARD,
        ),
        wrong(
            "without_x_hat",
            "Your term of the variance has no x_hat: it is x_hat times the mean of dy "
            "x_hat.",
            ("x_hat * dgamma / m", "dgamma / m"),
            heading=BACKWARD,
        ),
        wrong(
            "m_times",
            "Your dx is m times as large: where dy is multiplied by m, the whole has "
            "to be divided by m.",
            ("dx = gamma", "dx = m * gamma"),
            heading=BACKWARD,
        ),
        wrong(
            "times_sigma",
            "You multiply dx by sigma: x_hat is x minus mean, divided by sigma, and so "
            "is its gradient.",
            ("gamma / sigma", "gamma * sigma"),
            heading=BACKWARD,
        ),
        wrong(
            "by_variance",
            "You divide dx by the variance: x_hat is divided by sigma, its root.",
            ("gamma / sigma", "gamma / sigma**2"),
            heading=BACKWARD,
        ),
        wrong(
            "without_gamma",
            "You leave gamma out of dx: y is gamma times x_hat plus beta.",
            ("gamma / sigma", "1 / sigma"),
            heading=BACKWARD,
        ),
        wrong(
            "without_sigma",
            "You leave the division by sigma out of dx: x_hat is x minus mean, divided "
            "by sigma.",
            ("gamma / sigma", "gamma"),
            heading=BACKWARD,
        ),
        wrong(
            "raw_input",
            "Your dgamma multiplies dy by x: y is gamma times x_hat plus beta, so that "
            "x_hat belongs there.",
            ("(dy * x_hat).sum(axis=0)", "(dy * x).sum(axis=0)"),
            heading=BACKWARD,
        ),
        wrong(
            "not_added_up",
            "Your dgamma and dbeta have a row for each example: gamma and beta act on "
            "every example, and what they do adds up over the batch.",
            ("return dx, dgamma, dbeta", "return dx, dy * x_hat, dy"),
            heading=BACKWARD,
        ),
        wrong(
            "means",
            "Your dgamma and dbeta are means over the batch: gamma and beta act on "
            "every example, and what they do adds up.",
            ("return dx, dgamma, dbeta", "return dx, dgamma / m, dbeta / m"),
            heading=BACKWARD,
        ),
        wrong(
            "raw_input_returned",
            "The dgamma that you return multiplies dy by x, though dx has the right "
            "one in it: y is gamma times x_hat plus beta.",
            ("return dx, dgamma", "return dx, (dy * x).sum(axis=0)"),
            heading=BACKWARD,
        ),
        wrong(
            "centred_input",
            "Your dgamma multiplies dy by x minus mean, which is not divided by sigma: "
            "y is gamma times x_hat plus beta.",
            ("(dy * x_hat).sum(axis=0)", "(dy * (x - mean)).sum(axis=0)"),
            heading=BACKWARD,
        ),
        wrong(
            "centred_input_returned",
            "The dgamma that you return multiplies dy by x minus mean, though dx has "
            "the right one in it: y is gamma times x_hat plus beta.",
            ("return dx, dgamma", "return dx, (dy * (x - mean)).sum(axis=0)"),
            heading=BACKWARD,
        ),
        wrong(
            "gamma_in_dgamma",
            "Your dgamma has gamma in it: y is gamma times x_hat plus beta, and its "
            "derivative by gamma is x_hat.",
            ("return dx, dgamma", "return dx, gamma * dgamma"),
            heading=BACKWARD,
        ),
        wrong(
            "gamma_in_dbeta",
            "Your dbeta has gamma in it: beta is added to gamma x_hat, so that its "
            "gradient is the sum of dy.",
            ("return dx, dgamma, dbeta", "return dx, dgamma, gamma * dbeta"),
            heading=BACKWARD,
        ),
        wrong(
            "axis_1",
            "You add up along axis=1, over the features: gamma and beta have a number "
            "for each feature, which is a sum over the batch, along axis=0.",
            ("(dy * x_hat).sum(axis=0)", "(dy * x_hat).sum(axis=1)"),
            ("dy.sum(axis=0)", "dy.sum(axis=1)"),
            heading=BACKWARD,
        ),
        wrong(
            "statistics_axis_1",
            "You take mean and variance along axis=1, of each example: batch norm "
            "takes those of each feature, over the batch, along axis=0.",
            ("x.mean(axis=0)", "x.mean(axis=1)"),
            ("x.var(axis=0)", "x.var(axis=1)"),
            heading=BACKWARD,
        ),
        wrong(
            "no_axis",
            "You add up all numbers, since axis=0 is missing: gamma and beta have a "
            "number for each feature.",
            ("(dy * x_hat).sum(axis=0)", "(dy * x_hat).sum()"),
            ("dy.sum(axis=0)", "dy.sum()"),
            heading=BACKWARD,
        ),
        *wrong_orders(("dx", "dgamma", "dbeta"), NOTEBOOK, BACKWARD),
        wrong(
            "ddof",
            "You divide the squares by m - 1: batch norm's variance is divided by m.",
            ("var(axis=0)", "var(axis=0, ddof=1)"),
            heading=DIVISOR,
        ),
        wrong(
            "without_epsilon",
            "You leave epsilon out of sigma: the backward pass has to use the divisor "
            "of the forward pass.",
            (" + epsilon", ""),
            heading=DIVISOR,
        ),
        wrong(
            "epsilon_outside",
            "Your epsilon stands outside the root: it belongs beside the variance, as "
            "in the forward pass.",
            ("np.sqrt(x.var(axis=0) + epsilon)", "(np.sqrt(x.var(axis=0)) + epsilon)"),
            heading=DIVISOR,
        ),
    ),
    (
        "Compute x_hat again; dbeta and dgamma are sums over the batch.",
        "dx begins as dy, and loses two means: of dy, and of dy x_hat.",
        "What is left is multiplied by gamma and divided by sigma.",
    ),
)
