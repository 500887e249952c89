"""Exercise 07: RMSProp with Nesterov momentum (lecture 1.6)."""

import numpy as np

from lez10.grading.answers import Prediction, Tuning
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception
from lez10.grading.task import Task
from lez10.grading.tasks.runs import end_loss, lengths
from lez10.grading.tasks.steps import (
    DELTA,
    TOLERANCE,
    adapter,
    step_properties,
    step_questions,
)
from lez10.optimizers import rmsprop, rmsprop_nesterov
from lez10.surfaces import quadratic

NOTEBOOK = "07_rmsprop_nesterov"
CODE = "The lecture's pseudo-code"
IDEA = "The idea"
HAND = "Two steps by hand"
FIRST_MOVED = "Errata: what is moved first?"
NO_NESTEROV = "Errata: Keras has no Nesterov here"
LETTERS = ("theta", "v", "r")


def questions(rng: np.random.Generator) -> list[Question]:
    """Steps with other rates, a small rho and a large delta."""
    ranges = {
        "alpha": (0.03, 0.08),
        "beta": (0.4, 0.6),
        "rho": (0.65, 0.9),
        "delta": DELTA,
    }
    return step_questions(rng, LETTERS, ranges)


MISCONCEPTIONS = (
    Misconception(
        "at_theta",
        "Keras's RMSprop with momentum takes the gradient at theta, as you do; the "
        "lecture's rule takes it at the interim point, where the velocity leads.",
        (("theta + beta * v", "theta"),),
        NOTEBOOK,
        NO_NESTEROV,
        convention=True,
    ),
    Misconception(
        "pytorch",
        "PyTorch takes the gradient at theta, has its epsilon outside of the root and "
        "multiplies v by alpha at the end; the lecture's takes it at the interim "
        "point, has delta inside, and its v is a sum of steps.",
        (
            ("theta + beta * v", "theta"),
            ("- alpha / np.sqrt(r + delta) * g", "+ g / (np.sqrt(r) + delta)"),
            ("State(theta + v", "State(theta - alpha * v"),
        ),
        NOTEBOOK,
        NO_NESTEROV,
        convention=True,
    ),
    Misconception(
        "delta_outside",
        "PyTorch has its epsilon outside of the root, as you have; the lecture's delta "
        "stands inside, beside r.",
        (("np.sqrt(r + delta)", "(np.sqrt(r) + delta)"),),
        "06_rmsprop",
        "$\\delta$ inside or outside the root",
        convention=True,
    ),
    Misconception(
        "whole_velocity",
        "You look ahead by the whole velocity: the lecture's interim point is ahead by "
        "the share beta of it that survives.",
        (("theta + beta * v", "theta + v"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "looks_back",
        "You take the gradient behind theta, where you come from: the lecture's "
        "interim point lies ahead, where the velocity leads.",
        (("theta + beta * v", "theta - beta * v"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "keeps_interim",
        "You keep the interim point as theta, so that beta v is added twice: the "
        "lecture only looks at it, and moves from theta.",
        (("g = grad(theta + beta * v)", "theta = theta + beta * v; g = grad(theta)"),),
        NOTEBOOK,
        FIRST_MOVED,
    ),
    Misconception(
        "average",
        "Your velocity is an average, with a factor 1 - beta: the lecture's v is a "
        "decaying sum of rescaled steps.",
        (("alpha / ", "(1 - beta) * alpha / "),),
        NOTEBOOK,
        "The gain: $1/(1-\\beta)$, whatever the slope",
    ),
    Misconception(
        "raw_velocity",
        "Your velocity sums raw gradients and is divided at the end: the lecture's "
        "sums gradients that have been divided already.",
        (
            ("alpha / np.sqrt(r + delta) * g", "alpha * g"),
            ("State(theta + v", "State(theta + v / np.sqrt(r + delta)"),
        ),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "uphill",
        "Your velocity gains speed up the hill: the gradient points uphill, and the "
        "lecture subtracts its share.",
        (("v = beta * v - ", "v = beta * v + "),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "subtracts_v",
        "You subtract the velocity from theta: the lecture's v already points "
        "downhill and is added.",
        (("State(theta + ", "State(theta - "),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "old_velocity",
        "You move theta by the velocity that came in: the lecture renews v first and "
        "moves by the new one.",
        ((" v, v, r", " state.v, v, r"),),
        NOTEBOOK,
        HAND,
    ),
    Misconception(
        "no_forgetting",
        "Your velocity keeps the whole of itself, without beta: the lecture's loses a "
        "share at every step.",
        (("v = beta * v", "v = v"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "shares_swapped",
        "You have exchanged beta and rho: the lecture's beta belongs to the velocity, "
        "and rho to r.",
        (
            ("theta + beta * v", "theta + rho * v"),
            ("rho * r + (1 - rho)", "beta * r + (1 - beta)"),
            ("v = beta * v", "v = rho * v"),
        ),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "rho_swapped",
        "You keep a share 1 - rho of the past squares: in the lecture rho belongs to "
        "the old r, and 1 - rho to the new square.",
        (("rho * r + (1 - rho)", "(1 - rho) * r + rho"),),
        "06_rmsprop",
        "Errata: which factor forgets",
    ),
    Misconception(
        "sum",
        "Your r is a decaying sum, since the new square has no factor 1 - rho: the "
        "lecture's r is an average of squares.",
        (("(1 - rho) * ", ""),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "old_r",
        "You divide by the r that came in: the lecture renews r first, so that it "
        "contains the gradient that it divides.",
        (("np.sqrt(r + delta)", "np.sqrt(state.r + delta)"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "no_root",
        "You divide by an average of squares: the lecture divides by its root, which "
        "has the size of a gradient.",
        (("np.sqrt(", "("),),
        NOTEBOOK,
        HAND,
    ),
    Misconception(
        "no_square",
        "Your r averages the gradients: the lecture's averages their squares.",
        (("g * g", "g"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "one_norm",
        "Your r has one number for all parameters, from the gradient's norm: the "
        "lecture keeps a number for each parameter.",
        (("g * g", "np.sum(g * g)"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "no_delta",
        "You divide by the root of r alone: the lecture adds delta to r, against "
        "division by zero.",
        (("r + delta", "r"),),
        NOTEBOOK,
        IDEA,
    ),
)

STEP = Task(
    name="rmsprop_nesterov_step",
    exercise="07_rmsprop_nesterov",
    section="1.6",
    signature=("theta", "v", "r", "grad", "alpha", "beta", "rho", "delta"),
    returns=LETTERS,
    properties=step_properties(first=3, ten=4, delta=2, shapes=2, untouched=1),
    source=rmsprop_nesterov,
    adapted=adapter(LETTERS, LETTERS),
    questions=questions,
    misconceptions=MISCONCEPTIONS,
    tolerance=TOLERANCE,
    hints=(
        "The order is: interim point, g, r, v, theta.",
        "The velocity sums gradients that have already been divided by the root.",
        "theta itself moves once, at the end, by the new velocity.",
    ),
)

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


LONG_RUN = Prediction(
    name="predict_long_run",
    exercise="07_rmsprop_nesterov",
    section="1.6",
    asked="The gradient is 0.01 at every step, beta = 0.8 and delta is tiny; how long "
    "is a step in the long run, in units of alpha?",
    points=2,
    right=lambda: long_run(0.8, 0.01),
    wrong={
        "That is RMSProp without a velocity: the velocity adds its steps up.": (
            lambda: 1.0
        ),
        "That is momentum alone: here the gradient is divided by its own size, so the "
        "slope has no say.": lambda: 0.01 / (1 - 0.8),
        "You multiplied by 1 - beta, as for an average: the velocity is a sum.": (
            lambda: 1 - 0.8
        ),
    },
    hints=(
        "In the long run r is the square of g: what is g divided by its root?",
        "So each step adds alpha to the velocity, and a share beta of it survives.",
        "Add up 1 + beta + beta^2 and so on.",
    ),
)

FIRST = Prediction(
    name="predict_first_against_rmsprop",
    exercise="07_rmsprop_nesterov",
    section="1.6",
    asked="Both start at rest (v = 0, r = 0) with the same alpha, rho and delta, and "
    "beta = 0.9; compared with RMSProp's first step, the first step of this rule is: "
    "A longer, B shorter, C the same?",
    points=2,
    right=compared,
    wrong={
        "The gain 1/(1 - beta) comes with the steps that are added up: at the first "
        "step there is nothing to add yet.": lambda: "A",
        "It would be shorter if the velocity were an average, or at the same effective "
        "rate; alpha is the same here.": lambda: "B",
    },
    hints=(
        "Put v = 0 into the interim point.",
        "Put v = 0 into the line of the velocity, too.",
        "Compare what is left with RMSProp's line.",
    ),
)

TUNED = Tuning(
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
        "A fifteenth of that way at each step arrives in time, and leaves some steps.",
        "Choose the effective rate first, then a beta below 0.9, and alpha from both.",
    ),
)

TASKS = (STEP, LONG_RUN, FIRST, TUNED)
