"""Judging functions that draw: what counts is the distribution, and whose generator.

Every test below holds for two correct samples of n normal numbers but for a chance that
is bounded, for every n that is asked for, not just in the limit (``false_alarm``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import log, sqrt

import numpy as np

from lez10.grading.asking import Question, Reply
from lez10.grading.judging import CORRECT, PARTIAL, WRONG, Judgement, judge
from lez10.grading.task import Task

CHANCE = 1e-9  # of a false alarm, in one test of one question
GENERATOR = "generator"  # the property that the given generator is the only one


@dataclass(frozen=True)
class RandomTask(Task):
    """A task whose answers are compared by what they have in common.

    Two questions about GENERATOR with the same seed must get the same numbers, which
    no comparison of a single question can see. explained: says what is wrong with the
    replies in a sentence, or in none; the property that fails is said then.
    """

    explained: Callable[[Sequence[Question], Sequence[Reply]], str] | None = None

    def judge(
        self, questions: Sequence[Question], replies: Sequence[Reply]
    ) -> Judgement:
        """As other tasks; but no numbers are shown, since those are only one draw."""
        found = judge(self, questions, replies)
        earned, said = dict(found.earned), list(found.said)
        problems = [reply.problem for reply in replies if reply.problem]
        said_of = {one.name: one.said for one in self.properties}
        missing = [name for name, points in earned.items() if not points]
        if missing and not found.named and not changed(replies):
            seen = self.explained(questions, replies) if self.explained else ""
            # what is no number is what was seen, in the code's words and not in ours
            others = [one.said for one in problems if not seen or one.kind != "type"]
            said = [seen] if seen else []
            said += [f"{self.name}: {one}" for one in others[:1]]
            said = said or [f"{self.name}: expected is that {said_of[missing[0]]}."]
        if earned[GENERATOR] and not repeats(questions, replies):
            earned[GENERATOR] = 0
            said.append(
                f"{self.name} gives other numbers when it gets a generator in the same "
                "state again: draw from rng, and from nothing else."
            )
        points = sum(earned.values())
        status = CORRECT if points == self.points else PARTIAL if points else WRONG
        status = found.status if earned == found.earned else status
        return replace(found, status=status, earned=earned, said=tuple(said))


def changed(replies: Sequence[Reply]) -> bool:
    """Whether some argument was changed in place."""
    return any(reply.changed for reply in replies)


def repeats(questions: Sequence[Question], replies: Sequence[Reply]) -> bool:
    """Whether questions with the same seed got the same numbers."""
    first: dict[str, Reply] = {}
    for question, reply in zip(questions, replies, strict=True):
        if question.about == GENERATOR:
            before = first.setdefault(repr(question.arguments), reply)
            if not equal(before.values, reply.values):
                return False
    return True


def equal(one: Sequence[tuple], other: Sequence[tuple]) -> bool:
    """Whether two lists of values hold the same numbers."""
    return len(one) == len(other) and all(
        len(a) == len(b) and all(map(np.array_equal, a, b)) for a, b in zip(one, other)
    )


def use_of_generator(reply: Reply) -> tuple[bool, bool]:
    """Whether it was used, and whether two calls in a row gave the same numbers."""
    first, second = reply.values
    return reply.drew, equal([first], [second])


def same_moments(one: np.ndarray, other: np.ndarray, chance: float = CHANCE) -> bool:
    """Whether two samples of n normal numbers agree in mean and variance.

    Of the variances: n s^2 / sigma^2 is chi squared, whose tails Laurent and Massart
    (2000, lemma 1) bound. Of the means: a normal tail, with the larger of the two
    variances that the first test allows.
    """
    if one.size != other.size or not one.size:
        return False
    n, t = one.size, log(8 / chance)  # four tails, and as much again for the mean
    a, b = np.var(one, dtype=float), np.var(other, dtype=float)
    high, low = 1 + 2 * sqrt(t / n) + 2 * t / n, 1 - 2 * sqrt(t / n) - 1 / n
    if not low * max(a, b) <= high * min(a, b):
        return False
    distance = abs(np.mean(one, dtype=float) - np.mean(other, dtype=float))
    # P(|N| > z) <= 2 exp(-z^2 / 2); sigma^2 is at most the larger variance / low
    return bool(distance <= sqrt(2 * t * (2 / n) * max(a, b) / low))


def same_distribution(
    one: np.ndarray, other: np.ndarray, chance: float = CHANCE
) -> bool:
    """Two Kolmogorov-Smirnov tests, of the numbers and of their sizes, and the moments.

    The second sees twice the distance where a symmetric distribution has other tails.
    """
    return same_moments(one, other, chance) and all(
        distance(a, b) <= largest_distance(a.size, chance)
        for a, b in ((one, other), (np.abs(one), np.abs(other)))
    )


def largest_distance(n: int, chance: float) -> float:
    """What two samples of n may differ by: P(D > d) <= 2 exp(-n d^2).

    The constant 2 holds for two samples of one size from n = 458 on (Wei, Dudley 2012).
    """
    return sqrt(log(4 / chance) / n)  # half of the chance for each of the two tests


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """The largest distance of two samples' distribution functions; inf if not finite.

    Both have the same size.
    """
    if one.size != other.size or not one.size:
        return np.inf
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return np.inf
    a, b = np.sort(np.ravel(one)), np.sort(np.ravel(other))
    # the largest distance is found where a jumps: just after it, or just before
    before = np.arange(a.size)
    above = (before + 1 - np.searchsorted(b, a, side="right")).max()
    below = (np.searchsorted(b, a, side="left") - before).max()
    return float(max(above, below) / a.size)


def false_alarm(samples: Sequence[int]) -> float:
    """A bound of the chance that a correct answer fails, by the samples' sizes."""
    assert min(samples) >= 458  # where the bound of largest_distance begins
    return 2 * len(samples) * CHANCE  # the moments, and the distribution
