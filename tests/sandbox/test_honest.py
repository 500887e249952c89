"""Honest notebooks: the same replies as in the student's own check, to the last bit."""

import numpy as np
import pytest

from lez10.grading.asking import ask
from lez10.grading.calling import replies
from lez10.grading.statements import Cell
from lez10.grading.tasks import EXERCISES, task_of, tasks_of
from lez10.grading.tuning import train
from notebooks import askings_of, exercise, judgements, plain_replies, right

IMPORTS = "import numpy as np"
HEAD = "def momentum_step(theta, v, grad, alpha, beta):\n    "
LINES = "v = beta * v - alpha * grad(theta)\n    return theta + v, v"
STUB = HEAD + 'raise NotImplementedError("momentum_step: update v")'
WRONG = HEAD + "return theta - v, v"

# A right answer in many hands. A cell with a colon and its grade_id, where it has one.
STYLES = {
    "two lines": [HEAD + LINES],
    "one line": [
        "momentum_step = lambda theta, v, grad, alpha, beta: "
        "(theta + beta * v - alpha * grad(theta), beta * v - alpha * grad(theta))"
    ],
    "copies changed in place": [
        IMPORTS,
        HEAD + "theta, v = np.copy(theta), np.copy(v)\n    v *= beta\n    "
        "v -= alpha * grad(theta)\n    theta += v\n    return theta, v",
    ],
    "a helper below": [
        HEAD + "v = faster(v, grad(theta), alpha, beta)\n    return theta + v, v",
        "def faster(v, g, alpha, beta):\n    return beta * v - alpha * g",
    ],
    "a class that is called": [
        "class Rule:\n    def __call__(self, theta, v, grad, alpha, beta):\n"
        "        self.v = beta * v - alpha * grad(theta)\n"
        "        return theta + self.v, self.v",
        "momentum_step = Rule()",
    ],
    "a method": [
        "class Rule:\n    def __init__(self, sign):\n        self.sign = sign\n\n"
        "    def step(self, theta, v, grad, alpha, beta):\n"
        "        v = beta * v + self.sign * alpha * grad(theta)\n"
        "        return theta + v, v",
        "momentum_step = Rule(-1).step",
    ],
    "partial": [
        "from functools import partial",
        "def step(sign, theta, v, grad, alpha, beta):\n"
        "    v = beta * v + sign * alpha * grad(theta)\n    return theta + v, v",
        "momentum_step = partial(step, -1)",
    ],
    "annotated": [
        "from typing import Callable, Tuple\n" + IMPORTS,
        "Array = np.ndarray",
        "def momentum_step(theta: Array, v: Array, grad: Callable[[Array], Array],\n"
        "    alpha: float = 0.1, beta: float = 0.9) -> Tuple[Array, Array]:"
        '\n    """One step.\n\n    With words.\n    """\n    ' + LINES,
    ],
    "decorated": [
        "import functools, time",
        "def timed(function):\n    @functools.wraps(function)\n"
        "    def inner(*args, **kwargs):\n        start = time.perf_counter()\n"
        "        try:\n            return function(*args, **kwargs)\n        finally:\n"
        "            print('took', time.perf_counter() - start)\n    return inner",
        "@timed\n" + HEAD + LINES,
    ],
    "star imports": [
        "from numpy import *\nfrom math import *",
        HEAD + "v = asarray(beta * v - alpha * asarray(grad(theta)))\n    "
        "return add(theta, v), v",
    ],
    "functions of numpy": [
        "import numpy",
        HEAD + "v = numpy.subtract(numpy.multiply(beta, v), "
        "numpy.multiply(alpha, grad(theta)))\n    return numpy.add(theta, v), v",
    ],
    "a list": [HEAD + LINES.replace("theta + v, v", "[theta + v, v]")],
    "a named tuple": [
        "from typing import NamedTuple",
        "class Step(NamedTuple):\n    theta: object\n    v: object",
        HEAD + LINES.replace("theta + v, v", "Step(theta=theta + v, v=v)"),
    ],
    "a dataclass inside": [
        "from dataclasses import astuple, dataclass",
        "@dataclass\nclass Step:\n    theta: object\n    v: object",
        HEAD + LINES.replace("theta + v, v", "tuple(astuple(Step(theta + v, v)))"),
    ],
    "a closure": [
        "def made(sign):\n    def step(theta, v, grad, alpha, beta):\n"
        "        v = beta * v + sign * alpha * grad(theta)\n"
        "        return theta + v, v\n    return step",
        "momentum_step = made(-1)",
    ],
    "other names": [
        "def momentum_step(x, velocity, gradient_of, rate, share):\n"
        "    g = gradient_of(x)\n    velocity = share * velocity - rate * g\n"
        "    return x + velocity, velocity"
    ],
    "in float32": [
        IMPORTS,
        HEAD + "theta, v = np.float32(theta), np.float32(v)\n    "
        "v = np.float32(beta) * v - np.float32(alpha) * np.float32(grad(theta))\n    "
        "return theta + v, v",
    ],
    "tables built in loops": [
        "SIGNS = {}\nfor name, sign in (('up', 1), ('down', -1)):\n"
        "    SIGNS[name] = sign",
        "DOWN = SIGNS['down']",
        HEAD + "v = beta * v + DOWN * alpha * grad(theta)\n    return theta + v, v",
    ],
    "imports that may fail": [
        "try:\n    import cupy as xp\nexcept ImportError:\n    import numpy as xp",
        HEAD
        + "v = xp.asarray(beta * v - alpha * grad(theta))\n    return theta + v, v",
    ],
    "with lez10 and plots around it": [
        "import lez10\nfrom lez10 import State, history",
        "import matplotlib.pyplot as plt",
        "%matplotlib inline\nsurface = lez10.quadratic(25)",
        HEAD + LINES,
        'lez10.check("momentum_step", momentum_step).show()',
        "theta = np.zeros(2)\nfor k in range(10**9):\n"
        "    theta, v = momentum_step(theta, 0, surface.gradient, 0.1, 0.9)\n"
        "plt.plot(theta)",
        "1 / 0",
    ],
    "cells out of order": [
        "momentum_step = checked(momentum_step)",
        HEAD
        + "v = np.asarray(beta * v - alpha * grad(theta))\n    return theta + v, v",
        IMPORTS,
    ][1:],
    "a copy of the stub above": [STUB, HEAD + LINES],
    "a copy of the stub below": [HEAD + LINES, STUB],
    "the graded cell, and trials after it": [
        (HEAD + LINES, "momentum_step"),
        WRONG,
        "momentum_step = None",
    ],
    "the graded cell twice, one of them a stub": [
        (HEAD + LINES, "momentum_step"),
        (STUB, "momentum_step"),
    ],
    "typed anew below the stub": [(STUB, "momentum_step"), HEAD + LINES],
    "renamed in the graded cell": [
        (HEAD.replace("momentum_step", "my_step") + LINES, "momentum_step")
    ],
    "a helper's name used twice": [
        "def inner(v, g, alpha, beta):\n    return beta * v - alpha * g",
        HEAD + "v = inner(v, grad(theta), alpha, beta)\n    return theta + v, v",
        "def inner():\n    return 14",
        "def predict_half_speed():\n    return inner()",
    ],
    "other cells that cannot be read": [
        "x = (",
        HEAD + LINES,
        "def broken(:\n    pass",
    ],
    "half a character elsewhere": ["x = '\ud800'", HEAD + LINES, "y = '\0'"],
}


