"""`lez10 experiment`: same numbers from every engine, and nothing lost."""

import io
import re
import resource
import signal
import sqlite3

import psutil
import pytest
from experiment_runs import (
    NAME,
    count,
    finish,
    rows,
    start,
    stop,
    wait_for_runs,
)
from rich.console import Console

from lez10.experiments.catalogue import EXPERIMENTS
from lez10.experiments.results import load
from lez10.experiments.tasks import by_key, carry_out, missing, missing_again
from lez10.experiments.verdicts import verdicts
from lez10.parallel.progress import progress

LARGE = {"trials": 10, "searches": 1, "name": "four-panels"}  # seconds, not moments


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The small experiment, run in one process."""
    out = tmp_path_factory.mktemp("whole") / "runs.sqlite"
    done = finish(out, "--workers", "1")
    assert done.returncode == 0, done.stderr
    return out, done.stdout


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """The one that is interrupted, undisturbed."""
    out = tmp_path_factory.mktemp("large") / "runs.sqlite"
    done = finish(out, "--workers", "2", **LARGE)
    assert done.returncode == 0, done.stderr
    return rows(out)


def test_it_prints_the_table_with_its_uncertainty_and_the_verdicts(whole):
    _, said = whole
    assert "noisy valley in 40 dimensions" in said
    assert "one search: mean ± standard deviation of fresh seeds" in said
    assert "6 trials each" in said
    lines = said.splitlines()
    (adam,) = [line for line in lines if line.startswith(" Adam ") and "±" in line]
    assert adam.count("±") == 5
    agree = [line for line in lines if re.search(r"  [01] of 1 +$", line)]
    assert len(agree) == 4
    assert "This workload is synthetic" in said
    assert max(map(len, lines)) <= 80


def test_a_process_does_the_same_in_memory(whole):
    out, _ = whole
    valley = EXPERIMENTS[NAME]
    runs = [run for task in missing(valley, 6, 1, ()) for run in carry_out(task)]
    again = missing_again(valley, 6, 1, by_key(runs))
    runs += [run for task in again for run in carry_out(task)]
    there = {row[:6]: row[6:9] for row in rows(out)}
    here = {tuple(run[:6]): tuple(run[6:]) for run in runs}
    assert there.keys() == here.keys()
    blank = (None, None, None)
    for key, numbers in here.items():
        assert there[key] == (blank if numbers[0] != numbers[0] else numbers)


def test_loky_reproduces_it_to_the_bit(whole, tmp_path):
    done = finish(tmp_path / "loky.sqlite", "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path / "loky.sqlite") == rows(whole[0])
    assert done.stdout.partition("noisy")[2] == whole[1].partition("noisy")[2]


def test_a_second_time_runs_nothing_and_says_the_same(whole, tmp_path):
    out, said = whole
    before = rows(out)
    done = finish(out, "--npz", str(tmp_path / "small.npz"))
    assert "searching" not in done.stdout
    assert done.stdout.strip() == said[said.index("noisy") :].strip()
    assert rows(out) == before
    small = load(tmp_path / "small.npz")
    assert small.searches == 1 and small.trials == 6
    (session,) = small.about["sessions"]
    size = "--trials 6 --searches 1"
    assert session["command"].startswith(f"lez10 experiment {NAME} {size} --out ")
    assert {"lez10", "numpy", "joblib", "sqlalchemy"} <= set(session["versions"])
    assert len(verdicts(small, "valley")) == 4


def test_a_small_file_that_cannot_be_written_is_one_sentence(whole):
    done = finish(whole[0], "--npz", "/dev/full")
    assert done.returncode == 2
    line = said_once(done.stderr)
    assert "/dev/full cannot be written (No space left on device)" in line
    assert count(whole[0]) > 0


def test_more_searches_are_added_to_those_that_are_there(whole, tmp_path):
    out = tmp_path / "more.sqlite"
    out.write_bytes(whole[0].read_bytes())
    done = finish(out, searches=2)
    assert done.returncode == 0
    assert "2 searches: median, and below it the lowest and the highest" in done.stdout
    assert set(rows(whole[0])) < set(rows(out))


# ---- stopped in the middle


def test_a_command_that_is_killed_loses_nothing(large, tmp_path):
    out = tmp_path / "killed.sqlite"
    process = start(out, "--workers", "2", **LARGE)
    wait_for_runs(process, out, 100)
    stop(process, signal.SIGKILL)
    kept = rows(out)
    assert 100 <= len(kept) < len(large)
    assert set(kept) < set(large)
    done = finish(out, "--workers", "2", **LARGE)
    assert done.returncode == 0
    searched = sum(1 for row in large if row[4] == 0)
    left = searched - sum(1 for row in kept if row[4] == 0)
    assert f"searching: {left} of {left} runs" in done.stdout  # and no run twice
    assert rows(out) == large


def test_ctrl_c_leaves_a_file_that_can_be_read(large, tmp_path):
    out = tmp_path / "stopped.sqlite"
    process = start(out, "--workers", "2", **LARGE)
    wait_for_runs(process, out, 100)
    code, said = stop(process, signal.SIGINT)
    assert code == 130
    assert said.splitlines()[-1] == (
        f"lez10 experiment: stopped; what was run is in {out}, and the same command "
        "goes on from there."
    )
    with sqlite3.connect(out) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert 100 <= count(out) < len(large)
    assert set(rows(out)) < set(large)


def test_a_worker_that_dies_has_its_work_done_again(large, tmp_path):
    out = tmp_path / "worker.sqlite"
    process = start(out, "--workers", "2", **LARGE)
    wait_for_runs(process, out, 100)
    below = psutil.Process(process.pid).children(recursive=True)
    next(one for one in below if "LokyProcess" in " ".join(one.cmdline())).kill()
    said, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    assert "A worker died: what it was doing is run again." in said
    assert rows(out) == large


def test_a_full_disk_is_one_sentence_and_keeps_what_was_written(large, tmp_path):
    """A limit of the file's size stops SQLite as a full disk does."""
    out = tmp_path / "full.sqlite"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, before[1]))
    try:
        done = finish(out, "--workers", "2", **LARGE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert done.returncode == 2
    assert said_once(done.stderr).startswith(
        f"lez10 experiment: {out} cannot be written"
    )
    assert "run the same command again" in done.stderr
    kept = rows(out)
    assert 0 < len(kept) and set(kept) < set(large)
    assert finish(out, "--workers", "2", **LARGE).returncode == 0
    assert rows(out) == large


# ---- asked for what cannot be


def said_once(stderr: str) -> str:
    (line,) = stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": "nope"}, "the experiments are three-workloads, .*, got 'nope'."),
        ({"trials": 0}, "--trials must be a whole number >= 1, got 0."),
        ({"searches": -1}, "--searches must be a whole number >= 1, got -1."),
    ],
)
def test_what_does_not_exist_is_said_and_no_file_is_made(more, sentence, tmp_path):
    done = finish(tmp_path / "x.sqlite", **more)
    assert done.returncode == 2
    assert re.fullmatch(f"lez10 experiment: {sentence}", said_once(done.stderr))
    assert not (tmp_path / "x.sqlite").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    for option, out in (("--out", "no/x.sqlite"), ("--npz", "x.sqlite")):
        more = ["--npz", str(tmp_path / "no" / "x.npz")] if option == "--npz" else []
        done = finish(tmp_path / out, *more)
        assert done.returncode == 2
        line = said_once(done.stderr)
        assert f"{option} must name a file in a folder that exists" in line


