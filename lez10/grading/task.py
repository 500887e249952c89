"""A task: the one object that the student's check, the terminal and a class share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from lez10.grading.asking import Question, Reply
from lez10.grading.misconceptions import Misconception, changed, fits

if TYPE_CHECKING:
    from lez10.grading.judging import Judgement

Function = Callable[..., Any]


@dataclass(frozen=True)
class Property:
    """Something that an answer has or has not, and what it is worth."""

    name: str
    points: int
    said: str


UNTOUCHED = "untouched"  # the property that the caller's arrays stay as they are


@dataclass(frozen=True)
class Task:
    """What is asked of one function.

    name: of the function; exercise, section: where; signature, returns: names of what
    it takes and gives. properties: with their points. source: the reference in lez10,
    whose text misconceptions change; adapted: makes of it, or of a changed one, a
    function of the task's signature. questions: from a generator. alike: whether two
    replies to a question count as the same, None for numbers within ``tolerance``
    (relative to the largest of an array). hints: three, each says more than the last.
    """

    name: str
    exercise: str
    section: str
    signature: tuple[str, ...]
    returns: tuple[str, ...]
    properties: tuple[Property, ...]
    source: Function
    adapted: Callable[[Function], Function]
    questions: Callable[[np.random.Generator], list[Question]]
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, str, str]
    tolerance: float = 1e-5  # float32 somewhere on the way is right, too
    alike: Callable[[Question, Reply, Reply], bool] | None = None
    bonus: bool = False

    @property
    def points(self) -> int:
        """What the whole task is worth."""
        return sum(one.points for one in self.properties)

    @cached_property
    def reference(self) -> Function:
        """The right answer."""
        return self.adapted(self.source)

    def wrong(self, *misconceptions: Misconception) -> Function:
        """The answer of somebody who has these misconceptions."""
        return changed(self.source, self.adapted, misconceptions)

    def judge(
        self, questions: Sequence[Question], replies: Sequence[Reply]
    ) -> "Judgement":
        """What an answer is worth, and why."""
        from lez10.grading.judging import judge  # it knows tasks

        return judge(self, questions, replies)

    def pairs(self) -> list[tuple[Misconception, Misconception]]:
        """The misconceptions that one can have at once."""
        return [
            (one, two)
            for one, two in combinations(self.misconceptions, 2)
            if fits(self.source, one, two)
        ]
