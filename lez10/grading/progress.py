"""The student's own record of what was checked: a hidden file, sent nowhere.

A record that cannot be kept costs the record and nothing else.
"""

import json
import os
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

from lez10.course import START
from lez10.course.files import write
from lez10.course.workspace import HIDDEN
from lez10.grading.judging import Judgement

FILE = "progress.json"
ELSEWHERE = "LEZ10_PROGRESS"  # the variable that names another file; empty: keep none
NOTHING = (
    "Nothing has been checked yet. To begin, open an exercise, write your answer and "
    "run the cell below it, the one with lez10.check(…)."
)
Record = dict[str, dict[str, int]]  # by task: best points, attempts
NEVER = {"best": 0, "attempts": 0}


def course_folder() -> Path:
    """The student's course: this folder, or the one around the exercises."""
    here = Path.cwd()
    return here.parent if (here.parent / START).is_file() else here


def places() -> list[Path]:
    """Where the record may be kept, the preferred place first; may be none.

    The user's data folder is asked only where the course cannot be written to.
    """
    wanted = os.environ.get(ELSEWHERE)
    if wanted is not None:
        return [Path(wanted)] if wanted else []
    found = []
    try:
        folder = course_folder()
        found.append(folder / HIDDEN / FILE)
        if os.access(folder, os.W_OK):
            return found
    except OSError:  # the folder was deleted under the notebook
        pass
    try:
        found.append(data_folder() / "lez10" / FILE)
    except RuntimeError:  # nobody's home
        pass
    return found


def data_folder() -> Path:
    """Where programs keep a user's data."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData/Roaming")
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")


def read(path: Path) -> Record:
    """The record in a file; empty where there is none, or none that can be read."""
    try:
        tasks = json.loads(path.read_text("utf-8"))["tasks"]
        return {
            str(name): {"best": int(one["best"]), "attempts": int(one["attempts"])}
            for name, one in tasks.items()
        }
    except (OSError, RecursionError, ValueError, LookupError, TypeError):
        return {}
    except AttributeError:  # a list where a dict was written
        return {}


def note(judgement: Judgement) -> None:
    """Add an attempt; a stub is none. The first place that can be written is taken."""
    if judgement.status == "not answered":
        return
    name = judgement.task.name
    for path in places():
        record = read(path)
        before = record.get(name, NEVER)
        record[name] = {
            "best": max(before["best"], judgement.points),
            "attempts": before["attempts"] + 1,
        }
        data = json.dumps({"tasks": record}, indent=1, sort_keys=True) + "\n"
        try:
            write(path, data.encode())
        except OSError:
            continue
        return


def recorded() -> Record:
    """The record that is kept now: of the first place that has one."""
    return next(filter(None, map(read, places())), {})


class Progress:
    """The best points so far, by exercise; plain and as a table."""

    def __init__(self, record: Record) -> None:
        from lez10.grading.tasks import EXERCISES, tasks_of

        self.tasks = {exercise: tasks_of(exercise) for exercise in EXERCISES}
        known = {task.name for tasks in self.tasks.values() for task in tasks}
        self.record = {name: one for name, one in record.items() if name in known}

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Exercise, tasks that are right, points, attempts; the total at the end."""
        total = [0, 0, 0, 0, 0]
        for exercise, tasks in self.tasks.items():
            if not any(task.name in self.record for task in tasks):
                continue
            known = [(task, self.record.get(task.name, NEVER)) for task in tasks]
            row = [
                sum(one["best"] >= task.points for task, one in known),
                len(known),
                sum(min(one["best"], task.points) for task, one in known),
                sum(task.points for task in tasks if not task.bonus),
                sum(one["attempts"] for _, one in known),
            ]
            total = [a + b for a, b in zip(total, row, strict=True)]
            yield self.row(exercise, row)
        yield self.row("all of these", total)

    @staticmethod
    def row(name: str, numbers: list[int]) -> tuple[str, str, str, str]:
        """The numbers of a row as words."""
        right, tasks, best, most, attempts = numbers
        return name, f"{right} of {tasks}", f"{best} of {most}", str(attempts)

    HEAD = ("exercise", "right", "points", "attempts")

    def __repr__(self) -> str:
        if not self.record:
            return NOTHING
        rows = [self.HEAD, *self.rows()]
        widths = [max(len(row[n]) for row in rows) for n in range(len(self.HEAD))]
        return "\n".join(
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip()
            for row in rows
        )

    def _repr_html_(self) -> str:
        if not self.record:
            return f"<p>{escape(NOTHING)}</p>"
        head = "".join(f'<th scope="col">{name}</th>' for name in self.HEAD)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def progress() -> Progress:
    """What was checked so far."""
    return Progress(recorded())
