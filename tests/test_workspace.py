"""The student's workspace: no update of the course ever loses work."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import v4

from lez10.course import CourseError, shipped
from lez10.course.files import fingerprint
from lez10.course.workspace import HIDDEN, MANIFEST, update_workspace

NAMES = ("00_start.ipynb", "01_sgd.ipynb", "exercises/01_sgd.ipynb")


def text(*sources: str, **more) -> str:
    """The file of a notebook of code cells."""
    cells = [v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources)]
    return nbformat.writes(v4.new_notebook(cells=cells, **more))


def course(folder: Path, version: str) -> dict[str, Path]:
    """What a version of lez10 ships: each notebook tells its name and version."""
    files = {}
    for name in NAMES:
        files[name] = folder / version / name
        files[name].parent.mkdir(parents=True, exist_ok=True)
        files[name].write_text(text(f"print('{name}')", f"print('{version}')"))
    return files


@pytest.fixture
def first(tmp_path):
    return course(tmp_path / "shipped", "1")


@pytest.fixture
def second(tmp_path):
    return course(tmp_path / "shipped", "2")


@pytest.fixture
def workspace(tmp_path, first):
    """A workspace as version 1 makes it."""
    folder = tmp_path / "home" / "lez10-course"
    update_workspace(folder, first)
    return folder


def edit(path: Path, source: str = "mine = 1") -> bytes:
    """Change a notebook as a student does; the bytes that must not be lost."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = source
    nbformat.write(notebook, path)
    return path.read_bytes()


def visible(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and HIDDEN not in path.parts
    }


# What a student finds


def test_a_new_workspace_holds_the_course(tmp_path, first):
    folder = tmp_path / "deep" / "course"
    changes = update_workspace(folder, first)
    assert [(kind, written) for kind, _, written in changes] == [
        ("added", name) for name in NAMES
    ]
    assert visible(folder) == set(NAMES)
    for name, path in first.items():
        assert (folder / name).read_bytes() == path.read_bytes()


def test_nothing_newer_writes_nothing(workspace, first):
    before = {p: p.stat().st_mtime_ns for p in workspace.rglob("*")}
    assert update_workspace(workspace, first) == []
    assert {p: p.stat().st_mtime_ns for p in workspace.rglob("*")} == before


def test_an_unchanged_file_is_updated_in_place(workspace, second):
    changes = update_workspace(workspace, second)
    assert [change.kind for change in changes] == ["updated"] * len(NAMES)
    assert visible(workspace) == set(NAMES)
    for name, path in second.items():
        assert (workspace / name).read_bytes() == path.read_bytes()


def test_outputs_metadata_counts_and_an_empty_cell_are_no_change(workspace, second):
    path = workspace / NAMES[1]
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["student"] = "yes"
    notebook.cells[0].execution_count = 7
    notebook.cells[0].metadata["scrolled"] = True
    notebook.cells[0].outputs = [v4.new_output("stream", text="hello\n")]
    notebook.cells.append(v4.new_code_cell(""))  # JupyterLab's, after the last one
    nbformat.write(notebook, path)
    ran = path.read_bytes()
    assert update_workspace(workspace, course_again(second, "1")) == []
    assert path.read_bytes() == ran  # the student's outputs stay
    update_workspace(workspace, second)
    assert path.read_bytes() == second[NAMES[1]].read_bytes()


