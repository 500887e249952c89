"""Exercise 09: choosing an algorithm and its hyperparameters (lecture 1.8)."""

import numpy as np

from lez10 import stopping
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.task import UNTOUCHED, Property, Task
from lez10.grading.tasks.choosing_answers import ANSWERS
from lez10.grading.tasks.choosing_search import TUNE

EXERCISE = NOTEBOOK = "09_choosing_an_algorithm"
SECTION = "1.8"
LOW = "np.flatnonzero(np.asarray(losses, float) <= target)"
FIRST = "int(reached[0]) if len(reached) else -1"
STEPS = "How many steps to a target?"


def wrong(name: str, said: str, *changes: Change) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, STEPS)


def loss_questions(rng: np.random.Generator) -> list[Question]:
    """Curves that reach the target once, again, exactly, at once, at the end or never.

    Some rise before, or have a NaN before; one has losses below 1.
    """

    def question(about: str, *parts: list[float], scale: float = 1) -> Question:
        losses = np.concatenate(parts) * scale
        return Question(about, {"losses": losses, "target": target * scale})

    target = float(rng.integers(16, 64)) / 8
    high = lambda n: np.sort(target + rng.uniform(0.5, 5, n))[::-1].tolist()

    def low(n: int) -> list[float]:  # the lowest is the last but one
        found = np.sort(target - rng.uniform(0.1, target / 2, n))[::-1].tolist()
        return found[:-2] + found[:-3:-1]

    n = int(rng.integers(3, 7))
    return [
        question("reached", high(n), low(4)),
        question("reached", high(n), low(2), high(3), low(3), high(2)),
        question("reached", low(3), high(2)),
        question("reached", low(2), high(2), low(2)),
        question("reached", high(n), high(2), low(1)),
        question("reached", high(3)[::-1], low(3)),
        question("reached", high(2), [np.nan], high(1), low(2), high(1)),
        question("reached", high(n), low(2), scale=1 / 16),
        question("equal", high(n), [target], low(2)),
        question("equal", high(n), [target], high(3)),
        question("never", high(n)),
        question("never", high(n), [np.inf, np.nan]),
    ]


