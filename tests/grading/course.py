"""What the tests with nbgrader and otter share: the notebooks, and how to run both."""

import json
import os
import subprocess
import sys
from pathlib import Path

from lez10.course.exercises import END, read
from lez10.grading.check import checking
from lez10.grading.tasks import task_of, tasks_of

ROOT = Path(__file__).parents[2]
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
EXERCISES = sorted((ROOT / "exercises").glob("*.ipynb"))
NAMES = [path.stem for path in SOLUTIONS]
MOMENTUM = NAMES.index("03_momentum")
POINTS = {name: sum(task.points for task in tasks_of(name)) for name in NAMES}


def run(folder: Path, *words: str | Path) -> str:
    """What a Python module prints, run in a folder with nothing of this machine's."""
    variables = {name: x for name, x in os.environ.items() if name != "MPLBACKEND"}
    for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
        variables[name] = str(folder / "home" / name)
        Path(variables[name]).mkdir(parents=True, exist_ok=True)
    variables |= {"JUPYTER_PREFER_ENV_PATH": "1", "PYTHONWARNINGS": "ignore"}
    variables["LEZ10_PROGRESS"] = ""
    # nbgrader calls alembic, which stands beside this Python.
    path = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    variables["PATH"] = os.pathsep.join(path)
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def asked(folder: Path, script: str, *words: str | Path) -> dict:
    """The JSON in the last line that a script of this folder prints."""
    said = run(folder, Path(__file__).with_name(script), *words)
    return json.loads(next(line for line in said.splitlines() if line[:1] == "{"))


def answered(exercise: Path, solution: Path) -> str:
    """An exercise with the solutions written into it, as a student hands it in."""
    notebook = json.loads(exercise.read_text("utf-8"))
    answers = {cell.id: cell.source for cell in read(solution).cells}
    for cell in notebook["cells"]:
        lines = answers[cell["id"]].split("\n")
        cell["source"] = "\n".join(line for line in lines if END not in line)
    return json.dumps(notebook)


def partly(exercise: Path, solution: Path) -> tuple[str, int]:
    """03 with an answer that changes the caller's array, and what it is worth here."""
    text = answered(exercise, solution)
    assert text.count("theta = theta + v") == 1
    text = text.replace("theta = theta + v", "theta += v")
    name = "momentum_step"
    scope: dict = {}
    for cell in json.loads(text)["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in ("setup", name):
            exec(cell["source"], scope)
    lost = task_of(name).points - checking(task_of(name), scope[name]).points
    assert lost > 0
    return text, POINTS["03_momentum"] - lost
