"""Exercise 02: the rate that falls in a line."""

from typing import Any

import numpy as np

from lez10 import schedules
from lez10.grading.asking import Question
from lez10.grading.task import UNTOUCHED, Property, Task
from lez10.grading.tasks.learning_rate_common import (
    EXERCISE,
    FROM_ONE,
    SECTION,
    of_step,
    wrong,
)

MIXED = "(1 - s) * alpha0 + s * alpha_tau"
BY_HAND = "Three steps by hand"


def linear_questions(rng: np.random.Generator) -> list[Question]:
    """Steps before tau, at it, after it, and several at once."""
    # above 100, so that a line to 0 is below a hundredth just before tau
    tau, alpha0 = int(rng.integers(120, 300)), float(rng.uniform(0.1, 0.9))
    early, late = int(rng.integers(5, 30)), int(rng.integers(2, 5)) * tau + 3

    def question(about: str, k: Any) -> Question:
        return Question(about, {"k": k, "alpha0": alpha0, "tau": tau})

    several = np.array([0, early, tau // 2, tau, tau + 1, late])
    return [
        question("before", 0),
        question("before", early),
        question("before", tau // 2),
        question("before", tau - 1),
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
            UNTOUCHED, 1, "something is right, without changing the caller's arrays"
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
        ),
        wrong(
            "to_zero",
            "Your rate falls to 0: the lecture's falls to alpha_tau, a hundredth of "
            "alpha0.",
            ("alpha_tau = alpha0 / 100", "alpha_tau = 0 * alpha0"),
        ),
        wrong(
            "absolute",
            "Your rate falls to 0.01, whatever it begins with: alpha_tau is a "
            "hundredth of alpha0.",
            ("alpha_tau = alpha0 / 100", "alpha_tau = 0.01"),
        ),
        wrong(
            "no_floor",
            "Your rate goes on falling after tau, until it is negative: from tau on it "
            "is constant.",
            ("np.minimum(k / tau, 1.0)", "k / tau"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "larger_share",
            "You take the larger of k / tau and 1: the share grows up to 1 and stays "
            "there, so that the smaller one is needed.",
            ("np.minimum", "np.maximum"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "rounded_down",
            "Your rate stays at alpha0 until tau, as with k // tau, which is rounded "
            "down: the share k / tau grows a little in each step.",
            ("k / tau", "k // tau"),
            heading=BY_HAND,
        ),
        wrong(
            "zero_after",
            "Your rate is 0 after tau, so that nothing is learned any more: it stays "
            "at alpha_tau.",
            (MIXED, f"({MIXED}) * (k <= tau)"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "loses_a_hundredth",
            "Your rate loses a hundredth of alpha0 until tau: a hundredth is what is "
            "left of it.",
            (MIXED, "alpha0 - s * alpha_tau"),
        ),
        wrong(
            "jump",
            "You leave out the second term, k / tau times alpha_tau, so that the rate "
            "falls to almost 0 and jumps up at tau: the lecture's line ends at "
            "alpha_tau.",
            (MIXED, "np.where(s < 1, (1 - s) * alpha0, alpha_tau)"),
            heading=BY_HAND,
        ),
        wrong(
            "jump_after",
            "You leave out the second term, k / tau times alpha_tau, so that the rate "
            "is 0 at tau and jumps up after it: the lecture's line ends at alpha_tau.",
            (MIXED, "np.where(k > tau, alpha_tau, (1 - s) * alpha0)"),
            heading=BY_HAND,
        ),
        wrong(
            "cut_off",
            "You let the rate fall towards 0 and cut it off at alpha_tau: the "
            "lecture's line reaches alpha_tau at tau, and not before.",
            (MIXED, "np.maximum((1 - s) * alpha0, alpha_tau)"),
            heading=BY_HAND,
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
            (MIXED, "s * alpha0 + (1 - s) * alpha_tau"),
            heading=BY_HAND,
        ),
        wrong(
            "from_one",
            "You count the steps from 1: the first one has k = 0 and the rate alpha0.",
            ("(k / tau", "((k + 1) / tau"),
            heading=FROM_ONE,
        ),
        wrong(
            "one_less",
            "You subtract 1 from k: the steps already count from 0, and the first one "
            "has the rate alpha0.",
            ("(k / tau", "((k - 1) / tau"),
            heading=FROM_ONE,
        ),
        wrong(
            "one_late",
            "You subtract 1 from k, so that the first two rates are alpha0: the steps "
            "already count from 0, and the rate falls from the first to the second.",
            ("(k / tau", "(np.maximum(k - 1, 0) / tau"),
            heading=FROM_ONE,
        ),
        wrong(
            "anew",
            "Your rate begins anew after tau, as with k % tau: from tau on it stays at "
            "alpha_tau.",
            ("np.minimum(k / tau, 1.0)", "k % tau / tau"),
            heading="The lecture's pseudo-code",
        ),
        wrong(
            "integers",
            "Your rates are integers, as k is, so that they become 0: make room for "
            "others, as np.zeros_like(k, dtype=float) does.",
            (MIXED, f"np.asarray({MIXED}).astype(np.asarray(k).dtype)"),
            heading=BY_HAND,
        ),
        wrong(
            "array_of_integers",
            "Your array of rates holds integers, as the array of steps does, so that "
            "they become 0: np.zeros_like(k, dtype=float) makes room for others.",
            (MIXED, f"({MIXED}) * (np.ndim(k) == 0 or k.dtype == float)"),
            heading=BY_HAND,
        ),
        wrong(
            "cosine",
            "Your rate falls along a cosine: the lecture's falls in a line.",
            (MIXED, "alpha_tau + (alpha0 - alpha_tau) * (1 + np.cos(np.pi * s)) / 2"),
        ),
        wrong(
            "squared",
            "You square k / tau, so that the rate falls slowly at first: the lecture's "
            "falls in a line.",
            ("np.minimum(k / tau, 1.0)", "np.minimum(k / tau, 1.0) ** 2"),
            heading=BY_HAND,
        ),
        wrong(
            "inverse",
            "You divide alpha0 by a number that grows with k: the lecture's rate falls "
            "in a line, by the same amount in each step.",
            (MIXED, "alpha0 / (1 + 99 * s)"),
        ),
        wrong(
            "geometric",
            "Your rate falls by the same factor in each step: the linear decay falls "
            "by the same amount.",
            (MIXED, "alpha0 * (alpha_tau / alpha0) ** s"),
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
