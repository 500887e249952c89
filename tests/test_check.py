"""lez10.check, lez10.hint and lez10.progress, as a student meets them."""

import json
import os
import signal
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import lez10
from lez10.grading import calling
from lez10.grading.asking import Question
from lez10.grading.check import (
    HINTS_SEEN,
    TOLD,
    UNSTOPPABLE,
    checking,
    judged,
    questions_of,
)
from lez10.grading.judging import Judgement
from lez10.grading.misconceptions import Misconception
from lez10.grading.panel import CONVENTION, Panel, capital, link
from lez10.grading.progress import NOTHING, Progress
from lez10.grading.tasks import EXERCISES, task_of, tasks_of

NAME = "momentum_step"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder, in which the notebook runs; the data folder is another."""
    monkeypatch.delenv("LEZ10_PROGRESS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    here = tmp_path / "course"
    here.mkdir()
    monkeypatch.chdir(here)
    HINTS_SEEN.clear()
    return here


def right(theta, v, grad, alpha, beta):
    v = beta * v - alpha * grad(theta)
    return theta + v, v


def average(theta, v, grad, alpha, beta):
    v = beta * v - (1 - beta) * alpha * grad(theta)
    return theta + v, v


def average_uphill(theta, v, grad, alpha, beta):
    v = beta * v + (1 - beta) * alpha * grad(theta)
    return theta + v, v


def in_place(theta, v, grad, alpha, beta):
    v *= beta
    v -= alpha * grad(theta)
    theta += v
    return theta, v


def returning(value):
    return lambda theta, v, grad, alpha, beta: value


def html(shown):
    """The panel's HTML, parsed: every tag is closed, and its text as it is read."""
    open_tags, words, roles, links = [], [], [], []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag != "br":
                open_tags.append(tag)
            roles.extend(v for k, v in attrs if k == "role")
            links.extend(v for k, v in attrs if k == "href")

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

        def handle_data(self, data):
            words.append(data)

    Reader().feed(shown._repr_html_())
    assert open_tags == []
    return " ".join(words), roles, links


def test_a_right_answer():
    shown = lez10.check(NAME, right)
    assert (shown.status, shown.points) == ("correct", shown.max_points)
    assert repr(shown) == f"correct · {NAME}: {shown.points} of {shown.points} points"
    text, roles, links = html(shown)
    assert "correct" in text and f"{NAME}: {shown.points} of" in text
    assert (roles, links) == (["status"], [])


def test_other_names_and_helpers_are_right_too():
    def step(a, b, slope, rate, share, *, unused=1):
        return list(right(a, b, slope, rate, share))

    assert lez10.check(NAME, step).status == "correct"
    assert lez10.check(NAME, lambda *given: right(*given)).status == "correct"


def test_a_misconception_says_where_to_read_on(folder):
    shown = lez10.check(NAME, average)
    assert (shown.status, shown.points) == ("wrong", 0)
    (named,) = shown.judgement.named
    text, roles, links = html(shown)
    assert named.said in text and named.said in repr(shown)
    assert roles == ["status"]
    assert links == [f"{named.notebook}.ipynb#{named.heading.replace(' ', '-')}"]
    for said in (
        "ten steps in a row are right",
        "without changing the caller's arrays",
    ):
        assert said in text and said in repr(shown)


def test_two_misconceptions_are_both_told():
    shown = lez10.check(NAME, average_uphill)
    text, _, links = html(shown)
    assert len(shown.judgement.named) == 2 == len(links)
    assert all(one.said in text for one in shown.judgement.named)


def test_a_convention_is_told_as_one():
    keras = Misconception("k", "Keras does so.", (), "03_momentum", "Next", True)
    task = task_of(NAME)
    nothing = {one.name: 0 for one in task.properties}
    judgement = Judgement(task, "wrong", nothing, (keras,), (keras.said, "And more."))
    text, _, _ = html(Panel(judgement))
    assert f"{CONVENTION}Keras does so." in text
    assert "And more." in text and CONVENTION + "And" not in text


