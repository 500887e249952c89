"""The real command on a small experiment, and what its file holds."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

NAME = "four-panels-valley"


def words(out: Path, *more: str, name: str = NAME, trials: int = 6, searches: int = 1):
    """The command as a list of words."""
    size = ["--trials", str(trials), "--searches", str(searches)]
    return [sys.executable, "-m", "lez10.cli", "experiment", name, *size] + [
        "--out",
        str(out),
        *more,
    ]


def finish(out: Path, *more: str, **size) -> subprocess.CompletedProcess:
    """Run the command to its end."""
    return subprocess.run(
        words(out, *more, **size), capture_output=True, text=True, timeout=240
    )


def start(out: Path, *more: str, **size) -> subprocess.Popen:
    """Start the command, in a process group of its own."""
    return subprocess.Popen(
        words(out, *more, **size),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_runs(process: subprocess.Popen, out: Path, at_least: int = 1) -> int:
    """Wait until the file holds some runs, while the command still works."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if out.exists() and (found := count(out)) >= at_least:
            assert process.poll() is None, "it was done before it could be stopped"
            return found
        time.sleep(0.02)
    raise AssertionError(f"{out} never held {at_least} runs")


def count(out: Path) -> int:
    """How many runs the file holds."""
    try:
        with sqlite3.connect(out) as file:
            return file.execute("SELECT count(*) FROM runs").fetchone()[0]
    except sqlite3.OperationalError:  # before the tables are there
        return 0


def rows(out: Path) -> list[tuple]:
    """All runs, every digit of them, in an order that does not depend on the engine."""
    with sqlite3.connect(out) as file:
        return file.execute(
            "SELECT * FROM runs ORDER BY workload, protocol, rule, search, seed, trial"
        ).fetchall()


def stop(process: subprocess.Popen, how: signal.Signals) -> tuple[int, str]:
    """Send a signal to the command and its workers; its exit code and last words."""
    os.killpg(process.pid, how)
    _, said = process.communicate(timeout=60)
    return process.returncode, said
