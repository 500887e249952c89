"""Graders as they should not be: in the student's process, without any walls.

`python plain.py` reads the cells, the kind of grader and the task from standard input,
and prints the points: full ones or none. What an attack does here, it does for real.
"""

import json
import sys
from contextlib import nullcontext
from types import GeneratorType

import numpy as np
from attacks import AFTER, ALLCLOSE, CHECK, DIFFERENCE, EQUAL, PICKLE, UNSTOPPED

from lez10.grading.asking import handed
from lez10.grading.check import checking, questions_of
from lez10.grading.tasks import task_of
from lez10.grading.tuning import train
from lez10.time_limit import time_limit

SEED = 5
LIMIT = 0.5  # seconds, for attacks that say they beat a limit


def points(cells, grader, name):
    """What a grader of this kind gives for the function of the cells."""
    task = task_of(name)
    if grader == CHECK:
        namespace = run(cells)
        return checking(task, namespace[name], SEED).points
    question = questions_of(task, SEED)[1 if name == "momentum_step" else 0]
    arguments = [handed(value, train) for value in question.arguments.values()]
    expected = None
    if grader != AFTER:  # the reference is asked before, for once
        expected = answer(task, question)
    namespace = run(cells)
    with time_limit(LIMIT) if grader == UNSTOPPED else nullcontext():
        got = namespace[name](*arguments)
        got = list(got) if isinstance(got, GeneratorType) else got
    if grader == AFTER:
        expected = task.reference(*arguments)
    return task.points if alike(grader, got, expected) else 0


def answer(task, question):
    """The right answer."""
    if hasattr(task, "right"):
        return task.right()
    arguments = (handed(value, train) for value in question.arguments.values())
    return task.reference(*arguments)


def run(cells):
    """The namespace in which the cells have been run, one after the other."""
    namespace = {"__name__": "__main__"}
    for cell in cells:
        exec(compile(cell, "cell", "exec"), namespace)
    return namespace


def alike(grader, got, expected):
    """Whether the answer passes, in one of the ways that graders compare."""
    if grader == EQUAL:
        return bool(got == expected)
    if grader == ALLCLOSE:
        return all(np.allclose(a, b) for a, b in zip(got, expected))
    if grader == DIFFERENCE:
        with np.errstate(all="ignore"):
            off = [np.max(np.abs(a - b) / np.abs(a)) for a, b in zip(got, expected)]
        return not max(off) > 1e-6
    if grader == PICKLE:
        import pickle

        got = pickle.loads(pickle.dumps(got))
    try:
        for a, b in zip(got, expected):
            np.testing.assert_allclose(a, b)
    except AssertionError:
        return False
    return True


if __name__ == "__main__":
    sys.setrecursionlimit(1000)
    result = {"points": points(*json.load(sys.stdin))}
    print(json.dumps(result))