def course_again(files: dict[str, Path], version: str) -> dict[str, Path]:
    folder = files[NAMES[0]].parents[1]
    return course(folder, version)


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells[0].update(source="mine"),
        lambda cells: cells[0].update(source=cells[0].source + "\n"),
        lambda cells: cells.append(v4.new_markdown_cell("my notes")),
        lambda cells: cells.pop(),
        lambda cells: cells.reverse(),
        lambda cells: cells.__setitem__(0, v4.new_markdown_cell(cells[0].source)),
    ],
    ids=["source", "newline", "added", "removed", "moved", "kind"],
)
def test_a_changed_file_stays_and_the_newer_lands_beside(workspace, second, change):
    path = workspace / NAMES[1]
    notebook = nbformat.read(path, as_version=4)
    change(notebook.cells)
    nbformat.write(notebook, path)
    mine = path.read_bytes()

    changes = update_workspace(workspace, second)
    assert ("beside", NAMES[1], "01_sgd.new.ipynb") in changes
    assert path.read_bytes() == mine
    beside = workspace / "01_sgd.new.ipynb"
    assert beside.read_bytes() == second[NAMES[1]].read_bytes()
    assert update_workspace(workspace, second) == []


def test_a_changed_file_without_a_newer_version_is_left_alone(workspace, first):
    mine = edit(workspace / NAMES[0])
    assert update_workspace(workspace, first) == []
    assert (workspace / NAMES[0]).read_bytes() == mine
    assert visible(workspace) == set(NAMES)


def test_the_newer_version_is_named_in_its_own_folder(workspace, second):
    edit(workspace / NAMES[2])
    update_workspace(workspace, second)
    assert (workspace / "exercises/01_sgd.new.ipynb").is_file()
    assert not (workspace / "01_sgd.new.ipynb").exists()


def test_an_edited_newer_version_is_left_alone_too(tmp_path, workspace, second):
    edit(workspace / NAMES[1])
    update_workspace(workspace, second)
    mine = edit(workspace / "01_sgd.new.ipynb", "merged = 1")
    third = course(tmp_path / "shipped", "3")
    changes = update_workspace(workspace, third)
    assert ("beside", NAMES[1], "01_sgd.new-2.ipynb") in changes
    assert (workspace / "01_sgd.new.ipynb").read_bytes() == mine
    newest = workspace / "01_sgd.new-2.ipynb"
    assert newest.read_bytes() == third[NAMES[1]].read_bytes()


def test_an_untouched_newer_version_is_replaced_by_the_newest(
    tmp_path, workspace, second
):
    edit(workspace / NAMES[1])
    update_workspace(workspace, second)
    third = course(tmp_path / "shipped", "3")
    update_workspace(workspace, third)
    beside = workspace / "01_sgd.new.ipynb"
    assert beside.read_bytes() == third[NAMES[1]].read_bytes()
    assert not (workspace / "01_sgd.new-2.ipynb").exists()


def test_a_newer_version_that_was_deleted_does_not_come_back(workspace, second):
    edit(workspace / NAMES[1])
    update_workspace(workspace, second)
    (workspace / "01_sgd.new.ipynb").unlink()
    assert update_workspace(workspace, second) == []


def test_taking_over_the_newer_version_ends_the_matter(tmp_path, workspace, second):
    edit(workspace / NAMES[1])
    update_workspace(workspace, second)
    os.replace(workspace / "01_sgd.new.ipynb", workspace / NAMES[1])
    assert update_workspace(workspace, second) == []
    third = course(tmp_path / "shipped", "3")
    kinds = {change.name: change.kind for change in update_workspace(workspace, third)}
    assert kinds[NAMES[1]] == "updated"


def test_a_deleted_file_comes_back(workspace, first, second):
    (workspace / NAMES[0]).unlink()
    assert update_workspace(workspace, first) == [("added", NAMES[0], NAMES[0])]
    (workspace / NAMES[0]).unlink()
    update_workspace(workspace, second)
    assert (workspace / NAMES[0]).read_bytes() == second[NAMES[0]].read_bytes()


def test_files_of_the_students_own_are_left_alone(workspace, second):
    own = {"notes.txt": b"x", "04_mine.ipynb": b"{", "exercises/a.py": b"1"}
    for name, data in own.items():
        (workspace / name).write_bytes(data)
    update_workspace(workspace, second)
    assert {name: (workspace / name).read_bytes() for name in own} == own


