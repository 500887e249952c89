"""Exercise 06: RMSProp (lecture 1.5.2)."""

import math

import numpy as np

from lez10.grading.answers import WHOLE, Prediction, Tuning
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception, wrong_orders
from lez10.grading.task import Task
from lez10.grading.tasks.runs import end_loss, lengths
from lez10.grading.tasks.shared import CODE, IDEA, about_theta, alpha_divides
from lez10.grading.tasks.shared_squares import (
    ABOUT_THE_AVERAGE,
    INSIDE,
    RMSPROP,
    about_delta,
    about_squares,
    about_the_divisor,
    delta_kept,
    delta_outside,
    sign,
    uphill,
)
from lez10.grading.tasks.steps import (
    DELTA,
    TOLERANCE,
    adapter,
    step_properties,
    step_questions,
)
from lez10.optimizers import rmsprop
from lez10.surfaces import quadratic

HAND = "Three steps by hand"
MEMORY = "$\\rho$ is a length of memory"


def questions(rng: np.random.Generator) -> list[Question]:
    """Steps with other rates, a small rho and a large delta."""
    return step_questions(
        rng,
        ("theta", "r"),
        {"alpha": (0.05, 0.15), "rho": (0.6, 0.9), "delta": DELTA},
    )


MISCONCEPTIONS = (
    delta_outside(("np.sqrt(delta + r)", "(delta + np.sqrt(r))")),
    uphill(RMSPROP),
    *ABOUT_THE_AVERAGE,
    Misconception(
        "r_bracket",
        "You multiply the new square by rho as well, as with a bracket round both: the "
        "lecture's rho belongs to the old r alone.",
        (("(1 - rho) * ", "rho * (1 - rho) * "),),
        RMSPROP,
        CODE,
    ),
    Misconception(
        "no_bracket",
        "You write 1 - rho without its bracket, so that only rho multiplies the "
        "square: the lecture multiplies the square by the whole of 1 - rho.",
        (("(1 - rho) * ", "1 - rho * "),),
        RMSPROP,
        CODE,
    ),
    Misconception(
        "r_no_memory",
        "Your r forgets all past squares: the lecture's keeps a share rho of itself "
        "from step to step.",
        (("rho * r + ", "0.0 * r + "),),
        RMSPROP,
        MEMORY,
    ),
    Misconception(
        "newest_square",
        "Your r is the newest square, so that only the gradient's sign is left: the "
        "lecture's averages it with the squares before.",
        (("rho * r + (1 - rho) * ", "0.0 * r + "),),
        RMSPROP,
        MEMORY,
    ),
    Misconception(
        "squares_share",
        "You square 1 - rho together with the gradient: the lecture squares the "
        "gradient alone.",
        (("(1 - rho) * g", "(1 - rho) * (1 - rho) * g"),),
        RMSPROP,
        CODE,
    ),
    Misconception(
        "squares_r",
        "You square the old r as well: the lecture squares the gradient alone, since "
        "r holds squares already.",
        (("rho * r", "rho * r * r"),),
        RMSPROP,
        CODE,
    ),
    Misconception(
        "averages_sizes",
        "You average the sizes of the gradients and square the average: the lecture "
        "averages their squares.",
        (
            (
                "rho * r + (1 - rho) * g * g",
                "(rho * r**0.5 + (1 - rho) * np.abs(g)) ** 2",
            ),
        ),
        RMSPROP,
        IDEA,
    ),
    Misconception(
        "one_mean",
        "Your r has one number for all parameters, the mean of their squares: the "
        "lecture's mean is one over the steps, for each parameter.",
        (("g * g", "np.mean(g * g)"),),
        RMSPROP,
        IDEA,
    ),
    Misconception(
        "as_velocity",
        "Your r is the velocity of momentum: the lecture's r averages squares, and "
        "its root divides the gradient.",
        (
            ("rho * r + (1 - rho) * g * g", "rho * r - alpha * g"),
            ("-alpha / np.sqrt(delta + r) * g", "r"),
        ),
        RMSPROP,
        CODE,
    ),
    Misconception(
        "corrected",
        "You divide r by 1 - rho, as a correction for the first step: the lecture's "
        "RMSProp corrects nothing.",
        (("delta + r)", "delta + r / (1 - rho))"),),
        RMSPROP,
        "The first steps are too long",
    ),
    Misconception(
        "roots_apart",
        "You add the roots of delta and of r: the lecture adds both first, and takes "
        "the root of the sum.",
        (("np.sqrt(delta + r)", "(np.sqrt(delta) + np.sqrt(r))"),),
        RMSPROP,
        INSIDE,
    ),
    Misconception(
        "delta_squared",
        "You square delta: the lecture adds it to r as it is.",
        (("delta + r)", "delta * delta + r)"),),
        RMSPROP,
        INSIDE,
    ),
    delta_kept(RMSPROP, "delta + "),
    Misconception(
        "half_of_all",
        "You divide by delta + r and by 2, as / (delta + r) ** 1/2 does: the root is "
        "** (1/2), or np.sqrt.",
        (("np.sqrt(", "2 / ("),),
        RMSPROP,
        CODE,
    ),
    Misconception(
        "r_at_the_end",
        "You divide by the root of delta alone and then add r, since a bracket is "
        "missing: the lecture divides by the root of their sum.",
        (("np.sqrt(delta + r) * g", "np.sqrt(delta) * g + r"),),
        RMSPROP,
        CODE,
    ),
    *about_the_divisor(RMSPROP, HAND),
    sign(RMSPROP),
    *about_squares(RMSPROP, HAND),
    *about_delta(RMSPROP, INSIDE, "delta + "),
    *about_theta(RMSPROP),
    alpha_divides(RMSPROP),
    *wrong_orders(("theta", "r"), RMSPROP, CODE),
)

