"""Exercise 02: the learning rate falls (lecture 1.2)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lez10 import schedules
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.task import UNTOUCHED, Property, Task
from lez10.grading.tasks.learning_rate_answers import ANSWERS

Array = Any
EXERCISE = NOTEBOOK = "02_learning_rate"
SECTION = "1.2"
HOW = "Then: how should it fall?"
BY_HAND = "Three steps by hand"
NOT_TAU = "Errata: `decay_steps` is not $\\tau$"


def wrong(name: str, said: str, *changes: Change, heading: str) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, heading)


def of_step(schedule: Callable) -> Callable:
    """From a function that returns a schedule to one of k and its arguments."""

    def alpha(k, *arguments):
        return schedule(*arguments)(k)

    return alpha


def linear_questions(rng: np.random.Generator) -> list[Question]:
    """Steps before tau, at it, after it, and several at once."""
    tau, alpha0 = int(rng.integers(40, 200)), float(rng.uniform(0.1, 0.9))
    early, late = int(rng.integers(5, 30)), int(rng.integers(2, 5)) * tau + 3

    def question(about: str, k: Any) -> Question:
        return Question(about, {"k": k, "alpha0": alpha0, "tau": tau})

    several = np.array([0, early, tau // 2, tau, tau + 1, late])
    return [
        question("before", 0),
        question("before", early),
        question("before", tau // 2),
        question("after", tau),
        question("after", tau + 1),
        question("after", late),
        question("arrays", several),
        question("arrays", several.astype(float)),
    ]


LINEAR = Task(
    name="linear_decay",
    exercise=EXERCISE,
    section=SECTION,
    signature=("k", "alpha0", "tau"),
    returns=("alpha",),
    properties=(
        Property("before", 2, "the rate falls in a line until tau"),
        Property("after", 2, "it is constant from tau on"),
        Property("arrays", 1, "it takes an array of steps"),
        Property(
            UNTOUCHED, 1, "something is right, and the caller's arrays stay as they are"
        ),
    ),
    source=schedules.linear_decay,
    adapted=of_step,
    questions=linear_questions,
    misconceptions=(
        wrong(
            "tenth",
            "Your rate ends at a tenth of alpha0: the lecture's alpha_tau is a "
            "hundredth.",
            ("alpha_tau = alpha0 / 100", "alpha_tau = alpha0 / 10"),
            heading=HOW,
        ),
        wrong(
            "to_zero",
            "Your rate falls to 0: the lecture's falls to alpha_tau, a hundredth of "
            "alpha0.",
            ("alpha_tau = alpha0 / 100", "alpha_tau = 0 * alpha0"),
            heading=HOW,
        ),
        wrong(
            "absolute",
            "Your rate falls to 0.01, whatever it begins with: alpha_tau is a "
            "hundredth of alpha0.",
            ("alpha_tau = alpha0 / 100", "alpha_tau = 0.01"),
            heading=HOW,
        ),
        wrong(
            "no_floor",
            "Your rate goes on falling after tau, until it is negative: from tau on it "
            "is constant.",
            ("np.minimum(k / tau, 1.0)", "k / tau"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "negative",
            "You subtract k / tau itself, so that the rate becomes negative: alpha0 "
            "is what falls by that share.",
            ("(1 - s) * alpha0", "alpha0 - s"),
            heading=BY_HAND,
        ),
        wrong(
            "swapped",
            "Your rate rises from alpha_tau to alpha0: at the start k / tau is 0, and "
            "the rate is alpha0.",
            ("(1 - s) * alpha0 + s * alpha_tau", "s * alpha0 + (1 - s) * alpha_tau"),
            heading=BY_HAND,
        ),
        wrong(
            "from_one",
            "You count the steps from 1: the first one has k = 0 and the rate alpha0.",
            ("(k / tau", "((k + 1) / tau"),
            heading="Errata: steps, not epochs",
        ),
        wrong(
            "geometric",
            "Your rate falls by the same factor in each step: the linear decay falls "
            "by the same amount.",
            ("(1 - s) * alpha0 + s * alpha_tau", "alpha0 * (alpha_tau / alpha0) ** s"),
            heading=HOW,
        ),
        wrong(
            "sum",
            "You add alpha_tau at once: its weight is k / tau, which is 0 at the "
            "start.",
            ("+ s * alpha_tau", "+ alpha_tau"),
            heading=BY_HAND,
        ),
    ),
    hints=(
        "Two rates, alpha0 and alpha_tau, and a share that goes from 0 to 1.",
        "The share is k / tau, and never more than 1.",
        "np.minimum takes numbers and arrays; alpha_tau is alpha0 / 100.",
    ),
)


def exponential_questions(rng: np.random.Generator) -> list[Question]:
    """Steps on both sides of decay_steps, and several at once."""
    decay_steps, alpha0 = int(rng.integers(20, 100)), float(rng.uniform(0.1, 0.9))
    rate = float(rng.uniform(0.6, 0.8))
    early, late = int(rng.integers(5, 15)), 2 * decay_steps + int(rng.integers(3, 9))

    def question(about: str, k: Any) -> Question:
        arguments = {"k": k, "alpha0": alpha0, "decay_steps": decay_steps}
        return Question(about, arguments | {"decay_rate": rate})

    several = np.array([0, early, decay_steps, late])
    return [
        question("whole", 0),
        question("whole", decay_steps),
        question("whole", 3 * decay_steps),
        question("between", early),
        question("between", late),
        question("arrays", several),
        question("arrays", several.astype(float)),
    ]


EXPONENTIAL = Task(
    name="exponential_decay",
    exercise=EXERCISE,
    section=SECTION,
    signature=("k", "alpha0", "decay_steps", "decay_rate"),
    returns=("alpha",),
    properties=(
        Property("whole", 2, "the rate is right at multiples of decay_steps"),
        Property("between", 2, "it is right between them"),
        Property("arrays", 1, "it takes an array of steps"),
        Property(
            UNTOUCHED, 1, "something is right, and the caller's arrays stay as they are"
        ),
    ),
    source=schedules.exponential_decay,
    adapted=of_step,
    questions=exponential_questions,
    misconceptions=(
        wrong(
            "staircase",
            "Your rate falls in stairs, as Keras's with staircase=True: the lecture's "
            "falls a little in each step.",
            ("if staircase:", "if True:"),
            heading="In Keras",
        ),
        wrong(
            "every_step",
            "You leave decay_steps out, so that the rate falls by the whole "
            "decay_rate in each step.",
            ("s = k / decay_steps", "s = k"),
            heading=NOT_TAU,
        ),
        wrong(
            "tau",
            "Your rate is constant after decay_steps: that is the linear decay's tau; "
            "the exponential one goes on falling.",
            ("s = k / decay_steps", "s = np.minimum(k / decay_steps, 1)"),
            heading=NOT_TAU,
        ),
        wrong(
            "natural",
            "You take the natural exponential of minus decay_rate: the lecture raises "
            "decay_rate itself to a power.",
            ("decay_rate**s", "np.exp(-decay_rate * s)"),
            heading=HOW,
        ),
        wrong(
            "lost_share",
            "You take decay_rate for the share that is lost: it is the share that is "
            "left after decay_steps.",
            ("decay_rate**s", "(1 - decay_rate)**s"),
            heading=HOW,
        ),
        wrong(
            "from_one",
            "You count the steps from 1: the first one has k = 0 and the rate alpha0.",
            ("s = k /", "s = (k + 1) /"),
            heading="Errata: steps, not epochs",
        ),
        wrong(
            "inverse",
            "Your rate is divided by 1 + decay_rate k / decay_steps: the lecture's "
            "falls by a power of decay_rate.",
            ("decay_rate**s", "1 / (1 + decay_rate * s)"),
            heading="Both conditions are no promise of speed",
        ),
        wrong(
            "straight",
            "Your rate falls in a line: by decay_rate after decay_steps, and by the "
            "same amount again.",
            ("decay_rate**s", "(1 - (1 - decay_rate) * s)"),
            heading=HOW,
        ),
        wrong(
            "rate_alone",
            "You leave alpha0 out: it is what the power is multiplied by.",
            ("return alpha0 * d", "return d"),
            heading=HOW,
        ),
    ),
    hints=(
        "After decay_steps steps the rate is decay_rate times what it was.",
        "How often has that happened after k steps? It need not be a whole number.",
        "The power of decay_rate is k / decay_steps.",
    ),
)

TASKS = (LINEAR, EXPONENTIAL, *ANSWERS)
