"""One submission graded: its functions are asked in a sandbox, and judged here."""

import atexit
import threading
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import lez10
from lez10.grading.asking import Question, Reply
from lez10.grading.check import judged, questions_of
from lez10.grading.files import Cell
from lez10.grading.panel import Panel
from lez10.grading.rows import Graded, GradingError, Row
from lez10.grading.sandbox import SandboxError
from lez10.grading.sandbox.sandbox import Asking, Sandbox
from lez10.grading.tasks import tasks_of
from lez10.grading.tuning import train
from lez10.time_limit import TooSlow, time_limit

ROOT = Path(lez10.__file__).parent
TRIES = 3  # for a sandbox that does not start
JUDGING = 60.0  # seconds for one task: an answer may be large, and never endless
LONGEST = 2_000  # characters of feedback
# By the kind of a problem, what it makes of the whole task; the first that there is.
STATUS_OF = {
    "forbidden": "forbidden",
    "slow": "timeout",
    "memory": "memory",
    "missing": "missing",
}
# What decides no grade: how it is shown or carried out.
NO_PART = ("cli.py", "course", "parallel", "widgets", "grading/reports")


class Settings(NamedTuple):
    """What a grade depends on, apart from what was handed in.

    version: of the tasks; timeout: seconds per task.
    """

    version: str
    seed: int
    timeout: float
    unsafe: bool


class Handed(NamedTuple):
    """What a student handed in, as plain text that can be sent to another machine.

    content: its fingerprint; problem: why it cannot be read, empty where it can.
    """

    student: str
    exercise: str
    content: str
    cells: Sequence[Cell]
    problem: str = ""


class Chunk(NamedTuple):
    """Some submissions, graded one after the other by the same worker."""

    settings: Settings
    handed: Sequence[Handed]


class Result(NamedTuple):
    """A submission's rows, found again by student, exercise and content."""

    student: str
    exercise: str
    content: str
    graded: list[Graded]


@cache
def version_of_tasks() -> str:
    """A hash of what decides a grade; with another one, all is graded anew."""
    found = sha256()
    for path in deciding():
        found.update(f"{path.relative_to(ROOT).as_posix()}\n".encode())
        data = path.read_bytes()
        found.update(data.replace(b"\r\n", b"\n") if path.suffix == ".py" else data)
    return found.hexdigest()


def deciding() -> list[Path]:
    """The files that decide a grade: sources, and data that an answer is found in."""
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.suffix in (".py", ".npz")
        and not path.relative_to(ROOT).as_posix().startswith(NO_PART)
    ]


def grade_chunk(chunk: Chunk) -> list[Result]:
    """Grade submissions in this process's sandbox.

    Raises SandboxError where there can be none, GradingError where the tasks are of
    another version than those of the command.
    """
    if chunk.settings.version != version_of_tasks():
        raise GradingError(
            "the workers have other tasks than this command: install the same lez10 "
            "everywhere, and start the workers again."
        )
    return [Result(*one[:3], grade(one, chunk.settings)) for one in chunk.handed]


def grade(handed: Handed, settings: Settings) -> list[Graded]:
    """A row for every task of the exercise."""
    if handed.problem:
        said = f"{handed.exercise}.ipynb cannot be read: {handed.problem}."
        return nothing(handed.student, handed.exercise, "unreadable", said)
    tasks = tasks_of(handed.exercise)
    asked = {
        task.name: questions_of(task, seed(handed, task, settings)) for task in tasks
    }
    askings = [Asking(task.name, asked[task.name], task.returns) for task in tasks]
    came = answers(handed.cells, askings, settings)
    return [graded(handed, task, asked[task.name], came[task.name]) for task in tasks]


def answers(
    cells: Sequence[Cell], askings: Sequence[Asking], settings: Settings
) -> dict[str, list[Reply]]:
    """The replies by task. Raises SandboxError where there can be no sandbox."""
    for _ in range(TRIES - 1):
        try:
            return sandbox(settings).answers(cells, askings)
        except SandboxError:  # it may have been killed while it started
            continue
    return sandbox(settings).answers(cells, askings)


def nothing(student: str, exercise: str, status: str, said: str) -> list[Graded]:
    """The rows of an exercise of which nothing could be graded."""
    return [
        Graded(Row(student, exercise, task.name, 0, task.points, status, said), ())
        for task in tasks_of(exercise)
    ]


def seed(handed: Handed, task: Any, settings: Settings) -> int:
    """The seed of the questions: another one for every student and task."""
    words = (str(settings.seed), handed.student, handed.exercise, task.name)
    return int.from_bytes(sha256("\n".join(words).encode()).digest()[:8])


def graded(
    handed: Handed, task: Any, questions: list[Question], came: list[Reply]
) -> Graded:
    """The row of a task: what its replies are worth, in the words of the check."""
    points, status = 0, "error"
    named: tuple[str, ...] = ()
    try:
        with time_limit(JUDGING):
            judgement = judged(task, questions, came)
            sentences = Panel(judgement).sentences()
    except (Exception, TooSlow) as error:  # numbers that nobody foresaw
        sentences = (f"The answer cannot be judged ({type(error).__name__}).",)
    else:
        points, status = judgement.points, judgement.status
        named = tuple(f"{task.name}/{one.name}" for one in judgement.named)
    kinds = {reply.problem.kind for reply in came if reply.problem}
    for kind, its_status in STATUS_OF.items():
        if kind in kinds:
            status = its_status
            break
    if status == "forbidden":
        points = 0
    whose = handed.student, handed.exercise, task.name
    return Graded(Row(*whose, points, task.points, status, feedback(sentences)), named)


def feedback(sentences: Sequence[str]) -> str:
    """Sentences on one line, not too long, of characters that any database takes."""
    text = " ".join(" ".join(sentences).split())
    text = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


class Held(threading.local):
    """The sandbox of a thread, which is good for one thing at a time."""

    made_with: tuple[float, bool] | None = None
    sandbox: Sandbox


HELD = Held()


def sandbox(settings: Settings) -> Sandbox:
    """The one of this thread, kept for the next submission. Raises SandboxError."""
    wanted = settings.timeout, settings.unsafe
    if HELD.made_with != wanted:
        let_go()
        HELD.sandbox = Sandbox(limit=wanted[0], unsafe=wanted[1], train=train)
        HELD.made_with = wanted
        atexit.register(HELD.sandbox.close)
    return HELD.sandbox


def let_go() -> None:
    """End the sandbox of this thread, where there is one."""
    if HELD.made_with is not None:
        HELD.made_with = None
        HELD.sandbox.close()
        atexit.unregister(HELD.sandbox.close)
