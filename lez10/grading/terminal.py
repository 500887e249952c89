"""`lez10 check FILE.ipynb`: a notebook's answers, checked without a kernel."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lez10.grading.asking import Problem, Reply
from lez10.grading.check import checking, judged, questions_of
from lez10.grading.files import (
    Answers,
    NotebookError,
    answers,
    cells_of,
    names_in,
    running_in,
)
from lez10.grading.panel import WORDS, Panel
from lez10.grading.tasks import EXERCISES, tasks_of

STYLES = {"correct": "green", "partial": "yellow", "not answered": "dim"}


def check_file(path: Path, console: Console) -> None:
    """Check a notebook's answers and print them as a table.

    Raises NotebookError where it cannot be read, or holds no task.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the notebook's code is warned of
        tasks, panels, found = checked(path)
    table = Table(title=Text(path.name), title_justify="left")
    table.add_column("task", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("result")
    for task, one in zip(tasks, panels, strict=True):
        table.add_row(
            Text(task.name + (" (bonus)" if task.bonus else "")),
            f"{one.points if one else 0} of {task.points}",
            said(one, found.broken),
        )
    console.print(table)
    points = sum(one.points for one in panels if one)
    most = sum(task.points for task in tasks if not task.bonus)
    bonus = ", the bonus included" if any(task.bonus for task in tasks) else ""
    console.print(f"{points} of {most} points{bonus}.")


def checked(path: Path) -> tuple[list[Any], list[Panel | None], Answers]:
    """The tasks of a notebook, each checked, None where it is not there."""
    cells = cells_of(path)
    tasks = tasks_in(path, names_in(cells))
    folder = path.resolve().parent
    found = answers(cells, [task.name for task in tasks], folder)
    with running_in(folder):
        return tasks, [panel(task, found) for task in tasks], found


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


def panel(task: Any, found: Answers) -> Panel | None:
    """The task checked; None where the notebook does not define it."""
    if task.name in found.namespace:
        return checking(task, found.namespace[task.name])
    if task.name not in found.broken:
        return None
    problem = Problem("broken", found.broken[task.name])
    questions = questions_of(task)
    return Panel(judged(task, questions, [Reply(problem=problem) for _ in questions]))


def said(one: Panel | None, broken: Mapping[str, str]) -> Text:
    """The status and the first sentence, and why a name in it is not defined."""
    if one is None:
        return Text("not in this notebook", style="dim")
    text = Text(WORDS.get(one.status, one.status), STYLES.get(one.status, "red"))
    for sentence in one.sentences()[:1]:
        text.append(f": {sentence}", style="default")
        for name, why in broken.items():
            if f"name '{name}' is not defined" in sentence:
                text.append(f" The cause: {why}", style="default")
    return text
