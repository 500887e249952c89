"""Cells, questions and replies, as the tests of the sandbox need them."""

from pathlib import Path

import numpy as np

from lez10.grading.asking import PLAIN, Question
from lez10.grading.check import judged, questions_of
from lez10.grading.files import cells_of
from lez10.grading.sandbox.sandbox import Asking
from lez10.grading.statements import Cell
from lez10.grading.tasks import task_of, tasks_of

ROOT = Path(__file__).parents[2]
STEP = """
def momentum_step(theta, v, grad, alpha, beta):
    v = beta * v - alpha * grad(theta)
    return theta + v, v
"""
RATE = "def predict_largest_momentum_rate():\n    return 0.152"


def askings_of(*names, seed=11):
    """The questions of tasks, by the names of their functions."""
    tasks = [task_of(name) for name in names]
    return [Asking(t.name, questions_of(t, seed), t.returns) for t in tasks]


def exercise(name, seed=11):
    """The cells of an exercise's solution, and the questions of its tasks."""
    cells = cells_of(ROOT / "solutions" / f"{name}.ipynb")
    return cells, askings_of(*(task.name for task in tasks_of(name)), seed=seed)


def points(asking, replies):
    """What the replies are worth."""
    return judged(task_of(asking.name), list(asking.questions), replies).points


def judgements(askings, found):
    """What the replies to each task are worth, and why."""
    return {
        one.name: judged(task_of(one.name), list(one.questions), found[one.name])
        for one in askings
    }


def right(askings, found):
    """Whether all tasks have full marks."""
    return all(
        points(one, found[one.name]) == task_of(one.name).points for one in askings
    )


def plain_value(value):
    """A returned value as something that can be compared."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    return repr(value)


def plain_replies(found):
    """All replies as something that can be compared, to the last bit."""
    return {
        name: [
            (
                [[plain_value(value) for value in call] for call in reply.values],
                reply.problem,
                reply.changed,
                reply.calls,
                reply.drew,
                reply.asked,
            )
            for reply in replies
        ]
        for name, replies in found.items()
    }


def asked(box, *cells, name="f"):
    """What a function without arguments returns in the sandbox, or its problem."""
    asking = Asking(name, [Question("", {})], PLAIN)
    found = box.answers([Cell(one) for one in cells], [asking])
    reply = found[name][0]
    return reply.problem or reply.values[0][0]


def seen(box, body):
    """As ``asked``, of a function with this body."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    return asked(box, f"def f():\n{lines}")
