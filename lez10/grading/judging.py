"""Judging replies: which properties hold, and which misconception they equal.

Replies are raw numbers, from wherever they were asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lez10.grading.asking import MANY, Landscape, Question, Reply, ask
from lez10.grading.misconceptions import Misconception
from lez10.grading.task import UNTOUCHED, Task

CORRECT, PARTIAL, WRONG, ERROR = "correct", "partial", "wrong", "error"
COARSE = 2e-4  # what float32 may differ by, relative
MOST_SHOWN = 12  # numbers of an array; a larger one is named by its shape


@dataclass(frozen=True)
class Judgement:
    """What an answer is worth, and why.

    earned: points by property; status: correct, partial, wrong or error; named: the
    misconceptions that the answer equals, none, one or two; said: sentences for the
    student, the most important first.
    """

    task: Any  # a Task, a Prediction or a Tuning
    status: str
    earned: dict[str, int]
    named: tuple[Misconception, ...]
    said: tuple[str, ...]

    @property
    def points(self) -> int:
        """What was earned in all."""
        return sum(self.earned.values())


def judge(
    task: Task, questions: Sequence[Question], replies: Sequence[Reply]
) -> Judgement:
    """Compare replies with those of the reference, and explain what differs."""
    right = [ask(task.reference, question, task.returns) for question in questions]
    triples = list(zip(questions, replies, right, strict=True))
    holds = [alike(task, *triple) for triple in triples]
    earned = {}
    for one in task.properties:
        if one.name == UNTOUCHED:  # nothing for an answer that does nothing right
            good = any(holds) and not any(reply.changed for reply in replies)
        else:
            its = [ok for ok, q in zip(holds, questions) if q.about == one.name]
            good = bool(its) and all(its)
        earned[one.name] = one.points if good else 0
    said: list[str] = []
    named: tuple[Misconception, ...] = ()
    problems = [reply.problem for reply in replies if reply.problem]
    if not all(holds):
        named = diagnosis(task, questions, replies, holds)
        said += [one.said for one in named]
        if problems:
            said.append(f"{task.name}: {problems[0].said}")
        wrong = [t for t, ok in zip(triples, holds) if not ok and not t[1].problem]
        if wrong and not named:
            said.append(first_difference(task, wrong))
    if changed := sorted({name for reply in replies for name in reply.changed}):
        said.append(
            f"{task.name} changes the caller's {' and '.join(changed)}, as "
            f"{changed[0]} += … and {changed[0]}[0] = … do: make a new array, as "
            f"{changed[0]} = {changed[0]} + … does."
        )
    total, points = task.points, sum(earned.values())
    status = CORRECT if points == total else PARTIAL if points else WRONG
    if problems and not points:
        status = ERROR
    return Judgement(task, status, earned, named, tuple(said))


def alike(task: Task, question: Question, one: Reply, other: Reply) -> bool:
    """Whether two replies to a question count as the same."""
    if one.problem or other.problem or len(one.values) != len(other.values):
        return False
    if task.alike is not None:
        try:
            return task.alike(question, one, other)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return False  # of a shape, or a kind, that the task did not foresee
    return place_of_difference(task.tolerance, one, other) is None


def place_of_difference(
    tolerance: float, one: Reply, other: Reply
) -> tuple[int, int] | None:
    """The first call and the first value in it that differ, None if none does."""
    for call, (mine, theirs) in enumerate(zip(one.values, other.values)):
        for n, (a, b) in enumerate(zip(mine, theirs)):
            if not near(a, b, tolerance):
                return call, n
    return None


def near(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    """The same shape, and the same numbers within tolerance of the largest."""
    if np.shape(a) != np.shape(b):
        return False
    if np.asarray(a).dtype.kind not in "biuf":  # a letter, where a number is asked
        return False
    allowed = COARSE if np.asarray(a).dtype == np.float32 else tolerance
    a, b = np.asarray(a, float), np.asarray(b, float)
    finite = np.isfinite(a) & np.isfinite(b)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    a, b = a[finite], b[finite]
    scale = max(np.abs(b).max(initial=0.0), 1e-300)
    return bool(np.all(np.abs(a - b) <= allowed * scale))


def diagnosis(
    task: Task,
    questions: Sequence[Question],
    replies: Sequence[Reply],
    holds: Sequence[bool],
) -> tuple[Misconception, ...]:
    """The misconception, or the two, whose answers equal these; none if none do.

    Asked are the questions that got numbers; at least one of them must tell the wrong
    way from the right one.
    """
    usable = [
        (question, reply)
        for question, reply in zip(questions, replies, strict=True)
        if not reply.problem
    ]
    if all(ok for ok, reply in zip(holds, replies) if not reply.problem):
        return ()
    for one in task.misconceptions:
        if equals(task, task.wrong(one), usable):
            return (one,)
    for pair in task.pairs():  # only now, since to make them all takes time
        if equals(task, task.wrong(*pair), usable):
            return pair
    return ()


def equals(
    task: Task,
    function: Callable,
    asked: Sequence[tuple[Question, Reply]],
) -> bool:
    """Whether a function would have given these replies."""
    for question, reply in asked:
        try:
            with np.errstate(all="ignore"):
                would = ask(function, question, task.returns)
        except Exception:  # a wrong way, or two at once, that cannot run at all
            return False
        if not alike(task, question, reply, would):
            return False
    return True


def first_difference(
    task: Task,
    wrong: Sequence[tuple[Question, Reply, Reply]],
) -> str:
    """Where the smallest of these questions goes wrong, with its numbers."""
    question, mine, right = min(wrong, key=lambda t: (t[0].times, size(t[0])))
    place = place_of_difference(task.tolerance, mine, right)
    if place is None:
        return f"{task.name}: {question.about} is not as it should be."
    call, n = place
    got, expected = mine.values[call][n], right.values[call][n]
    name = f"array {n + 1}" if task.returns == MANY else task.returns[n]
    given = ", ".join(f"{k} = {shown(v)}" for k, v in question.arguments.items())
    when = " in the first step" if question.feeds else ""  # else there are no steps
    when = f" in step {call + 1}" if question.times > 1 else when
    if np.shape(got) != np.shape(expected):
        return (
            f"{task.name}({given}): {name} must {in_words('have', np.shape(expected))}"
            f"{when}, but {in_words('has', np.shape(got))}."
        )
    return (
        f"{task.name}({given}): {name} differs{when}: expected {shown(expected)}, "
        f"got {shown(got)}."
    )


def in_words(have: str, shape: tuple[int, ...]) -> str:
    """A shape after "have" or "has"."""
    if shape:
        return f"{have} the shape {shape}"
    return "be a single number" if have == "have" else "is a single number"


def size(question: Question) -> int:
    """How many numbers a question holds."""
    return sum(np.size(v) for v in question.arguments.values() if not named_tuple(v))


def named_tuple(value: object) -> bool:
    """Whether an argument stands for something that is no number."""
    return isinstance(value, tuple)


def shown(value: object) -> str:
    """An argument or a result, short enough to check by hand."""
    if isinstance(value, Landscape):  # to be pasted, and tried by hand
        curvature, centre, waves = (shown(part) for part in value)
        return f"lambda x: {curvature} * (x - {centre}) + {waves} * np.cos(x)"
    if isinstance(value, tuple):
        return type(value).__name__.lower()
    array = np.asarray(value)
    if array.size > MOST_SHOWN:
        return f"an array of shape {array.shape}"
    return np.array2string(array, precision=6, separator=", ").replace("\n", "")
