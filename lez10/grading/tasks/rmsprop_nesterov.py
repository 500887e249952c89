"""Exercise 07: RMSProp with Nesterov momentum (lecture 1.6)."""

import numpy as np

from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception, wrong_orders
from lez10.grading.task import Task
from lez10.grading.tasks.rmsprop_nesterov_answers import ANSWERS
from lez10.grading.tasks.shared import (
    CODE,
    IDEA,
    about_the_look_ahead,
    about_velocity,
)
from lez10.grading.tasks.shared_squares import (
    ABOUT_THE_AVERAGE,
    about_delta,
    about_squares,
    about_the_divisor,
    delta_outside,
    squares_of_v,
)
from lez10.grading.tasks.steps import (
    DELTA,
    TOLERANCE,
    adapter,
    step_properties,
    step_questions,
)
from lez10.optimizers import rmsprop_nesterov

NOTEBOOK = "07_rmsprop_nesterov"
HAND = "Two steps by hand"
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
    delta_outside(("np.sqrt(r + delta)", "(np.sqrt(r) + delta)")),
    Misconception(
        "keeps_ahead",
        "Optax keeps the look-ahead point and calls it theta, as you do; the lecture's "
        "theta is the point before the look ahead.",
        (
            ("theta + beta * v", "theta"),
            (" v, v, r", " beta * v - alpha / np.sqrt(r + delta) * g, v, r"),
        ),
        NOTEBOOK,
        NO_NESTEROV,
        convention=True,
    ),
    Misconception(
        "mirrored",
        "Many texts let v point up the hill and subtract it, as you do; the lecture's "
        "v is a velocity: it points downhill and is added.",
        (
            ("theta + beta * v", "theta - beta * v"),
            ("v = beta * v - ", "v = beta * v + "),
            ("State(theta + ", "State(theta - "),
        ),
        NOTEBOOK,
        IDEA,
        convention=True,
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
        "divides_velocity",
        "You divide the old velocity by the root too, since a bracket is in the wrong "
        "place: the lecture divides the newest gradient alone.",
        (("beta * v - alpha / np", "(beta * v - alpha * g) / np"), (") * g\n", ")\n")),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "velocity_unused",
        "You move theta by the divided gradient alone: the lecture moves it by the "
        "velocity, with the steps before in it.",
        ((" v, v, r", " -alpha / np.sqrt(r + delta) * g, v, r"),),
        NOTEBOOK,
        CODE,
    ),
    squares_of_v(NOTEBOOK, CODE),
    Misconception(
        "r_at_theta",
        "Your r takes in the gradient at theta: the lecture's takes in the one at the "
        "interim point, which it then divides.",
        (("g * g", "grad(theta) ** 2"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "beta_for_r",
        "You average r with beta: in the lecture beta belongs to the velocity, and rho "
        "to r.",
        (("rho * r + (1 - rho)", "beta * r + (1 - beta)"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "rho_for_v",
        "Your velocity keeps a share rho of itself: in the lecture beta belongs to the "
        "velocity, and rho to r.",
        (("theta + beta * v", "theta + rho * v"), ("v = beta * v", "v = rho * v")),
        NOTEBOOK,
        IDEA,
    ),
    *about_the_look_ahead(NOTEBOOK),
    *about_velocity(NOTEBOOK, HAND),
    *ABOUT_THE_AVERAGE,
    *about_the_divisor(NOTEBOOK, HAND),
    *about_squares(NOTEBOOK, HAND),
    *about_delta(NOTEBOOK, IDEA, " + delta"),
    *wrong_orders(LETTERS, NOTEBOOK, CODE),
)

STEP = Task(
    name="rmsprop_nesterov_step",
    exercise="07_rmsprop_nesterov",
    section="1.6",
    signature=("theta", "v", "r", "grad", "alpha", "beta", "rho", "delta"),
    returns=LETTERS,
    properties=step_properties(first=3, ten=4, delta=2, shapes=2, untouched=1),
    source=rmsprop_nesterov,
    adapted=adapter(rmsprop_nesterov, LETTERS),
    questions=questions,
    misconceptions=MISCONCEPTIONS,
    tolerance=TOLERANCE,
    hints=(
        "The order is: interim point, g, r, v, theta.",
        "The velocity sums gradients that have already been divided by the root.",
        "theta itself moves once, at the end, by the new velocity.",
    ),
)

TASKS = (STEP, *ANSWERS)
