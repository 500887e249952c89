"""Exercise 03: SGD with momentum (lecture 1.3)."""

import math

import numpy as np

from lez10.grading.answers import WHOLE, Prediction, Tuning
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception, wrong_orders
from lez10.grading.task import Task
from lez10.grading.tasks.runs import end_loss, largest_rate, steps_until
from lez10.grading.tasks.shared import (
    CODE,
    IDEA,
    MOMENTUM,
    about_the_move,
    about_velocity,
    alpha_divides,
)
from lez10.grading.tasks.steps import (
    TOLERANCE,
    adapter,
    step_properties,
    step_questions,
)
from lez10.optimizers import momentum
from lez10.surfaces import quadratic

HAND = "Three steps by hand"


def questions(rng: np.random.Generator) -> list[Question]:
    """Steps with other rates and betas, from rest and from speed."""
    return step_questions(
        rng, ("theta", "v"), {"alpha": (0.02, 0.2), "beta": (0.6, 0.85)}
    )


MISCONCEPTIONS = (
    Misconception(
        "mirrored",
        "Many texts let v point up the hill, v = beta v + alpha g, and subtract it, as "
        "you do; the lecture's v is a velocity: it points downhill and is added.",
        (("beta * v - ", "beta * v + "), ("State(theta + ", "State(theta - ")),
        MOMENTUM,
        IDEA,
        convention=True,
    ),
    Misconception(
        "alpha_outside",
        "PyTorch keeps alpha outside of the velocity, v = beta v + g, and multiplies "
        "at the end; in the lecture v already is a step, with its alpha in it.",
        (
            ("beta * v - alpha * g", "beta * v + g"),
            ("State(theta + v", "State(theta - alpha * v"),
        ),
        MOMENTUM,
        "In Keras",
        convention=True,
    ),
    Misconception(
        "average_outside",
        "Many texts let v average raw gradients, v = beta v + (1 - beta) g, and "
        "multiply by alpha at the end, as you do; the lecture's v is a decaying sum of "
        "steps.",
        (
            ("beta * v - alpha * g", "beta * v + (1 - beta) * g"),
            ("State(theta + v", "State(theta - alpha * v"),
        ),
        MOMENTUM,
        "Errata: a sum, not an average",
        convention=True,
    ),
    Misconception(
        "alpha_outside_downhill",
        "Your velocity takes in the whole gradient, and alpha comes at the end: the "
        "lecture's v already is a step, with its alpha in it.",
        (
            ("beta * v - alpha * g", "beta * v - g"),
            ("State(theta + v", "State(theta + alpha * v"),
        ),
        MOMENTUM,
        "In Keras",
    ),
    Misconception(
        "swapped",
        "You have exchanged alpha and beta: the lecture's beta belongs to the old "
        "velocity, and alpha to the gradient.",
        (("beta * v - alpha * g", "alpha * v - beta * g"),),
        MOMENTUM,
        CODE,
    ),
    Misconception(
        "looks_ahead",
        "You take the gradient where the velocity leads: that is Nesterov's rule, and "
        "the lecture's momentum takes it at theta.",
        (("grad(theta)", "grad(theta + beta * v)"),),
        MOMENTUM,
        "Next",
    ),
    Misconception(
        "at_velocity",
        "You take the gradient at v, which is a step and no place: the lecture takes "
        "it at theta.",
        (("grad(theta)", "grad(v)"),),
        MOMENTUM,
        CODE,
    ),
    Misconception(
        "moves_first",
        "You move theta by the velocity that came in, and take the gradient where that "
        "leads: the lecture takes it at theta and renews v, and only then moves.",
        (("g = grad", "theta = theta + v; g = grad"), (" + v, v, r", ", v, r")),
        MOMENTUM,
        HAND,
    ),
    Misconception(
        "beta_negative",
        "Your velocity turns round at every step, - beta v: the lecture's keeps a "
        "share beta of itself, with its sign.",
        (("v = beta", "v = -beta"),),
        MOMENTUM,
        IDEA,
    ),
    *about_velocity(MOMENTUM, HAND),
    *about_the_move(MOMENTUM),
    alpha_divides(MOMENTUM),
    *wrong_orders(("theta", "v"), MOMENTUM, CODE),
)