def cells_of_style(style):
    return [Cell(*one) if isinstance(one, tuple) else Cell(one) for one in style]


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_right_answer_has_full_marks_in_any_style(box, style):
    askings = askings_of("momentum_step")
    found = box.answers(cells_of_style(style), askings)
    assert right(askings, found), judgements(askings, found)


def test_there_are_at_least_fifteen_styles():
    assert len(STYLES) >= 15


@pytest.mark.parametrize("name", EXERCISES)
def test_solutions_have_full_marks(box, name):
    cells, askings = exercise(name, seed=23)
    found = box.answers(cells, askings)
    assert right(askings, found), judgements(askings, found)


@pytest.mark.parametrize("name", EXERCISES)
def test_stubs_are_not_answered(box, name):
    from lez10.grading.files import cells_of
    from notebooks import ROOT

    _, askings = exercise(name)
    found = box.answers(cells_of(ROOT / "exercises" / f"{name}.ipynb"), askings)
    kinds = {r.problem.kind for one in found.values() for r in one if r.problem}
    assert kinds == {"unanswered"}
    assert all(r.problem for one in found.values() for r in one)


@pytest.mark.parametrize("name", EXERCISES)
def test_replies_are_those_of_the_student_s_own_check(box, name):
    _, askings = exercise(name, seed=29)
    cells = exercise(name)[0]
    here = {}
    namespace = {"__name__": "__main__"}
    for cell in cells:
        if cell.grade_id == "setup" or cell.source.startswith("def "):
            exec(cell.source, namespace)
    for one in askings:
        function = namespace[one.name]
        here[one.name] = replies(function, one.questions, one.returns, train).replies
    assert plain_replies(box.answers(cells, askings)) == plain_replies(here)