STEP = Task(
    name="rmsprop_step",
    exercise="06_rmsprop",
    section="1.5.2",
    signature=("theta", "r", "grad", "alpha", "rho", "delta"),
    returns=("theta", "r"),
    properties=step_properties(first=3, ten=4, delta=2, shapes=2, untouched=1),
    source=rmsprop,
    adapted=adapter(rmsprop, ("theta", "r")),
    questions=questions,
    misconceptions=MISCONCEPTIONS,
    tolerance=TOLERANCE,
    hints=(
        "As AdaGrad, but r can fall again.",
        "r is an average: a share rho of itself, and the rest of the new square.",
        "Look closely at where delta stands: not where AdaGrad has it.",
    ),
)


def first_step(rho: float) -> float:
    """The first step on a steady slope, in units of alpha."""
    return float(lengths(rmsprop, [3.0], alpha=1.0, rho=rho, delta=0.0)[0])


def recovered(share: float, rho: float) -> int:
    """After how many gentle steps a step has the share of alpha, after steep ground."""
    slopes = [10.0] * 1000 + [1.0] * 1000
    found = lengths(rmsprop, slopes, alpha=1.0, rho=rho, delta=0.0)[1000:]
    return int(np.argmax(found >= share)) + 1


def steps_to(share: float, rho: float) -> int:
    """After how many steps at most a share of r's past is left."""
    return math.ceil(math.log(share) / math.log(rho))


FIRST = Prediction(
    name="predict_first_rmsprop_step",
    exercise="06_rmsprop",
    section="1.5.2",
    asked="With rho = 0.96, r = 0 at the start and a tiny delta, how long is RMSProp's "
    "first step, in units of alpha?",
    points=2,
    right=lambda: first_step(0.96),
    wrong={
        "That would be so if r were the whole square already: after one step it is "
        "only a small part of it.": lambda: 1.0,
        "That is 1/(1 - rho): the step is divided by the root of r.": (
            lambda: 1 / (1 - 0.96)
        ),
        "Your r has the weight rho for the first square: it has 1 - rho.": lambda: (
            first_step(1 - 0.96)
        ),
        "r is too small at first, so the step is too long, not too short.": lambda: (
            1 / first_step(0.96)
        ),
    },
    hints=(
        "What is r after the first gradient g?",
        "It is a small part of the square of g. Which part?",
        "Divide g by the root of that part of its square.",
    ),
)

RECOVERY = Prediction(
    name="predict_recovery",
    exercise="06_rmsprop",
    section="1.5.2",
    asked="After a very long time with the gradient 10 it is 1 from now on, with "
    "rho = 0.9 and a tiny delta; which of the steps from now on (1 is the first with "
    "the gradient 1) is the first to be at least alpha / 2 long?",
    points=2,
    right=lambda: recovered(0.5, 0.9),
    wrong={
        "After 1/(1 - rho) steps r still has a third of its past, which is a hundred "
        "times as large as the new squares.": lambda: 1 / (1 - 0.9),
        "After that many steps r has lost half of its past, but it has to fall from "
        "100 to 4.": lambda: steps_to(0.5, 0.9),
        "After that many steps r has lost nine tenths of its past, but it has to fall "
        "from 100 to 4.": lambda: steps_to(0.1, 0.9),
        "You let r fall towards 0: the new squares hold it up, and it falls towards "
        "1.": lambda: steps_to(4 / 100, 0.9),
        "That step is still just below alpha / 2 (the first with the gradient 1 is "
        "step 1, not 0).": lambda: recovered(0.5, 0.9) - 1,
        "The step before that one is already alpha / 2 long (the first with the "
        "gradient 1 is step 1).": lambda: recovered(0.5, 0.9) + 1,
        "The step is alpha / sqrt(r): it is alpha / 2 when r is 4, not 2.": lambda: (
            recovered(np.sqrt(0.5), 0.9)
        ),
    },
    hints=(
        "r begins at 100 and falls towards 1.",
        "A step of alpha / 2 asks for r = 4.",
        "After k steps r = 1 + 99 rho^k.",
    ),
    tolerance=WHOLE,
)

TUNED = Tuning(
    name="tuned_rmsprop",
    exercise="06_rmsprop",
    section="1.5.2",
    asked="Choose alpha and rho with which RMSProp, on quadratic(100, angle=0.4) from "
    "its start, has a loss of at most 0.05 after 100 steps.",
    points=4,
    names=("alpha", "rho"),
    loss=end_loss(rmsprop, quadratic(100.0, 0.4), 100),
    target=0.05,
    hints=(
        "Near the minimum the steps still have the length alpha when rho is small.",
        "A longer memory keeps r large for a while, and the steps short.",
        "So take a longer memory than 0.9 first, and look for alpha with it.",
    ),
)

TASKS = (STEP, FIRST, RECOVERY, TUNED)
