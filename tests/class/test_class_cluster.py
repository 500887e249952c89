"""`lez10 grade --scheduler`: a real Dask cluster, whose workers have sandboxes."""

import pytest
from classes import (
    REST,
    STEP,
    grade,
    hand_in,
    notebook,
    said_once,
    started,
    wait_for_rows,
)
from clusters import cluster

PAUSE = STEP.replace("v = ", "__import__('time').sleep(0.01); v = ")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Thirty submissions that take a third of a second each, and others."""
    made = tmp_path_factory.mktemp("class") / "submissions"
    for n in range(30):
        hand_in(made, f"student {n}", notebook(PAUSE, REST, f"x = {n}"))
    hand_in(
        made, "loop", notebook(PAUSE, "def predict_half_speed():\n    while 1: pass")
    )
    hand_in(made, "unreadable", "[" * 1000)
    hand_in(made, "<b>\n", notebook(STEP.replace("- alpha", "+ alpha")))
    return made


@pytest.fixture(scope="module")
def expected(folder):
    """The table that the processes of this machine make."""
    return table(folder, "local")


def table(folder, name, *more):
    """The bytes of the table, from a database of its own."""
    out = folder.parent / f"{name}.csv"
    own = ["--db", folder.parent / f"{name}.sqlite", "--timeout", 2]
    done = grade(folder, *own, "--csv", out, *more)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return out.read_bytes()


def test_a_cluster_of_two_makes_the_same_table(folder, expected):
    with cluster() as (address, _):
        assert table(folder, "dask", "--scheduler", address) == expected


def test_a_worker_of_the_cluster_may_die(folder, expected):
    never = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    name = folder.parent / "killed"
    own = ["--db", f"{name}.sqlite", "--timeout", 2, "--csv", f"{name}.csv"]
    with cluster(**never) as (address, (_, one, _)):
        with started(folder, *own, "--scheduler", address) as process:
            wait_for_rows(process, f"{name}.sqlite")
            one.kill()
            said, errors = process.communicate(timeout=240)
    assert (process.returncode, errors) == (0, "")
    assert "A worker died: what it was doing is run again." in said
    assert (folder.parent / "killed.csv").read_bytes() == expected


def test_workers_without_bubblewrap_are_one_sentence(tmp_path):
    hand_in(tmp_path / "submissions", "ada", notebook(STEP))
    with cluster(PATH=str(tmp_path)) as (address, _):
        done = grade(tmp_path / "submissions", "--scheduler", address)
    assert "bubblewrap" in said_once(done)


def test_workers_with_other_tasks_are_one_sentence(tmp_path):
    """Of the same version of lez10, but from other sources."""
    hand_in(tmp_path / "submissions", "ada", notebook(STEP))
    (tmp_path / "sitecustomize.py").write_text(
        "import lez10.grading.grade as g\ng.version_of_tasks = lambda: 'another'\n"
    )
    with cluster(PYTHONPATH=str(tmp_path)) as (address, _):
        done = grade(tmp_path / "submissions", "--scheduler", address)
    assert "the workers have other tasks than this command" in said_once(done)