# What must never lead to an overwrite


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"cells": 3}',
        b'{"cells": [{}]}',
        b'{"cells": [{"cell_type": "code", "source": 3}]}',
        b'{"cells": [{"cell_type": "code", "source": [3]}]}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"<<<<<<< HEAD\n",
    ],
)
def test_a_file_that_cannot_be_read_is_the_students(workspace, second, data):
    path = workspace / NAMES[1]
    path.write_bytes(data)
    changes = update_workspace(workspace, second)
    assert ("beside", NAMES[1], "01_sgd.new.ipynb") in changes
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "manifest",
    [
        None,
        b"",
        b"{",
        b"[]",
        b'{"files": []}',
        b'{"files": {"01_sgd.ipynb": 3}}',
        b'{"files": {"01_sgd.ipynb": {"base": 3, "offered": {}}}}',
        b'{"files": {"01_sgd.ipynb": {"base": null, "offered": null}}}',
        b'{"files": {"01_sgd.ipynb": {"offered": {"01_sgd.new.ipynb": 3}}}}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_lost_manifest_costs_a_copy_and_nothing_else(workspace, second, manifest):
    path = workspace / HIDDEN / MANIFEST
    path.write_bytes(manifest) if manifest is not None else path.unlink()
    mine = edit(workspace / NAMES[1])
    untouched = (workspace / NAMES[0]).read_bytes()
    update_workspace(workspace, second)
    assert (workspace / NAMES[1]).read_bytes() == mine
    beside = workspace / "01_sgd.new.ipynb"
    assert beside.read_bytes() == second[NAMES[1]].read_bytes()
    if manifest is None:  # old or changed, nobody can tell
        assert (workspace / NAMES[0]).read_bytes() == untouched
    assert update_workspace(workspace, second) == []


@pytest.mark.parametrize("broken", [True, False], ids=["broken", "run"])
def test_a_lost_manifest_spares_the_newer_version_too(workspace, second, broken):
    edit(workspace / NAMES[1])
    update_workspace(workspace, second)
    beside = workspace / "01_sgd.new.ipynb"
    notebook = nbformat.read(beside, as_version=4)
    notebook.cells[0].execution_count = 7
    nbformat.write(notebook, beside)
    if broken:
        beside.write_bytes(b"{")
    kept = beside.read_bytes()
    (workspace / HIDDEN / MANIFEST).unlink()
    changes = update_workspace(workspace, second)
    assert beside.read_bytes() == kept
    assert [change.written for change in changes] == ["01_sgd.new-2.ipynb"] * broken


def test_a_lost_manifest_over_the_same_version_writes_no_copies(workspace, first):
    (workspace / HIDDEN / MANIFEST).unlink()
    assert update_workspace(workspace, first) == []
    assert visible(workspace) == set(NAMES)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_is_never_replaced(workspace, second, tmp_path):
    path, elsewhere = workspace / NAMES[1], tmp_path / "elsewhere.ipynb"
    os.replace(path, elsewhere)
    path.symlink_to(elsewhere)
    kept = elsewhere.read_bytes()
    update_workspace(workspace, second)
    assert path.is_symlink()
    assert elsewhere.read_bytes() == kept
    assert (workspace / "01_sgd.new.ipynb").is_file()


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "delete", "update", "break", "lose", "revert"]),
        st.sampled_from([*NAMES, "01_sgd.new.ipynb", "01_sgd.new-2.ipynb"]),
        st.integers(1, 4),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(EDITS)