def test_changing_the_arrays_costs_a_part():
    shown = lez10.check(NAME, in_place)
    assert shown.status == "partial"
    assert 0 < shown.points == shown.max_points - 1
    assert "changes the caller's theta and v" in repr(shown)
    assert "✗ 0/1  something is right, without changing the caller's arrays" in repr(
        shown
    )


def test_what_stands_in_angle_brackets_is_text():
    def step(theta, v, grad, alpha, beta):
        print("<script>alert(1)</script>")
        raise ValueError("<b>bold</b>")

    shown = lez10.check(NAME, step)
    assert (
        "<script>" not in shown._repr_html_() and "<b>bold" not in shown._repr_html_()
    )
    assert "<b>bold</b>" in html(shown)[0]


@pytest.mark.parametrize(
    ("made_at", "run_at", "prefix"),
    [
        ("00_start.ipynb", ".", ""),
        ("00_start.ipynb", "exercises", "../"),
        ("notebooks/00_start.ipynb", "exercises", "../notebooks/"),
        ("nothing", ".", ""),
    ],
)
def test_the_link_finds_the_notebook(folder, monkeypatch, made_at, run_at, prefix):
    for path in (made_at, f"{run_at}/x"):
        (folder / path).parent.mkdir(exist_ok=True)
    (folder / made_at).touch()
    monkeypatch.chdir(folder / run_at)
    assert link("03_momentum", "The idea") == f"{prefix}03_momentum.ipynb#The-idea"
    assert link("a", "beta = 0").endswith("a.ipynb#heading=beta-=-0")


def stub(theta, v, grad, alpha, beta):
    raise NotImplementedError("momentum_step: update v, then theta")


def test_a_stub_is_not_answered_yet(folder):
    shown = lez10.check(NAME, stub)
    assert (shown.status, shown.points) == ("not answered", 0)
    assert repr(shown).endswith("0 of 12 points\n  Update v, then theta.")
    assert "not answered yet" in html(shown)[0]
    assert not (folder / ".lez10").exists()
    assert repr(lez10.progress()) == NOTHING


def test_a_letter_stays_small_at_the_start_of_a_sentence():
    assert capital("it returned a str.") == "It returned a str."
    assert capital("dgamma, then dx.", ("dx", "dgamma")) == "dgamma, then dx."
    assert capital("dgamma and dx.", ("dx", "dgamma")) == "dgamma and dx."
    assert capital("f(x): y differs.") == "f(x): y differs."
    assert capital("") == ""


def short(theta, v, grad, alpha):
    return theta, v


def keyword(theta, v, *, grad, alpha, beta):
    return theta, v


def swapped(v, theta, grad, alpha, beta):
    return right(theta, v, grad, alpha, beta)


def helper(x):
    return x / nothing  # noqa: F821


def crash(theta, v, grad, alpha, beta):
    return theta + helper(v), v


def recursion(theta, v, grad, alpha, beta):
    return recursion(theta, v, grad, alpha, beta)


def leaves(theta, v, grad, alpha, beta):
    raise SystemExit(3)


def interrupt(theta, v, grad, alpha, beta):
    raise KeyboardInterrupt


class Mute(Exception):
    def __str__(self):
        raise SystemExit


class Shy:
    def __repr__(self):
        raise MemoryError


def greedy(theta, v, grad, alpha, beta):
    return np.ones(10**15), v


def uncalled(theta, v, grad, alpha, beta):
    return theta - alpha * grad, v


def branches(theta, v, grad, alpha, beta):
    return (theta if theta > 0 else -theta), v


def mute(theta, v, grad, alpha, beta):
    raise Mute


def late(theta, v, grad, alpha, beta):
    raise StopIteration


def growing(theta, v, grad, alpha, beta):
    return np.outer(theta, theta), v


