"""Exercise 01: minibatches, judged by what they yield and not by the very order."""

import numpy as np

from lez10.grading.asking import MANY, Question, Reply, Seed
from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.randomness import GENERATOR, RandomTask, use_of_generator
from lez10.grading.task import Property
from lez10.training import minibatches

EXERCISE = NOTEBOOK = "01_sgd"
SECTION = "1.1"


def wrong(name: str, said: str, *changes: Change, heading: str) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, heading)


def epoch_questions(rng: np.random.Generator) -> list[Question]:
    """Sizes that divide n and sizes that do not; two epochs with one generator."""

    def question(about: str, n: int, size: int, times: int = 1) -> Question:
        seed = Seed(int(rng.integers(2**32)))
        return Question(about, {"n": n, "size": size, "rng": seed}, times)

    odd = int(rng.integers(3, 7))
    once = question(GENERATOR, 60, 20, 2)
    return [
        question("sizes", 4 * odd, 4),
        question("last", 4 * odd + int(rng.integers(1, 4)), 4),
        question("last", 7, 7),
        question("each once", 180, 60),
        question("order", 180, 60, 2),
        once,
        once,
    ]


def epochs_alike(question: Question, one: Reply, other: Reply) -> bool:
    """Whether two epochs have in common what the question is about."""
    if question.about == GENERATOR:
        return use_of_generator(one) == use_of_generator(other)
    what = {"each once": indices, "order": order}.get(question.about, sizes)
    return what(question, one) == what(question, other)


def sizes(question: Question, reply: Reply) -> list[tuple[int, ...]]:
    """The shapes of the batches."""
    return [np.shape(batch) for batch in reply.values[0]]


def indices(question: Question, reply: Reply) -> tuple[bool, ...]:
    """Whether the batches hold indices, none too large, none twice."""
    batches = reply.values[0]
    if not batches or any(np.asarray(b).dtype.kind not in "iu" for b in batches):
        return (False,)
    together = np.concatenate([np.ravel(batch) for batch in batches])
    n = question.arguments["n"]
    return (
        True,
        bool(together.min() >= 0 and together.max() < n),
        all(len(np.unique(batch)) == np.size(batch) for batch in batches),
        len(np.unique(together)) == len(together),
    )


def order(question: Question, reply: Reply) -> tuple[bool, ...]:
    """Whether batches are whole stretches of the data, and the same in each epoch.

    By chance 60 of 180 indices are so with a probability below 1e-40.
    """
    first, second = ([set(np.ravel(b).tolist()) for b in call] for call in reply.values)
    stretch = any(max(b) - min(b) == len(b) - 1 for b in first if len(b) > 1)
    same = sorted(map(sorted, first)) == sorted(map(sorted, second))
    return stretch, same


MINIBATCHES = RandomTask(
    name="minibatches",
    exercise=EXERCISE,
    section=SECTION,
    signature=("n", "size", "rng"),
    returns=MANY,
    properties=(
        Property("sizes", 1, "each minibatch has the size that is asked for"),
        Property("last", 1, "the last minibatch holds what is left"),
        Property("each once", 1, "each index from 0 to n - 1 comes once an epoch"),
        Property("order", 1, "the order is random, and another in each epoch"),
        Property(GENERATOR, 1, "the order comes from the rng that is given"),
    ),
    source=minibatches,
    adapted=lambda function: function,
    questions=epoch_questions,
    misconceptions=(
        wrong(
            "with_replacement",
            "You draw the indices with replacement, so that some examples come twice "
            "in an epoch and others never: shuffle them.",
            ("rng.permutation(n)", "rng.integers(0, n, n)"),
            heading="A minibatch",
        ),
        wrong(
            "each_batch_anew",
            "You draw each minibatch from all data anew, so that some examples come "
            "in two of them: shuffle once, then cut the order into pieces.",
            (
                "order[i : i + size] for",
                "rng.choice(n, min(size, n - i), replace=False) for",
            ),
            heading="A minibatch",
        ),
        wrong(
            "not_shuffled",
            "Your minibatches follow the order of the data: the lecture draws them at "
            "random.",
            ("rng.permutation(n)", "np.arange(n)"),
            heading="What a minibatch gives up",
        ),
        wrong(
            "last_dropped",
            "You leave out the last minibatch when it is smaller: an epoch sees every "
            "example once.",
            ("range(0, n, size)", "range(0, n - size + 1, size)"),
            heading="A minibatch",
        ),
        wrong(
            "one_too_few",
            "Your minibatches are one example short: a slice ends before its second "
            "number.",
            ("i + size]", "i + size - 1]"),
            heading="A minibatch",
        ),
        wrong(
            "from_one",
            "Your indices go from 1 to n: those of an array go from 0 to n - 1.",
            ("order = rng.permutation(n)", "order = 1 + rng.permutation(n)"),
            heading="A minibatch",
        ),
        wrong(
            "own_seed",
            "You make a generator with a seed of your own, so that each epoch has the "
            "same order: draw from the rng that is given.",
            ("rng.permutation", "np.random.default_rng(0).permutation"),
            heading="A minibatch",
        ),
        wrong(
            "own_generator",
            "You draw from a generator of your own, so that nobody can repeat your "
            "run: draw from the rng that is given.",
            ("rng.permutation", "np.random.default_rng().permutation"),
            heading="A minibatch",
        ),
    ),
    hints=(
        "Bring all indices into a random order first, then cut it into pieces.",
        "The generator has a method that returns the numbers below n, shuffled.",
        "The pieces begin at 0, size, 2 size and so on; a slice may end beyond n.",
    ),
    alike=epochs_alike,
)
