"""Finding submissions: every layout, and folders that nobody should have to open."""

import os
import socket
from pathlib import Path

import pytest
from classes import MOMENTUM, hand_in

from lez10.grading import submissions
from lez10.grading.rows import GradingError
from lez10.grading.submissions import find, written

FILE = f"{MOMENTUM}.ipynb"


def found_in(folder: Path) -> dict[str, Path]:
    """By student, the path that counts for 03, relative to the folder."""
    return {
        one.student: one.path.relative_to(folder)
        for one in find(folder).submissions()
        if one.exercise == MOMENTUM
    }


def of(folder: Path, student: str):
    """What was found of one student."""
    (one,) = (one for one in find(folder).students if one.name == student)
    return one


def test_every_layout_is_found(tmp_path):
    paths = {
        "ada": FILE,
        "bob": f"week3/{FILE}",
        "cyd": f"lez10/{FILE}",  # nbgrader's STUDENT/ASSIGNMENT
        "dan": f"a/b/c/d/e/f/{FILE}",
        "eve": f"{FILE}/{FILE}",  # what unpacking an archive may make
    }
    for student, path in paths.items():
        hand_in(tmp_path, f"{student}/{path}")
    assert found_in(tmp_path) == {s: Path(s) / p for s, p in paths.items()}


def test_a_student_without_notebooks_is_one_of_the_class(tmp_path):
    hand_in(tmp_path, "ada")
    (tmp_path / "bob").mkdir()
    found = find(tmp_path)
    assert [one.name for one in found.students] == ["ada", "bob"]
    assert found.students[1].submissions == {}


def test_exercises_come_in_the_order_of_the_course(tmp_path):
    for name in ("12_batch_normalization", "01_sgd", "04_nesterov"):
        hand_in(tmp_path, f"ada/{name}.ipynb")
    assert list(of(tmp_path, "ada").submissions) == [
        "01_sgd",
        "04_nesterov",
        "12_batch_normalization",
    ]
    (one,) = find(tmp_path, "04_nesterov").submissions()
    assert one.exercise == "04_nesterov"


def test_the_shortest_path_counts_then_the_newest(tmp_path):
    old = hand_in(tmp_path, f"ada/a_long_folder_name/{FILE}")
    new = hand_in(tmp_path, f"ada/b/{FILE}")
    deep = hand_in(tmp_path, f"ada/b/c/{FILE}")
    for n, path in enumerate((new, old, deep)):
        os.utime(path, (n, n))
    (one,) = find(tmp_path).submissions()
    assert one.path == old  # as deep as the other one, and changed later
    assert one.others == (f"b/{FILE}", f"b/c/{FILE}")
    top = hand_in(tmp_path, "ada")
    os.utime(top, (0, 0))
    assert find(tmp_path).submissions()[0].path == top


def test_a_plain_file_is_preferred_to_a_link_above_it(tmp_path):
    real = hand_in(tmp_path, f"ada/work/{FILE}")
    (tmp_path / "ada" / FILE).symlink_to(real)
    (one,) = find(tmp_path).submissions()
    assert (one.path, one.others) == (real, (FILE,))


def test_checkpoints_and_what_macs_add_do_not_count(tmp_path):
    hand_in(tmp_path, f"ada/.ipynb_checkpoints/{FILE}")
    hand_in(tmp_path, f"ada/__MACOSX/{FILE}")
    hand_in(tmp_path, f"ada/._{FILE}")
    hand_in(tmp_path, f"__MACOSX/{FILE}")
    hand_in(tmp_path, f".git/{FILE}")
    hand_in(tmp_path, "ada/01_sgd.ipynb")
    assert found_in(tmp_path) == {}
    assert [one.name for one in find(tmp_path).students] == ["ada"]
    assert of(tmp_path, "ada").other_notebooks == []


def test_other_names_are_noted_and_not_guessed(tmp_path):
    for name in ("03_momentum-Copy1", "03_Momentum", "mine", "03_momentum (1)"):
        hand_in(tmp_path, f"ada/{name}.ipynb")
    hand_in(tmp_path, "bob")
    assert found_in(tmp_path) == {"bob": Path("bob", FILE)}
    assert sorted(of(tmp_path, "ada").other_notebooks) == [
        "03_Momentum.ipynb",
        "03_momentum (1).ipynb",
        "03_momentum-Copy1.ipynb",
        "mine.ipynb",
    ]


def test_links_are_not_followed_and_said(tmp_path):
    """To a neighbour, out of the tree, in circles, to a device: none is entered."""
    outside = tmp_path / "outside"
    hand_in(outside, FILE)
    hand_in(tmp_path / "class", "bob")
    ada = tmp_path / "class" / "ada"
    ada.mkdir()
    (ada / "loop").symlink_to(ada)
    (ada / "up").symlink_to("..")
    (ada / "away").symlink_to(outside)
    (ada / "nothing").symlink_to("nowhere")
    (ada / "zero").symlink_to("/dev/zero")
    (ada / "other.ipynb").symlink_to("/etc/passwd")
    assert found_in(tmp_path / "class") == {"bob": Path("bob", FILE)}
    left = of(tmp_path / "class", "ada").not_opened
    names = ("away", "loop", "nothing", "other.ipynb", "up", "zero")
    assert left == [f"{name} (a link)" for name in names]


def test_a_link_that_has_an_exercise_s_name_is_a_submission_that_cannot_be_read(
    tmp_path,
):
    hand_in(tmp_path, "bob")
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / FILE).symlink_to("../bob/" + FILE)
    assert found_in(tmp_path)["ada"] == Path("ada", FILE)


