"""`lez10 grade`: grade what is new, keep it, and print what came out."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import track

from lez10.grading.grade import (
    Chunk,
    Handed,
    Result,
    Settings,
    grade_chunk,
    let_go,
    version_of_tasks,
)
from lez10.grading.reading import (
    Unreadable,
    cells_in,
    contents,
    fingerprint,
    fingerprint_of,
)
from lez10.grading.records import Key, Records
from lez10.grading.reports.gradebook import export
from lez10.grading.reports.pages import prepare, write_pages
from lez10.grading.reports.tables import write_csv
from lez10.grading.rows import Graded, GradingError
from lez10.grading.sandbox.sandbox import Sandbox
from lez10.grading.submissions import Submission, find
from lez10.grading.table import Place, summary, table
from lez10.parallel.complete import complete
from lez10.parallel.engines import engine

CHUNK = 16  # submissions at most that a worker takes at once
SHORTEST, LONGEST = 0.1, 3600.0  # seconds for a task


class Reports(NamedTuple):
    """Where to write what came out, None for what is not wanted.

    csv: the tables; html: the folder of the pages; gradebook: nbgrader's, a file or a
    URL; assignment: what the exercises belong to there.
    """

    csv: Path | None
    html: Path | None
    gradebook: str | None
    assignment: str | None

    def check(self) -> None:
        """GradingError or ReportError for what is seen to fail before hours of work."""
        csv = self.csv
        if csv is not None and (csv.is_dir() or not csv.resolve().parent.is_dir()):
            raise GradingError(
                f"--csv must name a file in a folder that exists, got {csv}."
            )
        if self.html is not None:
            prepare(self.html)

    def write(self, graded: Sequence[Graded]) -> Iterator[str]:
        """Write them; a sentence on each. Raises ReportError."""
        if self.csv is not None:
            for path in write_csv(graded, self.csv):
                yield f"A table is in {path}."
        if self.html is not None:
            yield f"The pages begin at {write_pages(graded, self.html)}."
        if self.gradebook is not None:
            students, changed = export(graded, self.gradebook, self.assignment)
            yield (
                f"The points of {students} students are in {self.gradebook}, "
                f"{changed} of them new or changed."
            )


def grade_class(
    folder: Path,
    *,
    db: str,
    reports: Reports,
    exercise: str | None,
    workers: int,
    scheduler: str | None,
    timeout: float,
    seed: int,
    unsafe: bool,
    console: Console,
) -> None:
    """Grade the submissions in a folder that ``db`` does not hold yet.

    workers: processes, -1 for one per core; scheduler: a Dask cluster instead; timeout:
    seconds per task. Raises GradingError, ParallelError, SandboxError or ReportError
    with one sentence; what has been graded until then is in ``db``.
    """
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    if not (math.isfinite(timeout) and SHORTEST <= timeout <= LONGEST):
        raise GradingError(
            f"--timeout must be from {SHORTEST} to {LONGEST:.0f} seconds, got "
            f"{timeout}."
        )
    reports.check()
    settings = Settings(version_of_tasks(), seed, timeout, unsafe)
    found = find(folder, exercise)
    notes = () if scheduler else Sandbox(unsafe=unsafe).notes
    for sentence in (*found.said, *notes):
        say(sentence)
    with closing(Records(db)) as records:
        work = Work(found.submissions(), records, settings, console)
        work.look()
        if work.left()[0]:
            with engine(workers, scheduler, "grading"):
                work.grade()
            let_go()
        there = records.graded(settings, set(work.keys.values()))
        graded = table(found, exercise, work.keys, there, unsafe)
    console.print(summary(graded))
    for sentence in reports.write(graded):
        say(sentence)
    say(f"The grades are in {records.name}.")


class Work:
    """What there is to grade, and what is graded.

    keys: of each student's exercise, the submission that counts.
    """

    def __init__(
        self,
        submissions: Sequence[Submission],
        records: Records,
        settings: Settings,
        console: Console,
    ):
        self.submissions, self.records = submissions, records
        self.settings, self.console = settings, console
        self.keys: dict[Place, Key] = {}

    def look(self) -> None:
        """Read what was handed in, to recognise it; nothing is kept in memory."""
        shown = self.console if self.console.is_terminal else Console(quiet=True)
        for one in track(self.submissions, "reading", console=shown, transient=True):
            self.keys[one[:2]] = (*one[:2], fingerprint(one.path))

    def grade(self) -> None:
        """Grade what is left, and keep it."""
        name, unit, kept = "grading", "submissions", self.records.name
        keep, console = self.keep, self.console
        complete(name, unit, self.left, grade_chunk, keep, kept, console)

    def left(self) -> tuple[int, Iterator[Chunk]]:
        """How many submissions are not graded yet, and the work that this is."""
        done = self.records.keys(self.settings)
        left = [one for one in self.submissions if self.keys[one[:2]] not in done]
        size = min(CHUNK, len(left) // 16 + 1)
        parts = (left[n : n + size] for n in range(0, len(left), size))
        return len(left), (self.chunk(part) for part in parts)

    def chunk(self, submissions: Iterable[Submission]) -> Chunk:
        """The submissions as text; read only now, so that few are in memory."""
        return Chunk(self.settings, [self.handed(one) for one in submissions])

    def handed(self, one: Submission) -> Handed:
        """A submission as text; what has changed since it was looked at counts now."""
        try:
            data = contents(one.path)
            content = sha256(data).hexdigest()
        except Unreadable as error:
            content, cells, problem = fingerprint_of(str(error)), [], str(error)
        else:
            try:
                cells, problem = cells_in(data), ""
            except Unreadable as error:
                cells, problem = [], str(error)
        self.keys[one[:2]] = (*one[:2], content)
        return Handed(one.student, one.exercise, content, cells, problem)

    def keep(self, results: Iterable[Result]) -> None:
        """Keep what came from a worker."""
        self.records.add(results, self.settings)