WANTED = "(theta, v, grad, alpha, beta)"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (3, f"It must be a function {WANTED}, but it is an int: 3."),
        (None, f"It must be a function {WANTED}, but it is None."),
        (short, f"must be {WANTED}, but they are (theta, v, grad, alpha)."),
        (keyword, f"must be {WANTED}, but they are (theta, v, *, grad, alpha, beta)."),
        (swapped, "they are (v, theta, grad, alpha, beta), in another order."),
        (returning(None), "It returned None: is a return of theta, v missing?"),
        (returning((1.0,)), "It returned 1 value; it must return theta, v, in"),
        (returning((1, 2, 3)), "It returned 3 values; it must return theta, v, in"),
        (returning("a"), "It returned a str; it must return theta, v, in this order."),
        (returning(np.ones(2)), "It returned an array; it must return theta, v, in"),
        (
            returning(("a", 1)),
            "theta that it returned must hold numbers, but it is 'a'.",
        ),
        (returning((1, None)), "v that it returned must hold numbers, but it is None."),
        (returning((1j, 1)), "theta that it returned must be real, but is complex"),
        (returning(([1, [2]], 1)), "theta that it returned must be an array, but has"),
        (returning((np.full(2, np.nan),) * 2), "got [nan, nan]."),
        (
            growing,
            "must have the shape (2,) in the first step, but has the shape (2, 2).",
        ),
        (crash, "raised NameError in line"),
        (crash, "(return x / nothing  # noqa: F821): name 'nothing' is not defined."),
        (recursion, "It calls itself without an end in line"),
        (leaves, "(raise SystemExit(3)), but must return its values."),
        (interrupt, "It was interrupted in line"),
        (mute, "(raise Mute): its text cannot be shown."),
        (late, "It raised StopIteration in line"),
        (Shy(), "It asked for more memory than there is."),
        (greedy, "It asked for more memory than there is in line"),
        (branches, "np.where decides number by number, if does not."),
        (uncalled, "grad is a function: call it where you need the gradient."),
    ],
)
def test_bad_input_is_a_sentence(answer, said):
    shown = lez10.check(NAME, answer)
    assert said in repr(shown)
    assert said in html(shown)[0]
    assert shown.status in ("error", "wrong")
    assert shown.points == 0


def test_one_question_that_fails_leaves_the_others():
    def step(theta, v, grad, alpha, beta):
        if np.ndim(theta) != 1:
            raise ValueError("only vectors")
        return right(theta, v, grad, alpha, beta)

    shown = lez10.check(NAME, step)
    assert shown.status == "partial"
    assert shown.judgement.earned["shapes"] == 0
    assert shown.points == shown.max_points - task_points("shapes")
    assert '(raise ValueError("only vectors")): only vectors.' in repr(shown)


def task_points(name):
    return next(one.points for one in task_of(NAME).properties if one.name == name)


def test_an_answer_that_does_not_end_is_stopped():
    def step(theta, v, grad, alpha, beta):
        while True:
            try:
                grad(theta)
            except Exception:
                continue

    before = signal.getsignal(signal.SIGALRM)
    task = task_of(NAME)
    questions = questions_of(task)
    came, _ = calling.replies(step, questions, task.returns, limit=0.2)
    assert {reply.problem.kind for reply in came} == {"slow"}
    (said,) = judged(task, questions, came).said
    assert "longer than 0.2 s and was stopped in line" in said
    assert signal.getsignal(signal.SIGALRM) is before
    assert calling.LIMIT == 5


def test_where_nothing_can_stop_an_answer_it_is_said_once(monkeypatch):
    def no_thread(self):
        raise RuntimeError("can't start new thread")

    TOLD.clear()
    monkeypatch.delattr(signal, "setitimer")
    assert UNSTOPPABLE not in repr(lez10.check(NAME, right))  # a thread can
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    shown = lez10.check(NAME, right)
    assert shown.status == "correct"
    assert UNSTOPPABLE in repr(shown) and UNSTOPPABLE in html(shown)[0]
    assert UNSTOPPABLE not in repr(lez10.check(NAME, right))


