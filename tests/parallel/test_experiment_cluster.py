"""`lez10 experiment --scheduler`: a real Dask cluster of two workers, over TCP."""

import re
import subprocess
import sys

import psutil
import pytest
from clusters import cluster
from experiment_runs import finish, rows, start, wait_for_runs

LARGE = {"trials": 10, "searches": 1, "name": "four-panels"}


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """What one process computes."""
    out = tmp_path_factory.mktemp("large") / "runs.sqlite"
    done = finish(out, "--workers", "1", **LARGE)
    assert done.returncode == 0, done.stderr
    return rows(out)


def test_a_cluster_of_two_reproduces_it_to_the_bit(large, tmp_path):
    out = tmp_path / "dask.sqlite"
    with cluster() as (address, _):
        done = finish(out, "--scheduler", address, **LARGE)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert rows(out) == large


def test_a_worker_of_the_cluster_may_die(large, tmp_path):
    out = tmp_path / "worker.sqlite"
    with cluster() as (address, (_, one, _)):
        process = start(out, "--scheduler", address, **LARGE)
        wait_for_runs(process, out)
        one.kill()
        _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    assert rows(out) == large


def test_a_chunk_whose_worker_died_too_often_is_run_again(large, tmp_path):
    """Dask gives such a task up: here after the first death, so that one is enough."""
    out = tmp_path / "again.sqlite"
    never = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with cluster(**never) as (address, (_, one, _)):
        process = start(out, "--scheduler", address, **LARGE)
        wait_for_runs(process, out)
        one.kill()  # in the middle of a task, since each has several to do
        said, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    assert "A worker died: what it was doing is run again." in said
    assert rows(out) == large


def test_a_scheduler_that_is_lost_is_one_sentence_and_nothing_is_lost(large, tmp_path):
    out = tmp_path / "scheduler.sqlite"
    with cluster() as (address, (scheduler, *_)):
        process = start(out, "--scheduler", address, **LARGE)
        wait_for_runs(process, out)
        scheduler.kill()
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    (line,) = errors.splitlines()
    assert line.startswith(f"lez10 experiment: the scheduler {address} was lost")
    assert set(rows(out)) < set(large)
    assert finish(out, "--workers", "1", **LARGE).returncode == 0
    assert rows(out) == large


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere"])
def test_a_scheduler_that_is_not_there_is_one_sentence(address, tmp_path):
    done = finish(tmp_path / "x.sqlite", "--scheduler", address)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    wanted = f"a Dask scheduler that runs, such as .*, but {address} does not answer"
    assert re.search(wanted, line)


def test_a_cluster_of_one_does_the_work_itself(tmp_path):
    """joblib would take it back: the worker's process is seen to compute."""
    with cluster(workers=1) as (address, (_, worker)):
        process = start(tmp_path / "one.sqlite", "--scheduler", address, **LARGE)
        wait_for_runs(process, tmp_path / "one.sqlite", 100)
        before = seconds_of(worker.pid), seconds_of(process.pid)
        wait_for_runs(process, tmp_path / "one.sqlite", 400)
        theirs, ours = seconds_of(worker.pid), seconds_of(process.pid)
        process.kill()
        process.communicate()
    assert theirs - before[0] > 3 * (ours - before[1])


def seconds_of(pid: int) -> float:
    """CPU time that a process has used."""
    return sum(psutil.Process(pid).cpu_times()[:2])


WITHOUT = "import sys; sys.modules['lez10'] = None; "
WORKER = "from distributed.cli.dask_worker import main; sys.exit(main())"
OLDER = (
    "import sys, importlib.metadata as m; real = m.version; "
    "m.version = lambda name: '0.0.1' if name == 'lez10' else real(name); "
)


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (WITHOUT, "the cluster's workers need lez10 and what it asks for"),
        (OLDER, "the cluster's workers need lez10 .*, but have 0.0.1: install"),
    ],
)
def test_workers_that_cannot_do_it_are_told_of(before, sentence, tmp_path):
    with cluster(workers=0) as (address, _):
        command = [sys.executable, "-c", before + WORKER, address, "--nthreads", "1"]
        worker = subprocess.Popen(
            [*command, "--no-nanny", "--no-dashboard"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            done = finish(tmp_path / "x.sqlite", "--scheduler", address)
        finally:
            worker.kill()
            worker.wait()
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert re.search(sentence, line)


def test_a_cluster_without_workers_is_one_sentence(tmp_path):
    with cluster(workers=0) as (address, _):
        done = finish(tmp_path / "x.sqlite", "--scheduler", address)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"the scheduler {address} has no workers" in line
