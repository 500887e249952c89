"""`lez10 check FILE.ipynb`: the answers of a notebook, found without a kernel."""

import json
import os
import sys

import pytest
from typer.testing import CliRunner

from lez10.cli import app
from lez10.grading import files
from lez10.grading.tasks import tasks_of

RIGHT = """
def momentum_step(theta, v, grad, alpha, beta):
    v = beta * v - alpha * grad(theta)
    return theta + v, v
"""
AVERAGE = RIGHT.replace("- alpha", "- (1 - beta) * alpha")


def run(path):
    return CliRunner().invoke(app, ["check", str(path)], env={"COLUMNS": "400"})


@pytest.fixture
def notebook(tmp_path):
    """Writes a notebook of these code cells, with a text cell before them."""

    def write(*cells, name="answers.ipynb"):
        path = tmp_path / name
        made = [{"cell_type": "markdown", "source": ["def momentum_step(): no code"]}]
        made += [
            {"cell_type": "code", "source": cell.splitlines(True)} for cell in cells
        ]
        path.write_text(json.dumps({"cells": made, "nbformat": 4}), "utf-8")
        return path

    return write


def result(path):
    """The row of momentum_step, and the code."""
    done = run(path)
    rows = [line for line in done.output.splitlines() if "momentum_step" in line]
    assert done.exit_code == 0, done.output
    return rows[0]


def test_a_right_answer_and_those_that_are_missing(notebook):
    done = run(notebook(RIGHT))
    tasks = tasks_of("03_momentum")
    assert done.exit_code == 0
    assert "12 of 12" in done.output and "correct" in done.output
    assert done.output.count("not in this notebook") == len(tasks) - 1
    assert f"12 of {sum(task.points for task in tasks)} points." in done.output


def test_a_misconception_is_named(notebook):
    assert "wrong: Your velocity is an average" in result(notebook(AVERAGE))


def test_the_last_definition_counts(notebook):
    assert "correct" in result(notebook(AVERAGE, RIGHT))
    assert "wrong" in result(notebook(RIGHT, AVERAGE))


def test_predictions_and_tunings_count_too(notebook):
    path = notebook(
        RIGHT,
        "def predict_half_speed():\n    return 14",
        'def tuned_momentum():\n    return {"alpha": 0.06, "beta": 0.6}',
    )
    assert run(path).output.count("correct") == 3


def test_helpers_imports_and_constants_are_there(notebook):
    path = notebook(
        "import numpy as np, math\nfrom math import *",
        "SHARES = {}\nSHARES['one'] = 2",
        "SHARES['one'] -= 1",
        "def helper(v):\n    return np.asarray(v) * SHARES['one'] * cos(0)",
        RIGHT.replace("beta * v", "beta * helper(v)"),
    )
    assert "correct" in result(path)


def test_a_module_and_a_file_beside_the_notebook(notebook, tmp_path):
    (tmp_path / "own_module_of_mine.py").write_text("ONE = 1")
    (tmp_path / "one.txt").write_text("1")
    path = notebook(
        "import own_module_of_mine as own",
        "from pathlib import Path\nwith_file = float(Path('one.txt').read_text())",
        RIGHT.replace("beta * v", "beta * v * own.ONE * with_file"),
    )
    before = os.getcwd(), sys.path[:]
    assert "correct" in result(path)
    assert (os.getcwd(), sys.path[:]) == before


def test_magics_are_left_out(notebook):
    path = notebook(
        "%matplotlib inline\n!pip list\nfiles = !ls\nONE = 1\nlez10.check?",
        "%%bash\nrm -r everything",
        "%%time\nTWO = 2",
        RIGHT.replace("beta * v", "beta * v * ONE * TWO / 2"),
    )
    assert "correct" in result(path)


