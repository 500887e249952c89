"""Exercise 01: what is to be foreseen, and the rate to be tuned."""

from itertools import islice

import numpy as np

from lez10.grading.answers import ROUNDED, WHOLE, Prediction, Tuning
from lez10.optimizers import sgd
from lez10.surfaces import quadratic
from lez10.training import iterate, minibatches

EXERCISE, SECTION = "01_sgd", "1.1"
VALLEY = quadratic(25.0)
STEPS = 60


def after(steps: int, curvature: float = 4.0) -> float:
    """Steps with alpha = 0.6 from 1 down half the curvature times theta squared."""
    states = iterate(sgd, 1.0, lambda theta: curvature * theta, alpha=0.6)
    return float(next(islice(states, steps, None)).theta)


def steps_in(epochs: int) -> int:
    """Minibatches of 32 among 1000 examples."""
    return epochs * len(list(minibatches(1000, 32, np.random.default_rng(0))))


def valley(alpha: float) -> float:
    """The value after the steps, inf where the run diverged."""
    states = iterate(sgd, np.array(VALLEY.start), VALLEY.gradient, alpha=alpha)
    with np.errstate(all="ignore"):
        loss = VALLEY.value(next(islice(states, STEPS, None)).theta)
    return float(loss) if np.isfinite(loss) else np.inf


ANSWERS = (
    Prediction(
        name="predict_three_steps",
        exercise=EXERCISE,
        section=SECTION,
        asked="J(theta) = 2 theta^2, theta starts at 1 and alpha is 0.6: where is "
        "theta after three steps (a number)?",
        points=2,
        right=lambda: after(3),
        wrong={
            "Each step goes up the hill in your run: alpha g is subtracted.": lambda: (
                after(3, -4.0)
            ),
            "Watch the sign: each step leads past the minimum to its other "
            "side.": lambda: -after(3),
            "The derivative of 2 theta^2 is 4 theta.": lambda: after(3, 2.0),
            "You use J itself for its derivative: that of 2 theta^2 is 4 "
            "theta.": lambda: after(3, 1.0),
            "That is after one step: there are three.": lambda: after(1),
            "That is after two steps: there are three.": lambda: after(2),
            "You take the gradient of the start three times: each step has the "
            "gradient of the place where it begins.": lambda: 1 + 3 * (after(1) - 1),
        },
        hints=(
            "What does one step do to theta? It multiplies it by a number.",
            "The gradient at theta is 4 theta.",
            "The number is 1 minus alpha times 4, and there are three steps.",
        ),
        tolerance=ROUNDED,
    ),
    Prediction(
        name="predict_steps",
        exercise=EXERCISE,
        section=SECTION,
        asked="There are 1000 examples and minibatches of 32: how many steps are three "
        "epochs (a number)?",
        points=2,
        right=lambda: steps_in(3),
        wrong={
            "The last minibatch of an epoch is smaller, but it counts.": lambda: (
                3 * (1000 // 32)
            ),
            "That is one epoch: three are asked for.": lambda: steps_in(1),
            "Each epoch begins anew: its last minibatch holds what is left.": lambda: (
                int(np.ceil(3 * 1000 / 32))
            ),
            "A step takes a minibatch, not an example.": lambda: 3 * 1000,
            "A number of steps is whole: 32 does not divide 1000, and what is left in "
            "an epoch takes a step of its own.": lambda: 3 * 1000 / 32,
            "That is one epoch without its last minibatch, which is smaller, but "
            "counts.": lambda: 1000 // 32,
        },
        hints=(
            "How many minibatches has one epoch?",
            "1000 is no multiple of 32.",
            "The 8 examples that are left make a minibatch of their own.",
        ),
        tolerance=WHOLE,
    ),
    Tuning(
        name="tuned_sgd",
        exercise=EXERCISE,
        section=SECTION,
        asked="Gradient descent in the valley with the curvatures 1 and 25 takes 60 "
        "steps from its start: choose alpha so that the value is at most 0.001.",
        points=3,
        names=("alpha",),
        loss=valley,
        target=0.001,
        hints=(
            "Along the valley a large rate is needed, across it a large one diverges.",
            "The run diverges where alpha times the largest curvature exceeds 2.",
            "Try rates a little below that limit.",
        ),
    ),
)