STEPS_TO_TARGET = Task(
    name="steps_to_target",
    exercise=EXERCISE,
    section=SECTION,
    signature=("losses", "target"),
    returns=("step",),
    properties=(
        Property("reached", 2, "it finds the first index at which the loss is low"),
        Property("equal", 1, "a loss equal to the target counts"),
        Property("never", 1, "it is -1 for a target that is never reached"),
        Property(
            UNTOUCHED, 1, "something is right, without changing the caller's arrays"
        ),
    ),
    source=stopping.steps_to_target,
    adapted=lambda function: function,
    questions=loss_questions,
    misconceptions=(
        wrong(
            "strict",
            "A loss that equals the target does not count in yours: the target is "
            "reached with <=.",
            ("<= target", "< target"),
        ),
        wrong(
            "loss",
            "You return the loss in the place of the index at which it comes.",
            ("int(reached[0])", "np.asarray(losses)[reached[0]]"),
        ),
        wrong(
            "length",
            "You return the number of losses for a target that is never reached: a "
            "curve that reaches it at the end would look the same, so -1 is asked for.",
            ("else -1", "else len(losses)"),
        ),
        wrong(
            "zero",
            "You return 0 for a target that is never reached: that is the answer of a "
            "run which begins below it, so -1 is asked for.",
            ("else -1", "else 0"),
        ),
        wrong(
            "from_one",
            "You count from 1: the first loss has the index 0, before any step.",
            ("int(reached[0])", "int(reached[0]) + 1"),
        ),
        wrong(
            "last",
            "You return the last index at which the loss is low: the first one is "
            "asked for.",
            ("reached[0]", "reached[-1]"),
        ),
        wrong(
            "how_many",
            "You count how many losses are low: the index of the first one is asked "
            "for.",
            ("int(reached[0])", "len(reached)"),
        ),
        wrong(
            "lowest",
            "You return the index of the lowest loss: the first that is at most the "
            "target is asked for.",
            (
                "int(reached[0]) if len(reached)",
                "int(np.argmin(losses)) if np.min(losses) <= target",
            ),
        ),
        wrong(
            "lowest_number",
            "You return the index of the lowest loss, NaN left out: the first that is "
            "at most the target is asked for.",
            ("int(reached[0])", "int(np.nanargmin(losses))"),
        ),
        wrong(
            "above",
            "You look for losses above the target: it is reached when the loss is at "
            "most the target.",
            ("<= target", ">= target"),
        ),
        wrong(
            "nan_counts",
            "A NaN counts as reached in yours: it is neither above the target nor "
            "below, so ask whether the loss is at most the target.",
            ("np.asarray(losses, float) <= target", "~(np.asarray(losses) > target)"),
        ),
        wrong(
            "as_if_sorted",
            "You search as in a sorted list, where searchsorted may skip most numbers: "
            "a loss goes up and down.",
            (
                LOW,
                "np.arange(len(losses))[np.searchsorted(-losses, -target) :]",
            ),
        ),
        wrong(
            "lowest_at_once",
            "You return the index of the lowest loss, and never ask whether it is at "
            "most the target: the first that is so is asked for, and -1 if none is.",
            (FIRST, "int(np.argmin(losses))"),
        ),
        wrong(
            "lowest_number_at_once",
            "You return the index of the lowest loss, NaN left out, and never ask "
            "whether it is at most the target: the first that is so is asked for.",
            (FIRST, "int(np.nanargmin(losses))"),
        ),
        wrong(
            "first_alone",
            "You look at the first loss alone, as when return -1 stands in the loop: "
            "return it after the last loss.",
            (FIRST, "-int(losses[0] > target)"),
        ),
        wrong(
            "always_never",
            "You always return -1: that is asked for where no loss is at most the "
            "target.",
            (FIRST, "-1"),
        ),
        wrong(
            "how_many_above",
            "You count the losses above the target: a loss may rise again, and the "
            "index of the first that is at most the target is asked for.",
            (
                FIRST,
                "int(np.sum(np.asarray(losses) > target))",
            ),
        ),
        wrong(
            "how_many_not_low",
            "You count the losses that are not low: a loss may rise again, and the "
            "index of the first one that is low is asked for.",
            ("int(reached[0])", "len(losses) - len(reached)"),
        ),
        wrong(
            "all_indices",
            "You return all indices at which the loss is low: the first one alone is "
            "asked for.",
            ("int(reached[0])", "reached"),
        ),
        wrong(
            "true",
            "You return True where the target is reached: the index of the first loss "
            "that is low is asked for.",
            ("int(reached[0])", "True"),
        ),
        wrong(
            "index_0_lost",
            "You return -1 where the index is 0, as i or -1 does, since 0 counts as "
            "false: ask whether there is an index.",
            ("if len(reached)", "if len(reached) and reached[0]"),
        ),
        wrong(
            "first_left_out",
            "You never look at the first loss: a run may begin below the target, and "
            "then the index is 0.",
            (LOW, "1 + np.flatnonzero(losses[1:] <= target)"),
        ),
        wrong(
            "last_left_out",
            "You never look at the last loss: range(len(losses)) ends with its index "
            "already.",
            (LOW, "np.flatnonzero(losses[:-1] <= target)"),
        ),
        wrong(
            "one_before",
            "You return the index before the one that is asked for: it is that of the "
            "loss that is low.",
            ("int(reached[0])", "int(reached[0]) - 1"),
        ),
        wrong(
            "next_loss",
            "You look at the loss after i and return i: the index of the loss itself "
            "is asked for.",
            (LOW, "np.flatnonzero(losses[1:] <= target)"),
        ),
        wrong(
            "crossing",
            "You ask for a loss above the target and a low one after it: a run may "
            "begin below the target, or have a NaN before.",
            (
                LOW,
                "1 + np.flatnonzero((losses[:-1] > target) & (losses[1:] <= target))",
            ),
        ),
        wrong(
            "stays_low",
            "You return the index from which on all losses are low: a loss may rise "
            "again, and the first that is low is asked for.",
            (LOW, "1 + np.append(-1, np.flatnonzero(~(losses <= target)))[-1:]"),
            ("if len(reached)", "if reached[0] < len(losses)"),
        ),
        wrong(
            "equal_alone",
            "You ask for a loss that equals the target: one below it has reached it, "
            "too.",
            ("<= target", "== target"),
        ),
        wrong(
            "share",
            "You take target for a share of the first loss: it is a loss itself.",
            ("<= target", "<= target * losses[0]"),
        ),
        wrong(
            "nan_ends",
            "You return -1 as soon as a loss is NaN: the losses after it count, too.",
            ("np.asarray(losses, float)", "losses + np.cumsum(0 * losses)"),
        ),
        wrong(
            "nan_dropped",
            "You drop the losses that are NaN and count without them: the index is "
            "that of all losses.",
            ("np.asarray(losses, float)", "losses[~np.isnan(losses)]"),
        ),
        wrong(
            "rise_ends",
            "You return -1 as soon as a loss is larger than the one before: it may "
            "fall again.",
            (
                "np.asarray(losses, float)",
                "losses[: np.append(np.diff(losses) > 0, True).argmax() + 1]",
            ),
        ),
        wrong(
            "closest",
            "You return the index of the loss nearest to the target: it may lie above, "
            "and the first that is at most the target is asked for.",
            (
                FIRST,
                "int(np.argmin(np.abs(losses - target)))",
            ),
        ),
    ),
    hints=(
        "Look at one loss after the other, and count from 0.",
        "A loss equal to the target reaches it.",
        "Return as soon as it is reached; after the last loss, -1.",
    ),
)


TASKS = (STEPS_TO_TARGET, TUNE, *ANSWERS)
