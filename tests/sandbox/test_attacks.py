"""Every attack works where it may, and earns nothing where it counts."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import attacks
import pytest
from attacks import ATTACKS, cells_for

from lez10.grading.statements import Cell
from lez10.grading.tasks import task_of
from notebooks import (
    RATE,
    askings_of,
    exercise,
    judgements,
    plain_replies,
    points,
    right,
)

PLAIN = Path(__file__).with_name("plain.py")
ENDLESS = 3.0  # seconds after which something is taken for endless
LONGEST = 15.0  # seconds for an attack and its companion, of all their limits
COMPANION = "predict_largest_momentum_rate"
every = pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)


def grader(attack):
    return attack.shown if attack.shown in KINDS else attacks.TESTING


KINDS = (*attacks.GRADERS, attacks.PICKLE, attacks.UNSTOPPED)


def ungraded(attack, world):
    """The attack in a plain process: what was printed, None where it never ended."""
    cells = [cell.source for cell in cells_for(attack, world._replace(mild=True))]
    started = subprocess.Popen(
        [sys.executable, str(PLAIN)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env={
            **os.environ,
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": str(Path(attacks.__file__).parent),
        },
    )
    try:
        given = json.dumps([cells, grader(attack), attack.task])
        limit = ENDLESS if attack.shown in (attacks.ENDLESS, attacks.UNSTOPPED) else 60
        return started.communicate(given, timeout=limit)[0]
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, 9)
        started.communicate()
        return None


def in_time(happened):
    """Whether something happens within two seconds."""
    end = time.monotonic() + 2
    while not happened() and time.monotonic() < end:
        time.sleep(0.02)
    return happened()


@every
def test_it_does_what_it_says_where_it_may(attack, world, ears, open_box):
    full = task_of(attack.task).points
    if attack.shown == attacks.SENT:
        sent_what_it_says(attack, world, open_box)
        return
    printed = ungraded(attack, world)
    if attack.shown in (attacks.ENDLESS, attacks.UNSTOPPED):
        assert printed is None
    elif attack.shown == attacks.DIES:
        assert printed is not None and "points" not in printed
    elif attack.shown in (attacks.FILE, attacks.PICKLE):
        assert in_time(lambda: os.path.exists(world.file))
    elif attack.shown in attacks.TRACES:
        assert in_time(lambda: attack.shown in ears.heard)
    else:
        assert json.loads(printed.splitlines()[-1]) == {"points": full}


def sent_what_it_says(attack, world, open_box):
    """What the outside takes from a channel to which the attack writes."""
    askings = askings_of(attack.task)
    found = open_box.answers(cells_for(attack, world), askings)[attack.task]
    kinds = {reply.problem.kind for reply in found if reply.problem}
    if attack.name == "forged_replies":  # they are taken: a process may only lie
        assert [reply.values[0][0].tolist() for reply in found] == [[1.0, 2.0]] * 6
    elif attack.name == "sentence_of_a_formula":
        (said,) = {reply.problem.said for reply in found}
        assert said.startswith("=cmd") and said.isprintable() and len(said) <= 2000
        assert kinds == {"correct "}
    elif attack.name == "trainings_of_another_question":
        assert {reply.calls for reply in found} != {0}
    else:
        wanted = {
            "no_end_of_a_message": "slow",
            "channel_closed": "ended",
        }
        assert kinds == {wanted.get(attack.name, "garbled")}


@pytest.fixture(scope="module")
def honest(box):
    """The replies to an honest notebook, before any attack."""
    cells, askings = exercise("03_momentum")
    found = box.answers(cells, askings)
    assert right(askings, found)
    return cells, askings, plain_replies(found)


@every
def test_it_earns_nothing_and_harms_nobody(attack, world, ears, box, honest):
    own, companion = askings_of(attack.task, COMPANION)
    inside = box.process
    start = time.monotonic()
    found = box.answers([*cells_for(attack, world), Cell(RATE)], [own, companion])
    took = time.monotonic() - start
    judgement = judgements([own], found)[attack.task]
    assert judgement.points == 0, judgement
    assert took < LONGEST
    cells, askings, before = honest
    assert plain_replies(box.answers(cells, askings)) == before
    assert not os.path.exists(world.file)
    assert not ears.heard
    assert box.process is inside and inside.started.poll() is None
    if attack not in (*attacks.PATCHING, *attacks.CHANNEL):  # which hurts oneself
        assert points(companion, found[COMPANION]) == task_of(COMPANION).points


def test_there_are_enough_and_each_says_how():
    assert len(ATTACKS) >= 40
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert all(attack.how.endswith(".") for attack in ATTACKS)
