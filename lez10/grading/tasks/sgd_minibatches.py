"""Exercise 01: minibatches, judged by what they hold and not by the very order."""

from lez10.grading.asking import MANY
from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.randomness import GENERATOR, RandomTask
from lez10.grading.task import Property
from lez10.grading.tasks.sgd_epochs import (
    LAST,
    ONCE,
    ORDER,
    SIZES,
    epoch_questions,
    epochs_alike,
    what_came,
)
from lez10.training import minibatches

EXERCISE = NOTEBOOK = "01_sgd"
SECTION = "1.1"


def wrong(
    name: str, said: str, *changes: Change, heading: str = "A minibatch"
) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, heading)


SHUFFLED, CUT = "rng.permutation(n)", "order[i : i + size]"
STARTS = "range(0, n, size)"
EPOCH = f"({CUT} for i in {STARTS})"
COUNT = "-(-n // size)"  # of minibatches

MINIBATCHES = RandomTask(
    name="minibatches",
    exercise=EXERCISE,
    section=SECTION,
    signature=("n", "size", "rng"),
    returns=MANY,
    properties=(
        Property(SIZES, 1, "each minibatch has the size that is asked for"),
        Property(LAST, 1, "the last minibatch holds what is left"),
        Property(ONCE, 1, "each index from 0 to n - 1 comes once an epoch"),
        Property(ORDER, 1, "the order is random, and another in each epoch"),
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
            (SHUFFLED, "rng.integers(0, n, n)"),
        ),
        wrong(
            "each_batch_anew",
            "You draw each minibatch from all data anew, so that some examples come "
            "in two of them: shuffle once, then cut the order into pieces.",
            (CUT, "rng.choice(n, min(size, n - i), replace=False)"),
        ),
        wrong(
            "each_anew_with_replacement",
            "You draw size indices with replacement for each minibatch, so that an "
            "example may come twice in it: shuffle once, then cut the order into "
            "pieces.",
            (CUT, "rng.integers(0, n, size)"),
        ),
        wrong(
            "each_anew_and_whole",
            "You draw size indices for each minibatch anew, also for the last one: "
            "shuffle once, then cut the order into pieces, of which the last may be "
            "smaller.",
            (CUT, "rng.choice(n, size, replace=False)"),
        ),
        wrong(
            "not_shuffled",
            "Your minibatches follow the order of the data: the lecture draws them at "
            "random.",
            (SHUFFLED, "np.arange(n)"),
            heading="What a minibatch gives up",
        ),
        wrong(
            "blocks_shuffled",
            "Your minibatches are blocks of the data in a random order, so that an "
            "example always comes with its neighbours: shuffle the indices.",
            (CUT, "np.arange(i, min(i + size, n))"),
            ("for i in ", "for i in rng.permutation([*"),
            ("size))", "size)]))"),
            heading="What a minibatch gives up",
        ),
        wrong(
            "shuffled_within",
            "You shuffle within each minibatch, so that an example always comes with "
            "its neighbours: shuffle all indices, then cut.",
            (CUT, "rng.permutation(np.arange(i, min(i + size, n)))"),
            heading="What a minibatch gives up",
        ),
        wrong(
            "rotated",
            "You only draw where the epoch begins, so that an example always comes "
            "with its neighbours: shuffle all indices.",
            (SHUFFLED, "np.roll(np.arange(n), rng.integers(n))"),
            heading="What a minibatch gives up",
        ),
        wrong(
            "windows",
            "You draw where each minibatch begins and take the indices that follow: "
            "shuffle all indices once, then cut the order into pieces.",
            (CUT, "rng.integers(n - size + 1) + np.arange(min(size, n - i))"),
            heading="What a minibatch gives up",
        ),
        wrong(
            "last_dropped",
            "You leave out the last minibatch when it is smaller: an epoch sees every "
            "example once.",
            (STARTS, "range(0, n - size + 1, size)"),
        ),
        wrong(
            "last_index_dropped",
            "You leave out the last index when it is left alone: range(0, n, size) "
            "already ends before n.",
            (STARTS, "range(0, n - 1, size)"),
        ),
        wrong(
            "last_filled",
            "You fill the last minibatch with indices that the epoch has had: it is "
            "smaller, so that each example comes once.",
            (SHUFFLED, f"np.resize(rng.permutation(n), {COUNT} * size)"),
        ),
        wrong(
            "smaller_first",
            "Your smaller minibatch comes first: the exercise asks for it at the end.",
            (CUT, "order[max(i, 0) : i + size]"),
            (STARTS, "range(-(-n % size), n, size)"),
        ),
        wrong(
            "empty_at_the_end",
            "You give one more minibatch, without an index, where size divides n: "
            "there are n / size of them.",
            (STARTS, "range(0, n + 1, size)"),
        ),
        wrong(
            "even_parts",
            "You cut the order into parts as even as they can be: all minibatches but "
            "the last hold size indices.",
            (EPOCH, f"np.array_split(order, {COUNT})"),
        ),
        wrong(
            "rest_joined",
            "You join what is left with the last whole minibatch: it makes one of its "
            "own, smaller than the others.",
            (EPOCH, "np.split(order, np.arange(size, n - size + 1, size))"),
        ),
        wrong(
            "n_over_size_parts",
            "You cut the order into n // size parts, so that what is left joins them: "
            "it makes a minibatch of its own, smaller than the others.",
            (EPOCH, "np.array_split(order, n // size)"),
        ),
        wrong(
            "step_of_one",
            "You begin a minibatch at each index, so that they overlap: the third "
            "number of range is the step, and has to be size.",
            (STARTS, "range(n - size + 1)"),
        ),
        wrong(
            "first_indices",
            "Each of your minibatches holds the indices below size: shuffle all n of "
            "them once, then cut the order into pieces.",
            (CUT, "rng.permutation(min(size, n - i))"),
        ),
        wrong(
            "first_alone",
            "You return the first minibatch alone, as return inside the loop does: "
            "yield each, or return a list of all.",
            (EPOCH, "order[:size]"),
        ),
        wrong(
            "not_cut",
            "You return the whole order, one index after the other: cut it into "
            "arrays of size indices.",
            (EPOCH, "order"),
        ),
        wrong(
            "so_many_parts",
            "You cut the order into size parts: size is how many indices each "
            "minibatch holds.",
            (EPOCH, "np.array_split(order, size)"),
        ),
        wrong(
            "one_too_few",
            "Your minibatches are one example short: a slice ends before its second "
            "number.",
            (CUT, "order[i : i + size - 1]"),
        ),
        wrong(
            "one_too_many",
            "Your minibatches overlap by one example: a slice ends before its second "
            "number, and needs no 1 more.",
            (CUT, "order[i : i + size + 1]"),
        ),
        wrong(
            "ends_at_size",
            "Your slices all end at size: the second number of a slice is the index at "
            "which it ends, and no length.",
            (CUT, "order[i:size]"),
        ),
        wrong(
            "one_index_missing",
            "You shuffle n - 1 indices: an epoch has n of them, from 0 to n - 1.",
            (SHUFFLED, "rng.permutation(n - 1)"),
        ),
        wrong(
            "from_one",
            "Your indices go from 1 to n: those of an array go from 0 to n - 1.",
            (SHUFFLED, "1 + rng.permutation(n)"),
        ),
        wrong(
            "own_seed",
            "You make a generator with a seed of your own, so that each epoch has the "
            "same order: draw from the rng that is given.",
            ("rng.permutation", "np.random.default_rng(0).permutation"),
        ),
        wrong(
            "own_generator",
            "You draw from a generator of your own, so that nobody can repeat your "
            "run: draw from the rng that is given.",
            ("rng.permutation", "np.random.default_rng().permutation"),
        ),
    ),
    hints=(
        "Bring all indices into a random order first, then cut it into pieces.",
        "The generator has a method that returns the numbers below n, shuffled.",
        "The pieces begin at 0, size, 2 size and so on; a slice may end beyond n.",
    ),
    alike=epochs_alike,
    explained=what_came,
)
