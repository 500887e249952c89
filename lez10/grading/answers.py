"""Tasks whose answer is no algorithm: predictions, and hyperparameters to be tuned.

Both are functions without arguments. What is right is computed when it is asked for,
by the same code that the notebooks show.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lez10.grading.asking import PLAIN, Question, Reply
from lez10.grading.judging import CORRECT, ERROR, PARTIAL, WRONG, Judgement
from lez10.grading.task import Property

HUGE = 1e6  # times the loss at the start: beyond that a run has diverged


@dataclass(frozen=True)
class Prediction:
    """A number or a letter, to be foreseen.

    name: of the function, predict_…; asked: the question, in one sentence; right:
    computes the answer, a number or a letter; wrong: computes answers that have a
    sentence of their own. tolerance: relative, for numbers.
    """

    name: str
    exercise: str
    section: str
    asked: str
    points: int
    right: Callable[[], float | str]
    wrong: Mapping[str, Callable[[], float | str]]
    hints: tuple[str, str, str]
    tolerance: float = 0.02
    signature: tuple[str, ...] = ()
    returns: tuple[str, ...] = PLAIN
    bonus: bool = False

    @property
    def properties(self) -> tuple[Property, ...]:
        """It is right, or it is not."""
        return (Property("answer", self.points, "the answer is right"),)

    def questions(self, rng: np.random.Generator) -> list[Question]:
        """One, the same for everybody."""
        return [Question("answer", {})]

    def judge(
        self, questions: Sequence[Question], replies: Sequence[Reply]
    ) -> Judgement:
        """Right, or wrong for a reason that is known, or just wrong."""
        reply = replies[0]
        if reply.problem:
            said = (f"{self.name}: {reply.problem.said}",)
            return Judgement(self, ERROR, {"answer": 0}, (), said)
        answer, right = reply.values[0][0], self.right()
        if self._equal(answer, right):
            return Judgement(self, CORRECT, {"answer": self.points}, (), ())
        letter = isinstance(right, str)  # what was returned is a float, never an int
        if isinstance(answer, dict) or isinstance(answer, str) != letter:
            what = "one of the letters" if letter else "a number"
            said = (f"{self.name} must return {what}, got {answer!r}.",)
            return Judgement(self, WRONG, {"answer": 0}, (), said)
        known = [text for text, of in self.wrong.items() if self._equal(answer, of())]
        known += [f"{self.name}: {answer!r} is not what happens."]
        return Judgement(self, WRONG, {"answer": 0}, (), (known[0],))

    def _equal(self, answer: Any, right: float | str) -> bool:
        if isinstance(right, str) or isinstance(answer, str | dict):
            return isinstance(answer, str) and answer.upper() == right
        return abs(answer - right) <= self.tolerance * abs(right)


@dataclass(frozen=True)
class Tuning:
    """Hyperparameters with which a run reaches a loss within its steps.

    name: of the function, tuned_…, which returns a dict with ``names``; asked: what is
    wanted, in one sentence; loss: runs it, and returns the loss at the end, inf where
    the run diverged; target: the loss to reach.
    """

    name: str
    exercise: str
    section: str
    asked: str
    points: int
    names: tuple[str, ...]
    loss: Callable[..., float]
    target: float
    hints: tuple[str, str, str]
    signature: tuple[str, ...] = ()
    returns: tuple[str, ...] = PLAIN
    bonus: bool = False

    @property
    def properties(self) -> tuple[Property, ...]:
        """The run converges; it reaches the loss."""
        some = self.points // 3
        return (
            Property("converges", some, "the run gets better than its start"),
            Property("reaches", self.points - some, "the run reaches the loss"),
        )

    def questions(self, rng: np.random.Generator) -> list[Question]:
        """One, the same for everybody."""
        return [Question("reaches", {})]

    def judge(
        self, questions: Sequence[Question], replies: Sequence[Reply]
    ) -> Judgement:
        """The values are run again here; what the student says of them is no proof."""
        reply, nothing = replies[0], {one.name: 0 for one in self.properties}
        if reply.problem:
            said = (f"{self.name}: {reply.problem.said}",)
            return Judgement(self, ERROR, nothing, (), said)
        values = reply.values[0][0]
        if not isinstance(values, dict) or set(values) != set(self.names):
            said = (
                f"{self.name} must return a dict with {', '.join(self.names)}, got "
                f"{values!r}.",
            )
            return Judgement(self, WRONG, nothing, (), said)
        try:
            loss = self.loss(**values)
        except ValueError as error:  # a rate below 0, a beta of 1
            return Judgement(self, WRONG, nothing, (), (f"{self.name}: {error}",))
        return self._judged(loss)

    def _judged(self, loss: float) -> Judgement:
        some, most = (one.points for one in self.properties)
        if loss <= self.target:
            earned = {"converges": some, "reaches": most}
            return Judgement(self, CORRECT, earned, (), ())
        start = self.loss(**dict.fromkeys(self.names, 0.0))  # a rate of 0 moves nothing
        better = bool(loss < start)
        earned = {"converges": some if better else 0, "reaches": 0}
        got = f"the loss is {loss:.3g}"
        if not loss < HUGE * start:
            got = "the loss grows without end, since the run diverges"
        said = f"{self.name}: {got}; it has to be at most {self.target:.3g}."
        return Judgement(self, PARTIAL if better else WRONG, earned, (), (said,))
