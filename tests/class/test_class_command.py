"""`lez10 grade` as a teacher runs it, in the real sandbox."""

import json
import os
import re
import shutil
from collections import Counter

import pytest
from classes import (
    MOMENTUM,
    POINTS,
    REST,
    ROOT,
    STEP,
    TASKS,
    answered,
    grade,
    graded,
    hand_in,
    notebook,
    of,
    said_once,
    stub,
    table,
)

from lez10.grading.rows import STATUSES, Row
from lez10.grading.tasks import EXERCISES, task_of, tasks_of

NAMES = list(EXERCISES)
DEF = "def momentum_step(theta, v, grad, alpha, beta):\n    "
# By the misconception's name, or the two names, what such a student writes.
MISTAKES = {
    "average": "v = beta * v - (1 - beta) * alpha * grad(theta)\n"
    "    return theta + v, v",
    "uphill": "v = beta * v + alpha * grad(theta)\n    return theta + v, v",
    "subtracts_v": "v = beta * v - alpha * grad(theta)\n    return theta - v, v",
    "old_velocity": "new = beta * v - alpha * grad(theta)\n    return theta + v, new",
    "beta_negative": "v = -beta * v - alpha * grad(theta)\n    return theta + v, v",
    "no_memory": "v = -alpha * grad(theta)\n    return theta + v, v",
    "no_forgetting": "v = v - alpha * grad(theta)\n    return theta + v, v",
    "swapped": "v = alpha * v - beta * grad(theta)\n    return theta + v, v",
    "no_alpha": "v = beta * v - grad(theta)\n    return theta + v, v",
    "looks_ahead": "v = beta * v - alpha * grad(theta + beta * v)\n"
    "    return theta + v, v",
    "v_not_returned": "new = beta * v - alpha * grad(theta)\n    return theta + new, v",
    "mirrored": "v = beta * v + alpha * grad(theta)\n    return theta - v, v",
    "average uphill": "v = beta * v + (1 - beta) * alpha * grad(theta)\n"
    "    return theta + v, v",
}
# By the status, an answer to momentum_step.
STATUS_OF = {
    "correct": STEP,
    "partial": DEF + "v[...] = beta * v - alpha * grad(theta)\n    return theta + v, v",
    "wrong": DEF + "return 3 * theta, v",
    "error": DEF + "return theta / nothing, v",
    "timeout": DEF + "\n    while True:\n        pass",
    "memory": DEF + "\n    return theta, [bytearray(10**9) for _ in range(100)]",
    "forbidden": "import lez10\n" + DEF + "\n    return lez10.momentum(theta, v, grad)",
    "missing": "",
    "not answered": DEF + "raise NotImplementedError('momentum_step: update v')",
    "unreadable": "not a notebook",
}


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A class made from the solutions, the stubs, mistakes, statuses; its table."""
    folder = tmp_path_factory.mktemp("school") / "submissions"
    for name in NAMES:
        hand_in(folder, f"all right/{name}.ipynb", answered(name))
        hand_in(folder, f"stubs/{name}.ipynb", stub(name))
    for name, body in MISTAKES.items():
        hand_in(folder, name, notebook(DEF + body, REST))
    for status, cell in STATUS_OF.items():
        text = cell if status == "unreadable" else notebook(REST, cell)
        hand_in(folder, f"is {status}", text)
    (folder / "nothing at all").mkdir()
    out = folder.parent / "table.csv"
    more = ["--csv", out, "--html", folder.parent / "pages", "--timeout", "2"]
    done = grade(folder, *more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return folder, done.stdout, table(out)


def test_every_student_has_a_row_for_every_task(school):
    folder, _, rows = school
    students = sorted(path.name for path in folder.iterdir())
    tasks = [(name, task.name) for name in NAMES for task in tasks_of(name)]
    expected = [(student, *task) for student in students for task in tasks]
    assert [(r["student"], r["exercise"], r["task"]) for r in rows] == expected
    assert tuple(rows[0]) == Row._fields
    assert {row["status"] for row in rows} == set(STATUSES)


def test_solutions_get_all_points_and_stubs_none(school):
    *_, rows = school
    for name in NAMES:
        for task in tasks_of(name):
            right, not_yet = (
                of(rows, "all right", task.name),
                of(rows, "stubs", task.name),
            )
            assert (right["status"], right["points"]) == ("correct", str(task.points))
            assert right["max_points"] == str(task.points)
            assert (not_yet["status"], not_yet["points"]) == ("not answered", "0")


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_in_the_words_of_the_check(school, name):
    row = of(school[-1], name)
    known = {one.name: one for one in task_of("momentum_step").misconceptions}
    for one in name.split():
        assert known[one].said in row["feedback"]
    assert row["status"] in ("wrong", "partial")
    scope: dict = {}
    exec(DEF + MISTAKES[name], scope)
    import lez10

    panel = lez10.check("momentum_step", scope["momentum_step"])
    assert row["feedback"] == " ".join(panel.sentences())
    assert row["points"] == str(panel.points)


@pytest.mark.parametrize("status", STATUS_OF)
def test_every_status_costs_its_own_task_alone(school, status):
    *_, rows = school
    row = of(rows, f"is {status}")
    assert row["status"] == status, row
    if status == "correct":
        assert row["points"] == "12" and row["feedback"] == ""
    elif status == "partial":
        assert 0 < int(row["points"]) < 12
        assert "changes the caller's v" in row["feedback"]
    else:
        assert row["points"] == "0"
        assert row["feedback"].endswith(".")
    others = [of(rows, f"is {status}", task) for task in TASKS[1:]]
    expected = "unreadable" if status == "unreadable" else "correct"
    assert {one["status"] for one in others} == {expected}


def test_what_is_printed(school):
    folder, said, rows = school
    line = next(line for line in said.splitlines() if f" {MOMENTUM} " in line)
    found = [cell.strip() for cell in line.strip("│ ").split("│")]
    of_03 = [row for row in rows if row["exercise"] == MOMENTUM]
    counts = Counter(row["status"] for row in of_03)
    students = {row["student"] for row in of_03}
    handed_in = {row["student"] for row in of_03 if row["status"] != "missing"}
    mean = sum(int(row["points"]) for row in of_03) / len(handed_in)
    assert handed_in == students - {"nothing at all"}
    assert found == [
        MOMENTUM,
        f"{len(handed_in)} of {len(students)}",
        f"{mean:.1f} of {POINTS}",
        ", ".join(f"{counts[status]} {status}" for status in STATUSES),
    ]
    assert re.search(r"│ 08_adam .* 1\d\.\d of 20 \+ 6 │", said)
    there = folder.parent
    for name in ("table.csv", "table.canvas.csv", "pages/index.html", "grades.sqlite"):
        assert f"{there / name}." in said
        assert (there / name).is_file()


def test_a_second_time_grades_nothing_and_says_the_same(school, tmp_path):
    folder, said, _ = school
    again = tmp_path / "again.csv"
    done = grade(folder, "--csv", again, "--timeout", "2")
    assert done.returncode == 0
    assert "grading" in said and "grading" not in done.stdout
    assert again.read_bytes() == (folder.parent / "table.csv").read_bytes()


# ---- smaller classes


@pytest.fixture
def folder(tmp_path):
    """An empty folder of submissions."""
    made = tmp_path / "submissions"
    made.mkdir()
    return made


def test_only_what_is_new_or_changed_is_graded(folder):
    hand_in(folder, "ada", notebook(STEP, REST))
    hand_in(folder, "bob", notebook(REST))
    assert of(graded(folder), "bob")["status"] == "missing"
    hand_in(folder, "bob", notebook(STEP))
    hand_in(folder, "cyd", notebook(STEP, REST))
    out = folder.parent / "table.csv"
    done = grade(folder, "--csv", out)
    assert "grading: 2 of 2 submissions" in done.stdout
    rows = table(out)
    assert {of(rows, name)["status"] for name in ("ada", "bob", "cyd")} == {"correct"}
    assert of(rows, "bob", TASKS[1])["status"] == "missing"
    hand_in(folder, "cyd", notebook(STEP, REST, ""))
    assert "grading: 1 of 1 submissions" in grade(folder).stdout


def test_what_was_taken_back_is_missing(folder):
    path = hand_in(folder, "ada", notebook(STEP, REST))
    hand_in(folder, "bob", notebook(STEP, REST))
    graded(folder)
    path.rename(path.with_name("my answers.ipynb"))
    row = of(graded(folder), "ada")
    assert (row["status"], row["points"]) == ("missing", "0")
    assert row["feedback"] == (
        "No 03_momentum.ipynb was found. Other notebooks there: my answers.ipynb."
    )
    shutil.rmtree(folder / "ada")
    assert {row["student"] for row in graded(folder)} == {"bob"}


def test_every_student_has_other_inputs_and_the_seed_repeats_them(folder):
    """The feedback on an answer that equals no mistake shows the inputs."""
    for student in ("ada", "bob"):
        hand_in(folder, student, notebook(STATUS_OF["wrong"]))
    said = [of(graded(folder, "--seed", seed), "ada")["feedback"] for seed in (1, 2)]
    rows = graded(folder, "--seed", 1, "--db", folder.parent / "other.sqlite")
    assert of(rows, "ada")["feedback"] == said[0]
    assert len({*said, of(rows, "bob")["feedback"]}) == 3
    assert all("theta differs in the first step" in one for one in said)


def test_a_student_s_other_files_are_named(folder):
    hand_in(folder, "ada", notebook(STEP))
    hand_in(folder, "ada/old", notebook(REST))
    hand_in(folder, "ada/new", notebook(REST))
    for task, status in zip(TASKS, ["correct", *["missing"] * 3]):
        row = of(graded(folder), "ada", task)
        assert row["status"] == status
        assert row["feedback"].endswith(
            "Other files for this exercise were left out: new/03_momentum.ipynb, "
            "old/03_momentum.ipynb."
        )


def test_one_exercise_alone(folder):
    hand_in(folder, "ada", notebook(STEP))
    hand_in(folder, "ada/01_sgd.ipynb", notebook())
    assert {row["exercise"] for row in graded(folder)} == {"01_sgd", MOMENTUM}
    rows = graded(folder, "--exercise", MOMENTUM)
    assert {row["exercise"] for row in rows} == {MOMENTUM}
    rows = graded(folder, "--exercise", "08_adam")
    assert {row["exercise"] for row in rows} == {"08_adam"}
    assert {row["status"] for row in rows} == {"missing"}


def test_the_layout_of_nbgrader(folder):
    """Everything but the folder of the students, which has to be named."""
    for name in ("source/lez10", "release/lez10", "submitted/ada/lez10"):
        hand_in(folder, name, notebook(STEP))
    (folder / "gradebook.db").write_text("nbgrader's")
    assert said_once(grade(folder)).endswith(f"give {folder}/submitted.")
    assert of(graded(folder / "submitted"), "ada")["status"] == "correct"


def test_grading_without_a_sandbox_is_marked_and_kept_apart(folder):
    hand_in(folder, "ada", notebook(STEP))
    (folder / "bob").mkdir()
    hand_in(folder, "cyd", "nothing")
    unsafe, safe = graded(folder, "--unsafe"), graded(folder)
    mark = "Graded without a sandbox (--unsafe)."
    assert all(row["feedback"].endswith(mark) for row in unsafe)
    assert not any(mark in row["feedback"] for row in safe)
    assert [row["status"] for row in unsafe] == [row["status"] for row in safe]
    assert of(safe, "ada")["status"] == "correct"


def test_hostile_folders_have_a_row_for_every_task(folder):
    """Nothing is followed or waited for, and no name becomes another one's."""
    hand_in(folder, "honest", notebook(STEP, REST))
    for name in ("=cmd|'calc'!A0", "a,b", "<b>x<", "new\nline", "-rf", "é", "n" * 250):
        hand_in(folder, name, notebook(STEP, REST))
    hand_in(folder, os.fsdecode(b"caf\xe9"), notebook(STEP, REST))
    links = folder / "links"
    links.mkdir()
    (links / f"{MOMENTUM}.ipynb").symlink_to(f"../honest/{MOMENTUM}.ipynb")
    (links / "01_sgd.ipynb").symlink_to("/dev/zero")
    (links / "loop").symlink_to(".")
    pipes = folder / "pipes"
    pipes.mkdir()
    os.mkfifo(pipes / f"{MOMENTUM}.ipynb")
    with hand_in(folder, "huge").open("wb") as file:
        file.truncate(10**12)
    hand_in(folder, "deep", "[" * 10_000_000)
    (folder / "bob").symlink_to("honest")
    (folder / "list.csv").write_text("")
    out = folder.parent / "table.csv"
    done = grade(folder, "--csv", out)
    assert done.returncode == 0, done.stderr
    assert "Left out, since links are not followed: bob." in done.stdout
    assert "Left out, since in no student's folder: list.csv." in done.stdout
    rows = [row for row in table(out) if row["exercise"] == MOMENTUM]
    students = {row["student"] for row in rows}
    assert len(students) == len(os.listdir(folder)) - 2
    assert len(rows) == len(students) * len(TASKS)
    reasons = {
        "links": "it is a link, and links are not followed",
        "pipes": "it is no plain file",
        "huge": "it has 1000000.0 MB, and at most 20 MB are read: clear its outputs",
        "deep": "it is no notebook",
    }
    for row in rows:
        reason = reasons.get(row["student"])
        if reason is None:
            assert row["status"] == "correct"
        else:
            assert row["status"] == "unreadable"
            said = f"03_momentum.ipynb cannot be read: {reason}"
            assert row["feedback"].startswith(said)
    assert r"caf\xe9" in students and r"new\nline" in students