def test_an_open_sandbox_gives_the_same(box, open_box):
    for name in ("03_momentum", "09_choosing_an_algorithm", "11_initialization"):
        cells, askings = exercise(name)
        walled = plain_replies(box.answers(cells, askings))
        assert plain_replies(open_box.answers(cells, askings)) == walled


def test_misconceptions_are_named_as_in_the_check(box):
    cells = [Cell(HEAD + LINES.replace("alpha", "(1 - beta) * alpha"))]
    askings = askings_of("momentum_step")
    judgement = judgements(askings, box.answers(cells, askings))["momentum_step"]
    assert [one.name for one in judgement.named] == ["average"]


def test_what_arrives_is_what_was_returned(box):
    """Every kind of number, NaN and infinity, to the last bit."""
    body = (
        "rows = [np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, 1e308])]\n"
        "for kind in 'bBhHiIlLqQefd?':\n"
        "    rows.append(np.array([[0, 1], [1, 0]]).astype(kind))\n"
        "rows += [np.float64(0.1), np.int64(-7), True, 3, 0.1, np.empty((0, 3)),\n"
        "         np.arange(6.0).reshape(2, 3).T, np.arange(4, dtype='>f8'),\n"
        "         np.longdouble(1) / 3, np.ones((1,) * 20)]\n"
        "return rows"
    )
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    cells = [
        Cell("import numpy as np"),
        Cell("def minibatches(n, size, rng):\n" + lines),
    ]
    (asking,) = askings_of("minibatches")
    found = box.answers(cells, [asking])["minibatches"]
    namespace = {}
    for cell in cells:
        exec(cell.source, namespace)
    for question, reply in zip(asking.questions, found):
        here = ask(namespace["minibatches"], question, asking.returns)
        assert len(reply.values) == len(here.values)
        for mine, theirs in zip(here.values, reply.values):
            for a, b in zip(mine, theirs, strict=True):
                assert a.shape == b.shape
                same_kind = a.dtype.itemsize <= 8
                assert not same_kind or a.dtype.newbyteorder("=") == b.dtype
                assert np.array_equal(a.astype(b.dtype), b, equal_nan=True)
                assert (
                    np.array_equal(np.signbit(a), np.signbit(b)) or a.dtype.kind in "ub"
                )


def test_the_same_in_every_run(box):
    """Also what depends on the order of a set."""
    cell = (
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    words = ''.join(set('abcdefghijklmnop'))\n"
        "    return theta * 0 + hash(words) % 1000, v"
    )
    askings = askings_of("momentum_step")
    once = plain_replies(box.answers([Cell(cell)], askings))
    box.close()
    assert plain_replies(box.answers([Cell(cell)], askings)) == once


def test_every_task_s_name_is_unique():
    names = [task.name for name in EXERCISES for task in tasks_of(name)]
    assert len(names) == len(set(names)) and all(map(task_of, names))
