"""Exercise 01: when to stop."""

import numpy as np

from lez10 import stopping
from lez10.grading.asking import Question
from lez10.grading.task import Property, Task
from lez10.grading.tasks.sgd_stopping_ways import NOTEBOOK, WAYS

SECTION = "1.1"


def stop_questions(rng: np.random.Generator) -> list[Question]:
    """Short histories, equal gains, and many curves that go up and down.

    All losses are multiples of 1/64, so that every way to write the comparison
    computes the same numbers, and ties are ties.
    """

    def question(
        about: str, steps: list[int], patience: int, gain: int, start: int = 512
    ) -> Question:
        losses = np.cumsum([start, *steps]) / 64
        arguments = {"losses": losses, "patience": patience, "tolerance": gain / 64}
        return Question(about, arguments)

    def walk(length: int) -> list[int]:
        return rng.integers(-24, 17, length).tolist()

    found = [question("start", walk(p - 2), p, 4) for p in (2, 3, 4)]
    # neither a constant False nor a constant True is right at the start, or on ties
    found += [question("start", [0] * n, p, 4) for p in (2, 3, 4) for n in (p - 1, p)]
    found.append(question("start", [0] * 4, 3, 4))  # enough, though not 2 patience
    found += [question("ties", [-16] * 3 + [0] * p + [-8], p + 1, 8) for p in (1, 2)]
    found += [question("ties", [-16] * 3 + [0] * p + [-9], p + 1, 8) for p in (1, 2)]
    found += [question("ties", [-16] * 3 + [5] * p, p, 0) for p in (2, 3)]
    found += [question("ties", [-16] * 3 + [0] * p, p, 0) for p in (2, 3)]
    a, b = (int(n) for n in rng.integers([20, 1], [30, 8]))
    one_epoch = (  # where the last, the one before or their mean misleads
        [-20, -16, -a, a - b],
        [-a, a, -a - 10],
        [-a - 16, a, -12, 0],
        [-a, -a, -b],
    )
    found += [question("curves", steps, 2, 8) for steps in one_epoch]
    # the best loss lies further back; a gain that is large beside any tolerance; small
    # gains that together are more than the tolerance
    found.append(question("curves", [-2 * a, a + 10, 0, -a, 0], 2, 8))
    found.append(question("curves", [-16, -a, -a], 2, 1))
    found.append(question("curves", [-6, -6, -1], 2, 8))
    # the best loss lies just before the last epochs, or is the last but one; the median
    # of the epochs before is far from their mean, or from the first
    found.append(question("curves", [-1, -1, -110, 50, 0, 0], 2, 90))
    found.append(question("curves", [-12, -1, -99, 80], 3, 40))
    found.append(question("curves", [-12, -1, -69, 10], 3, 40))
    found.append(question("curves", [-112, 50, -30], 2, 10))
    found.append(question("curves", [-4, -68, -4, 0], 2, 60))
    found.append(question("curves", [-36, -6, -2, 0], 2, 20))
    # low losses that still fall by more than the tolerance: below it in both of the
    # last epochs, in one, in the other
    for last in ([-24, -3], [-24, 6], [-17, -6]):
        found.append(question("curves", [-29, *last], 2, 12, start=64))
    for length in (3, 4, 5, 6, 8, 10, 12) * 6:
        patience, gain = int(rng.integers(2, 4)), int(rng.integers(1, 40))
        found.append(question("curves", walk(length), patience, gain))
    return found


STOP = Task(
    name="should_stop",
    exercise=NOTEBOOK,
    section=SECTION,
    signature=("losses", "patience", "tolerance"),
    returns=("stop",),
    properties=(
        Property(
            "start",
            1,
            "it compares as soon as there is something to compare, and not before",
        ),
        Property("ties", 1, "a gain of just the tolerance counts for nothing"),
        Property("curves", 1, "it is right on curves that go up and down"),
    ),
    source=stopping.should_stop,
    adapted=lambda function: function,
    questions=stop_questions,
    misconceptions=WAYS,
    hints=(
        "Cut the losses into two parts: the last patience of them, and all before.",
        "Each part is worth its best loss; the gain is their difference.",
        "With too few losses the first part is empty: then do not stop.",
    ),
)
