"""Every misconception of every task is caught, and named as itself.

The confusion matrices are printed: pytest -s tests/test_misconceptions.py
"""

import re
from functools import cache
from itertools import combinations
from pathlib import Path

import nbformat
import numpy as np
import pytest
from conventions import ELSEWHERE, KERAS, OPTAX, TORCH

from lez10.grading.asking import Problem, Reply, ask
from lez10.grading.judging import CORRECT, alike
from lez10.grading.misconceptions import written
from lez10.grading.task import Task
from lez10.grading.tasks import EXERCISES, tasks_of

SEEDS = 100
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
EVERYTHING = [task for exercise in EXERCISES for task in tasks_of(exercise)]
KNOWING = [task for task in EVERYTHING if getattr(task, "misconceptions", ())]
TASKS = [task for task in KNOWING if isinstance(task, Task)]
# those whose answers are numbers to be compared one by one
EXACT = [task for task in TASKS if task.alike is None]
PAIRS_TRIED = 4
RIGHT = "right"

each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
each_exact_task = pytest.mark.parametrize("task", EXACT, ids=lambda task: task.name)


class Answers:
    """A function's replies to the questions, each asked for when it is needed."""

    def __init__(self, function, questions, task):
        self.function, self.questions, self.task = function, questions, task
        self.known = {}

    def __len__(self):
        return len(self.questions)

    def __getitem__(self, n):
        if n not in self.known:
            question = self.questions[n]  # IndexError ends an iteration
            self.known[n] = replied(self.function, question, self.task)
        return self.known[n]


def replied(function, question, task):
    """The reply; an exception is one with a problem, as for a student."""
    with np.errstate(all="ignore"):
        try:
            return ask(function, question, task.returns)
        except Exception as error:
            return Reply(problem=Problem("error", repr(error)))


def asked(function, questions, task):
    """All replies."""
    return [replied(function, question, task) for question in questions]


def same(task, questions, mine, theirs):
    """Whether these answers are taken for those, as the diagnosis does."""
    return teller(task, questions, mine, theirs) is None


def teller(task, questions, mine, theirs, first=0):
    """The number of a question that tells them apart, None if none does.

    first: which question to try first. One without numbers tells nothing.
    """
    for n in sorted(range(len(questions)), key=lambda n: n != first):
        mute = mine[n].problem
        if not mute and not alike(task, questions[n], mine[n], theirs[n]):
            return n
    return first if all(reply.problem for reply in mine) else None


@cache
def ways(name):
    """The right way and the wrong ones, each a function; made once."""
    (task,) = (one for one in TASKS if one.name == name)
    wrong = {one.name: task.wrong(one) for one in task.misconceptions}
    return {RIGHT: task.reference, **wrong}


def near(task, names, replies):
    """The pairs of names whose answers may be alike, by the second question.

    To compare each with each takes long; so all numbers of an answer stand in a row
    here, of all questions if the second one has a single number. One with other
    numbers than the right answer is compared with every other.
    """
    if task.alike is not None:
        yield from combinations(names, 2)
        return
    short = sum(map(np.size, replies[0][1].values[0])) == 1
    some = slice(None) if short else slice(1, 2)
    numbers = range(len(replies[0]))[some]
    values = [
        sum((call for n in numbers for call in answers[n].values), ())
        for answers in replies
    ]
    rows = [np.hstack([np.ravel(x) for x in parts] or [0]) for parts in values]
    whole = np.array([len(row) == len(rows[0]) for row in rows])
    rows = np.array([row if ok else 0 * rows[0] for row, ok in zip(rows, whole)])
    for n, row in enumerate(rows):
        largest = np.abs(row[np.isfinite(row)]).max(initial=0)
        close = np.isclose(rows, row, rtol=0, atol=1e-3 * largest, equal_nan=True)
        may_be = close.all(axis=1) | ~whole | ~whole[n]
        yield from ((names[n], names[m]) for m in np.flatnonzero(may_be) if m > n)


@cache
def confusion(task):
    """How often each way's answers are taken for another's, in SEEDS seeds.

    [answer, taken for], with the right one first. Each way is asked a question at
    most once per seed, and that first which told two apart before. The diagnosis names
    the first that fits, so an answer is compared with what stands before it there.
    """
    functions = ways(task.name)
    taken = SEEDS * np.eye(len(functions), dtype=int)
    tells = dict.fromkeys(combinations(range(len(functions)), 2), 0)
    for seed in range(SEEDS):
        questions = task.questions(np.random.default_rng(seed))
        replies = [Answers(f, questions, task) for f in functions.values()]
        for i, j in near(task, range(len(functions)), replies):
            first = tells[i, j]
            n = teller(task, questions, replies[j], replies[i], first)
            taken[j, i] += n is None
            tells[i, j] = first if n is None else n
    return taken


