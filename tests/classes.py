"""A class in a folder, the real command on it, and what it wrote."""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from lez10.grading.tasks import tasks_of

ROOT = Path(__file__).parents[1]
MOMENTUM = "03_momentum"
TASKS = [task.name for task in tasks_of(MOMENTUM)]
STEP = """
def momentum_step(theta, v, grad, alpha, beta):
    v = beta * v - alpha * grad(theta)
    return theta + v, v
"""
REST = """
def predict_half_speed():
    return 14

def predict_largest_momentum_rate():
    return 0.152

def tuned_momentum():
    return {"alpha": 0.06, "beta": 0.6}
"""
POINTS = sum(task.points for task in tasks_of(MOMENTUM))


def stub(exercise: str) -> str:
    """The notebook as it is handed out."""
    return (ROOT / "exercises" / f"{exercise}.ipynb").read_text("utf-8")


def answered(exercise: str) -> str:
    """The notebook with all answers."""
    return (ROOT / "solutions" / f"{exercise}.ipynb").read_text("utf-8")


def notebook(*cells: str) -> str:
    """A notebook of these code cells."""
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": cell}
        for cell in cells
    ]
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5})


def hand_in(folder: Path, where: str, text: str | bytes = "") -> Path:
    """Put a notebook of 03 into SUBMISSIONS/where, or as where if that names a file."""
    path = folder / where
    path = path if path.suffix == ".ipynb" else path / f"{MOMENTUM}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def words(folder: Path, *more: object) -> list[str]:
    """The command as a list of words."""
    return [sys.executable, "-m", "lez10.cli", "grade", str(folder), *map(str, more)]


def grade(
    folder: Path, *more: object, **environment: str
) -> subprocess.CompletedProcess:
    """Run the command to its end."""
    return subprocess.run(
        words(folder, *more),
        capture_output=True,
        text=True,
        timeout=600,
        env=os.environ | {"COLUMNS": "250"} | environment,
    )


@contextmanager
def started(folder: Path, *more: object) -> Iterator[subprocess.Popen]:
    """The command at work, in a process group of which nothing is left afterwards."""
    with subprocess.Popen(
        words(folder, *more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def graded(folder: Path, *more: object) -> list[dict]:
    """The table of a class, for which the command has nothing to complain about."""
    out = folder.parent / f"{folder.name}.csv"
    done = grade(folder, "--csv", out, *more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return table(out)


def table(path: Path) -> list[dict]:
    """The rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def of(rows: list[dict], student: str, task: str = "momentum_step") -> dict:
    """The row of a student and a task."""
    (row,) = (r for r in rows if (r["student"], r["task"]) == (student, task))
    return row


def said_once(done: subprocess.CompletedProcess) -> str:
    """The sentence of a command that could not run."""
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("lez10 grade: ") and line.endswith("."), line
    assert "Traceback" not in done.stdout
    return line.removeprefix("lez10 grade: ")


def wait_for_rows(process: subprocess.Popen, db: Path | str, at_least: int = 1) -> int:
    """Wait until a file holds some rows, while the command still works."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()
        if (found := count(db)) >= at_least:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{db} never held {at_least} rows")


def count(db: Path | str) -> int:
    """How many rows a file holds."""
    if not Path(db).exists():
        return 0
    try:
        with closing(sqlite3.connect(db)) as file:
            return file.execute("SELECT count(*) FROM lez10_grades").fetchone()[0]
    except sqlite3.OperationalError:  # before the table is there, or in a transaction
        return 0
