"""Where a notebook's answers are found, and what they need of its other cells."""

import json
import textwrap

import pytest

from lez10.grading import files
from lez10.grading.files import answer, cells_of
from lez10.grading.statements import (
    Cell,
    is_stub,
    names_in,
    needed,
    place_of_answer,
    read,
)

DIVIDED = "line 1 of code cell 1 failed: ZeroDivisionError: division by zero."
STUB = "def task():\n    '''Words.'''\n    raise NotImplementedError('task: write it')"


def defined(value, name="task"):
    return f"def {name}():\n    return {value}"


def found(*cells, name="task"):
    made = [Cell(*one) if isinstance(one, tuple) else Cell(one) for one in cells]
    return answer(read(made), name)


def returned(*cells):
    """What the answer returns; its problem where there is none."""
    one = found(*cells)
    return one.problem or one.function()


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        # by the grade_id, whatever else has the name
        ([(defined(1), "task"), defined(2)], 1),
        ([defined(2), (defined(1), "task")], 1),
        ([(defined(1), "task"), "task = lambda: 2"], 1),
        ([(defined(1), "task"), (defined(2), "other")], 1),
        # by the name where no cell has the grade_id; the last counts
        ([defined(1), defined(2)], 2),
        ([(defined(1), "other")], 1),
        ([("x = 1", "task"), defined(1)], 1),
        # copied with its grade_id; the last, unless it is still the stub
        ([(defined(1), "task"), (defined(2), "task")], 2),
        ([(defined(1), "task"), (STUB, "task")], 1),
        ([(STUB, "task"), (defined(1), "task")], 1),
        # typed anew in another cell
        ([(STUB, "task"), defined(1)], 1),
        ([defined(1), (STUB, "task")], 1),
        ([defined(1), STUB], 1),
        # renamed in its cell
        ([(defined(1, "mine"), "task")], 1),
        ([(defined(1, "mine"), "task"), defined(2)], 2),
        # no function, but something that can be called
        ([("task = lambda: 1", "task")], 1),
        (["class T:\n    def __call__(self):\n        return 1\ntask = T()"], 1),
        # in several statements of one cell
        ([(defined(1) + "\nold = task\n" + defined("old() + 1"), "task")], 2),
        ([defined(1), "task = (lambda old: lambda: old() + 1)(task)"], 2),
    ],
)  # fmt: skip
def test_the_right_cell_counts(cells, value):
    assert returned(*cells) == value


def test_a_stub_alone_is_the_answer():
    with pytest.raises(NotImplementedError, match="task: write it"):
        returned((STUB, "task"))


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["x = 1", defined("x"), "x = 2"], 1),  # as when its cell was run
        ([defined("x"), "x = 2"], 2),  # moved up
        (["x = 1", "x += 1", defined("x"), "x += 1"], 2),
        (["def f():\n    return 1", defined("f()"), "def f():\n    return 2"], 1),
        ([defined("math.floor(1.5)"), "import math"], 1),
        (["def task(x=ONE):\n    return x", "ONE = TWO - 1", "TWO = 2"], 1),
        (["from math import *", defined("floor(1.5)"), "from os import *"], 1),
        (["t = {}\nfor k in range(3):\n    t[k] = k", defined("t[2]")], 2),
        (["try:\n    import nobody as m\nexcept ImportError:\n    import math as m",
          defined("m.floor(2.5)")], 2),
        (["if True:\n    x = 1\nelse:\n    x = 2", defined("x")], 1),
        (["with open('/dev/null') as f:\n    x = f.read()", defined("x")], ""),
        (["if (n := 3) > 2:\n    pass", defined("n")], 3),
        (["while True:\n    x = 1\n    break", defined("x")], 1),
        (["a, (b, *c) = 1, (2, 3, 4)", defined("c")], [3, 4]),
        (["d = {}", "d['a'] = 1", "d['b'] = 2", defined("d")], {"a": 1, "b": 2}),
    ],
)  # fmt: skip
def test_what_it_needs_is_there(cells, value):
    assert returned(*cells) == value


def test_each_task_has_its_own_helper():
    cells = (
        "def helper():\n    return 1",
        (defined("helper()", "one"), "one"),
        "def helper():\n    return 2",
        (defined("helper()", "two"), "two"),
    )
    assert found(*cells, name="one").function() == 1
    assert found(*cells, name="two").function() == 2


