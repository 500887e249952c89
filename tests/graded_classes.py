"""Graded classes as the reports get them: a plausible one, and hostile names."""

import random

from lez10.grading.rows import STATUSES, Graded, Row
from lez10.grading.tasks import tasks_of

EXERCISES = ("01_sgd", "03_momentum", "08_adam")

# A name in a folder, in a table, in a page, in a file's name.
HOSTILE = (
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "&lt;b&gt; & 'quoted' \"twice\"",
    "{{ 7 * 7 }}{% raw %}",
    "../../etc/passwd",
    "..",
    "=cmd|' /C calc'!A0",
    "+1-1",
    "-2",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "a;=1+1",
    " =1+1",
    'a,b\nc"d',
    "two\nlines\n=1",
    "\x1b[31mred\x00\x7f\x9b",
    "\u202etfel ot thgir\u2069",
    "\ufeffbom",
    "\udcff\udcfe",
    "0",
    "",
    " ",
    "Points Possible",
    "x" * 5000,
    "x" * 4999 + "y",
    "Müller-Lüdenscheidt",
    "Muller-Ludenscheidt",
    "שלום",
    "王小明",
    "'; DROP TABLE grade; --",
)


def graded(student, exercise, status, feedback="", named=()):
    """A row per task of an exercise, all with the same status."""
    return [
        Graded(
            Row(
                student,
                exercise,
                task.name,
                task.points if status == "correct" else 0,
                task.points,
                status,
                feedback,
            ),
            named,
        )
        for task in tasks_of(exercise)
    ]


def plausible(students=40, exercises=EXERCISES, seed=0):
    """A class with gaps, mistakes and the rare statuses, in no order."""
    draw = random.Random(seed)
    rows = []
    for number in range(students):
        student = f"student{number:05}"
        for exercise in exercises:
            if draw.random() < 0.1:
                rows += graded(student, exercise, "missing")
                continue
            skill = draw.random()
            rows += [
                answer(student, exercise, task, skill, draw)
                for task in tasks_of(exercise)
            ]
    draw.shuffle(rows)
    return rows


def answer(student, exercise, task, skill, draw):
    """A row: the better the student, the more often right."""
    lot = draw.random() * 0.6 + skill * 0.6
    points, status, feedback, named = 0, "not answered", "Not answered yet.", ()
    if lot > 0.45:
        points, status, feedback = task.points, "correct", ""
    elif lot > 0.15:
        status = draw.choices(("wrong", "partial"), (3, 1))[0]
        points = task.points // 2 if status == "partial" else 0
        feedback = f"{task.name} must return 3.14, got 2.72."
        known = getattr(task, "misconceptions", ())
        if known:
            weights = [1 / (n + 1) for n in range(len(known))]
            one = draw.choices(known, weights)[0]
            feedback, named = one.said, (f"{task.name}/{one.name}",)
    elif lot > 0.08:
        status = draw.choice([s for s in STATUSES if s not in ("correct", "partial")])
        feedback = f"{task.name} raised ValueError in line 2 (v = beta * x): no x."
    row = Row(student, exercise, task.name, points, task.points, status, feedback)
    return Graded(row, named)
