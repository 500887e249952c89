"""What the lecture's four sentences are worth here, by one rule (lecture 1.8.1).

A sentence says of pairs of algorithms which has the lower error. In a pair, one is
separated from the other when it has the lower error in so many independent searches
that a fair coin would do as well at most once in twenty (a sign test; ties are left
out). A sentence is

- "shown" when all its pairs are separated as it says;
- "not so here" when one of its pairs is separated the other way round, at a level
  divided by the number of pairs, since there are as many occasions to err;
- "not separated" otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np

from lez10.experiments.results import Results

Array = Any
LEVEL = 0.05
SHOWN, NOT_SEPARATED, NOT_SO = "shown", "not separated", "not so here"
Cell = tuple[str, str]  # protocol, rule
Pair = tuple[Cell, Cell]  # the first is said to have the lower error


@dataclass(frozen=True)
class Sentence:
    """One panel of the lecture, and what it says of it.

    worst, best: the rules that are said to be so; improved: a rule that is said to be
    better than under the protocol of that name.
    """

    protocol: str
    text: str
    worst: str | None = None
    best: str | None = None
    improved: tuple[str, str] | None = None

    def pairs(self, rules: Iterable[str]) -> list[Pair]:
        """Which is said to be better than which, each pair once."""
        here = [(self.protocol, rule) for rule in rules]
        found: list[Pair] = []
        if self.worst:
            last = (self.protocol, self.worst)
            found += [(other, last) for other in here if other != last]
        if self.best:
            first = (self.protocol, self.best)
            found += [(first, other) for other in here if other != first]
        if self.improved:
            rule, before = self.improved
            found.append(((self.protocol, rule), (before, rule)))
        return list(dict.fromkeys(found))


SENTENCES = (
    Sentence(
        "alpha", "With a constant α, and α alone tuned, Adam is the worst.", "adam"
    ),
    Sentence(
        "alpha-scheduled",
        "With a falling α, and nothing else tuned, Adam is the worst and momentum the "
        "best.",
        worst="adam",
        best="momentum",
    ),
    Sentence(
        "all",
        "With all its hyperparameters tuned, and a constant α, Adam does better than "
        "with α alone tuned.",
        improved=("adam", "alpha"),
    ),
    Sentence(
        "all-scheduled",
        "With all hyperparameters tuned, and a falling α, Adam is the best.",
        best="adam",
    ),
)


@dataclass(frozen=True)
class Verdict:
    """What became of a sentence: agree of the searches have it just as it says.

    separated, reversed: its pairs that are separated as it says, or the other way;
    undecided: the rest.
    """

    sentence: Sentence
    verdict: str
    agree: int
    searches: int
    separated: tuple[Pair, ...]
    reversed: tuple[Pair, ...]
    undecided: tuple[Pair, ...]


def verdicts(
    results: Results, workload: str, budget: int | None = None
) -> list[Verdict]:
    """The four sentences, judged by a workload's searches at a budget of trials."""
    return [judge(results, workload, sentence, budget) for sentence in SENTENCES]


def judge(
    results: Results, workload: str, sentence: Sentence, budget: int | None = None
) -> Verdict:
    """One sentence, by the rule at the top of this module."""
    pairs = sentence.pairs(results.rules)
    errors = {
        cell: results.errors(workload, *cell, budget)
        for cell in {cell for pair in pairs for cell in pair}
    }
    ways: dict[str, list[Pair]] = {NOT_SO: [], NOT_SEPARATED: [], SHOWN: []}
    for low, high in pairs:
        if separated(errors[low], errors[high]):
            ways[SHOWN].append((low, high))
        elif separated(errors[high], errors[low], LEVEL / len(pairs)):
            ways[NOT_SO].append((low, high))
        else:
            ways[NOT_SEPARATED].append((low, high))
    holds = np.all([errors[low] < errors[high] for low, high in pairs], axis=0)
    return Verdict(
        sentence,
        next(way for way in ways if ways[way]),  # one pair that fails is enough
        int(holds.sum()),
        results.searches,
        *(tuple(ways[way]) for way in (SHOWN, NOT_SO, NOT_SEPARATED)),
    )


def leaders(
    results: Results, workload: str, protocol: str, budget: int | None = None
) -> list[str]:
    """The rules that no other rule is separated from as the better one."""
    errors = {
        rule: results.errors(workload, protocol, rule, budget) for rule in results.rules
    }
    level = LEVEL / (len(errors) - 1)
    return [
        rule
        for rule in errors
        if not any(separated(errors[o], errors[rule], level) for o in errors)
    ]


def separated(low: Array, high: Array, level: float = LEVEL) -> bool:
    """Whether low is below high in more searches than a coin would give it.

    low, high: errors of two rules in the same searches, (searches,). Ties are left
    out.
    """
    wins, losses = int(np.sum(low < high)), int(np.sum(low > high))
    return chance(wins, wins + losses) <= level


def chance(heads: int, tosses: int) -> float:
    """The probability that a fair coin shows at least so many heads."""
    return sum(comb(tosses, n) for n in range(heads, tosses + 1)) / 2**tosses
