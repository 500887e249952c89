"""Judging a search that the student writes, by what it tries and what it returns.

What it tries is known from the trainings that it asks for; all are carried out again.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from lez10.grading.asking import Question, Reply, Seed, Train, Trainings
from lez10.grading.judging import CORRECT, ERROR, PARTIAL, WRONG, Judgement
from lez10.grading.misconceptions import Misconception, changed
from lez10.grading.randomness import equal
from lez10.grading.task import Function, Property
from lez10.grading.tuning import CALLS, FLAT, STEEP, reached, train

Pair = tuple[float, float]  # alpha and beta
BUDGET, GENERATOR = "budget", "generator"
LEAST_POWER = math.exp(-5)  # the smallest alpha where e stands in the place of 10
# The lowest and the highest fifth of alpha's exponents: of 300 draws some lie in each.
LOW, HIGH = 1e-4, 0.1
MOST_NAMED = 2


@dataclass(frozen=True)
class Search:
    """The task of writing tune(run, budget, rng), with the interface of ``Task``.

    source: a right way, whose text the misconceptions change. train: carries out what
    the search asks for.
    """

    name: str
    exercise: str
    section: str
    source: Function
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, str, str]
    properties: tuple[Property, ...]
    signature: tuple[str, ...] = ("run", "budget", "rng")
    returns: tuple[str, ...] = ("alpha", "beta")
    bonus: bool = False
    train: Train = train

    @property
    def points(self) -> int:
        """What the whole task is worth."""
        return sum(one.points for one in self.properties)

    @property
    def reference(self) -> Function:
        """A right answer."""
        return self.source

    def wrong(self, *misconceptions: Misconception) -> Function:
        """The answer of somebody who has these misconceptions."""
        return changed(self.source, lambda function: function, misconceptions)

    def questions(self, rng: np.random.Generator) -> list[Question]:
        """Six flat and six steep valleys, and the first of them again.

        Twice the budget is answered, so that a search that exceeds it is seen whole.
        """
        found = []
        for name in (FLAT, STEEP) * 6:
            number, seed = (int(n) for n in rng.integers(2**32, size=2))
            run = Trainings(name, number, 2 * CALLS)
            arguments = {"run": run, "budget": CALLS, "rng": Seed(seed)}
            found.append(Question(name, arguments))
        return [*found, found[0]]

    def judge(
        self, questions: Sequence[Question], replies: Sequence[Reply]
    ) -> Judgement:
        """The values are trained with again here; calls and draws were counted."""
        problems = [reply.problem for reply in replies if reply.problem]
        nothing = {one.name: 0 for one in self.properties}
        if problems:
            spent = any("BudgetSpent" in problem.said for problem in problems)
            named = self._by_name(["over_budget"] if spent else [])
            said = (*(one.said for one in named), f"{self.name}: {problems[0].said}")
            return Judgement(self, WRONG if spent else ERROR, nothing, named, said)
        if any(np.ndim(value) for reply in replies for value in reply.values[0]):
            said = (f"{self.name} must return two numbers, alpha and beta.",)
            return Judgement(self, WRONG, nothing, (), said)
        found = Found(questions, replies)
        drawn = found.drew and found.repeats and not found.tried
        holds = {
            FLAT: all(found.good[FLAT]),
            STEEP: all(found.good[STEEP]),
            BUDGET: found.searched and found.calls <= CALLS,
            GENERATOR: found.searched and drawn,
        }
        earned = {p.name: p.points if holds[p.name] else 0 for p in self.properties}
        points = sum(earned.values())
        status = CORRECT if all(holds.values()) else PARTIAL if points else WRONG
        named = self._by_name(found.names())
        said = tuple(one.said for one in named)
        if status != CORRECT and not named:
            said = tuple(
                f"{self.name}: expected is that {one.said}."
                for one in self.properties
                if not holds[one.name]
            )[:1]
        return Judgement(self, status, earned, named, said)

    def _by_name(self, names: Sequence[str]) -> tuple[Misconception, ...]:
        return tuple(one for one in self.misconceptions if one.name in names)


class Found:
    """What the replies to all questions have in common.

    tried: the misconceptions that show in what was given to run.
    """

    def __init__(self, questions: Sequence[Question], replies: Sequence[Reply]):
        searches = [
            OneSearch(question.arguments["run"], reply)
            for question, reply in zip(questions, replies, strict=True)
        ]
        self.searches = searches
        self.calls = max(reply.calls for reply in replies)
        self.searched = all(reply.calls for reply in replies)
        self.drew = all(reply.drew for reply in replies)
        # the last question is the first one again
        self.repeats = equal(replies[0].values, replies[-1].values)
        self.good = {
            about: [
                one.low and one.best
                for one, question in zip(searches, questions)
                if question.about == about
            ]
            for about in (FLAT, STEEP)
        }
        self.tried = self._what_was_tried() if self.searched else []

    def names(self) -> list[str]:
        """Of the misconceptions that these replies show, two at most."""
        if not any(one.asked for one in self.searches):
            return ["unasked"]
        found = [*self.tried]
        if not self.tried and not all(one.low for one in self.searches):
            found.append("few" if self.calls <= CALLS // 2 else "")
        if not all(one.best for one in self.searches):
            found.append(self._what_was_returned())
        if self.calls > CALLS:
            found.append("over_budget")
        if not self.drew and self.searched:
            found.append("own_seed" if self.repeats else "own_generator")
        return [name for name in found if name][:MOST_NAMED]

    def _what_was_tried(self) -> list[str]:
        """How alpha and beta were drawn, if not from the ranges that are given."""
        if all(len(set(one.asked)) == 1 < len(one.asked) for one in self.searches):
            return ["same_pair"]
        if self.calls <= CALLS // 2:
            return []  # too few to tell
        alphas, betas = np.array([p for one in self.searches for p in one.asked]).T
        constant = all(len({b for _, b in one.asked}) == 1 for one in self.searches)
        small_betas = bool(not constant and np.mean(betas < 0.1) > 0.6)
        if small_betas and np.mean(alphas < 0.1) < 0.4:
            return ["swapped_call"]
        beta = "constant_beta" if constant else "beta_by_exponent" * small_betas
        return [name for name in (alpha_drawn(alphas), beta) if name]

    def _what_was_returned(self) -> str:
        """Why that is not the best of what was tried."""
        if {"swapped_call", "above_one"} & set(self.tried):
            return ""  # which explain it
        if len({one.value for one in self.searches}) == 1:
            return "fixed"
        if all(one.losses_of(one.value[::-1]) for one in self.searches):
            return "returns_beta_alpha"
        if all(one.losses_of(one.power) for one in self.searches):
            return "returns_exponent"
        if not all(one.losses_of(one.value) for one in self.searches):
            return "untried"
        return "highest" if all(one.highest for one in self.searches) else "not_best"


class OneSearch:
    """What one search tried, with the losses, and what it returned.

    low: whether its loss is low enough; best, highest: of what was tried.
    """

    def __init__(self, trainings: Trainings, reply: Reply):
        alpha, beta = map(float, reply.values[0])
        self.value: Pair = alpha, beta
        self.power: Pair = 10.0 ** min(alpha, 300.0), beta
        self.asked = reply.asked
        self.losses = [train(trainings, *pair) for pair in reply.asked]
        own = min(self.losses_of(self.value), default=math.nan)
        self.low = reached(trainings, *self.value)
        self.best = own <= min(self.losses, default=math.inf)
        finite = [loss for loss in self.losses if math.isfinite(loss)]
        self.highest = own >= max(finite, default=math.inf)

    def losses_of(self, pair: Pair) -> list[float]:
        """The losses of this pair, none if it was not tried; float32 is near enough."""
        return [
            loss
            for loss, tried in zip(self.losses, self.asked)
            if all(map(partial(math.isclose, rel_tol=1e-5), pair, tried))
        ]


def alpha_drawn(alphas: np.ndarray) -> str:
    """How alpha was drawn, if not with an even exponent from -5 to 0."""
    low, high = float(alphas.min()), float(alphas.max())
    if low >= 1:
        return "above_one"
    if low == high:
        return "constant_alpha"
    if np.mean(alphas > 0.1) > 0.8:
        return "even"
    if LEAST_POWER <= low < 1.25 * LEAST_POWER and high > HIGH:
        return "natural"
    if low > LOW or high < HIGH:
        return "narrow"
    with np.errstate(all="ignore"):  # of an alpha that is 0 or negative
        exponents = np.log10(alphas)
    return "whole" if np.allclose(exponents, np.round(exponents), 0, 1e-9) else ""
