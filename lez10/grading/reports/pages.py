"""Pages to look at: the class as a whole, and one for each student.

They need nothing but themselves: no script, no network. What a student wrote is text in
them, and a policy in each page forbids what a mistake of ours would let through.
"""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lez10.grading.reports import ReportError
from lez10.grading.reports.files import written
from lez10.grading.reports.overview import WORDS, Class, mistakes_known
from lez10.grading.reports.students import (
    bonus,
    by_student,
    exercises_in,
    handed_in,
    is_bonus,
    most,
    points,
)
from lez10.grading.reports.words import one_line, shown
from lez10.grading.rows import Graded

OVERVIEW, LIST, FOLDER = "index.html", "students.html", "students"
OURS = '<meta name="generator" content="lez10">'
PAGE = re.compile(r"\d{4,}-[a-z0-9-]+\.html")  # what file_name makes
NAMELESS = "(no name)"
LONGEST = 40  # characters of a student's name in a file's


class Listed(NamedTuple):
    """A student in the list: the name, the page, and the points by exercise."""

    name: str
    file: str
    points: dict[str, int]


def write_pages(rows: Sequence[Graded], folder: Path) -> Path:
    """Write FOLDER/index.html, students.html and students/*.html; the first of them.

    What an earlier run left of students who are gone is taken away. Raises ReportError
    for a folder that holds other pages, or cannot be written.
    """
    prepare(folder)
    pages = templates()
    students, course, exercises = [], Class(), exercises_in(rows)
    for number, (student, theirs) in enumerate(by_student(rows), start=1):
        name, file = one_line(student).strip() or NAMELESS, file_name(number, student)
        write(pages, folder / FOLDER / file, "student", name=name, theirs=theirs)
        earned = {one: points(its) for one, its in theirs.items()}
        students.append(Listed(name, file, earned))
        course.add(theirs)
    write(pages, folder / LIST, "students", students=students, exercises=exercises)
    write(pages, folder / OVERVIEW, "overview", course=course)
    take_away(folder / FOLDER, {one.file for one in students})
    return folder / OVERVIEW


def prepare(folder: Path) -> None:
    """Make the folders; ReportError if that cannot be, or for somebody else's page."""
    page = folder / OVERVIEW
    try:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        others = page.exists() and not ours(page)
    except OSError as error:
        raise ReportError(
            f"{folder} should be a folder for the pages, but cannot be used "
            f"({error.strerror}): name another one."
        ) from None
    if others:
        raise ReportError(
            f"{page} is there already and was not written by lez10: name another "
            "folder for the pages."
        )


def ours(page: Path) -> bool:
    """Whether a page was written here."""
    return OURS in page.read_text("utf-8", "replace")


def take_away(folder: Path, kept: set[str]) -> None:
    """Remove the students' pages but these; other files stay."""
    for page in folder.iterdir():
        if page.name not in kept and PAGE.fullmatch(page.name) and ours(page):
            page.unlink()


def file_name(number: int, student: str) -> str:
    """NNNN-name.html; the number keeps equal names apart."""
    letters = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
    name = re.sub("[^a-z0-9]+", "-", letters.lower()).strip("-")[:LONGEST].strip("-")
    return f"{number:04}-{name or 'student'}.html"


def templates() -> Environment:
    """The templates; whatever they are given is text, not HTML."""
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "shown": shown,
        "points": points,
        "most": most,
        "has_bonus": bonus,
        "is_bonus": is_bonus,
        "handed_in": handed_in,
        "word": WORDS.get,
        "places": places,
    }
    return found


def places(one: Graded) -> list[str]:
    """Where to read on about what was named."""
    return list(dict.fromkeys(mistakes_known()[name].place for name in one.named))


def write(pages: Environment, path: Path, template: str, **values: Any) -> None:
    """Write a page, piece by piece."""
    with written(path) as file:
        file.writelines(pages.get_template(f"{template}.html").generate(values))