def test_what_it_does_not_need_is_not_run():
    """Names of its own, of attributes and of arguments need nothing."""
    notebook = read(
        [
            Cell("theta = 1 / 0\nmean = 1 / 0\nv = 1 / 0"),
            Cell("import numpy as np"),
            Cell(
                "def task(theta):\n    v = np.mean(theta)\n"
                "    return [theta for theta in v]"
            ),
            Cell("for theta in range(10**12):\n    last = theta"),
        ]
    )
    place = place_of_answer(notebook, "task")
    assert [sorted(one.defines) for one in needed(notebook, place)] == [
        ["np"],
        ["task"],
    ]


def test_a_failure_is_tried_again_only_where_a_name_was_missing():
    counted = "import sys\nsys.tries = getattr(sys, 'tries', 0) + 1\n"
    import sys

    sys.tries = 0
    failing = f"if True:\n{textwrap.indent(counted, '    ')}    x = 1 / 0"
    one = found(failing, "y = z", defined("x + y"), "z = 1")
    assert sys.tries == 1
    assert one.broken["x"].said == DIVIDED
    assert "y" not in one.broken
    del sys.tries


def test_missing_broken_and_deleted():
    assert found(defined(1, "other")).problem.kind == "missing"
    assert found().problem.kind == "missing"
    assert found("def task(:\n    pass").problem.said == (
        "code cell 1 cannot be read: invalid syntax in line 1."
    )
    assert found(("x = (", "task")).problem.said.startswith(
        "code cell 1 cannot be read"
    )
    assert found("def task(x=1 / 0):\n    pass").problem.said == DIVIDED
    assert found("if True:\n    task = 1\n    del task").problem.said == (
        "task was deleted by the notebook."
    )


@pytest.mark.parametrize(
    "source",
    [
        "x = '\ud800'", "x = '\0'", "(" * 500, "-" * 100_000 + "1",
        "x = 9" + "9" * 9999,
        "return 1", "await x", "\\", "'''", "x = 1\n\ty = 2", "nonlocal x", "\x0c%%%",
        "lambda: (yield)", "x" * 10**6, "@", "%%", "%%time", "!", "?", "\r", "\u2028",
    ],
)  # fmt: skip
def test_any_other_cell_costs_nothing(source):
    assert returned(source, defined(1)) == 1
    assert names_in(read([Cell(source), Cell(defined(1))])) >= {"task"}


@pytest.mark.parametrize(
    ("source", "stub"),
    [
        (STUB, True),
        ("def f():\n    raise NotImplementedError", True),
        ("def f():\n    raise ValueError", False),
        ("def f():\n    return 1\n    raise NotImplementedError", False),
        ("def f():\n    '''Words.'''", False),
        ("f = None", False),
    ],
)
def test_a_stub_is_known(source, stub):
    (statement,) = read([Cell(source)]).statements
    assert is_stub(statement.node) == stub


@pytest.mark.parametrize(
    ("metadata", "grade_id"),
    [
        ({"nbgrader": {"grade_id": "task"}}, "task"),
        ({"nbgrader": {"grade_id": 7}}, ""),
        ({"nbgrader": {"grade_id": None}}, ""),
        ({"nbgrader": {}}, ""),
        ({"nbgrader": "task"}, ""),
        ({"nbgrader": None}, ""),
        ({}, ""),
        ([], ""),
        ("nbgrader", ""),
        (None, ""),
    ],
)
def test_grade_ids_are_read(tmp_path, metadata, grade_id):
    path = tmp_path / "x.ipynb"
    cells = [{"cell_type": "code", "source": ["x = ", "1"], "metadata": metadata}]
    cells.append({"cell_type": "code", "source": "y = 2"})
    cells.append({"cell_type": "markdown", "source": "words"})
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    assert cells_of(path) == [Cell("x = 1", grade_id), Cell("y = 2")]


def test_a_loop_at_the_top_is_stopped(monkeypatch):
    monkeypatch.setattr(files, "LIMIT", 0.2)
    one = found("while True:\n    x = 1", defined("x"))
    assert one.broken == {} or "took too long" in one.broken["x"].said
    assert one.function() == 1  # which it had assigned
