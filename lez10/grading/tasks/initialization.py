"""Exercise 11: initial weights (lecture 1.9)."""

from collections.abc import Callable
from functools import partial

import numpy as np

from lez10.grading.asking import Question, Reply, Seed
from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.randomness import (
    GENERATOR,
    RandomTask,
    same_distribution,
    same_moments,
    use_of_generator,
)
from lez10.grading.task import Property
from lez10.grading.tasks.initialization_answers import ANSWERS
from lez10.grading.tasks.initialization_seen import NORMAL, VARIANCE, what_is_wrong
from lez10.initializers import glorot_normal, he_normal

EXERCISE = NOTEBOOK = "11_initialization"
SECTION = "1.9"
SHAPE = "shape"
CONDITIONS = "Up and down: two conditions"


def questions(rng: np.random.Generator) -> list[Question]:
    """Small layers for shape and generator, large ones for the distribution.

    n_in and n_out are far apart, so that no variance passes for another.
    """
    few, many = int(rng.integers(50, 70)), int(rng.integers(220, 260))

    def question(about: str, n_in: int, n_out: int, times: int = 1) -> Question:
        seed = Seed(int(rng.integers(2**32)))
        return Question(about, {"n_in": n_in, "n_out": n_out, "rng": seed}, times)

    once = question(GENERATOR, 4, 3, 2)
    return [
        question(SHAPE, 3, 5),
        question(SHAPE, 1, 4),
        once,
        once,
        question(VARIANCE, few, many),
        question(VARIANCE, many, few),
        question(NORMAL, 300, 200),  # so many, or Keras's would not be told apart
    ]


def alike(question: Question, one: Reply, other: Reply) -> bool:
    """Whether two draws could be of the same function."""
    if question.about == GENERATOR:
        return use_of_generator(one) == use_of_generator(other)
    (a,), (b,) = one.values[0], other.values[0]
    if question.about == SHAPE:
        return np.shape(a) == np.shape(b)
    if question.about == VARIANCE:
        return same_moments(a, b)
    return same_distribution(a, b)


def drawn(
    name: str,
    source: Callable,
    variance: Callable[[int, int], float],
    own: tuple[Misconception, ...],
    hint: str,
) -> RandomTask:
    """The task of an initialiser; variance: of n_in and n_out."""
    return RandomTask(
        name=name,
        exercise=EXERCISE,
        section=SECTION,
        signature=("n_in", "n_out", "rng"),
        returns=("W",),
        properties=(
            Property(SHAPE, 1, "W has the shape (n_out, n_in)"),
            Property(GENERATOR, 1, "the numbers come from the rng that is given"),
            Property(VARIANCE, 3, "the mean is 0 and the variance is the lecture's"),
            Property(NORMAL, 1, "the weights are normal numbers of this variance"),
        ),
        source=source,
        adapted=lambda function: function,
        questions=questions,
        misconceptions=(*own, *COMMON),
        hints=(
            "A standard normal number times sigma has the standard deviation sigma.",
            hint,
            "W takes n_in numbers and makes n_out of them: think of W x.",
        ),
        alike=alike,
        explained=partial(what_is_wrong, name, variance),
    )


def wrong(
    name: str,
    said: str,
    *changes: Change,
    heading: str = CONDITIONS,
    convention: bool = False,
) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, heading, convention)