STEP = Task(
    name="momentum_step",
    exercise="03_momentum",
    section="1.3",
    signature=("theta", "v", "grad", "alpha", "beta"),
    returns=("theta", "v"),
    properties=step_properties(first=4, ten=4, shapes=3, untouched=1),
    source=momentum,
    adapted=adapter(momentum, ("theta", "v")),
    questions=questions,
    misconceptions=MISCONCEPTIONS,
    tolerance=TOLERANCE,
    hints=(
        "Two lines: first the velocity, then the parameters.",
        "The velocity keeps a share beta of itself and takes the gradient step in.",
        "theta moves by the new v, not by the old one.",
    ),
)


def share_reached(share: float, beta: float) -> int:
    """After how many steps on a steady slope the velocity is a share of its limit."""
    full = 1.0 / (1 - beta)
    return steps_until(
        momentum, lambda state: -state.v >= share * full, alpha=1.0, beta=beta
    )


HALF = Prediction(
    name="predict_half_speed",
    exercise="03_momentum",
    section="1.3",
    asked="The slope is always the same, beta = 0.95, and v starts at 0: after how "
    "many steps has the velocity for the first time at least half of its final size?",
    points=2,
    right=lambda: share_reached(0.5, 0.95),
    wrong={
        "You halved the time 1/(1 - beta): the velocity does not grow evenly, but by "
        "less and less.": lambda: 0.5 / (1 - 0.95),
        "After 1/(1 - beta) steps the velocity has more than half, about 63 % of its "
        "final size.": lambda: 1 / (1 - 0.95),
        "That is the number for beta = 0.9: the nearer beta is to 1, the longer it "
        "takes.": lambda: share_reached(0.5, 0.9),
        "After that many steps the velocity is still just below half: it takes one "
        "more.": lambda: share_reached(0.5, 0.95) - 1,
        "One step before, the velocity has already passed half.": lambda: (
            share_reached(0.5, 0.95) + 1
        ),
        "A number of steps is whole: the first after that has at least half.": lambda: (
            math.log(0.5) / math.log(0.95)
        ),
    },
    hints=(
        "After k steps the velocity is a sum of k terms, each beta times the next.",
        "What is missing from its final size after k steps is the share beta^k.",
        "Look for the first k with 0.95^k not above one half.",
    ),
    tolerance=WHOLE,
)

LARGEST = Prediction(
    name="predict_largest_momentum_rate",
    exercise="03_momentum",
    section="1.3",
    asked="On f(theta) = 25 theta^2 / 2 SGD converges as long as alpha is below 0.08; "
    "below which alpha does momentum with beta = 0.9 converge?",
    points=2,
    right=lambda: largest_rate(momentum, 25.0, beta=0.9),
    wrong={
        "That is SGD's limit: velocities that alternate cancel, so momentum stands a "
        "larger rate.": lambda: largest_rate(momentum, 25.0, beta=0.0),
        "You divided SGD's limit by the gain 1/(1 - beta): that is the gain where "
        "gradients agree, and at the limit they alternate.": lambda: (
            (1 - 0.9) * largest_rate(momentum, 25.0, beta=0.0)
        ),
        "You multiplied SGD's limit by the gain 1/(1 - beta): the velocity stands more "
        "than SGD, but less than twice as much.": lambda: (
            largest_rate(momentum, 25.0, beta=0.0) / (1 - 0.9)
        ),
        "That is twice SGD's limit: only with beta = 1 would momentum stand that "
        "much.": lambda: 2 * largest_rate(momentum, 25.0, beta=0.0),
    },
    hints=(
        "At the limit theta jumps between a and -a for ever.",
        "It arrives at a with v = 2a and has to leave with v = -2a.",
        "Put both velocities and the gradient 25 a into the line of v, and solve for "
        "alpha.",
    ),
)

TUNED = Tuning(
    name="tuned_momentum",
    exercise="03_momentum",
    section="1.3",
    asked="Choose alpha and beta with which momentum, on quadratic(25) from its start, "
    "has a loss of at most 0.01 after 30 steps.",
    points=4,
    names=("alpha", "beta"),
    loss=end_loss(momentum, quadratic(25.0), 30),
    target=0.01,
    hints=(
        "A loss that grows, or swings for long, asks for less alpha or less beta.",
        "With beta = 0.9 thirty steps are too few to come to rest: take less.",
        "Less memory stands a larger rate: stay near SGD's limit of 2/25.",
    ),
)

TASKS = (STEP, HALF, LARGEST, TUNED)
