"""Exercise 01: the gradient on a minibatch."""

from typing import Any

import numpy as np

from lez10.grading.asking import Question
from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.task import UNTOUCHED, Property, Task

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
            UNTOUCHED, 1, "something is right, without changing the caller's arrays"
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
            "product_of_means",
            "You multiply the mean error by the mean of X: the mean is taken of the "
            "products, one for each example.",
            ("return X.T @ error / m", "return error.mean() * X.mean(axis=0)"),
            heading="A minibatch",
        ),
        wrong(
            "without_inputs",
            "You leave out X, the inner derivative: each parameter has to do with the "
            "error as far as its input is large.",
            ("return X.T @ error / m", "return error.mean() * np.ones(len(theta))"),
            heading="A minibatch",
        ),
        wrong(
            "first_example",
            "You return the gradient of the first example alone, as return inside the "
            "loop does: it belongs after the loop.",
            ("return X.T @ error / m", "return X[0] * error[0]"),
            heading="A minibatch",
        ),
        wrong(
            "last_example",
            "You keep the last example alone, as g = ... in a loop does: add up what "
            "all of them give.",
            ("return X.T @ error / m", "return X[-1] * error[-1]"),
            heading="A minibatch",
        ),
        wrong(
            "last_example_divided",
            "You keep the last example alone and divide it by m, as g = ... in a loop "
            "does: add up what all of them give.",
            ("return X.T @ error / m", "return X[-1] * error[-1] / m"),
            heading="A minibatch",
        ),
        wrong(
            "second_term_divided",
            "You divide only the second term by m: the mean is over the whole, so "
            "brackets belong round both.",
            ("return X.T @ error / m", "return X.T @ (X @ theta) - X.T @ y / m"),
            heading=SUM_OR_MEAN,
        ),
        wrong(
            "squared_error",
            "You square the error before X.T: the derivative of half a square is the "
            "error itself.",
            ("T @ error", "T @ error**2"),
            heading="A minibatch",
        ),
        wrong(
            "half_squared_error",
            "You multiply X.T by half of the squared error: the derivative of half a "
            "square is the error itself.",
            ("T @ error", "T @ (error**2 / 2)"),
            heading="A minibatch",
        ),
        wrong(
            "step_taken",
            "You return theta minus the gradient: the gradient alone is asked for, and "
            "the step comes later.",
            ("return X", "return theta - X"),
            heading="A minibatch",
        ),
        wrong(
            "of_the_root",
            "Yours is the gradient of the root of the mean square: the loss has no "
            "root.",
            ("/ m", "/ m / np.sqrt(np.mean(error**2))"),
            heading="A minibatch",
        ),
        wrong(
            "mean_target",
            "You subtract the mean of all targets: each prediction has a target of its "
            "own.",
            ("theta - y", "theta - y.mean()"),
            heading="A minibatch",
        ),
        wrong(
            "column_of_predictions",
            "You subtract the m targets from a column of predictions, which gives m "
            "times m differences: X theta and y both have the shape (m,).",
            ("X @ theta - y", "(X @ theta)[:, None] - y"),
            heading="A minibatch",
        ),
        wrong(
            "number_per_example",
            "You take the mean over the parameters, which leaves a number for each "
            "example: the mean is over the examples, along axis=0.",
            ("return X.T @ error / m", "return (error[:, None] * X).mean(axis=1)"),
            heading="A minibatch",
        ),
        wrong(
            "bias",
            "You return a number for a bias term, too: this model has none, and its "
            "gradient has the shape of theta.",
            (
                "return X.T @ error / m",
                "return np.append(error.sum(), X.T @ error) / m",
            ),
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