def test_printing_is_shown_and_not_a_thousand_times(capsys):
    def step(theta, v, grad, alpha, beta):
        for n in range(1000):
            print("line", n)
        print("x" * 10_000_000, file=sys.stderr)
        return right(theta, v, grad, alpha, beta)

    shown = lez10.check(NAME, step)
    assert shown.status == "correct"
    assert "line 0\n    line 1" in repr(shown) and "line 6" not in repr(shown)
    assert "more lines" in repr(shown)
    assert len(repr(shown)) < 2000
    assert capsys.readouterr() == ("", "")


def test_a_warning_costs_nothing():
    def step(theta, v, grad, alpha, beta):
        np.log(np.array(-1.0)), np.array(1.0) / 0
        return right(theta, v, grad, alpha, beta)

    assert lez10.check(NAME, step).status == "correct"


def test_replies_do_without_tasks():
    code = (
        "import sys; sys.modules['lez10.grading.tasks'] = None; "
        "sys.modules['lez10.grading.judging'] = None; "
        "from lez10.grading.calling import replies; "
        "from lez10.grading.asking import Question; "
        "print(replies(abs, [Question('a', {'x': -2.0})], ('y',)).replies[0].values)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[(array(2.),)]\n"


def test_a_generator_of_arrays_that_shares_one_buffer():
    def batches(n):
        buffer = np.zeros(2)
        for k in range(int(n)):
            buffer[:] = k
            yield buffer

    asked = [Question("all", {"n": 3})]
    (reply,), _ = calling.replies(batches, asked, ("…",))
    assert [list(part) for part in reply.values[0]] == [[0, 0], [1, 1], [2, 2]]


def test_questions_are_the_same_every_time():
    task = task_of(NAME)
    first, again, other = (
        [question.arguments["theta"] for question in questions_of(task, *seed)]
        for seed in ((), (), (7,))
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other))


@pytest.mark.parametrize(
    "name", [task.name for exercise in EXERCISES for task in tasks_of(exercise)]
)
def test_every_task_takes_bad_answers_without_an_exception(name):
    task = task_of(name)
    values = (
        None,
        "text",
        float("nan"),
        (),
        {"alpha": float("nan")},
        1j,
        [[1], [2, 3]],
    )
    for value in values:
        shown = checking(task, lambda *given, value=value: value)
        assert shown.status in ("error", "wrong", "partial")
        assert shown.points < shown.max_points
        assert html(shown) and repr(shown)
    assert checking(task, 3).status == "error"

    def unanswered(*given):
        raise NotImplementedError(f"{name}: a hint")

    assert checking(task, unanswered).status == "not answered"


def test_predictions_and_tunings_are_checked_alike():
    def predict_half_speed():
        return "fourteen"

    shown = lez10.check("predict_half_speed", predict_half_speed)
    assert (shown.status in ("wrong", "error"), shown.points) == (True, 0)
    assert "Predict_half_speed" not in repr(shown)
    shown = lez10.check("predict_half_speed", 14)
    said = "It must be a function without arguments, but it is an int: 14."
    assert said in repr(shown)
    shown = lez10.check("tuned_momentum", lambda: {"alpha": 0.06, "beta": 0.6})
    assert shown.status == "correct"


def test_a_name_that_is_no_task():
    with pytest.raises(
        ValueError, match="'momentum_stepp': did you mean momentum_step"
    ):
        lez10.check("momentum_stepp", right)
    with pytest.raises(ValueError, match="'xyz': they are minibatch_gradient, .*tune"):
        lez10.hint("xyz")


def test_show_gives_the_points(capsys):
    points = lez10.check(NAME, right).show()
    assert type(points) is int
    assert capsys.readouterr().out == f"correct · {NAME}: {points} of {points} points\n"


def test_three_hints_and_no_more():
    hints = task_of(NAME).hints
    shown = [lez10.hint(NAME) for _ in range(4)]
    for n, one in enumerate(shown):
        told = [hint in repr(one) for hint in hints]
        assert told == [k <= n for k in range(3)]
        assert f"Hint {min(n, 2) + 1} of 3" in html(one)[0]
    assert "There are no more hints." in repr(shown[2])
    assert repr(shown[3]) == repr(shown[2])


