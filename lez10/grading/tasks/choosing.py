"""Exercise 09: choosing an algorithm and its hyperparameters (lecture 1.8)."""

from collections.abc import Callable

import numpy as np

from lez10 import stopping
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.task import UNTOUCHED, Property, Task
from lez10.grading.tasks.choosing_answers import ANSWERS
from lez10.grading.tuning import BUDGET, FLAT, GENERATOR, STEEP, Search

EXERCISE = "09_choosing_an_algorithm"
SECTION = "1.8"
STEPS, WHAT = "How many steps to a target?", 'What "tuned" means here'
TUNING, EIGHT_LINES = "10_tuning_the_hyperparameters", "Random search in eight lines"
RANGE = "By hand: a point of a range"


def wrong(
    name: str, said: str, *changes: Change, notebook: str = EXERCISE, heading: str
) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, notebook, heading)


def loss_questions(rng: np.random.Generator) -> list[Question]:
    """Curves that reach the target once, again, exactly, at once or never."""

    def question(about: str, *parts: list[float]) -> Question:
        losses = np.concatenate(parts)
        return Question(about, {"losses": losses, "target": target})

    target = float(rng.integers(16, 64)) / 8
    high = lambda n: np.sort(target + rng.uniform(0.5, 5, n))[::-1].tolist()

    def low(n: int) -> list[float]:  # the lowest is the last but one
        *first, a, b = np.sort(target - rng.uniform(0.1, target / 2, n))[::-1].tolist()
        return [*first, b, a]

    n = int(rng.integers(3, 7))
    return [
        question("reached", high(n), low(4)),
        question("reached", high(n), low(2), high(3), low(3), high(2)),
        question("reached", low(3), high(2)),
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
            UNTOUCHED, 1, "something is right, and the caller's arrays stay as they are"
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
            heading=STEPS,
        ),
        wrong(
            "loss",
            "You return the loss in the place of the index at which it comes.",
            ("int(reached[0])", "np.asarray(losses)[reached[0]]"),
            heading=STEPS,
        ),
        wrong(
            "length",
            "You return the number of losses for a target that is never reached: a "
            "curve that reaches it at the end would look the same, so -1 is asked for.",
            ("else -1", "else len(losses)"),
            heading=STEPS,
        ),
        wrong(
            "zero",
            "You return 0 for a target that is never reached: that is the answer of a "
            "run which begins below it, so -1 is asked for.",
            ("else -1", "else 0"),
            heading=STEPS,
        ),
        wrong(
            "from_one",
            "You count from 1: the first loss has the index 0, before any step.",
            ("int(reached[0])", "int(reached[0]) + 1"),
            heading=STEPS,
        ),
        wrong(
            "last",
            "You return the last index at which the loss is low: the first one is "
            "asked for.",
            ("reached[0]", "reached[-1]"),
            heading=STEPS,
        ),
        wrong(
            "how_many",
            "You count how many losses are low: the index of the first one is asked "
            "for.",
            ("int(reached[0])", "len(reached)"),
            heading=STEPS,
        ),
        wrong(
            "lowest",
            "You return the index of the lowest loss: the first that is at most the "
            "target is asked for.",
            ("int(reached[0])", "int(np.argmin(losses))"),
            heading=STEPS,
        ),
        wrong(
            "above",
            "You look for losses above the target: it is reached when the loss is at "
            "most the target.",
            ("<= target", ">= target"),
            heading=STEPS,
        ),
    ),
    hints=(
        "Look at one loss after the other, and count from 0.",
        "A loss equal to the target reaches it.",
        "Return as soon as it is reached; after the last loss, -1.",
    ),
)


def random_search(run: Callable, budget: int, rng: np.random.Generator) -> tuple:
    """The best of so many settings, drawn on a logarithmic axis of alpha."""
    best = np.inf
    alpha, beta = 0.01, 0.0
    for _ in range(budget):
        a, b = 10 ** rng.uniform(-5, 0), rng.uniform(0, 0.99)
        loss = run(a, b)
        if loss < best:
            best, alpha, beta = loss, a, b
    return alpha, beta


TUNE = Search(
    name="tune",
    exercise=EXERCISE,
    section=SECTION,
    source=random_search,
    misconceptions=(
        wrong(
            "not_best",
            "You return values that the search did not find to be the best: keep the "
            "ones with the lowest loss so far.",
            ("if loss < best:", "if True:"),
            heading=WHAT,
        ),
        wrong(
            "highest",
            "You keep the values with the highest loss: the lowest is the best.",
            ("best = np.inf", "best = -np.inf"),
            ("loss < best", "loss > best"),
            heading=WHAT,
        ),
        wrong(
            "swapped",
            "You return beta, alpha: the order is alpha, beta.",
            ("return alpha, beta", "return beta, alpha"),
            heading=WHAT,
        ),
        wrong(
            "even",
            "You search alpha evenly, so that nine of ten draws lie above a tenth of "
            "the largest: draw its exponent instead.",
            ("10 ** rng.uniform(-5, 0)", "rng.uniform(0, 1)"),
            notebook=TUNING,
            heading=RANGE,
        ),
        wrong(
            "fixed",
            "You return the same values for every training: ask run what is good "
            "for this one.",
            ("range(budget)", "range(0)"),
            heading=WHAT,
        ),
        wrong(
            "few",
            "You stop long before the budget is spent: each further call of run may "
            "find something better.",
            ("range(budget)", "range(1)"),
            notebook=TUNING,
            heading="Move it: the number of trials",
        ),
        wrong(
            "over_budget",
            "You call run more often than the budget allows: a search that trains "
            "more often is another protocol.",
            ("range(budget)", "range(budget + 1)"),
            notebook=TUNING,
            heading=EIGHT_LINES,
        ),
        wrong(
            "own_seed",
            "You do not draw from the rng that is given: with a grid or a seed of your "
            "own, a repeated search tries the same values and teaches nothing new.",
            ("best = np.inf", "best, rng = np.inf, np.random.default_rng(0)"),
            notebook=TUNING,
            heading="What one search would have said",
        ),
        wrong(
            "own_generator",
            "You draw from a generator of your own, so that nobody can repeat your "
            "search: draw from the rng that is given.",
            ("best = np.inf", "best, rng = np.inf, np.random.default_rng()"),
            notebook=TUNING,
            heading="Do it: a stored trial, again",
        ),
    ),
    hints=(
        "Draw a setting, run it, and remember it if it is the best so far.",
        "alpha may be 0.3 or 0.0003: draw its exponent, between -5 and 0.",
        "The loop has as many turns as the budget allows; beta lies below 1.",
    ),
    properties=(
        Property(FLAT, 3, "the loss is low enough in flat valleys"),
        Property(STEEP, 3, "the loss is low enough in steep valleys too"),
        Property(BUDGET, 2, "run is called no more often than the budget allows"),
        Property(GENERATOR, 2, "all that is random comes from the rng that is given"),
    ),
)

TASKS = (STEPS_TO_TARGET, TUNE, *ANSWERS)
