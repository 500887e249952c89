"""Exercise 02: the rate that falls by the same factor."""

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

NOT_TAU = "Errata: `decay_steps` is not $\\tau$"


def exponential_questions(rng: np.random.Generator) -> list[Question]:
    """Steps on both sides of decay_steps, and several at once.

    After 24 times decay_steps less than a hundredth of the rate is left.
    """
    decay_steps, alpha0 = int(rng.integers(20, 100)), float(rng.uniform(0.1, 0.9))
    rate = float(rng.uniform(0.6, 0.8))
    early, late = int(rng.integers(5, 15)), 2 * decay_steps + int(rng.integers(3, 9))

    def question(about: str, k: Any) -> Question:
        arguments = {"k": k, "alpha0": alpha0, "decay_steps": decay_steps}
        return Question(about, arguments | {"decay_rate": rate})

    several = np.array([1, early, decay_steps, late])  # 0: decay_steps / k is no number
    return [
        question("whole", 0),
        question("whole", decay_steps),
        question("whole", 3 * decay_steps),
        question("whole", 24 * decay_steps),
        question("between", early),
        question("between", 2 * decay_steps - 3),  # nearer to 2 than to 1
        question("between", 3 * decay_steps - 1),  # the next one is a multiple
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
            UNTOUCHED, 1, "something is right, without changing the caller's arrays"
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
            "rounded",
            "You round k / decay_steps to a whole number, so that the rate falls in "
            "stairs: the lecture's falls a little in each step.",
            ("s = k / decay_steps", "s = np.round(k / decay_steps)"),
            heading="In Keras",
        ),
        wrong(
            "straight_between",
            "You draw straight lines between the multiples of decay_steps: between "
            "them, too, the rate is a power of decay_rate.",
            (
                "decay_rate**s",
                "decay_rate ** np.floor(s) * (1 - (1 - decay_rate) * (s % 1))",
            ),
        ),
        wrong(
            "floor",
            "Your rate stops at a hundredth of alpha0: that is where the linear decay "
            "ends, and the exponential one goes on falling.",
            (
                "alpha0 * decay_rate**s",
                "np.maximum(alpha0 * decay_rate**s, alpha0 / 100)",
            ),
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
        ),
        wrong(
            "lost_share",
            "You take decay_rate for the share that is lost: it is the share that is "
            "left after decay_steps.",
            ("decay_rate**s", "(1 - decay_rate)**s"),
        ),
        wrong(
            "from_one",
            "You count the steps from 1: the first one has k = 0 and the rate alpha0.",
            ("s = k /", "s = (k + 1) /"),
            heading=FROM_ONE,
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
            "Your rate falls in a line, by the same amount again and again: the "
            "lecture's is multiplied by decay_rate in decay_steps, and falls by less "
            "each time.",
            ("decay_rate**s", "(1 - (1 - decay_rate) * s)"),
        ),
        wrong(
            "upside_down",
            "Your power is decay_steps / k: it is k / decay_steps, which is 0 at the "
            "start and grows.",
            ("s = k / decay_steps", "s = decay_steps / np.maximum(k, 1)"),
        ),
        wrong(
            "without_brackets",
            "Your power is k, and all of it is divided by decay_steps: the power is "
            "k / decay_steps, in brackets.",
            ("decay_rate**s", "decay_rate**k / decay_steps"),
        ),
        wrong(
            "product",
            "You multiply by k / decay_steps: it is the power to which decay_rate is "
            "raised.",
            ("decay_rate**s", "decay_rate * s"),
        ),
        wrong(
            "power_of_both",
            "You raise alpha0 to the power as well: it only multiplies the power of "
            "decay_rate.",
            ("alpha0 * decay_rate**s", "(alpha0 * decay_rate) ** s"),
        ),
        wrong(
            "rises",
            "Your power is negative, so that the rate rises: decay_rate is below 1, "
            "and its powers fall by themselves.",
            ("decay_rate**s", "decay_rate**-s"),
        ),
        wrong(
            "without_rate",
            "You leave decay_rate out, and your rate falls by the factor e in "
            "decay_steps: the lecture's falls by decay_rate.",
            ("decay_rate**s", "np.exp(-s)"),
        ),
        wrong(
            "rate_alone",
            "You leave alpha0 out: it is what the power is multiplied by.",
            ("return alpha0 * d", "return d"),
        ),
    ),
    hints=(
        "After decay_steps steps the rate is decay_rate times what it was.",
        "How often has that happened after k steps? It need not be a whole number.",
        "The power of decay_rate is k / decay_steps.",
    ),
)
