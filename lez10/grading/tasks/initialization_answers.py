"""Exercise 11: what is to be foreseen, and the start to be tuned."""

import numpy as np

from lez10.grading.answers import ROUNDED, Prediction, Tuning
from lez10.network import Perceptron
from lez10.optimizers import State, sgd

EXERCISE, SECTION = "11_initialization", "1.9"
DEPTH, STEPS = 6, 60


def chain(sigma: float, alpha: float) -> float:
    """The loss of six layers with one weight each, which all start at sigma."""

    def grad(theta):
        others = np.array([np.prod(np.delete(theta, i)) for i in range(DEPTH)])
        return (np.prod(theta) - 2) * others

    state = State(np.full(DEPTH, float(sigma)))
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            state = sgd(state, grad, alpha=alpha)
        loss = (np.prod(state.theta) - 2) ** 2 / 2
    return float(loss) if np.isfinite(loss) else np.inf


def growth(variance: float, n: int = 100, layers: int = 10) -> float:
    """By what the mean square of a signal grows in layers without phi."""
    return (n * variance) ** layers


def that_learn() -> str:
    """Which parameters the first step changes when all are 0."""
    network = Perceptron((2, 3, 1), "tanh", "squared")
    X, y = np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([1.0, 2.0])
    theta = np.zeros((1, network.n_params))
    first, last = network.views(network.gradient(theta, X, y))
    moved = [bool(np.any(g)) for g in (first.W, first.b, last.W, last.b)]
    letters: dict[tuple[bool, ...], str] = {
        (True, True, True, True): "A",
        (False, False, True, True): "B",
        (False, False, False, True): "C",
        (False, False, False, False): "D",
    }
    return letters[tuple(moved)]


ANSWERS = (
    Prediction(
        name="predict_growth",
        exercise=EXERCISE,
        section=SECTION,
        asked="Ten layers without phi, 100 units each, have weights of He's variance: "
        "by what factor is the mean square of the signal larger at the end (a number)?",
        points=2,
        right=lambda: growth(2 / 100),
        wrong={
            "That is the growth of one layer: there are ten.": lambda: growth(
                2 / 100, layers=1
            ),
            "You add what each layer does: each one multiplies.": lambda: (
                10 * growth(2 / 100, layers=1)
            ),
            "That holds for Glorot's variance, or with ReLU, which sets half of the "
            "signal to 0: without phi nothing takes the 2 away.": lambda: growth(
                2 / (100 + 100)
            ),
            "That is the growth of the signal itself: the mean square is asked "
            "for.": lambda: growth(2 / 100, layers=5),
            "That is after nine layers: there are ten.": lambda: growth(
                2 / 100, layers=9
            ),
            "That is after eleven layers: there are ten.": lambda: growth(
                2 / 100, layers=11
            ),
            "Each layer multiplies the mean square by n_in times the variance: that is "
            "2, not a half.": lambda: 1 / growth(2 / 100),
        },
        hints=(
            "What does one layer do to the mean square?",
            "Each output is a sum of 100 products; their variances add.",
            "n_in times the variance of a weight is the factor of one layer.",
        ),
        tolerance=ROUNDED,
    ),
    Prediction(
        name="predict_zero_start",
        exercise=EXERCISE,
        section=SECTION,
        asked="All weights and biases of a network with one hidden layer of tanh are "
        "0, and the targets have a mean that is not: what does the first step change? "
        "A: everything, B: the last layer's weights and bias, C: the last layer's "
        "bias, D: nothing.",
        points=2,
        right=that_learn,
        wrong={
            "With all weights 0 no error comes back to the hidden layer.": lambda: "A",
            "The last layer's weights multiply tanh(0) = 0, so that their gradient is "
            "0 too.": lambda: "B",
            "One parameter has an input that is not 0: look at what multiplies "
            "each.": lambda: "D",
        },
        hints=(
            "A weight's gradient is the error above it times the signal below it.",
            "What is the signal of a hidden unit here?",
            "A bias has the constant 1 below it.",
        ),
    ),
    Tuning(
        name="tuned_initialization",
        exercise=EXERCISE,
        section=SECTION,
        asked="Six layers of one weight each start at sigma and are trained for 60 "
        "steps with the rate alpha, so that their product becomes 2: choose sigma and "
        "alpha so that the loss is at most 1e-8.",
        points=4,
        names=("sigma", "alpha"),
        loss=chain,
        target=1e-8,
        hints=(
            "What is the product of six numbers of 0.1, and what is its gradient?",
            "Start with a sigma not far from 1, then change alpha by factors of 3.",
            "Where the layers are equal, the curvature at the end is about 19: compare "
            "with the rates that notebook 01 allows.",
        ),
    ),
)
