"""What goes wrong in one task: it is said as it is, and costs that task alone."""

import time

import pytest

from lez10.grading.statements import Cell
from lez10.grading.tasks import task_of
from notebooks import RATE, STEP, asked, askings_of, judgements, points, seen

HALF = "def predict_half_speed():\n    {}"
ALL = ("momentum_step", "predict_half_speed", "predict_largest_momentum_rate")


def problems(found):
    """The kinds of problems by task, empty where there are none."""
    return {
        name: {reply.problem.kind for reply in replies if reply.problem}
        for name, replies in found.items()
    }


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("return 1 / 0", "raised", "it raised ZeroDivisionError in line 2 (return 1"),
        ("return", "nothing", "it returned None"),
        ("return print", "type", "must hold numbers"),
        ("return {'a': 'b'}", "type", "a in the dict that it returned is no number"),
        ("while True: pass", "slow", "longer than 0.5 s and was stopped in line 2"),
        ("return bytes(2 << 30)", "memory", "it asked for more memory than there is"),
        ("import lez10\nreturn lez10.sgd(3)", "forbidden", "lez10.sgd is not there"),
        ("import lez10\nreturn lez10.digits", "forbidden", "lez10.digits is not there"),
        (
            "from lez10.data import moons\nreturn moons(1)",
            "forbidden",
            "lez10.data.moons",
        ),
        ("import os\nos._exit(0)", "ended", "it ended Python before"),
        ("import ctypes\nctypes.string_at(0)", "crashed", "SIGSEGV"),
        ("raise NotImplementedError('later')", "unanswered", "later"),
        ("raise KeyboardInterrupt", "interrupted", "it was interrupted"),
        ("return nothing_of_that_name", "raised", "is not defined"),
        ("return f() + 1", "raised", "it calls itself without an end"),
        ("return ['x' * 100] * 10**5", "type", "must hold numbers"),
    ],
)
def test_a_problem_is_said_as_in_the_check(box, patient_box, body, kind, said):
    problem = seen(box if kind == "slow" else patient_box, body)
    assert problem.kind == kind and said in problem.said


