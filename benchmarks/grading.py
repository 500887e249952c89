"""Grading a class: the real command on 03's solution, beside nbgrader's autograde.

All that the command does is in its times: reading, the sandbox, judging, records. What
it takes to start, which a class of one shows, is subtracted.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.timing import Row, duration, memory, speed_up

ROOT = Path(__file__).parent.parent
NAME = "03_momentum"
SOLUTION = ROOT / "solutions" / f"{NAME}.ipynb"
NBGRADER = ROOT / ".venv-grading" / "bin" / "nbgrader"
FEW, MANY, LARGE = 300, 1000, 10_000
THEIRS = 10  # submissions


def class_of(folder: Path, students: int, text: str) -> Path:
    """A folder with so many submissions."""
    for n in range(students):
        path = folder / f"student{n:05}" / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return folder


def grade(folder: Path, workers: int) -> tuple[float, float]:
    """Seconds of the command, and the MB that it had at most, without its workers."""
    command = [sys.executable, "-m", "lez10.cli", "grade", str(folder)]
    command += ["--workers", str(workers), "--csv", str(folder.with_suffix(".csv"))]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    kilobytes = 0
    while process.poll() is None:
        kilobytes = max(kilobytes, peak_of(process.pid))
        time.sleep(0.02)
    assert process.returncode == 0
    return time.perf_counter() - started, kilobytes / 1000


def peak_of(pid: int) -> int:
    """Kilobytes that a process has had at most so far; 0 where it is not told."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(x.split()[1]) for x in lines if x.startswith("VmHWM")), 0)


def nbgrader(folder: Path, *words: str) -> float:
    """Seconds of a command of nbgrader, in a folder of its own."""
    home = {name: str(folder / "home") for name in ("HOME", "IPYTHONDIR")}
    path = f"{NBGRADER.parent}:/usr/bin:/bin"  # it calls jupyter and alembic
    started = time.perf_counter()
    subprocess.run(
        [NBGRADER, *words],
        cwd=folder,
        env={**home, "PATH": path, "LEZ10_PROGRESS": "", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - started


def seconds_of_nbgrader(folder: Path) -> float:
    """Seconds of autograde for a submission, without those that one takes."""
    (folder / "home").mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / "nbgrader_config.py", folder)
    source = folder / "source" / "lez10"
    source.mkdir(parents=True)
    shutil.copy(SOLUTION, source)
    nbgrader(folder, "generate_assignment", "lez10", "--create")
    for n in range(THEIRS):
        handed_in = folder / "submitted" / f"student{n}" / "lez10"
        handed_in.mkdir(parents=True)
        shutil.copy(SOLUTION, handed_in)
    one = nbgrader(folder, "autograde", "lez10", "--student", "student0")
    return (nbgrader(folder, "autograde", "lez10", "--force") - one) / (THEIRS - 1)


def measure() -> list[Row]:
    """A submission on one worker, thousands on two, memory; and nbgrader."""
    with tempfile.TemporaryDirectory() as name:
        folder, text = Path(name), SOLUTION.read_text("utf-8")
        few = class_of(folder / "few", FEW, text)
        many = class_of(folder / "many", MANY, text)
        large = class_of(folder / "large", LARGE, "not a notebook")
        start, _ = grade(class_of(folder / "one" / "class", 1, text), 1)
        of_few, _ = grade(few, 1)
        of_many, some = grade(many, 2)
        _, most = grade(large, 2)
        one, on_two = (of_few - start) / (FEW - 1), (of_many - start) / (MANY - 1)
        rows = [
            duration(f"a submission of {NAME}, one worker", [one], 0.025),
            duration(
                f"{LARGE:,} of them on two, by {MANY:,}",
                [start + on_two * LARGE],
                240.0,
            ),
            memory(f"the command's memory, {MANY:,} of them", some, 300.0),
            memory(f"the same, {LARGE:,} that are unreadable", most, 300.0),
        ]
        if NBGRADER.exists():
            theirs = [seconds_of_nbgrader(folder / "nbgrader")]
            what, other = f"a submission of {NAME}", "nbgrader autograde"
            rows.append(speed_up(what, [one], other, theirs, 10.0))
        else:
            print(f"  Without nbgrader: make test-grading installs it into {NBGRADER}.")
    return rows
