"""Exercise 02: what its functions have in common."""

from collections.abc import Callable

from lez10.grading.misconceptions import Change, Misconception

EXERCISE = NOTEBOOK = "02_learning_rate"
SECTION = "1.2"
HOW = "Then: how should it fall?"
FROM_ONE = "Errata: steps, not epochs"


def wrong(name: str, said: str, *changes: Change, heading: str = HOW) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, heading)


def of_step(schedule: Callable) -> Callable:
    """From a function that returns a schedule to one of k and its arguments."""

    def alpha(k, *arguments):
        return schedule(*arguments)(k)

    return alpha