def test_a_link_in_the_place_of_a_student_is_said_and_is_none(tmp_path):
    hand_in(tmp_path, "ada")
    (tmp_path / "bob").symlink_to("ada")
    (tmp_path / "self").symlink_to(".")
    found = find(tmp_path)
    assert [one.name for one in found.students] == ["ada"]
    assert found.said == ["Left out, since links are not followed: bob, self."]


def test_pipes_and_sockets_do_not_stop_it(tmp_path):
    (tmp_path / "ada").mkdir()
    os.mkfifo(tmp_path / "ada" / FILE)
    os.mkfifo(tmp_path / "ada" / "other.ipynb")
    (tmp_path / "bob").mkdir()
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "bob" / FILE))
    assert set(found_in(tmp_path)) == {"ada", "bob"}


def test_files_beside_the_students_are_said(tmp_path):
    hand_in(tmp_path, "ada")
    for n in range(7):
        (tmp_path / f"{n}.csv").write_text("")
    said = "Left out, since in no student's folder: 0.csv, 1.csv, 2.csv, 3.csv, 4.csv"
    assert find(tmp_path).said == [f"{said} and 2 more."]


def test_depth_and_number_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "MOST_ENTRIES", 50)
    hand_in(tmp_path, f"ada/{'d/' * 19}{FILE}")
    hand_in(tmp_path, f"bob/{'d/' * 25}{FILE}")
    for n in range(60):
        hand_in(tmp_path, f"cyd/venv/{n}")
    hand_in(tmp_path, "cyd")
    assert set(found_in(tmp_path)) == {"ada", "cyd"}
    assert of(tmp_path, "bob").not_opened[0].endswith("d (too deep)")
    assert of(tmp_path, "cyd").not_opened == ["what comes after 50 files"]


def test_a_path_too_long_for_the_system_is_noted(tmp_path):
    hand_in(tmp_path, "bob")
    (tmp_path / "ada").mkdir()
    there = os.open(tmp_path / "ada", os.O_RDONLY)
    for _ in range(19):  # by file descriptors, since no path reaches it
        os.mkdir("d" * 250, dir_fd=there)
        there = os.open("d" * 250, os.O_RDONLY, dir_fd=there)
    assert "File name too long" in of(tmp_path, "ada").not_opened[0]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"=cmd|'calc'!A0", "=cmd|'calc'!A0"),
        (b"a,b;c", "a,b;c"),
        (b"<script>alert(1)<", "<script>alert(1)<"),
        (b"a..\\..\\etc", r"a..\\..\\etc"),
        (b"new\nline", r"new\nline"),
        (b"caf\xe9", r"caf\xe9"),
        (rb"caf\xe9", r"caf\\xe9"),
        ("café".encode(), "café"),
        ("日本 🎓".encode(), "日本 🎓"),
        ("\u202eevil".encode(), r"\u202eevil"),
        (b"\x1b[2J", r"\x1b[2J"),
        (b"n" * 255, "n" * 255),
        (b"\xff" * 255, r"\xff" * 255),
        (b"-rf", "-rf"),
        (b" ", " "),
    ],
)
def test_names_are_kept_but_for_what_nobody_types(tmp_path, name, shown):
    hand_in(tmp_path, f"{os.fsdecode(name)}/{FILE}")
    hand_in(tmp_path, "ada")
    found = found_in(tmp_path)
    (student,) = set(found) - {"ada"}
    assert student == shown
    student.encode()  # a database can take it


def test_a_hidden_folder_is_said(tmp_path):
    for name in ("..evil", ".ipynb_checkpoints", ".git", "ada"):
        hand_in(tmp_path, f"{name}/{FILE}")
    assert set(found_in(tmp_path)) == {"ada"}
    assert find(tmp_path).said == ["Left out, since hidden: ..evil."]


def test_two_names_never_become_one():
    names = ["caf\udce9", r"caf\xe9", r"caf\\xe9", "a\nb", r"a\nb", "a\\\nb", "a", ""]
    assert len({written(name) for name in names}) == len(names)


# ---- nothing to grade


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "must hold a folder for each student, .*, but holds none"),
        ([FILE], f"but holds the notebook {FILE} itself: put each student's"),
        (["submitted/ada/lez10/" + FILE, "source/x.ipynb"], "give .*/submitted"),
        (["ada/mine.ipynb"], "has handed in an exercise: its notebook must have the"),
    ],
)
def test_a_folder_that_is_no_class_is_one_sentence(tmp_path, files, sentence):
    for name in files:
        hand_in(tmp_path, name)
    with pytest.raises(GradingError, match=sentence):
        find(tmp_path)


def test_what_is_no_folder_is_one_sentence(tmp_path):
    hand_in(tmp_path, FILE)
    for path in (tmp_path / "nowhere", tmp_path / FILE):
        with pytest.raises(GradingError, match="cannot be listed"):
            find(path)


def test_an_exercise_that_there_is_not_is_answered_with_those_there_are(tmp_path):
    hand_in(tmp_path, "ada")
    with pytest.raises(GradingError, match="the exercises are 01_sgd, .*, got '03'"):
        find(tmp_path, "03")


def test_an_exercise_that_nobody_handed_in_may_be_named(tmp_path):
    hand_in(tmp_path, "ada")
    assert find(tmp_path, "01_sgd").submissions() == []