def test_what_a_student_s_error_says_can_be_kept(folder):
    """Control characters, halves of characters, and as much as one likes."""
    words = "'\\0\\x1b[2J\\ud800\\u202e\\n' + 'x' * 10**6"
    hand_in(folder, "ada", notebook(DEF + f"raise ValueError({words})"))
    said = of(graded(folder), "ada")["feedback"]
    assert "it raised ValueError" in said or "It raised ValueError" in said
    assert len(said) < 3000


# ---- what cannot be


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--exercise", "3"], "the exercises are 01_sgd, .*, got '3'"),
        (["--timeout", "0"], "--timeout must be from 0.1 to 3600 seconds, got 0.0"),
        (["--timeout", "nan"], "--timeout must be from 0.1 to 3600 seconds, got nan"),
        (["--csv", "no/such/folder.csv"], "--csv must name a file in a folder that"),
        (["--csv", "."], "--csv must name a file in a folder that exists, got .."),
        (["--html", "/dev/null"], "/dev/null should be a folder for the pages, but"),
        (
            ["--scheduler", "tcp://127.0.0.1:9"],
            "--scheduler must name a Dask scheduler",
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(folder, more, sentence):
    hand_in(folder, "ada", notebook(STEP))
    assert re.match(sentence, said_once(grade(folder, *more)))


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    said = said_once(grade(tmp_path / "nowhere"))
    assert said.startswith(
        "SUBMISSIONS must be a folder with a folder for each student"
    )
    assert list(tmp_path.iterdir()) == []


def test_without_bubblewrap_it_refuses_and_says_what_to_install(folder, tmp_path):
    """A PATH without bwrap: what has nothing to run is still read and reported."""
    hand_in(folder, "ada", notebook(STEP))
    empty = tmp_path / "empty"
    empty.mkdir()
    said = said_once(grade(folder, PATH=str(empty)))
    assert "bubblewrap" in said and "apt install bubblewrap" in said
    assert grade(folder, "--unsafe", PATH=str(empty)).returncode == 0


def test_help_says_where_the_grades_are_kept():
    shown = " ".join(grade(ROOT, "--help").stdout.split())
    assert "grades.sqlite beside SUBMISSIONS" in shown
    assert "--unsafe" in shown


def test_an_exercise_as_jupyterlab_saves_it_is_read(folder):
    """With outputs, an execution count, ids and widget state."""
    made = json.loads(answered(MOMENTUM))
    for number, cell in enumerate(made["cells"]):
        if cell["cell_type"] == "code":
            text = [{"output_type": "stream", "name": "stdout", "text": ["x\n"]}]
            cell |= {"execution_count": number, "id": f"{number}", "outputs": text}
    made["metadata"]["widgets"] = {"state": {"x": [1.5, None, "\\"]}}
    hand_in(folder, "ada", json.dumps(made))
    assert {row["status"] for row in graded(folder)} == {"correct"}
