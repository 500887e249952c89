"""Exercise 01: what epochs are asked for, and what is seen of them.

An epoch is judged by what it has, and not by the very order; and an answer is known by
what it has, whichever of the generator's methods it calls.
"""

from collections.abc import Sequence

import numpy as np

from lez10.grading.asking import Question, Reply, Seed
from lez10.grading.randomness import GENERATOR, use_of_generator

SIZES, LAST, ONCE, ORDER = "sizes", "last", "each once", "order"
MOST = 9  # sizes that a sentence tells


def epoch_questions(rng: np.random.Generator) -> list[Question]:
    """Sizes that divide n and sizes that do not; two epochs with one generator."""

    def question(about: str, n: int, size: int, times: int = 1) -> Question:
        seed = Seed(int(rng.integers(2**32)))
        return Question(about, {"n": n, "size": size, "rng": seed}, times)

    odd = int(rng.integers(5, 8))
    once = question(GENERATOR, 600, 20, 2)  # two of its orders are never the same
    return [
        question(SIZES, 4 * odd, 4),
        # left are one, which range(0, n - 1, size) forgets, and two; with three left
        # parts as even as they can be would be right
        question(LAST, 4 * odd + 1, 4),
        question(LAST, 4 * odd + 2, 4),
        question(LAST, 7, 7),
        question(ONCE, 180, 60),
        question(ORDER, 3000, 100, 2),
        once,
        once,
    ]


def epochs_alike(question: Question, one: Reply, other: Reply) -> bool:
    """Whether two epochs have in common what the question is about."""
    if question.about == GENERATOR:
        return use_of_generator(one) == use_of_generator(other)
    if question.about == LAST and blocks(one) and blocks(other):
        # of blocks in a random order, any may be the last
        return sorted(sizes(one)) == sorted(sizes(other))
    if question.about in (SIZES, LAST):
        return sizes(one) == sizes(other)
    seen = indices if question.about == ONCE else order
    return seen(question, one) == seen(question, other)


def sizes(reply: Reply) -> list[tuple[int, ...]]:
    """The shapes of the minibatches."""
    return [np.shape(batch) for batch in reply.values[0]]


def blocks(reply: Reply) -> bool:
    """Whether each minibatch is a stretch of the data.

    By chance those of 21 indices, five times four and one, are so with a probability
    below 1e-9.
    """
    return all(map(stretch, reply.values[0]))


def stretch(batch: np.ndarray) -> bool:
    """Whether a minibatch holds all the numbers between its ends."""
    return batch.size < 2 or int(batch.max()) - int(batch.min()) == batch.size - 1


def indices(question: Question, reply: Reply) -> tuple[bool, ...]:
    """Whether they are n, whole, between 0 and n, once in a minibatch and an epoch."""
    batches, n = reply.values[0], question.arguments["n"]
    together = joined(reply)
    return (
        len(together) == n,
        whole(reply),
        bool(np.all(together >= 0)),
        bool(np.all(together < n)),
        all(len(np.unique(batch)) == np.size(batch) for batch in batches),
        len(np.unique(together)) == len(together),
    )


def joined(reply: Reply) -> np.ndarray:
    """All indices of an epoch, one after the other."""
    batches = [np.ravel(batch) for batch in reply.values[0]]
    return np.concatenate(batches) if batches else np.empty(0)


def whole(reply: Reply) -> bool:
    """Whether the numbers are whole ones, as an index must be."""
    return all(np.asarray(batch).dtype.kind in "iu" for batch in reply.values[0])


def order(question: Question, reply: Reply) -> tuple[bool, ...]:
    """Whether some minibatch is a stretch of the data, and whether two epochs agree.

    In their minibatches, and in the order of these. By chance 100 of 3000 indices are
    a stretch, or the same in two epochs, with a probability below 1e-180.
    """
    first, second = (
        [np.sort(batch, axis=None).tobytes() for batch in call] for call in reply.values
    )
    return bool(stretches(reply)), sorted(first) == sorted(second), first == second


def stretches(reply: Reply) -> list[np.ndarray]:
    """The minibatches of several indices that are stretches of the data."""
    return [batch for batch in reply.values[0] if batch.size > 1 and stretch(batch)]


