"""Exercise 09: the search that is to be written."""

from collections.abc import Callable

import numpy as np

from lez10.grading.misconceptions import Change, Misconception, wrong_orders
from lez10.grading.searching import BUDGET, GENERATOR, Search
from lez10.grading.task import Property
from lez10.grading.tuning import FLAT, STEEP

EXERCISE = "09_choosing_an_algorithm"
SECTION = "1.8"
WHAT = 'What "tuned" means here'
TUNING, EIGHT_LINES = "10_tuning_the_hyperparameters", "Random search in eight lines"
RANGE = "By hand: a point of a range"
ALPHA = "10 ** rng.uniform(-5, 0)"
DRAWN = f"{ALPHA}, rng.uniform(0, 0.99)"


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
        wrong(
            "untried",
            "You return a pair that you never gave to run: only run can tell how good "
            "two values are together, so return the best of the pairs that it saw.",
            ("return alpha, beta", "return (alpha + a) / 2, (beta + b) / 2"),
            notebook=EXERCISE,
            heading=WHAT,
        ),
        wrong(
            "returns_exponent",
            "You return the exponent of alpha: 10 to its power is alpha, and that is "
            "asked for.",
            ("return alpha, beta", "return np.log10(alpha), beta"),
            heading=RANGE,
        ),
        *wrong_orders(("alpha", "beta"), EXERCISE, WHAT),
        wrong(
            "swapped_call",
            "You call run with beta first: it takes alpha and beta, in this order.",
            ("run(a, b)", "run(b, a)"),
            heading=EIGHT_LINES,
        ),
        wrong(
            "same_pair",
            "You give the same pair to run again and again: draw a new one inside the "
            "loop.",
            (f"a, b = {DRAWN}", "a, b = alpha, beta"),
            ("alpha, beta = 0.01, 0.0", f"alpha, beta = {DRAWN}"),
            heading=EIGHT_LINES,
        ),
        wrong(
            "constant_alpha",
            "You give run the same alpha every time: draw it anew for each trial, as "
            "beta.",
            (ALPHA, "0.01"),
            heading=RANGE,
        ),
        wrong(
            "constant_beta",
            "You give run the same beta every time: the exercise asks you to draw "
            "beta, too.",
            ("rng.uniform(0, 0.99)", "0.9"),
            heading=RANGE,
        ),
        wrong(
            "beta_by_exponent",
            "You draw beta by its exponent, so that most of its values are almost 0: "
            "beta is drawn from 0 to 0.99 itself.",
            ("rng.uniform(0, 0.99)", "10 ** rng.uniform(-5, 0)"),
            heading=RANGE,
        ),
        wrong(
            "above_one",
            "You try no alpha below 1, where most runs diverge: its exponent lies "
            "between -5 and 0.",
            ("uniform(-5, 0)", "uniform(0, 5)"),
            heading=RANGE,
        ),
        wrong(
            "whole",
            "You draw whole exponents, so that alpha has a handful of values: an "
            "exponent may be any number between -5 and 0, as rng.uniform draws it.",
            (ALPHA, "10.0 ** rng.integers(-5, 1)"),
            heading=RANGE,
        ),
        wrong(
            "even",
            "You search alpha evenly, so that nine of ten draws lie above a tenth of "
            "the largest: draw its exponent instead.",
            (ALPHA, "rng.uniform(0, 1)"),
            heading=RANGE,
        ),
        wrong(
            "natural",
            "You take powers of e, as np.exp does, so that no alpha is below 0.0067: "
            "the exponents from -5 to 0 are those of 10.",
            (ALPHA, "np.exp(rng.uniform(-5, 0))"),
            heading=RANGE,
        ),
        wrong(
            "narrow",
            "You try only a part of the range of alpha: its exponent lies between -5, "
            "for steep valleys, and 0, for flat ones.",
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
        Property(FLAT, 3, "the best pair is returned, good enough in flat valleys"),
        Property(STEEP, 3, "the best pair is returned, good enough in steep ones too"),
        Property(BUDGET, 2, "run is called, and no more often than the budget allows"),
        Property(GENERATOR, 2, "alpha and beta are drawn as asked, with the given rng"),
    ),
)