def test_the_best_points_are_kept():
    lez10.check(NAME, in_place)
    lez10.check(NAME, right)
    lez10.check(NAME, average)
    record = json.loads(Path(".lez10/progress.json").read_text())
    points = task_of(NAME).points
    assert record == {"tasks": {NAME: {"attempts": 3, "best": points}}}
    head, row, total = repr(lez10.progress()).splitlines()
    assert head.split() == ["exercise", "right", "points", "attempts"]
    tasks = tasks_of("03_momentum")
    most = sum(task.points for task in tasks)
    assert (
        row.split() == (f"03_momentum 1 of {len(tasks)} {points} of {most} 3").split()
    )
    assert total.startswith("all of these")
    text, _, _ = html(lez10.progress())
    assert f"{points} of {most}" in text


def test_an_exercise_and_the_start_share_the_record(folder, monkeypatch):
    (folder / "00_start.ipynb").touch()
    (folder / "exercises").mkdir()
    monkeypatch.chdir(folder / "exercises")
    lez10.check(NAME, right)
    monkeypatch.chdir(folder)
    assert "03_momentum" in repr(lez10.progress())


@pytest.mark.parametrize(
    "data", ["", "[]", '{"tasks": 3}', '{"tasks": {"a": 1}}', "\x00", "[" * 100_000]
)
def test_a_damaged_record_is_begun_again(folder, data):
    (folder / ".lez10").mkdir()
    (folder / ".lez10/progress.json").write_text(data)
    assert repr(lez10.progress()) == NOTHING
    lez10.check(NAME, right)
    assert "03_momentum" in repr(lez10.progress())


def test_a_record_of_tasks_that_are_gone():
    assert repr(Progress({"old_task": {"best": 3, "attempts": 1}})) == NOTHING


def test_an_unwritable_folder_costs_only_the_place(folder, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert lez10.check(NAME, right).status == "correct"
    (folder / ".lez10").mkdir(exist_ok=True)
    (folder / ".lez10/progress.json").unlink(missing_ok=True)
    (folder / ".lez10").rmdir()
    (folder / ".lez10").write_text("a file where the folder would be")
    assert lez10.check(NAME, right).status == "correct"
    assert (folder.parent / "data/lez10/progress.json").is_file()
    assert "03_momentum" in repr(lez10.progress())


def test_no_place_at_all_costs_only_the_record(monkeypatch):
    monkeypatch.setenv("LEZ10_PROGRESS", "/dev/null/progress.json")
    assert lez10.check(NAME, right).status == "correct"
    monkeypatch.setenv("LEZ10_PROGRESS", "")
    assert lez10.check(NAME, right).status == "correct"
    assert repr(lez10.progress()) == NOTHING


def test_a_folder_that_was_deleted_costs_only_the_record(folder):
    folder.rmdir()
    assert lez10.check(NAME, average).status == "wrong"
    assert html(lez10.check(NAME, average))


def test_the_exercises_are_imported_with_the_first_check():
    code = (
        "import sys, lez10; lez10.check; "
        "print([name for name in sys.modules if name.startswith('lez10.grading')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_an_array_that_unpacks_is_as_good_as_a_tuple():
    def stacked(theta, v, grad, alpha, beta):
        v = beta * v - alpha * grad(theta)
        return np.array([theta + v, v])

    assert lez10.check("momentum_step", stacked).status == "correct"


def test_float32_on_the_way_is_right_in_float64_too():
    def mixed(x, gamma, beta, mean, var, epsilon):
        x = np.asarray(x, np.float32)
        return gamma * (x - mean) / np.sqrt(var + epsilon) + beta

    assert lez10.check("batchnorm_inference", mixed).status == "correct"


def test_a_function_without_steps_is_not_told_of_a_first_step():
    def other(x, gamma, beta, mean, var, epsilon):
        return 0.3 * x + mean

    told = repr(lez10.check("batchnorm_inference", other))
    assert "differs: expected" in told and "first step" not in told
