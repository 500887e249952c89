"""Exercise 09: the search that is to be written."""

from collections.abc import Callable

import numpy as np

from lez10.grading.misconceptions import Change, Misconception, wrong_orders
from lez10.grading.task import Property
from lez10.grading.tuning import BUDGET, FLAT, GENERATOR, STEEP, Search

EXERCISE = "09_choosing_an_algorithm"
SECTION = "1.8"
WHAT = 'What "tuned" means here'
TUNING, EIGHT_LINES = "10_tuning_the_hyperparameters", "Random search in eight lines"
RANGE = "By hand: a point of a range"


def wrong(
    name: str, said: str, *changes: Change, notebook: str = TUNING, heading: str
) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, notebook, heading)


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
            notebook=EXERCISE,
            heading=WHAT,
        ),
        wrong(
            "highest",
            "You keep the values with the highest loss: the lowest is the best.",
            ("best = np.inf", "best = -np.inf"),
            ("loss < best", "loss > best"),
            notebook=EXERCISE,
            heading=WHAT,
        ),
        *wrong_orders(("alpha", "beta"), EXERCISE, WHAT),
        wrong(
            "even",
            "You search alpha evenly, so that nine of ten draws lie above a tenth of "
            "the largest: draw its exponent instead.",
            ("10 ** rng.uniform(-5, 0)", "rng.uniform(0, 1)"),
            heading=RANGE,
        ),
        wrong(
            "natural",
            "You take powers of e, as np.exp does, so that no alpha is below 0.0067: "
            "the exponents from -5 to 0 are those of 10.",
            ("10 ** rng.uniform(-5, 0)", "np.exp(rng.uniform(-5, 0))"),
            heading=RANGE,
        ),
        wrong(
            "narrow",
            "You try no alpha that is small enough for a steep valley: the smallest "
            "has the exponent -5.",
            ("uniform(-5, 0)", "uniform(-2, 0)"),
            heading=RANGE,
        ),
        wrong(
            "unasked",
            "You never call run: only run can tell you how good a pair of values is.",
            ("range(budget)", "range(0)"),
            notebook=EXERCISE,
            heading=WHAT,
        ),
        wrong(
            "fixed",
            "You return the same values for every training, whatever run says: ask it "
            "what is good for this one.",
            ("return alpha, beta", "return 0.01, 0.9"),
            notebook=EXERCISE,
            heading=WHAT,
        ),
        wrong(
            "few",
            "You stop long before the budget is spent: each further call of run may "
            "find something better.",
            ("range(budget)", "range(1)"),
            heading="Move it: the number of trials",
        ),
        wrong(
            "over_budget",
            "You call run more often than the budget allows: a search that trains "
            "more often is another protocol.",
            ("range(budget)", "range(budget + 1)"),
            heading=EIGHT_LINES,
        ),
        wrong(
            "own_seed",
            "You do not draw from the rng that is given: with a grid or a seed of your "
            "own, a repeated search tries the same values and teaches nothing new.",
            ("best = np.inf", "best, rng = np.inf, np.random.default_rng(0)"),
            heading="What one search would have said",
        ),
        wrong(
            "own_generator",
            "You draw from a generator of your own, so that nobody can repeat your "
            "search: draw from the rng that is given.",
            ("best = np.inf", "best, rng = np.inf, np.random.default_rng()"),
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
        Property(BUDGET, 2, "run is called, and no more often than the budget allows"),
        Property(GENERATOR, 2, "what is tried is drawn from the rng that is given"),
    ),
)
