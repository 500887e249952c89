"""Bytes from a student's process: replies, or Garbled, and nothing else."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lez10.grading.asking import Problem, Reply
from lez10.grading.check import judged
from lez10.grading.sandbox import received, wire
from lez10.grading.sandbox.received import Garbled
from lez10.grading.tasks import EXERCISES, task_of
from lez10.grading.tuning import train
from notebooks import askings_of, exercise

FLOAT = wire.packed_array(1.5)
PAIR = wire.packed_array([1.0, 2.0])


def message(**changes):
    """A message with a reply, changed."""
    reply = {"values": [[PAIR, PAIR]], "problem": None, "changed": [], "calls": 1}
    reply = {**reply, "drew": False, **changes}
    return {"type": "replies", "name": "momentum_step", "replies": [reply]}


def read(sent, name="momentum_step", question=0):
    """What the outside makes of it."""
    data = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    found = received.message(data)
    (asking,) = askings_of(name)
    asking = asking._replace(questions=[asking.questions[question]])
    return received.replies_of(asking, found.replies)


def test_a_reply_arrives():
    (reply,) = read(message(changed=["theta"], calls=3, drew=True))
    assert [v.tolist() for v in reply.values[0]] == [[1.0, 2.0]] * 2
    assert (reply.changed, reply.calls, reply.drew) == (("theta",), 3, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"values": []},
        {"values": [[PAIR, PAIR], [PAIR, PAIR]]},
        {"values": [[PAIR]]},
        {"values": [[PAIR, PAIR, PAIR]]},
        {"values": [["A", PAIR]]},
        {"values": [[{"a": FLOAT}, PAIR]]},
        {"values": [[1.5, 1.5]]},
        {"values": [[None, None]]},
        {"values": None},
        {"values": [[["<f8", [2], "AAAA"], PAIR]]},
        {"values": [[["<f8", [2], "not base64!"], PAIR]]},
        {"values": [[["<f8", [-1], ""], PAIR]]},
        {"values": [[["<f8", [2**62, 2**62], ""], PAIR]]},
        {"values": [[["<f8", [0] * 65, ""], PAIR]]},
        {"values": [[["<f8", [0, 2**40], ""], [*"ab"]]]},
        {"values": [[["|O", [1], "AAAAAAAAAAA="], PAIR]]},
        {"values": [[["<U1", [1], "AAAAAA=="], PAIR]]},
        {"values": [[["<c16", [1], "AAAA"], PAIR]]},
        {"values": [[["<M8[s]", [1], "AAAAAAAAAAA="], PAIR]]},
        {"values": [[["f8,f8", [1], "AAAA"], PAIR]]},
        {"values": [[["(" * 5000, [1], "AAAA"], PAIR]]},
        {"changed": ["nothing"]},
        {"changed": "theta"},
        {"changed": [["theta"]]},
        {"calls": -1},
        {"calls": 1.5},
        {"calls": 10**30},
        {"calls": True},
        {"drew": 1},
        {"drew": None},
        {"problem": "slow"},
        {"problem": ["slow"]},
        {"problem": [1, 2]},
        {"more": 1},
    ],
)
def test_what_the_harness_never_sends_is_garbled(changes):
    with pytest.raises(Garbled):
        read(message(**changes))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"null", b"[]", b"{}", b"\xff", b'"', b'{"type":"replies"}',
        b'{"type":"verdict","points":12}', b'{"type":"ready","more":1}',
        b'{"type":"replies","name":"\\ud800","replies":[]}',
        b"[" * 100_000, b"[" * 300_000, b'{"type":' * 10_000,
        b'{"type":"replies","name":"x","replies":[' + b"{}," * 100 + b"{}]}",
        b'{"type":"training","name":"tune","question":-1,"numbers":["<f8",[0],""]}',
        b'{"type":"replies","name":"x","replies":NaN}',
    ],
)  # fmt: skip
def test_what_is_no_message_is_garbled(data):
    with pytest.raises(Garbled):
        received.message(data)


def test_a_broad_message_is_not_even_decoded():
    data = b'{"type":"replies","name":"x","replies":[' + b"[]," * 300_000 + b"[]]}"
    with pytest.raises(Garbled):
        received.message(data)


@pytest.mark.parametrize(
    ("value", "returned"),
    [
        ("A", "A"),
        ("a" * 500, "a" * 100),
        ("b\n\x00\x1b[2J", "b   [2J"),
        (FLOAT, 1.5),
        ({"alpha": FLOAT, "be\nta": FLOAT}, {"alpha": 1.5, "be ta": 1.5}),
    ],
)
def test_letters_numbers_and_dicts(value, returned):
    sent = message(values=[[value]])
    sent["replies"][0]["calls"] = 0
    assert read(sent, "predict_half_speed")[0].values == [(returned,)]


@pytest.mark.parametrize(
    "value",
    [PAIR, {"a": PAIR}, {str(n): FLOAT for n in range(5000)}, {"a": "b"}, 1.5, [FLOAT]],
)
def test_no_letters_numbers_or_dicts(value):
    with pytest.raises(Garbled):
        read(message(values=[[value]]), "predict_half_speed")


def test_sentences_are_short_and_visible():
    (reply,) = read(message(problem=["a" * 99, "é\u202e\n" * 5000], values=[]))
    assert len(reply.problem.kind) == 20 and len(reply.problem.said) == 2000
    assert reply.problem.said.isprintable() and reply.problem.said.startswith("é  é")


def test_a_truth_value_is_one_or_none():
    (reply,) = read(message(values=[[["|b1", [4], "AAECAw=="], PAIR]]))
    assert reply.values[0][0].view("u1").tolist() == [0, 1, 1, 1]


# Whatever is sent, what comes out can be judged.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
KINDS = st.sampled_from([*sorted(wire.KINDS), "<f16", "|O", "<c8", "x"])
NUMBERS = st.builds(
    lambda kind, shape, raw: [kind, shape, wire.base64.b64encode(raw).decode()],
    KINDS,
    st.lists(st.integers(0, 3), max_size=3),
    st.binary(max_size=24),
)
FITTING = st.builds(
    lambda kind, shape, number: wire.packed_array(np.full(shape, number).astype(kind)),
    st.sampled_from(sorted(wire.KINDS)),
    st.lists(st.integers(0, 3), max_size=3),
    st.integers(-3, 3) | st.sampled_from([np.nan, np.inf, 1e308, 5e-324]),
)
VALUES = FITTING | NUMBERS | st.text(max_size=3)
VALUES |= st.dictionaries(st.sampled_from(["alpha", "beta", "x"]), FITTING, max_size=3)
REPLY = st.fixed_dictionaries(
    {
        "values": st.lists(st.lists(VALUES, max_size=3), max_size=3) | JSON,
        "problem": st.none() | st.lists(st.text(max_size=5), min_size=2, max_size=2),
        "changed": st.lists(st.sampled_from(["theta", "v", "x"]), max_size=2),
        "calls": st.integers(-1, 2**41),
        "drew": st.booleans(),
    }
)
TASKS = [(name, one) for name in EXERCISES for one in exercise(name)[1]]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(TASKS), st.lists(REPLY, max_size=2), st.data())
@pytest.mark.filterwarnings("ignore")
def test_whatever_comes_is_garbled_or_can_be_judged(task, replies, data):
    _, asking = task
    replies = [data.draw(REPLY) if n else one for n, one in enumerate(replies)]
    many = (replies * len(asking.questions))[: len(asking.questions)]
    sent = {"type": "replies", "name": asking.name, "replies": many}
    try:
        sent = json.dumps(sent, allow_nan=False).encode()
    except ValueError:
        return
    try:
        found = received.replies_of(asking, received.message(sent).replies)
    except Garbled:
        return
    judgement = judged(task_of(asking.name), list(asking.questions), found)
    assert 0 <= judgement.points <= task_of(asking.name).points


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 3))
def test_changed_bytes_are_garbled_or_replies(noise, place, cut):
    data = json.dumps(message()).encode()
    data = data[:place] + noise + data[place + cut * len(noise) :]
    try:
        replies = read(data)
    except (Garbled, AttributeError):  # another message than one of replies
        return
    assert all(isinstance(one, Reply) for one in replies)


def test_questions_and_replies_go_there_and_back():
    for name in EXERCISES:
        cells, askings = exercise(name)
        data = wire.packed_job(wire.Job(cells, askings, 2.0))
        job = wire.job_of(data[wire.HEADER.size :])
        assert [list(one) for one in job.cells] == [list(one) for one in cells]
        for mine, theirs in zip(askings, job.askings, strict=True):
            assert mine.name == theirs.name and mine.returns == theirs.returns
            for a, b in zip(mine.questions, theirs.questions, strict=True):
                assert (a.times, a.feeds) == (b.times, b.feeds) and b.about == ""
                assert list(a.arguments) == list(b.arguments)
                for x, y in zip(a.arguments.values(), b.arguments.values()):
                    if type(x).__name__ == "Trainings":
                        assert (y.name, y.seed, y.limit) == ("", 0, x.limit)
                    else:
                        assert type(x) is type(y) and repr(x) == repr(y)


def test_trainings_are_not_told_which():
    (asking,) = askings_of("tune")
    data = wire.packed_job(wire.Job([], [asking], 1.0))
    seeds = [q.arguments["run"].seed for q in asking.questions]
    assert not any(str(seed).encode() in data for seed in seeds)
    assert b"steep" not in data and b"flat" not in data
    assert callable(train)


def test_a_problem_without_numbers_can_be_judged():
    for name in EXERCISES:
        for asking in exercise(name)[1]:
            found = [Reply(problem=Problem("x", "y.")) for _ in asking.questions]
            judgement = judged(task_of(asking.name), list(asking.questions), found)
            assert judgement.points == 0