def test_a_loop_that_nothing_stops_is_slow(box):
    start = time.monotonic()
    problem = seen(box, "return sum(range(10**13))")
    assert problem.kind == "slow" and "0.5 s" in problem.said
    assert time.monotonic() - start < 4


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("return sum(range(10**13))", "slow"),
        ("while True: pass", "slow"),
        ("import os; os._exit(0)", "ended"),
        ("import os; os.closerange(0, 99)", "ended"),
        ("import ctypes; ctypes.string_at(0)", "crashed"),
        ("return bytes(2 << 30)", "memory"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", range(3))
def test_a_loop_or_a_crash_costs_its_task_alone(box, line, kind, place):
    cells = [STEP, HALF.format("return 14"), RATE]
    cells[place] = cells[place].split("\n    ")[0] + f"\n    {line}\n    return 1"
    askings = askings_of(*ALL)
    found = box.answers([Cell(one) for one in cells], askings)
    assert problems(found) == {
        name: {kind} if number == place else set() for number, name in enumerate(ALL)
    }
    for number, one in enumerate(askings):
        full = 0 if number == place else task_of(one.name).points
        assert points(one, found[one.name]) == full


def test_what_fails_while_it_is_defined_costs_its_task_alone(box):
    cells = [
        Cell("import os\nx = os._exit(0)"),
        Cell(STEP),
        Cell(HALF.format("return x")),
    ]
    askings = askings_of(*ALL)
    assert problems(box.answers(cells, askings)) == {
        "momentum_step": set(),
        "predict_half_speed": {"ended"},
        "predict_largest_momentum_rate": {"missing"},
    }


def test_a_name_that_came_from_lez10_is_forbidden(box):
    cells = (
        "import lez10\nsurface = lez10.quadratic(25)",
        "def f():\n    return surface",
    )
    problem = asked(box, *cells)
    assert problem.kind == "forbidden"
    assert (
        "The cause: line 2 of code cell 1 failed: Forbidden: lez10.quad" in problem.said
    )


@pytest.mark.parametrize(
    "use",
    [
        "lez10.momentum", "lez10.State(1.0)", "lez10.anything.at_all", "-lez10.x",
        "lez10.x + 1", "1 + lez10.x", "lez10.x[0]", "len(lez10.x)", "list(lez10.x)",
        "float(lez10.x)", "np.asarray(lez10.x)", "np.ones(2) @ lez10.x",
        "np.add(1.0, lez10.x)", "lez10.x == 1", "bool(lez10.x)", "[*lez10.x]",
        "__import__('types').new_class('X', (lez10.State,))", "abs(lez10.x)",
        "lez10.x.real",
    ],
)  # fmt: skip
def test_whatever_is_done_with_lez10_is_forbidden(box, use):
    problem = asked(box, "import lez10, numpy as np", f"def f():\n    return {use}")
    assert problem.kind == "forbidden", problem


def test_lez10_may_be_imported_and_named(box):
    cell = (
        "import lez10\nimport lez10.surfaces as s\nfrom lez10.plots import *\n"
        "from lez10 import State, momentum as m\nfrom lez10.widgets.live import Live"
    )
    assert asked(box, cell, "def f(x: State = m):\n    s, Live\n    return 3") == 3.0


def test_missing_broken_and_unreadable(box):
    cells = [
        Cell("def momentum_step(theta:\n    pass"),
        Cell("x = 1 / 0\npredict_half_speed = x"),
    ]
    found = box.answers(cells, askings_of(*ALL))
    said = {name: replies[0].problem for name, replies in found.items()}
    assert said["momentum_step"].kind == "broken"
    assert said["momentum_step"].said.startswith("code cell 1 cannot be read:")
    assert said["predict_half_speed"].kind == "broken"
    assert said["predict_half_speed"].said.startswith("line 2 of code cell 2 failed:")
    assert said["predict_largest_momentum_rate"].kind == "missing"


def test_no_cells_and_no_tasks(box):
    assert box.answers([], []) == {}
    assert problems(box.answers([], askings_of(*ALL))) == {
        one: {"missing"} for one in ALL
    }


def test_too_much_is_said_in_a_sentence(box):
    cells = [Cell("import numpy as np"), Cell(STEP.replace("theta + v, v", "big, big"))]
    cells.append(Cell("big = np.ones((1000, 1000))"))
    askings = askings_of("momentum_step")
    found = box.answers(cells, askings)
    assert {r.problem.said for r in found["momentum_step"]} == {
        "it returned more than 8 MiB of numbers."
    }


def test_a_budget_is_kept_outside(patient_box):
    """By 1300 calls that cross the wall at the most."""
    cell = (
        "def tune(run, budget, rng):\n    best = (9e9, 0.1, 0.1)\n"
        "    for _ in range(budget + {}):\n"
        "        a, b = 10 ** rng.uniform(-5, 0), rng.uniform(0, 0.99)\n"
        "        best = min(best, (run(a, b), a, b))\n    return best[1:]"
    )
    askings = askings_of("tune")
    for more, named in ((0, []), (1, ["over_budget"]), (500, ["over_budget"])):
        found = patient_box.answers([Cell(cell.format(more))], askings)
        judgement = judgements(askings, found)["tune"]
        assert [one.name for one in judgement.named] == named
        asked = {len(set(reply.asked)) for reply in found["tune"]}
        assert asked == {min(50 + more, 100)}
        calls = {reply.calls for reply in found["tune"]}
        assert calls == ({100} if more == 500 else {50 + more})


def test_a_training_of_anything_gets_a_loss(box):
    cell = (
        "def tune(run, budget, rng):\n"
        "    odd = [float('nan'), float('inf'), -1e308, 0]\n"
        "    found = [run(a, b) for a in odd for b in odd]\n"
        "    return len(found), 0.5"
    )
    found = box.answers([Cell(cell)], askings_of("tune"))["tune"]
    assert all(r.problem is None and r.calls == len(r.asked) == 16 for r in found)