def test_what_the_answers_do_not_need_is_not_run(notebook, tmp_path):
    path = notebook(
        f"open({str(tmp_path / 'ran')!r}, 'w').close()",
        f"other = open({str(tmp_path / 'ran')!r}, 'w')",
        "figure, ax = plt.subplots()\nax.plot([1, 2])",
        "1 / 0",
        "import a_module_that_nobody_has",
        "while True:\n    pass",
        "broken = (",
        RIGHT,
    )
    assert "correct" in result(path)
    assert not (tmp_path / "ran").exists()


def test_a_cell_that_cannot_be_read_is_said(notebook):
    path = notebook("import numpy", RIGHT.strip().replace("):", ")"))
    assert "error: Code cell 2 cannot be read: expected ':' in line 1." in result(path)


def test_a_constant_that_failed_is_named_as_the_cause(notebook):
    path = notebook("ONE = nothing", RIGHT.replace("beta * v", "beta * v * ONE"))
    row = result(path)
    assert "raised NameError in line 3 (v = beta * v * ONE - alpha * grad(" in row
    assert "line 1 of code cell 1 failed: NameError: name 'nothing'" in row


def test_a_definition_that_fails_is_said(notebook):
    path = notebook(RIGHT.replace("beta):", "beta=nothing):"))
    assert "error: Line 2 of code cell 1 failed: NameError" in result(path)


def test_a_definition_that_failed_and_was_repaired(notebook):
    path = notebook(RIGHT.replace("beta):", "beta=nothing):"), RIGHT)
    assert "correct" in result(path)


def test_an_assignment_that_does_not_end_is_stopped(notebook, monkeypatch):
    monkeypatch.setattr(files, "LIMIT", 0.2)
    endless = "ONE = [1 for _ in iter(int, 1)]"
    path = notebook(endless, RIGHT.replace("beta * v", "beta * v * ONE"))
    assert "line 1 of code cell 1 failed: took too long." in result(path)


def test_a_cell_that_ends_python_does_not(notebook):
    path = notebook("import sys\nONE = sys.exit(3)", RIGHT, "print('hello')")
    assert "correct" in result(path)
    assert "hello" not in run(path).output


def test_what_is_not_answered_yet(notebook):
    path = notebook(
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    raise NotImplementedError('momentum_step: update v')"
    )
    assert "0 of 12" in result(path)
    assert "not answered yet: Update v." in result(path)


def test_square_brackets_are_text(notebook):
    path = notebook(RIGHT.replace("return", "raise ValueError('[bold]x[/nope]') #"))
    assert "[bold]x[/nope]" in result(path)


def test_nothing_is_recorded(notebook, tmp_path):
    path = notebook(RIGHT)
    run(path)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is not there"),
        ("", "should be a notebook"),
        ("print(1)", "should be a notebook"),
        ("[]", "should be a notebook"),
        ('{"worksheets": []}', "should be a notebook"),
        ('{"cells": [{"cell_type": "code"}]}', "should be a notebook"),
        ('{"cells": []}', "holds no task"),
        ("[" * 100_000, "should be a notebook"),
    ],
)
def test_no_notebook_and_no_task_are_exit_code_2(tmp_path, text, said):
    path = tmp_path / "answers.ipynb"
    if text is not None:
        path.write_text(text)
    done = run(path)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.startswith("lez10 check: ") and done.stderr.count("\n") == 1


def test_a_folder_and_bytes_are_no_notebook(tmp_path):
    assert run(tmp_path).exit_code == 2
    (tmp_path / "x.ipynb").write_bytes(b"\xff\xfe\x00")
    assert run(tmp_path / "x.ipynb").exit_code == 2


def test_the_lecture_s_notebook_holds_no_task(notebook):
    done = run(notebook("def my_sgd(state): return state", name="03_momentum.ipynb"))
    assert done.exit_code == 2
    assert "holds no task" in done.stderr


def test_help_says_whose_code_is_run():
    shown = " ".join(CliRunner().invoke(app, ["check", "--help"]).output.split())
    assert "not for a file that you do not trust" in shown
    assert "Nothing is sent" in shown
