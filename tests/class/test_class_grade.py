"""One submission: what a grade depends on, and what is made of the replies."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from classes import MOMENTUM, REST, STEP, TASKS

from lez10.grading import grade as module
from lez10.grading.asking import Problem, Reply
from lez10.grading.check import questions_of
from lez10.grading.grade import (
    ROOT,
    Chunk,
    Handed,
    Settings,
    deciding,
    feedback,
    grade,
    grade_chunk,
    graded,
    let_go,
    seed,
    version_of_tasks,
)
from lez10.grading.rows import GradingError
from lez10.grading.statements import Cell
from lez10.grading.tasks import task_of

SETTINGS = Settings(version_of_tasks(), 0, 1.0, False)
STEP_TASK = task_of("momentum_step")


@pytest.fixture(autouse=True)
def end():
    yield
    let_go()


def handed(*cells: str, student: str = "ada", problem: str = "") -> Handed:
    return Handed(student, MOMENTUM, "c", [Cell(one) for one in cells], problem)


def replies_of(*problems: str) -> list[Reply]:
    """Replies to the questions of momentum_step, all of which have a problem."""
    return [
        Reply(problem=Problem(kind, "it did."))
        for kind, _ in zip(problems, questions_of(STEP_TASK), strict=True)
    ]


def test_a_submission_has_a_row_for_every_task():
    rows = grade(handed(STEP, REST), SETTINGS)
    assert [one.row.task for one in rows] == TASKS
    assert {one.row.status for one in rows} == {"correct"}
    assert {one.named for one in rows} == {()}
    (step, *_) = grade(handed(STEP.replace("- alpha", "+ alpha"), REST), SETTINGS)
    assert step.named == ("momentum_step/uphill",)


def test_what_cannot_be_read_needs_no_sandbox(monkeypatch):
    monkeypatch.setattr(module, "Sandbox", None)
    rows = grade(handed(problem="it is empty"), SETTINGS)
    assert [one.row.status for one in rows] == ["unreadable"] * len(TASKS)
    assert rows[0].row.feedback == "03_momentum.ipynb cannot be read: it is empty."


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        (["raised"] * 6, "error"),
        (["slow"] * 6, "timeout"),
        (["raised"] * 5 + ["slow"], "timeout"),
        (["memory"] * 6, "memory"),
        (["memory"] * 5 + ["slow"], "timeout"),
        (["missing"] * 6, "missing"),
        (["unanswered"] * 6, "not answered"),
        (["unanswered"] * 5 + ["raised"], "error"),
        (["forbidden"] + ["slow"] * 5, "forbidden"),
        (["something new"] * 6, "error"),
    ],
)
def test_a_problem_s_kind_is_the_task_s_status(kinds, status):
    came = replies_of(*kinds)
    row, _ = graded(handed(), STEP_TASK, questions_of(STEP_TASK), came)
    assert (row.status, row.points, row.max_points) == (status, 0, 12)
    assert row.feedback.endswith("it did.") or row.feedback == "It did."


def test_who_uses_the_reference_anywhere_gets_nothing():
    cells = STEP.replace(
        "v = beta", "if np.ndim(theta) > 1: return lez10.momentum(1, 2)\n    v = beta"
    )
    (one, *_) = grade(handed("import lez10, numpy as np", cells), SETTINGS)
    assert (one.row.status, one.row.points) == ("forbidden", 0)


def test_what_was_right_before_it_took_too_long_counts():
    cells = "n = 0\n" + STEP.replace(
        "v = beta", "global n\n    n += 1\n    while n > 12: pass\n    v = beta"
    )
    (one, *_) = grade(handed(cells), SETTINGS)
    assert (one.row.status, one.row.points) == ("timeout", 5)


def test_replies_that_cannot_be_judged_are_an_error(monkeypatch):
    def broken(*_):
        raise OverflowError("numbers that nobody foresaw")

    monkeypatch.setattr(module, "judged", broken)
    (one, *_) = grade(handed(STEP, REST), SETTINGS)
    assert one.row.status == "error" and one.row.points == 0
    assert one.row.feedback == "The answer cannot be judged (OverflowError)."


def test_judging_has_an_end(monkeypatch):
    def endless(*_):
        while True:
            pass

    monkeypatch.setattr(module, "judged", endless)
    monkeypatch.setattr(module, "JUDGING", 0.1)
    (one, *_) = grade(handed(STEP, REST), SETTINGS)
    assert one.row.feedback == "The answer cannot be judged (TooSlow)."


def test_feedback_is_a_line_that_any_database_takes():
    said = feedback(["a\nb\t c\0", "\ud800 \udcff", "é 🎓"])
    assert said == "a b c ? ? é 🎓"
    assert len(feedback(["x" * 10_000])) == 2001


# ---- what a grade depends on


def test_seeds_differ_by_all_that_they_are_made_of():
    tasks = [task_of(name) for name in TASKS[:2]]
    made = {
        seed(handed(student=student), task, SETTINGS._replace(seed=number))
        for student in ("ada", "bob", "ad", "a")
        for task in tasks
        for number in (0, 1, 2**63 - 1)
    }
    assert len(made) == 4 * 2 * 3
    # of every year and machine
    assert seed(handed(), STEP_TASK, SETTINGS) == 3899087424949389909


LOADED = """
import json, sys
from lez10.grading.tasks import EXERCISES, tasks_of
from lez10.grading.tuning import train
import lez10.grading.check, lez10.grading.sandbox.sandbox, lez10.grading.reading
for task in (task for one in EXERCISES for task in tasks_of(one)):
    if hasattr(task, "right"):
        task.right()
named = [m for n, m in sys.modules.items() if n.split(".")[0] == "lez10"]
print(json.dumps([m.__file__ for m in named]))
"""


def test_the_version_is_that_of_all_that_the_tasks_load():
    """Only what finds and keeps files is without influence."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    loaded = {
        Path(name).relative_to(ROOT).as_posix() for name in json.loads(done.stdout)
    }
    counted = {path.relative_to(ROOT).as_posix() for path in deciding()}
    without = {name for name in loaded - counted if not name.startswith("course/")}
    assert without == set()
    assert {"grading/tasks/momentum.py", "optimizers.py"} <= counted
    assert any(name.startswith("experiments/stored/") for name in counted)
    assert not any(
        name.startswith(("widgets/", "grading/reports/")) for name in counted
    )


def test_workers_of_another_version_grade_nothing():
    chunk = Chunk(SETTINGS._replace(version="another"), [handed(STEP)])
    with pytest.raises(GradingError, match="other tasks than this command"):
        grade_chunk(chunk)
