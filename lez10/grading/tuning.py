"""A search that the student writes, and the trainings that it may ask for.

What it returns is run again here. The trainings are momentum (lecture 1.3) down the
quadratics of seeded valleys, half of them flat and half steep, so that no fixed values
are good for all of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from lez10.grading.asking import Question, Reply, Seed, Train, Trainings
from lez10.grading.judging import CORRECT, ERROR, PARTIAL, WRONG, Judgement
from lez10.grading.misconceptions import Misconception, changed
from lez10.grading.randomness import equal
from lez10.grading.task import Function, Property
from lez10.optimizers import State, momentum

Array = Any
FLAT, STEEP = "flat", "steep"
BUDGET, GENERATOR = "budget", "generator"
STEEPNESS = {FLAT: (0.3, 0.8), STEEP: (2.7, 3.0)}  # of the largest curvature, log10
CALLS, STEPS, CONDITION = 50, 20, 20.0
ALPHAS, BETAS = (-5, 0), (0, 0.99)  # where to search: log10 of alpha, beta
GOOD, BAD = 0.3, 0.8  # shares of the settings: 50 draws miss the good once in 5e7
LEAST_POWER = math.exp(-5)  # the smallest alpha where e stands in the place of 10


def curvatures(trainings: Trainings) -> tuple[float, float]:
    """The two of a valley."""
    low, high = STEEPNESS[trainings.name]
    largest = float(10 ** np.random.default_rng(trainings.seed).uniform(low, high))
    return largest, largest / CONDITION


def losses(trainings: Trainings, alpha: Array, beta: Array) -> Array:
    """After 20 steps, as a share of the loss at the start; numbers or arrays."""
    both = curvatures(trainings)
    loss = 0.0 * alpha * beta
    for curvature in both:  # component by component: floats are faster than arrays
        state = State(1.0)
        grad = lambda theta, curvature=curvature: curvature * theta
        for _ in range(STEPS):
            state = momentum(state, grad, alpha=alpha, beta=beta)
        loss = loss + curvature * state.theta * state.theta / sum(both)
    return loss


def train(trainings: Trainings, alpha: float, beta: float) -> float:
    """The loss at the end, inf if the run diverged."""
    loss = losses(trainings, float(alpha), float(beta))
    return loss if math.isfinite(loss) else math.inf


@cache
def quantile(trainings: Trainings, share: float) -> float:
    """The loss that this share of all settings reaches, by a grid of them."""
    alphas = 10 ** np.linspace(*ALPHAS, 41)[:, None]
    with np.errstate(all="ignore"):
        grid = losses(trainings, alphas, np.linspace(*BETAS, 12))
    grid = np.sort(np.where(np.isfinite(grid), grid, np.inf), axis=None)
    return float(grid[int(share * grid.size)])


def reached(trainings: Trainings, alpha: float, beta: float) -> bool:
    """Whether a setting is good enough."""
    return train(trainings, alpha, beta) <= quantile(trainings, GOOD)


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
        holds = {
            FLAT: all(found.reached[FLAT]),
            STEEP: all(found.reached[STEEP]),
            BUDGET: found.searched and found.calls <= CALLS,
            GENERATOR: found.searched and found.drew and found.repeats,
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
    """What the replies to all questions have in common."""

    def __init__(self, questions: Sequence[Question], replies: Sequence[Reply]):
        runs = [question.arguments["run"] for question in questions]
        values = [tuple(map(float, reply.values[0])) for reply in replies]
        self.values = values
        good = [reached(run, *pair) for run, pair in zip(runs, values)]
        self.reached = {
            about: [ok for ok, q in zip(good, questions) if q.about == about]
            for about in (FLAT, STEEP)
        }
        self.missed = good.count(False)
        self.exchanged = all(reached(run, *p[::-1]) for run, p in zip(runs, values))
        bad = [train(run, *p) >= quantile(run, BAD) for run, p in zip(runs, values)]
        self.all_bad = all(bad)
        up = [train(run, *pair) > 1 for run, pair in zip(runs, values)]
        steep = [question.about == STEEP for question in questions]
        self.up_steep = any(u for u, is_so in zip(up, steep) if is_so)
        self.alphas_steep = [p[0] for p, is_so in zip(values, steep) if is_so]
        self.calls = max(reply.calls for reply in replies)
        self.searched = all(reply.calls for reply in replies)
        self.asked = any(reply.calls for reply in replies)
        self.drew = all(reply.drew for reply in replies)
        # the last question is the first one again
        self.repeats = equal(replies[0].values, replies[-1].values)

    def names(self) -> list[str]:
        """Of the misconceptions that these replies show."""
        found = []
        if not all(self.reached[FLAT] + self.reached[STEEP]):
            found.append(self._why())
        if self.calls > CALLS:
            found.append("over_budget")
        if not self.drew and self.searched:
            found.append("own_seed" if self.repeats else "own_generator")
        return [name for name in found if name]

    def _why(self) -> str:
        """The reason why a loss was not reached."""
        if not self.asked:
            return "unasked"
        if len(set(self.values)) == 1:
            return "fixed"
        if self.exchanged:
            return "returns_beta_alpha"
        if self.all_bad:
            return "highest"
        if self.calls <= CALLS // 2:
            return "few"
        if all(self.reached[FLAT]):
            return self._too_large() if self.up_steep else ""
        # the best of a poor search may miss one or two; any other misses most
        return "not_best" if self.missed >= 3 else ""

    def _too_large(self) -> str:
        """How alpha was drawn where none was small enough for a steep valley.

        The best there is nearly the smallest of 50 draws: for powers of e just above
        e^-5, for even draws in one valley twice as large as in another and more, for
        a narrow range of exponents always at its lower end.
        """
        low, high = min(self.alphas_steep), max(self.alphas_steep)
        if LEAST_POWER <= low < 1.25 * LEAST_POWER and high < 2 * LEAST_POWER:
            return "natural"
        return "even" if high > 2 * low else "narrow"
