"""Exercise 04: Nesterov momentum (lecture 1.4)."""

import numpy as np

from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception, wrong_orders
from lez10.grading.task import Task
from lez10.grading.tasks.nesterov_answers import ANSWERS
from lez10.grading.tasks.shared import (
    CODE,
    IDEA,
    NESTEROV,
    about_the_look_ahead,
    about_the_move,
    about_velocity,
)
from lez10.grading.tasks.steps import (
    TOLERANCE,
    adapter,
    step_properties,
    step_questions,
)
from lez10.optimizers import nesterov

HAND = "Three steps by hand"


def questions(rng: np.random.Generator) -> list[Question]:
    """Steps with other rates and betas, from rest and from speed."""
    return step_questions(
        rng, ("theta", "v"), {"alpha": (0.05, 0.2), "beta": (0.6, 0.85)}
    )


MISCONCEPTIONS = (
    Misconception(
        "keeps_ahead",
        "Keras keeps the look-ahead point and calls it theta, as you do; the lecture's "
        "theta is the point before the look ahead.",
        (
            ("grad(theta + beta * v)", "grad(theta)"),
            (" v, v, r", " beta * v - alpha * g, v, r"),
        ),
        NESTEROV,
        r"Errata: whose $\theta$ is it?",
        convention=True,
    ),
    Misconception(
        "pytorch",
        "PyTorch sums raw gradients in v, keeps the look-ahead point and multiplies by "
        "alpha at the end; the lecture's v is a sum of steps, and its theta the point "
        "before the look ahead.",
        (
            ("grad(theta + beta * v)", "grad(theta)"),
            ("beta * v - alpha * g", "beta * v + g"),
            ("State(theta + v", "State(theta - alpha * (g + beta * v)"),
        ),
        NESTEROV,
        r"Errata: whose $\theta$ is it?",
        convention=True,
    ),
    Misconception(
        "mirrored",
        "Many texts let v point up the hill and subtract it, as you do; the "
        "lecture's v is a velocity: it points downhill and is added.",
        (
            ("theta + beta * v", "theta - beta * v"),
            ("v = beta * v - ", "v = beta * v + "),
            ("State(theta + ", "State(theta - "),
        ),
        NESTEROV,
        IDEA,
        convention=True,
    ),
    Misconception(
        "mirrored_looks_back",
        "Your v points up the hill, and theta + beta v lies behind you: the "
        "lecture's v points downhill, and is added at both places.",
        (
            ("v = beta * v - ", "v = beta * v + "),
            ("State(theta + ", "State(theta - "),
        ),
        NESTEROV,
        IDEA,
    ),
    Misconception(
        "at_theta",
        "You take the gradient at theta, which is plain momentum: Nesterov takes it "
        "where the velocity leads, at the interim point.",
        (("grad(theta + beta * v)", "grad(theta)"),),
        NESTEROV,
        IDEA,
    ),
    Misconception(
        "after_gradient_step",
        "Your interim point has a gradient step in it too: the lecture's is reached by "
        "the old velocity alone.",
        (("grad(theta + beta * v)", "grad(theta + beta * v - alpha * grad(theta))"),),
        NESTEROV,
        CODE,
    ),
    Misconception(
        "alpha_outside",
        "Your v sums raw gradients, and alpha comes at the end: the lecture's v "
        "already is a step, with its alpha in it.",
        (
            ("theta + beta * v", "theta - alpha * beta * v"),
            ("beta * v - alpha * g", "beta * v + g"),
            ("State(theta + v", "State(theta - alpha * v"),
        ),
        NESTEROV,
        CODE,
    ),
    Misconception(
        "ahead_twice",
        "You look ahead twice, in the gradient and, as Keras does, in theta: the "
        "lecture looks ahead in the gradient alone, and moves theta by v.",
        ((" v, v, r", " beta * v - alpha * g, v, r"),),
        NESTEROV,
        r"Errata: whose $\theta$ is it?",
    ),
    Misconception(
        "ahead_by_alpha",
        "You look ahead by alpha times the velocity: the lecture's interim point "
        "is ahead by beta times the velocity.",
        (("grad(theta + beta * v)", "grad(theta + alpha * v)"),),
        NESTEROV,
        CODE,
    ),
    Misconception(
        "added_to_gradient",
        "You add beta v to the gradient: the lecture adds it to theta, and takes "
        "the gradient there.",
        (("grad(theta + beta * v)", "grad(theta) + beta * v"),),
        NESTEROV,
        CODE,
    ),
    Misconception(
        "at_both",
        "You take the mean of the gradients at theta and at the interim point: the "
        "lecture takes the one at the interim point alone.",
        (("grad(theta + beta * v)", "(grad(theta) + grad(theta + beta * v)) / 2"),),
        NESTEROV,
        IDEA,
    ),
    Misconception(
        "forgets_twice",
        "You multiply v by beta before you look ahead, and again when you renew "
        "it: the lecture's v loses its share once in a step.",
        (("grad(theta + beta * v)", "grad(theta + (v := beta * v))"),),
        NESTEROV,
        CODE,
    ),
    Misconception(
        "renews_twice",
        "You renew v before you look ahead, and then once more: the lecture looks "
        "ahead with the v that came in, and renews it once.",
        (("    g = ", "    v = beta * v - alpha * grad(theta); g = "),),
        NESTEROV,
        CODE,
    ),
    Misconception(
        "swapped",
        "You have exchanged alpha and beta: the lecture's beta belongs to the old "
        "velocity, and alpha to the gradient.",
        (
            ("theta + beta * v", "theta + alpha * v"),
            ("beta * v - alpha * g", "alpha * v - beta * g"),
        ),
        NESTEROV,
        CODE,
    ),
    *about_the_look_ahead(NESTEROV),
    *about_velocity(NESTEROV, HAND),
    *about_the_move(NESTEROV),
    *wrong_orders(("theta", "v"), NESTEROV, CODE),
)

STEP = Task(
    name="nesterov_step",
    exercise="04_nesterov",
    section="1.4",
    signature=("theta", "v", "grad", "alpha", "beta"),
    returns=("theta", "v"),
    properties=step_properties(first=4, ten=4, shapes=3, untouched=1),
    source=nesterov,
    adapted=adapter(nesterov, ("theta", "v")),
    questions=questions,
    misconceptions=MISCONCEPTIONS,
    tolerance=TOLERANCE,
    hints=(
        "As momentum, but ask for the gradient at another place.",
        "The interim point is where the surviving share of the velocity leads.",
        "The interim point is only looked at: v is added to theta itself.",
    ),
)

TASKS = (STEP, *ANSWERS)
