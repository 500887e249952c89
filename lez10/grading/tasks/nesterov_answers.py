"""Exercise 04: what is to be foreseen, and the values to be tuned."""

import numpy as np

from lez10.grading.answers import Prediction, Tuning
from lez10.grading.tasks.runs import end_loss, largest_rate, path
from lez10.optimizers import Gradient, State, momentum, nesterov
from lez10.surfaces import quadratic


def same_paths(grad: Gradient) -> bool:
    """Whether both momentums walk alike on this ground, from the same speed."""
    plain, ahead = (
        path(rule, State(1.0, -0.5), grad, 20, alpha=0.1, beta=0.9)
        for rule in (momentum, nesterov)
    )
    return bool(np.allclose(plain, ahead, rtol=1e-6))


def same_ground() -> str:
    """The letter of the ground on which Nesterov changes nothing."""
    grounds: dict[str, Gradient] = {
        "A": lambda theta: 2.0 * theta,
        "B": lambda theta: 2.0,
        "C": lambda theta: -2.0 * theta,
    }
    (letter,) = (name for name, grad in grounds.items() if same_paths(grad))
    return letter


ANSWERS = (
    Prediction(
        name="predict_same_ground",
        exercise="04_nesterov",
        section="1.4",
        asked="Momentum and Nesterov start at the same point with the same velocity, "
        "alpha and beta; on which ground do they take the same steps: A in a round "
        "bowl, B on a slope that is the same everywhere, C on top of a hill?",
        points=2,
        right=same_ground,
        wrong={
            "In a bowl the gradient changes on the way to the interim point: there the "
            "look ahead brakes.": lambda: "A",
            "On a hilltop the gradient changes on the way to the interim point: there "
            "the look ahead pushes.": lambda: "C",
        },
        hints=(
            "The two differ only in the place where they ask for the gradient.",
            "Where would another place make no difference to the gradient?",
            "Compare the gradient at theta and at theta + beta v on each of the "
            "grounds.",
        ),
    ),
    Prediction(
        name="predict_largest_nesterov_rate",
        exercise="04_nesterov",
        section="1.4",
        asked="On f(theta) = 10 theta^2 / 2 with beta = 0.5, below which alpha does "
        "Nesterov momentum converge?",
        points=2,
        right=lambda: largest_rate(nesterov, 10.0, beta=0.5),
        wrong={
            "That is momentum's limit: Nesterov stands a smaller rate, since it looks "
            "at a gradient further out.": lambda: largest_rate(
                momentum, 10.0, beta=0.5
            ),
            "That is SGD's limit: Nesterov's is smaller, since it looks at a gradient "
            "further out.": lambda: largest_rate(momentum, 10.0, beta=0.0),
            "You multiplied SGD's limit by the gain 1/(1 - beta): that is the gain "
            "where gradients agree, and at the limit they alternate.": lambda: (
                largest_rate(momentum, 10.0, beta=0.0) / (1 - 0.5)
            ),
            "That rate converges, and some above it do too: look for the one at which "
            "theta jumps between a and -a for ever.": lambda: 1 / 10,
        },
        hints=(
            "At the limit theta jumps between a and -a for ever.",
            "It arrives at a with v = 2a; the gradient there is taken at a + beta 2a.",
            "It leaves with v = -2a: put both into the line of v, and solve for alpha.",
        ),
    ),
    Tuning(
        name="tuned_nesterov",
        exercise="04_nesterov",
        section="1.4",
        asked="Choose alpha and beta with which Nesterov momentum, on quadratic(100) "
        "from its start, has a loss of at most 0.1 after 60 steps.",
        points=4,
        names=("alpha", "beta"),
        loss=end_loss(nesterov, quadratic(100.0), 60),
        target=0.1,
        hints=(
            "The largest curvature is 100: it decides which alpha is too large.",
            "Where alpha times the curvature is 1, the walls of the valley do no harm.",
            "Then look for the beta that suits the flat direction: neither 0 nor 0.99.",
        ),
    ),
)
