"""Exercise 01: when to stop."""

import numpy as np

from lez10 import stopping
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.task import Property, Task

EXERCISE = NOTEBOOK = "01_sgd"
SECTION = "1.1"
WHEN = "When to stop"
BEFORE = "before = losses[:-patience].min(axis=0)"
VERDICT = "(before - last <= tolerance) | (before == last)"
WAITING = """best, waited = losses[0], 0
    for loss in losses[1:]:
        lower = loss < best - tolerance
        best, waited = (loss, 0) if lower else (best, waited + 1)"""


def wrong(name: str, said: str, *changes: Change) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, WHEN)


def stop_questions(rng: np.random.Generator) -> list[Question]:
    """Short histories, equal gains, and many curves that go up and down.

    All losses are multiples of 1/64, so that every way to write the comparison
    computes the same numbers, and ties are ties.
    """

    def question(about: str, steps: list[int], patience: int, gain: int) -> Question:
        losses = 8.0 + np.cumsum(np.concatenate([[0], steps])) / 64
        arguments = {"losses": losses, "patience": patience, "tolerance": gain / 64}
        return Question(about, arguments)

    def walk(length: int) -> list[int]:
        return rng.integers(-24, 17, length).tolist()

    found = [question("start", walk(p - 2), p, 4) for p in (2, 3, 4)]
    # neither a constant False nor a constant True is right at the start, or on ties
    found += [question("start", [0] * n, p, 4) for p in (2, 3, 4) for n in (p - 1, p)]
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
    for length in (3, 4, 5, 6, 8, 10, 12) * 7:
        patience, gain = int(rng.integers(2, 4)), int(rng.integers(1, 40))
        found.append(question("curves", walk(length), patience, gain))
    return found


STOP = Task(
    name="should_stop",
    exercise=EXERCISE,
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
    misconceptions=(
        wrong(
            "strict",
            "You go on when the gain is exactly the tolerance: the gain has to be "
            "larger than it.",
            ("<= tolerance) | (before == last)", "< tolerance)"),
        ),
        wrong(
            "one_too_late",
            "You wait one epoch too long: the last patience epochs are compared with "
            "all before them.",
            ("np.asarray(losses)", "np.asarray(losses); patience = patience + 1"),
        ),
        wrong(
            "one_too_early",
            "You stop one epoch too early: the last patience epochs are compared with "
            "all before them.",
            ("np.asarray(losses)", "np.asarray(losses); patience = patience - 1"),
        ),
        wrong(
            "overlap",
            "You count one epoch on both sides: what stands before the last patience "
            "epochs ends before they begin.",
            ("losses[:-patience]", "losses[: -patience + 1]"),
        ),
        wrong(
            "two_windows",
            "You compare the last patience epochs with the patience epochs before: the "
            "best loss of all epochs before counts.",
            ("losses[:-patience]", "losses[-2 * patience : -patience]"),
        ),
        wrong(
            "best_of_all",
            "You compare with the best loss of all epochs, the last ones among them: "
            "the best before the last patience epochs counts.",
            ("losses[:-patience].min", "losses.min"),
        ),
        wrong(
            "last_alone",
            "You look at the last loss alone: the best of the last patience epochs "
            "counts, since one epoch may be bad by chance.",
            ("losses[-patience:].min(axis=0)", "losses[-1]"),
        ),
        wrong(
            "one_before",
            "You compare with a single epoch: the best loss of all before the last "
            "patience epochs counts.",
            ("losses[:-patience].min(axis=0)", "losses[-patience - 1]"),
        ),
        wrong(
            "first_alone",
            "You compare with the first loss: the best loss of all before the last "
            "patience epochs counts.",
            ("losses[:-patience].min(axis=0)", "losses[0]"),
        ),
        wrong(
            "last_two",
            "You compare the last loss with the one before it: the best of the last "
            "patience epochs is compared with the best of all before.",
            ("losses[:-patience].min(axis=0)", "losses[-2]"),
            ("losses[-patience:].min(axis=0)", "losses[-1]"),
        ),
        wrong(
            "mean",
            "You take the mean of the last patience epochs: their best loss counts.",
            ("losses[-patience:].min", "losses[-patience:].mean"),
        ),
        wrong(
            "mean_before",
            "You take the mean of the epochs before the last patience ones: their best "
            "loss counts.",
            ("losses[:-patience].min", "losses[:-patience].mean"),
        ),
        Misconception(
            "best_moves_late",
            "Keras's EarlyStopping moves its best loss only when one is lower by more "
            "than the tolerance, as you do; the exercise compares the best losses "
            "themselves.",
            ((BEFORE, WAITING), (VERDICT, "waited >= patience")),
            NOTEBOOK,
            WHEN,
            convention=True,
        ),
        wrong(
            "once_is_enough",
            "You say True if the losses have stood still for patience epochs at any "
            "time: only the last patience epochs count.",
            (
                BEFORE,
                f"{WAITING}\n        if waited >= patience:\n            return True",
            ),
            (VERDICT, "False"),
        ),
        wrong(
            "relative",
            "Your tolerance is a share of the loss: the lecture's exercise asks for "
            "an absolute one.",
            ("<= tolerance)", "<= tolerance * before)"),
        ),
        wrong(
            "inverted",
            "You say True while the loss still falls: True means to stop.",
            ("<= tolerance) | (before == last)", "> tolerance)"),
        ),
        wrong(
            "wrong_sign",
            "You subtract the wrong way round: the gain is the best loss before minus "
            "the best of the last epochs.",
            ("(before - last", "(last - before"),
        ),
        wrong(
            "absolute_value",
            "You take the difference without its sign, so that a loss which rises "
            "counts as a gain: only a lower loss is one.",
            ("(before - last <=", "(abs(before - last) <="),
        ),
        wrong(
            "without_tolerance",
            "You leave the tolerance out: a gain that is not larger does not count.",
            ("<= tolerance) |", "<= 0) |"),
        ),
        wrong(
            "at_once",
            "You stop while there is nothing to compare with: with at most patience "
            "losses training goes on.",
            ("np.zeros(", "np.ones("),
        ),
        wrong(
            "late_start",
            "You still wait when there are patience + 1 losses: the first of them can "
            "be compared with the other ones.",
            ("len(losses) <= patience", "len(losses) <= patience + 1"),
        ),
        wrong(
            "always_false",
            "You always say False, and training never stops: True is asked for when "
            "the last patience epochs have gained too little.",
            (VERDICT, "False"),
        ),
        wrong(
            "always_true",
            "You always say True, and training stops at once: False is asked for as "
            "long as the last patience epochs have gained enough.",
            ("np.zeros(", "np.ones("),
            (VERDICT, "True"),
        ),
    ),
    hints=(
        "Cut the losses into two parts: the last patience of them, and all before.",
        "Each part is worth its best loss; the gain is their difference.",
        "With too few losses the first part is empty: then do not stop.",
    ),
)
