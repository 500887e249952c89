"""`lez10 check FILE.ipynb`: a notebook's answers, checked without a kernel."""

import warnings
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lez10.grading.asking import Reply
from lez10.grading.check import checking, judged, questions_of
from lez10.grading.files import (
    MISSING,
    Answer,
    NotebookError,
    answer,
    cause_of,
    cells_of,
    running_in,
)
from lez10.grading.panel import WORDS, Panel
from lez10.grading.statements import names_in, read
from lez10.grading.tasks import EXERCISES, tasks_of

STYLES = {"correct": "green", "partial": "yellow", "not answered": "dim"}


def check_file(path: Path, console: Console) -> None:
    """Check a notebook's answers and print them as a table.

    Raises NotebookError where it cannot be read, or holds no task.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the notebook's code is warned of
        tasks, results = checked(path)
    table = Table(title=Text(path.name), title_justify="left")
    table.add_column("task", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("result")
    for task, (one, found) in zip(tasks, results, strict=True):
        table.add_row(
            Text(task.name + (" (bonus)" if task.bonus else "")),
            f"{one.points if one else 0} of {task.points}",
            said(one, found),
        )
    console.print(table)
    points = sum(one.points for one, _ in results if one)
    most = sum(task.points for task in tasks if not task.bonus)
    bonus = ", the bonus included" if any(task.bonus for task in tasks) else ""
    console.print(f"{points} of {most} points{bonus}.")


def checked(path: Path) -> tuple[list[Any], list[tuple[Panel | None, Answer]]]:
    """The tasks of a notebook, each checked, None where it is not there."""
    notebook = read(cells_of(path))
    tasks = tasks_in(path, names_in(notebook))
    with running_in(path.resolve().parent):
        found = [answer(notebook, task.name) for task in tasks]
        panels = [panel(task, one) for task, one in zip(tasks, found)]
    return tasks, list(zip(panels, found))


def tasks_in(path: Path, names: set[str]) -> list[Any]:
    """All tasks of the exercises of which the notebook has a function."""
    exercises = [
        exercise
        for exercise in EXERCISES
        if names & {task.name for task in tasks_of(exercise)}
    ]
    if not exercises:
        raise NotebookError(
            f"{path} holds no task: no cell of it defines a function that an exercise "
            "asks for."
        )
    return [task for exercise in exercises for task in tasks_of(exercise)]


def panel(task: Any, found: Answer) -> Panel | None:
    """The task checked; None where the notebook does not hold it."""
    if found.problem is None:
        return checking(task, found.function)
    if found.problem.kind == MISSING:
        return None
    questions = questions_of(task)
    replies = [Reply(problem=found.problem) for _ in questions]
    return Panel(judged(task, questions, replies))


def said(one: Panel | None, found: Answer) -> Text:
    """The status and the first sentence, and why a name in it is not defined."""
    if one is None:
        return Text("not in this notebook", style="dim")
    text = Text(WORDS.get(one.status, one.status), STYLES.get(one.status, "red"))
    for sentence in one.sentences()[:1]:
        text.append(f": {sentence}", style="default")
        if cause := cause_of(sentence, found):
            text.append(f" The cause: {cause.said}", style="default")
    return text
