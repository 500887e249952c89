"""Derives the exercises from their solutions: `make exercises`.

    python -m lez10.course.exercises solutions/*.ipynb
    python -m lez10.course.exercises --otter FOLDER exercises/03_momentum.ipynb

A solution is edited by hand. The metadata for nbgrader and otter is written into it
from its tasks; the exercise beside it is the same notebook without the solutions. A
second run changes nothing, byte for byte. With --otter, the tests in the metadata are
written into a folder, as the files that `otter generate` reads.
"""

import copy
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lez10.course import CourseError
from lez10.course.canonical import Notebook, dumps, loads, tidy
from lez10.course.files import write
from lez10.course.problems import WIDTH
from lez10.grading.tasks import tasks_of

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
SETUP = "setup"  # the cell with the imports
ANSWER = "otter_answer_cell"


def main(paths: Sequence[str]) -> int:
    """Write each solution's metadata and the exercise made of it; 1 if one fails."""
    folder = None
    if paths[:1] == ["--otter"]:
        folder, paths = Path("".join(paths[1:2])), paths[2:]
    if not paths:
        print("Name the notebooks, as in solutions/*.ipynb.", file=sys.stderr)
        return 2
    failed = False
    for path in map(Path, paths):
        try:
            written = derive(path) if folder is None else write_otter(path, folder)
        except CourseError as error:
            print(error, file=sys.stderr)
            failed = True
            continue
        for file in written:
            print(f"{file}: written")
    return int(failed)


def derive(path: Path) -> list[Path]:
    """Bring one solution and its exercise up to date; the files that changed.

    The exercise stands in a folder beside the solution's. Raises CourseError for a
    solution that cannot be read, or that lacks a cell of one of its tasks.
    """
    solution = read(path)
    try:
        marked = with_metadata(solution, path.stem)
        texts = {path: dumps(marked)}
        texts[exercise_of(path)] = dumps(exercise(marked))
    except ValueError as error:
        raise CourseError(f"{path}: {error}") from error
    changed = []
    for file, text in texts.items():
        data = text.encode()
        if not file.is_file() or file.read_bytes() != data:
            write(file, data)
            changed.append(file)
    return changed


def exercise_of(path: Path) -> Path:
    """Where the exercise of a solution stands."""
    above = path.parent.parent if path.parent.name else Path("..")
    return above / "exercises" / path.name


def read(path: Path) -> Notebook:
    """The notebook in a file; CourseError where there is none."""
    try:
        return loads(path.read_bytes().decode())
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} should be a notebook, but {error}.") from error


def with_metadata(notebook: Notebook, name: str) -> Notebook:
    """A solution in canonical form, unrun, with what nbgrader and otter read in it.

    Raises ValueError where a task has no cell, or a cell belongs to no task.
    """
    notebook = tidy(notebook)
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        cell.metadata.pop("tags", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    tasks = tasks_of(name)
    marks(the_cell(notebook, "import lez10", "first"), SETUP, locked=True)
    for task in tasks:
        answer = the_cell(notebook, f"def {task.name}(", "answer")
        marks(answer, task.name, solution=True)
        answer.metadata["tags"] = [ANSWER]
        check = the_cell(notebook, checking(task.name), "check")
        marks(check, f"{task.name}-points", grade=True, locked=True)
        check.metadata["nbgrader"]["points"] = task.points
    for cell in notebook.cells:
        if BEGIN in cell.source and "nbgrader" not in cell.metadata:
            line = cell.source.splitlines()[0]
            raise ValueError(
                f"the cell that begins {line!r} answers no task of {name}."
            )
    notebook.metadata["otter"] = {
        "OK_FORMAT": True,
        "assignment_name": name,
        "tests": {task.name: otter_test(task) for task in tasks},
    }
    return notebook


def the_cell(notebook: Notebook, start: str, what: str) -> Notebook:
    """The one code cell that has this at a line's start; ValueError unless there is."""
    found = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and f"\n{start}" in f"\n{cell.source}"
    ]
    if len(found) != 1:
        raise ValueError(f"one {what} cell should hold {start!r}, but {len(found)} do.")
    return found[0]


def marks(cell: Notebook, grade_id: str, **true: bool) -> None:
    """Write nbgrader's metadata: its own keys and no others, or it refuses the cell."""
    kept = {"grade": False, "solution": False, "locked": False, "task": False} | true
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id} | kept


def checking(name: str) -> str:
    """What a check cell holds: it shows the panel, and ends with the points.

    nbgrader takes any other last value for full marks.
    """
    line = f'lez10.check("{name}", {name}).show()'
    if len(line) <= WIDTH:
        return line
    return f'lez10.check(\n    "{name}",\n    {name},\n).show()'


def otter_test(task: Any) -> dict[str, Any]:
    """A task as otter's test: a case for each property, with its points."""
    cases = [
        {
            "code": f'>>> import lez10\n>>> lez10.check("{task.name}", {task.name})'
            f'.judgement.earned["{one.name}"]\n{one.points}',
            "hidden": False,
            "locked": False,
            "name": one.said,
            "points": one.points,
        }
        for one in task.properties
    ]
    suite = {"cases": cases, "scored": True, "setup": "", "teardown": ""}
    suite["type"] = "doctest"
    return {"name": task.name, "points": None, "suites": [suite]}


def write_otter(path: Path, folder: Path) -> list[Path]:
    """Write an exercise's tests as otter's files; CourseError if there are none."""
    try:
        texts = otter_files(read(path))
    except LookupError as error:
        raise CourseError(
            f"{path} should have otter's tests in its metadata, but has none: take a "
            "notebook from exercises/."
        ) from error
    for name, text in texts.items():
        write(folder / name, text.encode())
    return [folder / name for name in texts]


def otter_files(notebook: Notebook) -> dict[str, str]:
    """The tests of an exercise as the files that `otter generate` reads, by name."""
    tests = notebook.metadata["otter"]["tests"]
    return {
        f"{name}.py": f"OK_FORMAT = True\n\ntest = {plain(test)!r}\n"
        for name, test in tests.items()
    }


def plain(value: Any) -> Any:
    """Metadata as dicts and lists."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value


def exercise(solution: Notebook) -> Notebook:
    """The same notebook with the solutions cut: the line that raises remains."""
    notebook = copy.deepcopy(solution)
    for cell in notebook.cells:
        cell.source = "\n".join(without_solution(cell.source.split("\n")))
    return notebook


def without_solution(lines: Iterable[str]) -> Iterator[str]:
    """Lines with an indented nothing for each solution, as nbgrader's ClearSolutions.

    Raises ValueError for markers that do not match.
    """
    inside = False
    for line in lines:
        if BEGIN in line:
            if inside:
                raise ValueError(f"{BEGIN!r} stands twice without {END!r}.")
            inside = True
            yield line[: len(line) - len(line.lstrip())]
        elif END in line:
            if not inside:
                raise ValueError(f"{END!r} stands without {BEGIN!r}.")
            inside = False
        elif not inside:
            yield line
    if inside:
        raise ValueError(f"{BEGIN!r} stands without {END!r}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