def test_no_sequence_of_edits_and_updates_loses_work(tmp_path_factory, edits):
    """A file that a student wrote keeps their bytes through every update."""
    base = tmp_path_factory.mktemp("sequence")
    folder = base / "course"
    update_workspace(folder, course(base, "1"))
    theirs: dict[str, bytes] = {}
    for number, (action, name, version) in enumerate(edits):
        path = folder / name
        if action == "edit" and path.is_file() and name not in theirs:
            theirs[name] = edit(path, f"mine = {number}")
        elif action == "break" and path.is_file():
            path.write_bytes(b"{")
            theirs[name] = b"{"
        elif action == "delete":
            path.unlink(missing_ok=True)
            theirs.pop(name, None)
        elif action == "revert" and name in NAMES:
            path.write_bytes(course(base, str(version))[name].read_bytes())
            theirs.pop(name, None)
        elif action == "lose":
            (folder / HIDDEN / MANIFEST).unlink(missing_ok=True)
        elif action == "update":
            files = course(base, str(version))
            update_workspace(folder, files)
            assert update_workspace(folder, files) == []
        for kept, data in theirs.items():
            assert (folder / kept).read_bytes() == data


def test_a_write_that_fails_half_way_leaves_the_old_file(
    workspace, second, monkeypatch
):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = {path: path.read_bytes() for path in workspace.rglob("*.ipynb")}
    with monkeypatch.context() as patch:
        patch.setattr("lez10.course.files.os.fsync", full)
        with pytest.raises(CourseError, match="the disk of .* is full"):
            update_workspace(workspace, second)
    assert {path: path.read_bytes() for path in workspace.rglob("*.ipynb")} == before
    assert not list(workspace.rglob("*.tmp"))
    update_workspace(workspace, second)  # and goes on once there is room
    assert (workspace / NAMES[0]).read_bytes() == second[NAMES[0]].read_bytes()


def test_what_is_not_a_notebook_is_compared_byte_by_byte():
    assert fingerprint("a.png", b"1") != fingerprint("a.png", b"2")
    with pytest.raises(ValueError, match="not a notebook"):
        fingerprint("a.ipynb", b"1")


# Folders that cannot be written


def test_a_file_where_a_folder_of_the_course_should_be(workspace, tmp_path, second):
    for path in (workspace / "exercises").iterdir():
        path.unlink()
    (workspace / "exercises").rmdir()
    (workspace / "exercises").write_text("mine")
    with pytest.raises(CourseError, match="exercises is not a folder"):
        update_workspace(workspace, second)


# As root everything can be written, so root becomes somebody else for these two.
AS_SOMEBODY = """
import os, sys
from pathlib import Path
from lez10.course import CourseError
from lez10.course.workspace import update_workspace
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
folder, source = map(Path, sys.argv[1:])
try:
    update_workspace(folder, {"01_sgd.ipynb": source})
except CourseError as error:
    sys.exit(str(error))
"""


@pytest.mark.skipif(os.name == "nt", reason="folders have no such mode there")
@pytest.mark.parametrize(
    ("modes", "newer"),
    [((0o555, 0o666), True), ((0o555, 0o666), False), ((0o777, 0o444), True)],
    ids=["folder", "folder, nothing to write", "file"],
)
def test_what_is_read_only_is_respected(modes, newer):
    """In a folder of its own, because pytest's are closed to others."""
    with tempfile.TemporaryDirectory() as base:
        source, folder = Path(base, "new.ipynb"), Path(base, "course")
        path = folder / "01_sgd.ipynb"
        source.write_text(text("print(1)"))
        update_workspace(folder, {path.name: source})
        source.write_text(text("print(2)" if newer else "print(1)"))
        before = path.read_bytes()
        for each, mode in zip((folder, path), modes, strict=True):
            each.chmod(mode)
        for each in (Path(base), folder / HIDDEN):
            each.chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-c", AS_SOMEBODY, folder, source],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        folder.chmod(0o755)
        assert "is read-only" in done.stderr, done
        assert len(done.stderr.splitlines()) == 1
        assert path.read_bytes() == before


def test_the_shipped_notebooks_can_be_told_apart():
    files = shipped()
    prints = [fingerprint(name, path.read_bytes()) for name, path in files.items()]
    assert len(set(prints)) == len(files) > 0