def table(task, taken):
    """The matrix as text: a row per answer, a column for what it is taken for."""
    names = list(ways(task.name))
    width = max(map(len, names))
    head = " ".join(f"{n:3d}" for n in range(len(names)))
    lines = [f"{task.name}, {SEEDS} seeds", f"{'':{width + 4}}{head}"]
    for n, (name, row) in enumerate(zip(names, taken)):
        cells = " ".join(f"{x:3d}" if x else "  ." for x in row)
        lines.append(f"{name:{width}} {n:2d} {cells}")
    return "\n".join(lines)


@each_task
def test_each_misconception_is_caught_and_named_as_itself(task):
    taken = confusion(task)
    print("\n" + table(task, taken))
    names = list(ways(task.name))
    expected = SEEDS * np.eye(len(names), dtype=int)
    wrong = [
        f"{names[i]} is taken for {names[j]} in {taken[i, j]} of {SEEDS} seeds"
        for i, j in np.argwhere(taken != expected)
    ]
    assert not wrong, "\n".join(wrong)


@each_task
def test_the_right_answer_gets_full_marks(task):
    # draws are slow to compare; their own tests have more seeds
    for seed in range(SEEDS if task in EXACT else SEEDS // 10):
        questions = task.questions(np.random.default_rng(seed))
        judgement = task.judge(questions, asked(task.reference, questions, task))
        assert (judgement.status, judgement.points) == (CORRECT, task.points)
        assert not judgement.said


@each_task
def test_the_judge_says_the_misconception_and_takes_points(task):
    questions = task.questions(np.random.default_rng(SEEDS))
    for one in task.misconceptions:
        replies = asked(ways(task.name)[one.name], questions, task)
        judgement = task.judge(questions, replies)
        assert [found.name for found in judgement.named] == [one.name]
        assert judgement.said[0] == one.said
        assert judgement.points < task.points


@each_exact_task
def test_two_misconceptions_at_once_are_named_as_both(task):
    # pairs that equal something else are no second thing to find: they are printed
    seeds = (1, 2)
    questions = [task.questions(np.random.default_rng(seed)) for seed in seeds]
    functions = {(name,): f for name, f in ways(task.name).items()}
    functions |= {(a.name, b.name): task.wrong(a, b) for a, b in task.pairs()}
    replies = {
        names: [Answers(f, asking, task) for asking in questions]
        for names, f in functions.items()
    }
    doubled = set()
    first = [answers[0] for answers in replies.values()]
    for one, two in near(task, list(functions), first):
        if len(two) == 2 and all(
            same(task, *z) for z in zip(questions, replies[two], replies[one])
        ):
            print(f"{task.name}: {' and '.join(two)} equal {' and '.join(one)}")
            doubled.add(two)
    clear = [names for names in functions if len(names) == 2 and names not in doubled]
    print(f"{task.name}: {len(clear)} pairs, {len(doubled)} equal something else")
    assert len(clear) >= len(doubled)
    rng = np.random.default_rng(0)
    for n in rng.permutation(len(clear))[:PAIRS_TRIED]:
        judgement = task.judge(questions[0], replies[clear[n]][0])
        assert tuple(found.name for found in judgement.named) == clear[n]
        assert len(judgement.said) >= 2


@pytest.mark.parametrize("task", KNOWING, ids=lambda task: task.name)
def test_the_sentences_are_sentences_with_a_place_to_read_on(task):
    said = [one.said for one in task.misconceptions]
    assert len(set(said)) == len(said)
    assert len({one.name for one in task.misconceptions}) == len(said)
    for one in task.misconceptions:
        assert re.fullmatch(r"[A-Z][^!\u2013\u2014]*\.", one.said), one.said
        if one.convention:
            assert re.search(r"Keras|PyTorch|Optax|Many texts", one.said), one.said
        assert one.heading in headings(one.notebook), (one.name, one.heading)


@pytest.mark.parametrize("task", KNOWING, ids=lambda task: task.name)
def test_every_convention_is_compared_with_the_framework(task):
    rule = task.name.removesuffix("_step")
    compared = {names[rule] for names in (KERAS, OPTAX, TORCH) if rule in names}
    told = {one.name for one in task.misconceptions if one.convention}
    assert told == compared | ELSEWHERE.get(task.name, set())


@cache
def headings(notebook):
    """The titles of a notebook's sections."""
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"^## (.+)$", text, re.MULTILINE)


def test_there_are_at_least_four_per_rule_and_sixty_in_all():
    rules = [task for task in TASKS if task.name.endswith("_step")]
    assert len(rules) >= 8
    for task in rules:
        assert len(task.misconceptions) >= 4, task.name
    counts = {task.name: len(task.misconceptions) for task in KNOWING}
    print(f"\n{counts}: {sum(counts.values())} misconceptions")
    assert sum(counts.values()) >= 60


def test_a_changed_reference_names_the_misconception_that_lost_its_line():
    def reference(x):
        return x + 1

    with pytest.raises(ValueError, match=r"off_by_one: 'x \+ 2' must stand once"):
        written(reference, "off_by_one", (("x + 2", "x"),))
