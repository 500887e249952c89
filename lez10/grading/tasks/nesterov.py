"""Exercise 04: Nesterov momentum (lecture 1.4)."""

import numpy as np

from lez10.grading.answers import Prediction, Tuning
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception
from lez10.grading.task import Task
from lez10.grading.tasks.runs import end_loss, largest_rate, path
from lez10.grading.tasks.steps import (
    TOLERANCE,
    adapter,
    step_properties,
    step_questions,
)
from lez10.optimizers import Gradient, State, momentum, nesterov
from lez10.surfaces import quadratic

NOTEBOOK = "04_nesterov"
CODE = "The lecture's pseudo-code"
IDEA = "The idea"
WHOSE = r"Errata: whose $\theta$ is it?"


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
            ("State(theta + v", "State(theta + beta * v - alpha * g"),
        ),
        NOTEBOOK,
        WHOSE,
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
        NOTEBOOK,
        WHOSE,
        convention=True,
    ),
    Misconception(
        "mirrored",
        "Many texts let v point up the hill and subtract it, as you do; the lecture's "
        "v is a velocity: it points downhill and is added.",
        (
            ("theta + beta * v", "theta - beta * v"),
            ("beta * v - alpha", "beta * v + alpha"),
            ("State(theta + ", "State(theta - "),
        ),
        NOTEBOOK,
        IDEA,
        convention=True,
    ),
    Misconception(
        "at_theta",
        "You take the gradient at theta, which is plain momentum: Nesterov takes it "
        "where the velocity leads, at the interim point.",
        (("grad(theta + beta * v)", "grad(theta)"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "whole_velocity",
        "You look ahead by the whole velocity: the lecture's interim point is ahead by "
        "the share beta of it that survives.",
        (("grad(theta + beta * v)", "grad(theta + v)"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "looks_back",
        "You take the gradient behind theta, where you come from: the lecture's "
        "interim point lies ahead, where the velocity leads.",
        (("grad(theta + ", "grad(theta - "),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "keeps_interim",
        "You keep the interim point as theta, so that beta v is added twice: the "
        "lecture only looks at it, and moves from theta.",
        (("g = grad(theta + beta * v)", "theta = theta + beta * v; g = grad(theta)"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "after_gradient_step",
        "Your interim point has a gradient step in it too: the lecture's is reached by "
        "the old velocity alone.",
        (("grad(theta + beta * v)", "grad(theta + beta * v - alpha * grad(theta))"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "uphill",
        "Your velocity gains speed up the hill: the gradient points uphill, and the "
        "lecture subtracts its share.",
        (("beta * v - ", "beta * v + "),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "subtracts_v",
        "You subtract the velocity from theta: the lecture's v already points "
        "downhill and is added.",
        (("State(theta + ", "State(theta - "),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "average",
        "Your velocity is an average, (1 - beta) g: the lecture's v is a decaying sum "
        "of steps.",
        (("alpha * g", "(1 - beta) * alpha * g"),),
        "03_momentum",
        "Errata: a sum, not an average",
    ),
    Misconception(
        "old_velocity",
        "You move theta by the velocity that came in: the lecture renews v first and "
        "moves by the new one.",
        ((" v, v, r", " state.v, v, r"),),
        NOTEBOOK,
        "Three steps by hand",
    ),
    Misconception(
        "no_memory",
        "Your velocity forgets all that was before: the lecture's keeps a share beta "
        "of itself from step to step.",
        (("v = beta * v - ", "v = 0.0 * v - "),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "no_forgetting",
        "Your velocity keeps the whole of itself, without beta: the lecture's loses a "
        "share at every step.",
        (("v = beta * v", "v = v"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "no_alpha",
        "Your velocity takes in the whole gradient: the lecture multiplies it by the "
        "learning rate alpha.",
        (("alpha * g", "g"),),
        NOTEBOOK,
        CODE,
    ),
)

STEP = Task(
    name="nesterov_step",
    exercise="04_nesterov",
    section="1.4",
    signature=("theta", "v", "grad", "alpha", "beta"),
    returns=("theta", "v"),
    properties=step_properties(first=4, ten=4, shapes=3, untouched=1),
    source=nesterov,
    adapted=adapter(("theta", "v"), ("theta", "v")),
    questions=questions,
    misconceptions=MISCONCEPTIONS,
    tolerance=TOLERANCE,
    hints=(
        "As momentum, but ask for the gradient at another place.",
        "The interim point is where the surviving share of the velocity leads.",
        "The interim point is only looked at: v is added to theta itself.",
    ),
)


def same_paths(grad: Gradient) -> bool:
    """Whether both momentums walk alike on this ground, from the same speed."""
    plain, ahead = (
        path(rule, State(1.0, -0.5), grad, 20, alpha=0.1, beta=0.9)
        for rule in (momentum, nesterov)
    )
    return bool(np.allclose(plain, ahead, rtol=1e-6))


def same_ground() -> str:
    """The letter of the ground on which Nesterov changes nothing."""
    grounds: dict[str, Gradient] = {
        "A": lambda theta: 2.0 * theta,
        "B": lambda theta: 2.0,
        "C": lambda theta: -2.0 * theta,
    }
    (letter,) = (name for name, grad in grounds.items() if same_paths(grad))
    return letter


GROUND = Prediction(
    name="predict_same_ground",
    exercise="04_nesterov",
    section="1.4",
    asked="Momentum and Nesterov start at the same point with the same velocity, alpha "
    "and beta; on which ground do they take the same steps: A in a round bowl, B on a "
    "slope that is the same everywhere, C on top of a hill?",
    points=2,
    right=same_ground,
    wrong={
        "In a bowl the gradient changes on the way to the interim point: there the "
        "look ahead brakes.": lambda: "A",
        "On a hilltop the gradient changes on the way to the interim point: there the "
        "look ahead pushes.": lambda: "C",
    },
    hints=(
        "The two differ only in the place where they ask for the gradient.",
        "Where would another place make no difference to the gradient?",
        "Compare the gradient at theta and at theta + beta v on each of the grounds.",
    ),
)

LARGEST = Prediction(
    name="predict_largest_nesterov_rate",
    exercise="04_nesterov",
    section="1.4",
    asked="On f(theta) = 10 theta^2 / 2 with beta = 0.5, below which alpha does "
    "Nesterov momentum converge?",
    points=2,
    right=lambda: largest_rate(nesterov, 10.0, beta=0.5),
    wrong={
        "That is momentum's limit: Nesterov stands a smaller rate, since it looks at a "
        "gradient further out.": lambda: largest_rate(momentum, 10.0, beta=0.5),
        "That is SGD's limit: Nesterov's is smaller, since it looks at a gradient "
        "further out.": lambda: largest_rate(momentum, 10.0, beta=0.0),
    },
    hints=(
        "At the limit theta jumps between a and -a for ever.",
        "It arrives at a with v = 2a; the gradient there is taken at a + beta 2a.",
        "It leaves with v = -2a: put both into the line of v, and solve for alpha.",
    ),
)

TUNED = Tuning(
    name="tuned_nesterov",
    exercise="04_nesterov",
    section="1.4",
    asked="Choose alpha and beta with which Nesterov momentum, on quadratic(100) from "
    "its start, has a loss of at most 0.1 after 60 steps.",
    points=4,
    names=("alpha", "beta"),
    loss=end_loss(nesterov, quadratic(100.0), 60),
    target=0.1,
    hints=(
        "The largest curvature is 100: it decides which alpha is too large.",
        "Where alpha times the curvature is 1, the walls of the valley do no harm.",
        "Then look for the beta that suits the flat direction: neither 0 nor 0.99.",
    ),
)

TASKS = (STEP, GROUND, LARGEST, TUNED)
