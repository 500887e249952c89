"""The answers in a notebook's file, found without a kernel.

Only what an answer needs is run: definitions, imports and assignments, one by one and
each for itself, so that a cell that only plots, or fails, costs nothing. Every answer
has a namespace of its own, so that a helper's name may be used twice.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lez10.grading.asking import Problem
from lez10.grading.calling import FirstLines, Forbidden
from lez10.grading.statements import (
    IMPORTS,
    Cell,
    Notebook,
    Statement,
    needed,
    place_of_answer,
    why_unreadable,
)
from lez10.time_limit import TooSlow, text_of, time_limit

LIMIT, IMPORTING = 5.0, 60.0  # seconds for one statement, and for one import
MISSING, BROKEN, FORBIDDEN = "missing", "broken", "forbidden"  # kinds of problems


class NotebookError(Exception):
    """A sentence: why the answers cannot be found."""


@dataclass
class Answer:
    """What was found of a task: the function, or the problem why there is none.

    broken: by the name that it would have defined, the problem of a statement that
    failed.
    """

    function: Any = None
    problem: Problem | None = None
    broken: dict[str, Problem] = field(default_factory=dict)


def cells_of(path: Path) -> list[Cell]:
    """The code cells. Raises NotebookError where it is no notebook."""
    if not path.exists():
        raise NotebookError(f"{path} is not there: give the path of a notebook.")
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return [
            Cell("".join(cell["source"]), grade_id_of(cell))
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        raise NotebookError(
            f"{path} should be a notebook (.ipynb, format 4), but cannot be read as "
            "one."
        ) from None


def grade_id_of(cell: dict[str, Any]) -> str:
    """Nbgrader's name for a cell, empty where it has none."""
    try:
        found = cell["metadata"]["nbgrader"]["grade_id"]
    except (LookupError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


def answer(notebook: Notebook, name: str) -> Answer:
    """A task's answer; what it needs is run here, whatever it is."""
    place = place_of_answer(notebook, name)
    if place is None:
        why = why_unreadable(notebook, name)
        problem = Problem(BROKEN, why) if why else Problem(MISSING, "no cell holds it.")
        return Answer(problem=problem)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found = Answer()
    left, before = needed(notebook, place), -1
    while len(left) != before:  # again, since what one needs may stand below it
        before = len(left)
        left = [one for one in left if run(one, namespace, found.broken)]
        left = [one for one in left if one.defines & found.broken.keys()]
    if place.name in namespace:
        found.function = namespace[place.name]
    else:
        said = f"{place.name} was deleted by the notebook."
        found.problem = found.broken.get(place.name, Problem(BROKEN, said))
    return found


def run(
    statement: Statement, namespace: dict[str, Any], broken: dict[str, Problem]
) -> bool:
    """Run a statement; a failure is noted for the names that it defines.

    Returns whether a name was not defined yet, so that it may work later.
    """
    quiet = FirstLines()
    try:
        with (
            contextlib.redirect_stdout(quiet),
            contextlib.redirect_stderr(quiet),
            time_limit(IMPORTING if isinstance(statement.node, IMPORTS) else LIMIT),
        ):
            exec(statement.code, namespace)
    except BaseException as error:  # whatever a student's cell raises
        kind = "took too long" if isinstance(error, TooSlow) else type(error).__name__
        text = "" if isinstance(error, TooSlow) else f": {text_of(error)}"
        line = f"line {statement.node.lineno} of code cell {statement.cell}"
        problem = FORBIDDEN if isinstance(error, Forbidden) else BROKEN
        for name in statement.defines:
            broken[name] = Problem(problem, f"{line} failed: {kind}{text}.")
        return isinstance(error, NameError)
    for name in statement.defines:
        broken.pop(name, None)
    return False


def cause_of(said: str, found: Answer) -> Problem | None:
    """Why a name is not defined, where that is what a sentence says."""
    for name, problem in found.broken.items():
        if f"name '{name}' is not defined" in said:
            return problem
    return None


@contextlib.contextmanager
def running_in(folder: Path) -> Iterator[None]:
    """As a kernel runs a notebook: in its folder, with the modules beside it."""
    path, argv, backend = sys.path[:], sys.argv[:], os.environ.get("MPLBACKEND")
    sys.path.insert(0, str(folder))
    sys.argv[1:] = []
    os.environ["MPLBACKEND"] = "agg"  # no window opens
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        sys.path[:], sys.argv[:] = path, argv
        if backend is None:
            os.environ.pop("MPLBACKEND", None)
        else:
            os.environ["MPLBACKEND"] = backend
