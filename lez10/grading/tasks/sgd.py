"""Exercise 01: stochastic gradient descent (lecture 1.1)."""

from typing import Any

import numpy as np

from lez10 import optimizers
from lez10.grading.asking import Question
from lez10.grading.task import UNTOUCHED, Property, Task
from lez10.grading.tasks.sgd_answers import ANSWERS
from lez10.grading.tasks.sgd_gradient import GRADIENT, SUM_OR_MEAN, wrong
from lez10.grading.tasks.sgd_minibatches import MINIBATCHES
from lez10.grading.tasks.sgd_stopping import STOP
from lez10.grading.tasks.steps import number

Array = Any
EXERCISE = NOTEBOOK = "01_sgd"
SECTION = "1.1"


def step_questions(rng: np.random.Generator) -> list[Question]:
    """One step and several, of numbers, vectors and matrices."""

    def question(about: str, shape: tuple[int, ...], times: int = 1) -> Question:
        theta, g = rng.uniform(0.5, 2, shape), rng.uniform(0.5, 2, shape)
        g = g * rng.choice([-1.0, 1.0], shape)
        arguments = {"theta": number(theta), "g": number(g)}
        arguments["alpha"] = float(rng.uniform(0.05, 0.6))
        return Question(about, arguments, times, ("theta",))

    return [question("step", (3,)), question("step", (2,), 4)] + [
        question("step", shape) for shape in ((), (2, 3))
    ]


def stepped(rule: Any) -> Any:
    """From a rule on states to a function of theta, g and alpha."""

    def sgd_step(theta, g, alpha):
        return rule(optimizers.State(theta), lambda at: g, alpha=alpha).theta

    return sgd_step


STEP = Task(
    name="sgd_step",
    exercise=EXERCISE,
    section=SECTION,
    signature=("theta", "g", "alpha"),
    returns=("theta",),
    properties=(
        Property("step", 1, "theta is right after one step and after several"),
        Property(
            UNTOUCHED, 1, "something is right, without changing the caller's arrays"
        ),
    ),
    source=optimizers.sgd,
    adapted=stepped,
    questions=step_questions,
    misconceptions=(
        wrong(
            "uphill",
            "Your step goes up the hill: the gradient points up, and alpha g is "
            "subtracted.",
            ("theta - ", "theta + "),
            heading="The idea",
        ),
        wrong(
            "without_rate",
            "Your step is the whole gradient: the lecture takes alpha times of it.",
            ("alpha * g", "g"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "step_alone",
            "You return the step instead of the place that it leads to.",
            ("theta - alpha", "-alpha"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "alpha_g_alone",
            "You return alpha g: that is what has to be subtracted from theta.",
            ("theta - alpha", "alpha"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "unit_length",
            "You divide the gradient by its length: the lecture's step is long where "
            "the slope is steep.",
            ("* g,", "* g / np.sqrt(np.sum(np.square(g))),"),
            heading="The idea",
        ),
        wrong(
            "sign_alone",
            "You use the sign of the gradient alone: the lecture's step is long where "
            "the slope is steep.",
            ("* g,", "* np.sign(g),"),
            heading="The idea",
        ),
        wrong(
            "mean_of_entries",
            "You divide the gradient by how many numbers it has: that it is a mean "
            "over the examples is settled before the step.",
            ("* g,", "* g / np.size(g),"),
            heading=SUM_OR_MEAN,
        ),
        wrong(
            "without_sign",
            "You take the gradient without its sign: where it is negative, the way "
            "down is the other way.",
            ("* g,", "* np.abs(g),"),
            heading="The idea",
        ),
        wrong(
            "factor",
            "You multiply theta by 1 - alpha g: the step is subtracted from theta, "
            "whatever theta is.",
            ("theta - alpha", "theta - theta * alpha"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "shrinks_theta",
            "You shrink theta by the share alpha, as in a running mean: alpha "
            "multiplies the gradient alone.",
            ("theta - alpha", "(1 - alpha) * theta - alpha"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "mean_with_gradient",
            "You take a running mean of theta and the gradient: the step alpha g is "
            "subtracted from the whole of theta.",
            ("theta - alpha", "(1 - alpha) * theta + alpha"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "cut_off",
            "You cut the gradient off at -1 and 1: the lecture's step is as long as "
            "the slope is steep.",
            ("* g,", "* np.clip(g, -1, 1),"),
            heading="The idea",
        ),
        wrong(
            "divided",
            "You divide by alpha: a large rate has to make a long step.",
            ("alpha * g", "g / alpha"),
            heading="The lecture's pseudo-code",
        ),
    ),
    hints=(
        "One line: a new theta from the old one.",
        "The gradient points uphill, and the minimum lies below.",
        "The step is alpha times the gradient; return a new array.",
    ),
)


TASKS = (GRADIENT, MINIBATCHES, STEP, STOP, *ANSWERS)