def test_a_file_of_another_kind_is_left_as_it_is(tmp_path):
    other = tmp_path / "thesis.sqlite"
    other.write_text("years of work")
    done = finish(other)
    assert done.returncode == 2
    assert "is no file of results" in said_once(done.stderr)
    assert other.read_text() == "years of work"


def test_results_of_another_experiment_are_not_mixed(whole):
    out, _ = whole
    before = out.read_bytes()
    done = finish(out, name="four-panels-digits")
    assert done.returncode == 2
    assert f"holds the experiment {NAME}, not four-panels-digits" in done.stderr
    assert out.read_bytes() == before


def test_results_of_another_version_are_not_mixed(whole, tmp_path):
    out = tmp_path / "old.sqlite"
    out.write_bytes(whole[0].read_bytes())
    with sqlite3.connect(out) as file:
        file.execute("UPDATE facts SET value = '{}' WHERE name = 'definition'")
    done = finish(out)
    assert done.returncode == 2
    assert "must not be mixed" in said_once(done.stderr)


def test_a_file_that_somebody_else_writes_is_waited_for_and_then_named(whole, tmp_path):
    out = tmp_path / "busy.sqlite"
    out.write_bytes(whole[0].read_bytes())
    with sqlite3.connect(out, isolation_level=None) as file:
        file.execute("BEGIN EXCLUSIVE")
        done = finish(out, searches=2)
        file.execute("ROLLBACK")
    assert done.returncode == 2
    assert "is being written by another process" in said_once(done.stderr)


def test_a_terminal_gets_a_bar_with_rate_and_time_left():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    with progress("searching", 40, "runs", console) as advance:
        for _ in range(4):
            advance(10)
    shown = screen.getvalue()
    assert "40/40" in shown and "left" in shown and "runs/s" in shown