DRAW = "rng.standard_normal("
COMMON = (
    wrong(
        "variance",
        "You multiply by the variance: the factor in front of a standard normal number "
        "is its root, the standard deviation.",
        ("np.sqrt", ""),
    ),
    wrong(
        "without_two",
        "Your variance is half of the lecture's: there is a 2 above the line.",
        ("(2 /", "(1 /"),
    ),
    wrong(
        "two_outside",
        "Your 2 stands outside of the root: the variance is then twice the lecture's.",
        ("np.sqrt(2 /", "2 * np.sqrt(1 /"),
    ),
    wrong(
        "root_of_two",
        "You take the root of 2 alone: the sizes below the line stand under the root, "
        "too, since sigma is the root of the whole variance.",
        ("np.sqrt(2 /", "np.sqrt(2) * (1 /"),
    ),
    wrong(
        "six",
        "You take 6 in the place of 2: that is for the limits of an even draw, and the "
        "lecture's weights are normal here.",
        ("(2 /", "(6 /"),
        heading="How large, then? One line",
    ),
    wrong(
        "upside_down",
        "Your sigma is upside down, and grows with the layer: the more numbers a unit "
        "adds up, the smaller its weights have to be.",
        ("np.sqrt(2 /", "1 / np.sqrt(2 /"),
    ),
    wrong(
        "two_roots",
        "You take the root twice: sigma is the root of the variance.",
        ("sigma * ", "np.sqrt(sigma) * "),
    ),
    wrong(
        "sigma_as_mean",
        "Your weights have the mean sigma and the variance 1, as those of "
        "rng.normal(sigma, size=...), whose first number is the mean: that has to be "
        "0.",
        ("sigma * ", "sigma + "),
        heading="How large, then? One line",
    ),
    wrong(
        "mean_one",
        "Your weights have the mean 1: it has to be 0, so nothing is added to them.",
        ("sigma * ", "1 + sigma * "),
        heading="How large, then? One line",
    ),
    wrong(
        "absolute",
        "You take the weights without their sign, so that all are positive, and their "
        "mean is not 0.",
        (DRAW, "(lambda size: np.abs(rng.standard_normal(size)))("),
        heading="How large, then? One line",
    ),
    wrong(
        "negative_cut",
        "You set the negative weights to 0, as ReLU does with signals: weights keep "
        "their sign, and their mean is 0.",
        (DRAW, "(lambda size: np.maximum(rng.standard_normal(size), 0))("),
        heading="How large, then? One line",
    ),
    wrong(
        "variance_one",
        "Your weights are standard normal numbers, with the variance 1: multiply them "
        "by sigma.",
        ("sigma * ", ""),
        heading="How large, then? One line",
    ),
    wrong(
        "transposed",
        "Your W has the shape (n_in, n_out): the lecture's W stands left of x, and "
        "has a row per output.",
        ("normal((n_out, n_in))", "normal((n_in, n_out))"),
        heading="The idea",
    ),
    wrong(
        "own_seed",
        "You make a generator with a seed of your own, so that every call gives the "
        "same weights: draw from the rng that is given.",
        (DRAW, "np.random.default_rng(0).standard_normal("),
        heading="Symmetry, seen in the weights",
    ),
    wrong(
        "own_generator",
        "You draw from a generator of your own, so that nobody can repeat your run: "
        "draw from the rng that is given.",
        (DRAW, "np.random.default_rng().standard_normal("),
        heading="Symmetry, seen in the weights",
    ),
    wrong(
        "uniform",
        "Your weights have the right variance, but are spread evenly: the lecture's "
        "are normal here.",
        (DRAW, "np.sqrt(3) * rng.uniform(-1, 1, "),
        heading="How large, then? One line",
    ),
    wrong(
        "even_to_sigma",
        "You draw evenly between -sigma and sigma, which has a third of the variance: "
        "the lecture's weights are normal here.",
        (DRAW, "rng.uniform(-1, 1, "),
        heading="How large, then? One line",
    ),
    wrong(
        "positive",
        "You draw evenly between 0 and sigma, so that all weights are positive: their "
        "mean has to be 0.",
        (DRAW, "rng.random("),
        heading="How large, then? One line",
    ),
    wrong(
        "truncated",
        "Keras draws again what lies beyond two standard deviations, and makes up for "
        "it in sigma; the lecture's normal is not cut off.",
        (
            DRAW + "(",
            "1 / 0.87962566103423978 * (lambda size: "
            "(x := rng.standard_normal(2 * np.prod(size) + 50))[np.abs(x) < 2]"
            "[: np.prod(size)].reshape(size))((",
        ),
        heading="Errata: Keras's normals are truncated",
        convention=True,
    ),
)

GLOROT = drawn(
    "glorot_normal",
    glorot_normal,
    lambda n_in, n_out: 2 / (n_in + n_out),
    (
        wrong(
            "twice_the_sum",
            "You divide 1 by twice the sum of the sizes: Glorot's variance is 2 by "
            "their sum, which is 1 by their mean.",
            ("(2 / (n_in + n_out))", "(1 / (2 * (n_in + n_out)))"),
        ),
        wrong(
            "n_in_alone",
            "You divide by n_in alone: Glorot's variance has n_in + n_out under the "
            "line, a compromise between the ways up and down.",
            ("(n_in + n_out))", "n_in)"),
        ),
        wrong(
            "n_out_alone",
            "You divide by n_out alone: Glorot's variance has n_in + n_out under the "
            "line, a compromise between the ways up and down.",
            ("(n_in + n_out))", "n_out)"),
        ),
        wrong(
            "product",
            "You divide by the number of weights, n_in times n_out: Glorot's variance "
            "has the sum under the line.",
            ("(n_in + n_out))", "(n_in * n_out))"),
        ),
    ),
    "Glorot's variance has 2 above the line, and both sizes under it.",
)

HE = drawn(
    "he_normal",
    he_normal,
    lambda n_in, n_out: 2 / n_in,
    (
        wrong(
            "n_out",
            "You divide by n_out: He's variance counts what comes in, n_in, so that "
            "the signal keeps its size on the way up.",
            ("/ n_in)", "/ n_out)"),
        ),
        wrong(
            "glorot",
            "You divide by n_in + n_out, which is Glorot's variance: He's has n_in "
            "alone under the line.",
            ("/ n_in)", "/ (n_in + n_out))"),
        ),
    ),
    "He's variance has 2 above the line, for ReLU, and one of the sizes under it.",
)


TASKS = (GLOROT, HE, *ANSWERS)
