"""Exercise 07: what is to be foreseen, and the values to be tuned."""

import numpy as np

from lez10.grading.answers import Prediction, Tuning
from lez10.grading.tasks.runs import end_loss, lengths
from lez10.optimizers import rmsprop, rmsprop_nesterov
from lez10.surfaces import quadratic

VALUES = {"alpha": 1.0, "rho": 0.9, "delta": 0.0}


def long_run(beta: float, slope: float) -> float:
    """A step after a long time on a steady slope, in units of alpha."""
    return float(lengths(rmsprop_nesterov, [slope] * 400, beta=beta, **VALUES)[-1])


def compared() -> str:
    """How the first step compares with RMSProp's: A longer, B shorter, C the same."""
    (mine,) = lengths(rmsprop_nesterov, [3.0], beta=0.9, **VALUES)
    (other,) = lengths(rmsprop, [3.0], **VALUES)
    if np.isclose(mine, other, rtol=1e-6):
        return "C"
    return "A" if mine > other else "B"


ANSWERS = (
    Prediction(
        name="predict_long_run",
        exercise="07_rmsprop_nesterov",
        section="1.6",
        asked="The gradient is 0.01 at every step, beta = 0.8 and delta is tiny; how "
        "long is a step in the long run, in units of alpha?",
        points=2,
        right=lambda: long_run(0.8, 0.01),
        wrong={
            "That is RMSProp without a velocity: the velocity adds its steps up.": (
                lambda: 1.0
            ),
            "That is momentum alone: here the gradient is divided by its own size, so "
            "the slope has no say.": lambda: 0.01 / (1 - 0.8),
            "You multiplied by 1 - beta, as for an average: the velocity is a sum.": (
                lambda: 1 - 0.8
            ),
            "That is beta, the share of the velocity that survives a step: each step "
            "adds a new one to it.": lambda: 0.8,
            "You divided by the slope at the end: g divided by its own size is 1, "
            "whatever the slope.": lambda: long_run(0.8, 0.01) / 0.01,
        },
        hints=(
            "In the long run r is the square of g: what is g divided by its root?",
            "So each step adds alpha to the velocity, and a share beta of it survives.",
            "Add up 1 + beta + beta^2 and so on.",
        ),
    ),
    Prediction(
        name="predict_first_against_rmsprop",
        exercise="07_rmsprop_nesterov",
        section="1.6",
        asked="Both start at rest (v = 0, r = 0) with the same alpha, rho and delta, "
        "and beta = 0.9; compared with RMSProp's first step, the first step of this "
        "rule is: A longer, B shorter, C the same?",
        points=2,
        right=compared,
        wrong={
            "The gain 1/(1 - beta) comes with the steps that are added up: at the "
            "first step there is nothing to add yet.": lambda: "A",
            "It would be shorter if the velocity were an average, or at the same "
            "effective rate; alpha is the same here.": lambda: "B",
        },
        hints=(
            "Put v = 0 into the interim point.",
            "Put v = 0 into the line of the velocity, too.",
            "Compare what is left with RMSProp's line.",
        ),
    ),
    Tuning(
        name="tuned_rmsprop_nesterov",
        exercise="07_rmsprop_nesterov",
        section="1.6",
        asked="Choose alpha and beta with which this rule, with rho = 0.9, on "
        "quadratic(25) from its start, has a loss of at most 0.0001 after 50 steps.",
        points=4,
        names=("alpha", "beta"),
        loss=end_loss(rmsprop_nesterov, quadratic(25.0), 50),
        target=1e-4,
        hints=(
            "What counts is alpha / (1 - beta): the start is almost three units away.",
            "A fifteenth of that way at each step arrives in time, and leaves some "
            "steps.",
            "Choose the effective rate first, then a beta below 0.9, and alpha from "
            "both.",
        ),
    ),
)
