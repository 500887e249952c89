"""`lez10.check` and `lez10.hint`: a task's questions, asked and judged at once."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from lez10.grading import progress
from lez10.grading.asking import Question, Reply
from lez10.grading.calling import UNANSWERED, replies
from lez10.grading.judging import Judgement
from lez10.grading.panel import Hints, Panel
from lez10.grading.tasks import task_of
from lez10.grading.tuning import train
from lez10.time_limit import way_to_stop

SEED = 1010  # the same questions for every student, every time
NOT_ANSWERED = "not answered"
UNSTOPPABLE = (
    "This Python cannot stop a function that does not end: if nothing happens any "
    "more, restart the kernel."
)
TOLD: set[str] = set()  # sentences that are said once in a session
HINTS_SEEN: dict[str, int] = {}  # in this session


def check(name: str, function: Any) -> Panel:
    """Check the answer to a task; how it went is kept among the student's notebooks.

    Raises ValueError for a name that is no task's.
    """
    checked = checking(task_of(name), function)
    progress.note(checked.judgement)
    if way_to_stop() is None and UNSTOPPABLE not in TOLD:
        TOLD.add(UNSTOPPABLE)
        return replace(checked, note=UNSTOPPABLE)
    return checked


def checking(task: Any, function: Any, seed: int = SEED) -> Panel:
    """Ask a function the task's questions, and judge what came; nothing is kept."""
    questions = questions_of(task, seed)
    came, printed = replies(function, questions, task.returns, train)
    return Panel(judged(task, questions, came), printed)


def questions_of(task: Any, seed: int = SEED) -> list[Question]:
    """The task's questions, the same for the same seed."""
    return task.questions(np.random.default_rng(seed))


def judged(task: Any, questions: list[Question], came: list[Reply]) -> Judgement:
    """The task's judgement; a stub that still raises is not answered yet."""
    problems = [reply.problem for reply in came]
    if problems and all(one and one.kind == UNANSWERED for one in problems):
        hint = problems[0].said if problems[0] else ""
        nothing = {one.name: 0 for one in task.properties}
        return Judgement(task, NOT_ANSWERED, nothing, (), (hint,))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return task.judge(questions, came)


def hint(name: str) -> Hints:
    """The task's next hint, the last one again when there are no more.

    Raises ValueError for a name that is no task's.
    """
    task = task_of(name)
    seen = min(HINTS_SEEN.get(name, 0) + 1, len(task.hints))
    HINTS_SEEN[name] = seen
    return Hints(task, seen)
