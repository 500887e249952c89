"""Finding the notebooks of a class, whatever else lies in the folders.

Links are not followed, and what is looked at is bounded. ``reading`` opens the files.
"""

import os
import re
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from lez10.grading.rows import GradingError
from lez10.grading.tasks import EXERCISES

DEEPEST = 20  # folders below a student's
MOST_ENTRIES = 20_000  # files and folders of one student
MOST_NAMES = 5  # in a sentence
SUFFIX = ".ipynb"
COURSE = "submitted"  # the folder of an nbgrader course that holds the students'
# Folders that programs make, and nobody hands in.
OF_PROGRAMS = frozenset({".ipynb_checkpoints", ".git", ".lez10", "__MACOSX"})
# What nobody types: invisible, or able to turn the direction of the text around it.
UNTYPED = re.compile(
    "[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
BYTE = re.compile("[\udc80-\udcff]")  # how Python holds one that is no text


class Submission(NamedTuple):
    """A student's file for an exercise.

    others: further files for it, relative to the student's folder.
    """

    student: str
    exercise: str
    path: Path
    others: tuple[str, ...]


@dataclass
class Student:
    """What a student's folder holds.

    submissions: by exercise; other_notebooks: names that are no exercise's; not_opened:
    what was left closed, and why.
    """

    name: str
    submissions: dict[str, Submission] = field(default_factory=dict)
    other_notebooks: list[str] = field(default_factory=list)
    not_opened: list[str] = field(default_factory=list)


class Found(NamedTuple):
    """The students, and sentences about the folder as a whole."""

    students: list[Student]
    said: list[str]

    def submissions(self) -> list[Submission]:
        """All of them, by student."""
        return [one for s in self.students for one in s.submissions.values()]


class File(NamedTuple):
    """A file that is named as an exercise; plain: neither a link nor a pipe."""

    exercise: str
    path: Path
    inside: str  # relative to the student's folder
    plain: bool
    changed: int  # nanoseconds


def find(folder: Path, exercise: str | None = None) -> Found:
    """The submissions in SUBMISSIONS/STUDENT/…/NN_name.ipynb, by student and exercise.

    exercise: this one alone. Raises GradingError where there are none.
    """
    if exercise is not None and exercise not in EXERCISES:
        raise GradingError(
            f"the exercises are {', '.join(EXERCISES)}, got {exercise!r}."
        )
    wanted = tuple(EXERCISES) if exercise is None else (exercise,)
    kinds = listing(folder)
    folders, files = kinds["folders"], kinds["files"]
    if not folders:
        notebooks = [written(name) for name in files if name.endswith(SUFFIX)]
        got = f"the notebook {notebooks[0]} itself" if notebooks else "none"
        raise GradingError(
            f"{folder} must hold a folder for each student, with the notebooks inside, "
            f"but holds {got}: put each student's notebooks into a folder of that name."
        )
    students = [student_in(folder / name, wanted) for name in folders]
    if exercise is None and not any(one.submissions for one in students):
        raise GradingError(
            f"no student in {folder} has handed in an exercise: its notebook must have "
            f"the name of one, such as {wanted[0]}{SUFFIX}."
        )
    left_out = {
        "in no student's folder": files,
        "links are not followed": kinds["links"],
        "hidden": kinds["hidden"],
    }
    said = [
        f"Left out, since {why}: {names([written(name) for name in some])}."
        for why, some in left_out.items()
        if some
    ]
    return Found(students, said)


def listing(folder: Path) -> dict[str, list[str]]:
    """What is in the folder of a class: folders, files, links, hidden; sorted.

    Raises GradingError.
    """
    found: dict[str, list[str]] = {
        kind: [] for kind in ("folders", "files", "links", "hidden")
    }
    try:
        with os.scandir(folder) as entries:
            for one in entries:
                is_folder = one.is_dir(follow_symlinks=False)
                kind = "links" if one.is_symlink() else "files"
                kind = "folders" if is_folder else kind
                if one.name.startswith("."):
                    kind = "hidden" if is_folder else ""
                if kind and one.name not in OF_PROGRAMS:
                    found[kind].append(one.name)
    except OSError as error:
        raise GradingError(
            "SUBMISSIONS must be a folder with a folder for each student, but "
            f"{folder} cannot be listed ({error.strerror})."
        ) from None
    if COURSE in found["folders"]:
        raise GradingError(
            f"{folder} is a whole course, in which {COURSE} would be taken for a "
            f"student: give {folder / COURSE}."
        )
    return {kind: sorted(some) for kind, some in found.items()}


def student_in(folder: Path, wanted: Sequence[str]) -> Student:
    """The student of a folder, with a submission for each exercise that is there."""
    student = Student(written(folder.name))
    files: dict[str, list[File]] = {}
    for one in walk(folder, student):
        files.setdefault(one.exercise, []).append(one)
    for exercise in wanted:
        if exercise in files:
            first, *more = sorted(files[exercise], key=precedence)
            others = tuple(written(one.inside) for one in more)
            student.submissions[exercise] = Submission(
                student.name, exercise, first.path, others
            )
    return student


def precedence(one: File) -> tuple[bool, int, int, str]:
    """Plain files first, then the shortest path, then the newest."""
    return not one.plain, one.inside.count(os.sep), -one.changed, one.inside


def walk(folder: Path, student: Student) -> Iterator[File]:
    """All files that are named as an exercise, from the top; the rest is noted."""
    left = deque([(folder, "", 0)])
    seen = 0
    while left:
        here, inside, depth = left.popleft()
        try:
            with os.scandir(here) as entries:
                some = list(islice(entries, MOST_ENTRIES - seen))
            for one in sorted(some, key=lambda one: one.name):
                name = os.path.join(inside, one.name)
                if not one.is_dir(follow_symlinks=False):
                    yield from named_as_an_exercise(one, name, student)
                elif depth == DEEPEST:
                    student.not_opened.append(f"{written(name)} (too deep)")
                elif not hidden(one.name):
                    left.append((here / one.name, name, depth + 1))
        except OSError as error:
            student.not_opened.append(f"{written(inside)} ({error.strerror})".lstrip())
            continue
        seen += len(some)
        if seen >= MOST_ENTRIES:
            student.not_opened.append(f"what comes after {MOST_ENTRIES} files")
            return


def named_as_an_exercise(
    one: os.DirEntry, name: str, student: Student
) -> Iterator[File]:
    """The file, if it has the name of an exercise; other notebooks and links are noted.

    name: of the file, relative to the student's folder.
    """
    exercise = one.name.removesuffix(SUFFIX)
    if one.name != exercise and exercise in EXERCISES:
        about = one.stat(follow_symlinks=False)
        plain = stat.S_ISREG(about.st_mode)
        yield File(exercise, Path(one.path), name, plain, about.st_mtime_ns)
    elif one.is_symlink():
        student.not_opened.append(f"{written(name)} (a link)")
    elif one.name.endswith(SUFFIX) and not hidden(one.name):
        student.other_notebooks.append(written(name))


def hidden(name: str) -> bool:
    """Whether a name is hidden, or a program's: .ipynb_checkpoints is."""
    return name.startswith(".") or name in OF_PROGRAMS


def written(name: str) -> str:
    r"""A file's name as it is, or as in Python where it holds what nobody types.

    Bytes that are no text, newlines and other invisible characters become \xe9 and \n;
    every backslash becomes two, so that two names never become one.
    """
    name = name.replace("\\", "\\\\")
    name = BYTE.sub(lambda byte: f"\\x{ord(byte[0]) - 0xDC00:02x}", name)
    return UNTYPED.sub(lambda one: one[0].encode("unicode_escape").decode(), name)


def names(some: Sequence[str]) -> str:
    """The first of some names as text, and how many more there are."""
    shown = ", ".join(some[:MOST_NAMES])
    more = len(some) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
