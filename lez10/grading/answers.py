"""Tasks whose answer is no algorithm: predictions, and hyperparameters to be tuned.

Both are functions without arguments. What is right is computed when it is asked for,
by the same code that the notebooks show.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lez10.grading.asking import PLAIN, Question, Reply
from lez10.grading.judging import CORRECT, ERROR, PARTIAL, WRONG, Judgement
from lez10.grading.task import Property

HUGE = 1e6  # times the loss at the start: beyond that a run has diverged
# How much an answer may be off, as a share: a whole number, one of at most three
# digits, and one of more that may be rounded to three.
WHOLE, EXACT, ROUNDED = 1e-9, 1e-3, 5e-3
CLOSE = 0.02  # so near to what is right that it must have been rounded, or read off


@dataclass(frozen=True)
class Prediction:
    """A number or a letter, to be foreseen.

    name: of the function, predict_…; asked: the question, in one sentence; right:
    computes the answer, a number or a letter; wrong: computes answers that have a
    sentence of their own, numbers or letters. tolerance: relative, for numbers.
    """

    name: str
    exercise: str
    section: str
    asked: str
    points: int
    right: Callable[[], float | str]
    wrong: Mapping[str, Callable[[], float | str]]
    hints: tuple[str, str, str]
    tolerance: float = EXACT
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
        reply, right = replies[0], self.right()
        if reply.problem:
            why = reply.problem.said
            if reply.problem.kind == "type":  # it does not know what is asked for
                why = f"it must return {self._wanted(right)}."
            said = (f"{self.name}: {why}",)
            return Judgement(self, ERROR, {"answer": 0}, (), said)
        answer = reply.values[0][0]
        if off(answer, right) <= self.tolerance:
            return Judgement(self, CORRECT, {"answer": self.points}, (), ())
        said = (self._why(answer, right),)
        return Judgement(self, WRONG, {"answer": 0}, (), said)

    def _wanted(self, right: float | str) -> str:
        if not isinstance(right, str):
            return "a number"
        *others, last = sorted({right, *(str(of()) for of in self.wrong.values())})
        return f"the letter {', '.join(others)} or {last}"

    def _why(self, answer: Any, right: float | str) -> str:
        """The sentence of the nearest wrong answer, if one is near."""
        away = {text: off(answer, of()) for text, of in self.wrong.items()}
        near = {
            text: share
            for text, share in away.items()
            if share <= max(ROUNDED, self.tolerance)
        }
        if near:
            return min(near, key=lambda text: near[text])
        got = f"{answer:.10g}" if isinstance(answer, float) else repr(answer)
        # a letter that is none of those, too; what was returned is never an int
        if isinstance(right, str) or not isinstance(answer, float):
            return f"{self.name} must return {self._wanted(right)}, got {got}."
        if off(answer, right) <= CLOSE:
            return f"{self.name}: {got} is close to what happens, but not exact enough."
        return f"{self.name}: {got} is not what happens."


def off(answer: Any, value: float | str) -> float:
    """By what share of a value an answer differs from it; inf for another letter."""
    if isinstance(value, str) or not isinstance(answer, float):
        same = isinstance(answer, str) and answer.upper() == value
        return 0.0 if same else math.inf
    if math.isnan(value) or math.isnan(answer):
        return 0.0 if math.isnan(value) and math.isnan(answer) else math.inf
    if answer == value:
        return 0.0
    return abs(answer - value) / abs(value) if value else math.inf


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
        *others, last = self.names
        names = f"{', '.join(others)} and {last}" if others else last
        if reply.problem:
            why = reply.problem.said
            if reply.problem.kind == "type":  # it does not know what is asked for
                each = f"each of {names}" if others else names
                why = f"it must return a dict with a number for {each}."
            said = (f"{self.name}: {why}",)
            return Judgement(self, ERROR, nothing, (), said)
        values = reply.values[0][0]
        if not isinstance(values, dict) or set(values) != set(self.names):
            more = isinstance(values, dict) and set(values) > set(self.names)
            what = f"{names} alone" if more else names
            said = (f"{self.name} must return a dict with {what}, got {values!r}.",)
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
