"""Exercise 02: what is to be foreseen, and the schedule to be tuned."""

import numpy as np

from lez10 import schedules
from lez10.grading.answers import Prediction, Tuning

EXERCISE, SECTION = "02_learning_rate", "1.2"
NOISE, STEPS = 0.3, 100


def noisy_valley(alpha0: float, tau: float) -> float:
    """The expected loss of SGD with this schedule on a noisy valley, from (2, 2).

    Exact, not a draw: theta <- theta - alpha (lambda theta + noise) has the expected
    square (1 - alpha lambda)^2 E[theta^2] + alpha^2 sigma^2.
    """
    curvature, square = np.array([1.0, 10.0]), np.array([4.0, 4.0])
    if alpha0:  # a rate of 0 moves nothing
        alpha = schedules.linear_decay(alpha0, tau)
        with np.errstate(all="ignore"):
            for k in range(STEPS):
                a = alpha(k)
                square = (1 - a * curvature) ** 2 * square + (a * NOISE) ** 2
    loss = float(np.sum(curvature * square) / 2)
    return loss if np.isfinite(loss) else np.inf


def rate(k: float, part: float = 100) -> float:
    """The linear decay from 0.1 with tau 200, to another part of alpha0."""
    s = k / 200
    return (1 - s) * 0.1 + s * 0.1 / part


def to_a_hundredth(decay_rate: float = 0.9) -> float:
    """Steps until the lecture's exponential decay has 1/100 of its rate left.

    Found by halving, since the rate falls all the time.
    """
    alpha = schedules.exponential_decay(1.0, 10_000, decay_rate)
    low, high = 0, 10_000_000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if alpha(middle) > 1 / 100 else (low, middle)
    return float(high)


ANSWERS = (
    Prediction(
        name="predict_rate",
        exercise=EXERCISE,
        section=SECTION,
        asked="The lecture's linear decay begins with alpha0 = 0.1 and has tau = 200: "
        "what is alpha at step 500 (a number)?",
        points=2,
        right=lambda: float(schedules.linear_decay(0.1, 200)(500)),
        wrong={
            "The line ends at tau: after that the rate is constant.": lambda: rate(500),
            "alpha_tau is a hundredth of alpha0, not a tenth.": lambda: rate(200, 10),
            "The rate does not fall to 0: alpha_tau is left.": lambda: 0.0,
            "That is where it begins.": lambda: rate(0),
        },
        hints=(
            "Is 500 before tau or after it?",
            "After tau the rate does not change any more.",
            "What is left then is alpha_tau.",
        ),
    ),
    Prediction(
        name="predict_steps_to_a_hundredth",
        exercise=EXERCISE,
        section=SECTION,
        asked="Keras's ExponentialDecay with decay_steps = 10000 and decay_rate = 0.9: "
        "after how many steps is alpha a hundredth of alpha0 (a number)?",
        points=2,
        right=to_a_hundredth,
        wrong={
            "decay_steps is not tau: after 10000 steps 0.9 alpha0 is left.": lambda: (
                10_000.0
            ),
            "The rate does not fall in a line: it loses a tenth of what is "
            "left.": lambda: 0.99 / 0.1 * 10_000,
            "You count how often 10000 steps go by: steps are asked for.": lambda: (
                to_a_hundredth() / 10_000
            ),
            "After 100 times decay_steps the rate was multiplied by 0.9 a hundred "
            "times: that is far less than a hundredth.": lambda: 100 * 10_000,
            "That is with decay_rate = 0.1, by which a tenth is left: with 0.9 a tenth "
            "is lost.": lambda: to_a_hundredth(0.1),
            "The rate does not fall in a line, and 0.9 is what is left, not what is "
            "lost.": lambda: 0.99 / 0.9 * 10_000,
        },
        hints=(
            "How often must one multiply by 0.9 to get 0.01?",
            "Logarithms turn powers into products.",
            "log(0.01) / log(0.9) times 10000.",
        ),
        tolerance=0.01,  # 44 times decay_steps is right, too
    ),
    Tuning(
        name="tuned_linear_decay",
        exercise=EXERCISE,
        section=SECTION,
        asked="SGD with noisy gradients takes 100 steps in a valley with the "
        "curvatures 1 and 10: choose alpha0 and tau of the linear decay so that the "
        "expected loss is at most 0.002.",
        points=4,
        names=("alpha0", "tau"),
        loss=noisy_valley,
        target=0.002,
        hints=(
            "At first the rate has to be large, at the end small: why?",
            "With a tau beyond the end the noise stays; with a small one the run stops "
            "short.",
            "Take the largest alpha0 that does not diverge, then try values of tau.",
        ),
    ),
)
