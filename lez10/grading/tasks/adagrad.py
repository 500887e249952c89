"""Exercise 05: AdaGrad (lecture 1.5.1)."""

import numpy as np

from lez10.grading.answers import Prediction, Tuning
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception, wrong_orders
from lez10.grading.task import Task
from lez10.grading.tasks.runs import end_loss, lengths
from lez10.grading.tasks.shared import CODE, IDEA, about_theta, alpha_divides
from lez10.grading.tasks.shared_squares import (
    about_delta,
    about_squares,
    about_the_divisor,
    delta_kept,
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
from lez10.optimizers import State, Step, adagrad, sgd
from lez10.surfaces import himmelblau

NOTEBOOK = "05_adagrad"
HAND = "Two steps by hand"


def questions(rng: np.random.Generator) -> list[Question]:
    """Steps with other rates and a large delta, from rest and with a past."""
    return step_questions(rng, ("theta", "r"), {"alpha": (0.05, 0.15), "delta": DELTA})


MISCONCEPTIONS = (
    Misconception(
        "delta_inside",
        "Keras has its epsilon inside of the root, as you have; the lecture's delta "
        "stands outside of it.",
        (("delta + np.sqrt(r)", "np.sqrt(delta + r)"),),
        NOTEBOOK,
        "In Keras",
        convention=True,
    ),
    uphill(NOTEBOOK),
    *about_delta(NOTEBOOK, IDEA, "delta + "),
    Misconception(
        "no_brackets",
        "You divide by delta alone, since a bracket is missing: the lecture divides by "
        "the whole sum of delta and the root.",
        (("(delta + np.sqrt(r))", "delta + np.sqrt(r)"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "root_added",
        "You add the root at the end, since a bracket is missing: the lecture divides "
        "by the whole sum of delta and the root.",
        (("/ (delta + np.sqrt(r)) * g", "* g / delta + np.sqrt(r)"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "delta_on_rate",
        "Your delta is added to the rate, since a bracket is missing: the lecture adds "
        "it to the root that it divides by.",
        (("/ (delta + np.sqrt(r)) * g", "/ np.sqrt(r) * g + delta * g"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "root_after_quotient",
        "You divide alpha by delta alone and then add the root, since a bracket is "
        "missing: the lecture divides by the whole sum of delta and the root.",
        (("-alpha / (delta + np.sqrt(r))", "-(alpha / delta + np.sqrt(r))"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "delta_multiplies",
        "You multiply the root by delta: the lecture adds delta to the root.",
        (("delta + np.sqrt(r)", "delta * np.sqrt(r)"),),
        NOTEBOOK,
        CODE,
    ),
    delta_kept(NOTEBOOK, "delta + "),
    Misconception(
        "roots_apart",
        "You add the roots of the old r and of the new square: the lecture adds both "
        "first, and takes the root of the sum.",
        (("np.sqrt(r)", "np.sqrt(state.r) + np.abs(g)"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "squares_sum",
        "You square r together with the gradient: the lecture squares the gradient "
        "alone, and adds that to r.",
        (("r + g * g", "(r + g) ** 2"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "no_accumulation",
        "Your r is the newest square alone: the lecture's r is the sum of all squares "
        "so far.",
        (("r + g", "0.0 * r + g"),),
        NOTEBOOK,
        CODE,
    ),
    *about_the_divisor(NOTEBOOK, HAND),
    sign(NOTEBOOK),
    *about_squares(NOTEBOOK, HAND),
    *about_theta(NOTEBOOK),
    alpha_divides(NOTEBOOK),
    *wrong_orders(("theta", "r"), NOTEBOOK, CODE),
)

STEP = Task(
    name="adagrad_step",
    exercise="05_adagrad",
    section="1.5.1",
    signature=("theta", "r", "grad", "alpha", "delta"),
    returns=("theta", "r"),
    properties=step_properties(first=3, ten=4, delta=2, shapes=2, untouched=1),
    source=adagrad,
    adapted=adapter(adagrad, ("theta", "r")),
    questions=questions,
    misconceptions=MISCONCEPTIONS,
    tolerance=TOLERANCE,
    hints=(
        "First r, then theta; each parameter has its own r.",
        "r only grows: it takes in the square of each gradient.",
        "The gradient is divided by the root of the new r, to which delta is added.",
    ),
)


def step_after(steps: int) -> float:
    """The last of so many steps on a steady slope, in units of the first."""
    found = lengths(adagrad, [3.0] * steps, alpha=0.1)
    return float(found[-1] / found[0])


def further(rule: Step, **values: float) -> str:
    """Which parameter goes further at the first step: A, B, or C for neither."""
    slopes = np.array([100.0, 0.1])
    moved = rule(State(np.zeros(2), r=np.zeros(2)), lambda theta: slopes, **values)
    steep, flat = np.abs(moved.theta)
    if np.isclose(steep, flat, rtol=1e-3):
        return "C"
    return "A" if steep > flat else "B"


FIRST = Prediction(
    name="predict_which_goes_further",
    exercise="05_adagrad",
    section="1.5.1",
    asked="At the first step the gradient is 100 for one parameter and 0.1 for "
    "another, with delta = 1e-7; which of them goes further: A the one with 100, "
    "B the one with 0.1, C both go the same way?",
    points=2,
    right=lambda: further(adagrad, alpha=0.1),
    wrong={
        "That is what SGD does: AdaGrad divides each gradient by its own size.": (
            lambda: further(sgd, alpha=0.1)
        ),
        "The smaller gradient has the larger rate, but it is multiplied by a smaller "
        "gradient.": lambda: "B",
    },
    hints=(
        "r starts at 0: what is it after the first gradient?",
        "The root of a square is the size of what was squared.",
        "Divide each of the two gradients by the root of its own r.",
    ),
)

HUNDREDTH = Prediction(
    name="predict_hundredth_step",
    exercise="05_adagrad",
    section="1.5.1",
    asked="The gradient is 3 at every step, and r starts at 0; how long is step 100, "
    "in units of the first step?",
    points=2,
    right=lambda: step_after(100),
    wrong={
        "r has grown a hundred times, but the step is divided by its root.": (
            lambda: 1 / 100
        ),
        "It is the other way round: r grows, so that the steps get shorter.": (
            lambda: 1 / step_after(100)
        ),
        "The slope is in the root of r at both steps, and cancels.": lambda: (
            step_after(100) / 3
        ),
        "On a steady slope r goes on growing, and the steps get shorter.": lambda: 1.0,
        "The first step does not have the length of the slope, and neither does any "
        "other.": lambda: 3 * step_after(100),
    },
    hints=(
        "What is r after one step, and what after a hundred?",
        "The slope itself cancels: only the number of steps is left.",
        "Divide the root of the r of step 1 by the root of the r of step 100.",
    ),
)

TUNED = Tuning(
    name="tuned_adagrad",
    exercise="05_adagrad",
    section="1.5.1",
    asked="Choose the alpha with which AdaGrad, on himmelblau() from its start, has "
    "a loss of at most 0.001 after 30 steps.",
    points=4,
    names=("alpha",),
    loss=end_loss(adagrad, himmelblau(), 30),
    target=1e-3,
    hints=(
        "AdaGrad's alpha is a length, in units of theta, not a rate on the slope.",
        "The first step is alpha long in both directions, whatever the slope.",
        "The nearest minimum is some units away, and the steps get shorter: compare "
        "that way with alpha.",
    ),
)

TASKS = (STEP, FIRST, HUNDREDTH, TUNED)
