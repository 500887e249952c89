"""kill -9 at 20 random moments, of the command, the sandbox, a worker: nothing is lost.

Every time the table at the end is that of an undisturbed run, byte for byte.
"""

import random
import signal
import time

import psutil
import pytest
from classes import (
    REST,
    STEP,
    count,
    grade,
    hand_in,
    notebook,
    started,
    table,
    wait_for_rows,
)

from lez10.grading.records import GRADES, Records
from lez10.grading.tasks import tasks_of

PAUSE = STEP.replace("v = ", "__import__('time').sleep(0.005); v = ")
ANSWERS = (
    PAUSE,
    PAUSE,
    PAUSE.replace("- alpha", "+ alpha"),
    PAUSE.replace("beta", "1"),
)
LOOP = "def predict_half_speed():\n    while True:\n        pass"
STUDENTS = 100
OPTIONS = ("--timeout", 1, "--workers", 2)
ROWS = (STUDENTS + 4) * len(tasks_of("03_momentum"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Submissions that take a sixth of a second each; three loops, one unreadable."""
    made = tmp_path_factory.mktemp("class") / "submissions"
    for n in range(STUDENTS):
        answer = ANSWERS[n % len(ANSWERS)]
        hand_in(made, f"student {n:03}", notebook(answer, REST, f"x = {n}"))
    for n in range(3):
        hand_in(made, f"student 0{n}0 loops", notebook(PAUSE, LOOP, f"x = {n}"))
    hand_in(made, "student 050 unreadable", "nothing")
    return made


@pytest.fixture(scope="module")
def expected(folder):
    """The table of an undisturbed run."""
    done, made = finish(folder, folder.parent / "undisturbed.sqlite")
    assert f"grading: {STUDENTS + 4} of {STUDENTS + 4} submissions" in done.stdout
    statuses = {row["status"] for row in table(folder.parent / "table.csv")}
    assert {"correct", "wrong", "timeout", "unreadable"} <= statuses
    return made


def finish(folder, db):
    """Run the command to its end; what it said, and the bytes of its table."""
    out = folder.parent / "table.csv"
    out.unlink(missing_ok=True)
    done = grade(folder, *OPTIONS, "--db", db, "--csv", out)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done, out.read_bytes()


def below(pid: int) -> list[psutil.Process]:
    """All processes that a process has started."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def command_of(process: psutil.Process) -> str:
    """Its command line, empty where it is gone."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def in_sandboxes(pid: int) -> list[psutil.Process]:
    """All processes of the sandboxes: bubblewrap, what it holds, and their children."""
    found = {}
    for one in below(pid):
        if command_of(one).split(" ")[0].endswith("bwrap"):
            found |= {p.pid: p for p in [one, *below(one.pid)]}
    return list(found.values())


def workers(pid: int) -> list[psutil.Process]:
    """joblib's workers."""
    return [one for one in below(pid) if "LokyProcess" in command_of(one)]


def wait_for_the_end(processes: list[psutil.Process]) -> None:
    """Wait until all have ended, whether or not somebody takes notice of it."""
    end = time.monotonic() + 30
    while alive := [one for one in processes if is_alive(one)]:
        assert time.monotonic() < end, alive
        time.sleep(0.1)


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs."""
    try:
        return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


def kill_at_random(process, db, times, kind, seed, more=0):
    """Kill one of a kind so often; before each of them so many more rows are there."""
    draw, rows, done, seen = random.Random(seed), 1, 0, set()
    while done < times:
        rows = wait_for_rows(process, db, rows) + more
        time.sleep(draw.uniform(0, 0.6))
        seen |= set(kind(process.pid))  # what a killed one has started may live on
        if there := sorted(filter(is_alive, seen), key=lambda one: one.pid):
            one = draw.choice(there)
            print(f"kill -9 {one.pid}, {count(db)} rows: {command_of(one)[:99]}")
            one.kill()
            done += 1


def test_the_command_killed_five_times(folder, expected, tmp_path):
    """Its workers and their sandboxes end by themselves."""
    db, draw, kept = tmp_path / "grades.sqlite", random.Random(5), [0]
    for n in range(5):
        with started(folder, *OPTIONS, "--db", db) as process:
            if n:  # the first is killed while it starts, the others when more is there
                wait_for_rows(process, db, kept[-1] + 1)
            time.sleep(draw.uniform(0, 0.5))
            theirs = below(process.pid)
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
            kept.append(count(db))
            wait_for_the_end(theirs)
    print(f"rows kept after each: {kept}, of {ROWS}")
    assert kept == sorted(kept) and 0 < kept[-1] < ROWS
    done, made = finish(folder, db)
    left = STUDENTS + 4 - kept[-1] // 4
    assert f"grading: {left} of {left} submissions" in done.stdout  # and none twice
    assert made == expected
    assert count(db) == ROWS


def test_the_command_killed_twice_with_postgresql(folder, expected, database):
    draw, records = random.Random(2), Records(database)
    for _ in range(2):
        before = rows_in(records)
        with started(folder, *OPTIONS, "--db", database) as process:
            while rows_in(records) == before:
                assert process.poll() is None
            time.sleep(draw.uniform(0, 1))
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
    _, made = finish(folder, database)
    assert made == expected
    assert rows_in(records) == ROWS
    records.close()


def rows_in(records):
    """How many rows a database holds."""
    with records.engine.begin() as connection:
        return len(connection.execute(GRADES.select()).all())


@pytest.mark.parametrize(
    ("times", "kind", "more"), [(7, in_sandboxes, 0), (6, workers, 1)]
)
def test_its_processes_killed(folder, expected, tmp_path, times, kind, more):
    """Of a sandbox any: bubblewrap itself, the one inside, a child of that."""
    db, out = tmp_path / "grades.sqlite", tmp_path / "table.csv"
    with started(folder, *OPTIONS, "--db", db, "--csv", out) as process:
        kill_at_random(process, db, times, kind, seed=times, more=more)
        said, errors = process.communicate(timeout=240)
    assert (process.returncode, errors) == (0, "")
    assert out.read_bytes() == expected
    assert count(db) == ROWS
    again = said.count("A worker died: what it was doing is run again.")
    assert again == (times if kind is workers else 0)


def test_ctrl_c_keeps_what_was_graded(folder, expected, tmp_path):
    db = tmp_path / "grades.sqlite"
    with started(folder, *OPTIONS, "--db", db) as process:
        wait_for_rows(process, db, 8)
        theirs = below(process.pid)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        wait_for_the_end(theirs)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == (
        "lez10 grade: stopped; what was graded is kept, and the same command goes on "
        "from there."
    )
    assert 8 <= count(db) < ROWS
    assert finish(folder, db)[1] == expected
