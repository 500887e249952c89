"""Exercise 01: stochastic gradient descent (lecture 1.1)."""

from typing import Any

import numpy as np

from lez10 import optimizers
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.task import UNTOUCHED, Property, Task
from lez10.grading.tasks.sgd_answers import ANSWERS
from lez10.grading.tasks.sgd_minibatches import MINIBATCHES
from lez10.grading.tasks.sgd_stopping import STOP
from lez10.grading.tasks.steps import number

Array = Any
EXERCISE = NOTEBOOK = "01_sgd"
SECTION = "1.1"
SUM_OR_MEAN = "Errata: is $J$ a sum or a mean?"


def wrong(name: str, said: str, *changes: Change, heading: str) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, heading)


def minibatch_gradient(theta: Array, X: Array, y: Array) -> Array:
    """The gradient of the mean of the examples' squared errors, halved.

    theta: (d,); X: (m, d); y: (m,).
    """
    m = len(y)
    error = X @ theta - y
    return X.T @ error / m


def gradient_questions(rng: np.random.Generator) -> list[Question]:
    """Minibatches of several examples and of one."""

    def question(about: str, m: int, d: int) -> Question:
        X, theta = rng.uniform(-2, 2, (m, d)), rng.uniform(-2, 2, d)
        y = rng.uniform(-2, 2, m)
        return Question(about, {"theta": theta, "X": X, "y": y})

    sizes = [(2, 3), (3, 2), (5, 3), (8, 3)]
    return [question("several", m, d) for m, d in sizes] + [question("one", 1, 2)]


GRADIENT = Task(
    name="minibatch_gradient",
    exercise=EXERCISE,
    section=SECTION,
    signature=("theta", "X", "y"),
    returns=("g",),
    properties=(
        Property("several", 2, "the gradient of several examples is right"),
        Property("one", 1, "the gradient of a single example is right"),
        Property(
            UNTOUCHED, 1, "something is right, and the caller's arrays stay as they are"
        ),
    ),
    source=minibatch_gradient,
    adapted=lambda function: function,
    questions=gradient_questions,
    misconceptions=(
        wrong(
            "sum",
            "Your gradient is that of the sum of the losses: divide by the number of "
            "examples, or the rate would have to change with the minibatch.",
            (" / m", ""),
            heading=SUM_OR_MEAN,
        ),
        wrong(
            "twice",
            "Your gradient is twice as large: the loss has a 1/2 in front, and the "
            "square's 2 takes it away.",
            ("return X", "return 2 * X"),
            heading="A minibatch",
        ),
        wrong(
            "half",
            "Your gradient still has the 1/2: the 2 of the square's derivative takes "
            "it away.",
            ("return X", "return 0.5 * X"),
            heading="A minibatch",
        ),
        wrong(
            "sign",
            "Your gradient points down the hill: the error is what the model says "
            "minus y, and the minus of the step comes later.",
            ("X @ theta - y", "y - X @ theta"),
            heading="Two steps by hand",
        ),
        wrong(
            "parameters",
            "You divide by the number of parameters: the mean is over the examples.",
            (" / m", " / len(theta)"),
            heading=SUM_OR_MEAN,
        ),
        wrong(
            "all_numbers",
            "You take the mean over all entries of X: the mean is over the examples, "
            "for each parameter on its own.",
            (" / m", " / X.size"),
            heading=SUM_OR_MEAN,
        ),
        wrong(
            "one_less",
            "You divide by m - 1, as for a variance: a mean of m losses has m under "
            "the line.",
            (" / m", " / (m - 1)"),
            heading=SUM_OR_MEAN,
        ),
        wrong(
            "sign_of_error",
            "You use the sign of the error in its place: that is the gradient of the "
            "absolute error, not of the squared one.",
            ("T @ error", "T @ np.sign(error)"),
            heading="A minibatch",
        ),
        wrong(
            "without_targets",
            "Your gradient does not know y: the error is X theta minus y.",
            ("theta - y", "theta"),
            heading="A minibatch",
        ),
        wrong(
            "column",
            "Your gradient is a column, of shape (d, 1): theta has the shape (d,), and "
            "its gradient too.",
            ("return X.T @ error / m", "return (X.T @ error / m)[:, None]"),
            heading="A minibatch",
        ),
        wrong(
            "row",
            "Your gradient is a row, of shape (1, d): theta has the shape (d,), and "
            "its gradient too.",
            ("return X.T @ error / m", "return (X.T @ error / m)[None]"),
            heading="A minibatch",
        ),
        wrong(
            "column_of_targets",
            "You subtract a column of shape (m, 1) from the m predictions, which gives "
            "m times m differences: y and X theta both have the shape (m,).",
            ("X @ theta - y", "X @ theta - y[:, None]"),
            heading="A minibatch",
        ),
        wrong(
            "one_number",
            "Your mean goes over the parameters as well, so that one number is left: "
            "each parameter has a mean of its own, over the examples.",
            ("return X.T @ error / m", "return np.mean(error[:, None] * X)"),
            heading="A minibatch",
        ),
        wrong(
            "loss",
            "You return the loss in the place of its gradient: a gradient has one "
            "number for each parameter.",
            ("return X.T @ error / m", "return error @ error / m / 2"),
            heading="A minibatch",
        ),
    ),
    hints=(
        "First the error of each example, then what each parameter had to do with it.",
        "The error has the shape (m,), and X.T takes it to the shape (d,).",
        "The derivative of half a square is the error itself; then take the mean.",
    ),
)


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
            UNTOUCHED, 1, "something is right, and the caller's arrays stay as they are"
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