def what_came(questions: Sequence[Question], replies: Sequence[Reply]) -> str:
    """The first thing that is wrong with an answer, with its numbers.

    Whether minibatches hold the right indices comes before what is left for the last,
    since the one is often the reason of the other.
    """
    pairs = [(q, reply) for q, reply in zip(questions, replies) if reply.values]
    for looks in (wrong_size, wrong_index, wrong_last, wrong_order, wrong_generator):
        for question, reply in pairs:
            if said := looks(question, reply):
                n, size = (question.arguments[name] for name in ("n", "size"))
                return f"minibatches({n}, {size}, rng) {said}"
    return unequal(questions, replies)


def unequal(questions: Sequence[Question], replies: Sequence[Reply]) -> str:
    """Of epochs that raise an error just where size does not divide n."""
    for question, reply in zip(questions, replies, strict=True):
        n, size = (question.arguments[name] for name in ("n", "size"))
        if bool(reply.problem) != bool(n % size):
            return ""
    return "minibatches raises an error where the last minibatch has to be smaller."


def wrong_size(question: Question, reply: Reply) -> str:
    """Of the shapes, and of the sizes where size divides n."""
    shapes = {shape for shape in sizes(reply) if len(shape) != 1}
    if () in shapes:
        return "gave single numbers: each minibatch must be an array of indices."
    n, size = (question.arguments[name] for name in ("n", "size"))
    if sizes(reply) == [(n // size, size)]:
        return (
            f"gave one array of shape {(n // size, size)}, with all minibatches in it: "
            "return their list, or yield one after the other."
        )
    if shapes:
        return f"gave a minibatch of shape {min(shapes)}: each must have one axis."
    if n % size == 0 and sizes(reply) != [(size,)] * (n // size):
        return f"gave {told(reply)}: it must give {n // size} of size {size}."
    return ""


def wrong_index(question: Question, reply: Reply) -> str:
    """Of indices that are none, or come twice."""
    n, together = question.arguments["n"], joined(reply)
    if not whole(reply):
        return "gave numbers that are no integers: indices must be."
    found, times = np.unique(together, return_counts=True)
    beyond = found[(found < 0) | (found >= n)]
    if beyond.size:
        return f"gave the index {beyond[0]}: the indices go from 0 to n - 1."
    if np.any(times > 1):
        return (
            f"gave the index {found[times > 1][0]} more than once: an epoch has each "
            "index once."
        )
    return ""


def wrong_last(question: Question, reply: Reply) -> str:
    """Of what is left where size does not divide n."""
    n, size = (question.arguments[name] for name in ("n", "size"))
    left = n % size
    if not left or sizes(reply) == [(size,)] * (n // size) + [(left,)]:
        return ""
    if left == 1:
        return (
            f"gave {told(reply)}: the index that is left must come alone, at the end."
        )
    return (
        f"gave {told(reply)}: the {left} indices that are left must make the last one."
    )


def told(reply: Reply) -> str:
    """The sizes of an epoch's minibatches, in words."""
    found = [str(shape[0]) for shape in sizes(reply)]
    if not found:
        return "no minibatch"
    if len(found) == 1:
        return f"one minibatch of size {found[0]}"
    if len(set(found)) == 1:
        return f"{len(found)} minibatches of size {found[0]}"
    if len(found) > MOST:
        return f"{len(found)} minibatches of sizes {', '.join(found[:MOST])} and so on"
    return f"minibatches of sizes {', '.join(found)}"


def wrong_order(question: Question, reply: Reply) -> str:
    """Of an order that is not random, or not anew in each epoch."""
    if question.about != ORDER:
        return ""
    _, same, _ = order(question, reply)
    for batch in stretches(reply):
        return (
            f"gave a minibatch with all the indices from {batch.min()} to "
            f"{batch.max()}: each must be drawn from all the data."
        )
    if same:
        return "gave the same minibatches in two epochs: each has an order of its own."
    return ""


def wrong_generator(question: Question, reply: Reply) -> str:
    """Of a generator that is not used."""
    if question.about != GENERATOR or use_of_generator(reply) == (True, False):
        return ""
    if not reply.drew:
        return "did not draw from rng: the order must come from it."
    return "gave the same order twice: each epoch must draw a new one from rng."
