"""Exercise 08: Adam (lecture 1.7); NAdam, the bonus, stands in ``nadam``."""

import numpy as np

from lez10.grading.answers import Prediction, Tuning
from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception
from lez10.grading.task import Task
from lez10.grading.tasks.nadam import LETTERS, RANGES, SIGNATURE
from lez10.grading.tasks.nadam import STEP as NADAM_STEP
from lez10.grading.tasks.runs import end_loss, lengths, steady
from lez10.grading.tasks.steps import (
    TOLERANCE,
    adapter,
    step_properties,
    step_questions,
)
from lez10.optimizers import State, adam
from lez10.surfaces import quadratic
from lez10.variants import adam_uncorrected

NOTEBOOK = "08_adam"
CODE = "The lecture's pseudo-code"
IDEA = "The idea"
HAND = "Two steps by hand"
WHY = "Why divide by $1-\\beta^t$?"
LEFT_OUT = "What if we leave the correction out?"
POWER = "Errata: dividing by $\\beta^t$?"
DELTA_PLACE = "$\\delta$, and where it stands"
SIGN = "Unlike section 1.6 (1): a mean, and another sign"


def questions(rng: np.random.Generator) -> list[Question]:
    """Steps with small betas and a large delta, from t = 0 and later."""
    return step_questions(rng, LETTERS, RANGES)


V_POWER, R_POWER = "one_minus_power(beta1, t)", "one_minus_power(beta2, t)"

MISCONCEPTIONS = (
    Misconception(
        "epsilon_hat",
        "Keras adds its epsilon to the uncorrected root, as you do (the paper's "
        "epsilon hat); the lecture adds delta to the root of the corrected r.",
        (("+ delta)", f"+ delta / np.sqrt({R_POWER}))"),),
        NOTEBOOK,
        DELTA_PLACE,
        convention=True,
    ),
    Misconception(
        "delta_inside",
        "Your delta stands inside of the root, as in RMSProp: the lecture's Adam has "
        "it outside.",
        (("np.sqrt(r_hat) + delta", "np.sqrt(r_hat + delta)"),),
        NOTEBOOK,
        DELTA_PLACE,
    ),
    Misconception(
        "no_delta",
        "You divide by the root alone: the lecture adds delta to it, against division "
        "by zero.",
        ((" + delta)", ")"),),
        NOTEBOOK,
        DELTA_PLACE,
    ),
    Misconception(
        "delta_on_theta",
        "Your delta is added to theta: the lecture adds it to the root that it divides "
        "by.",
        ((" + delta)", ")"), ("theta + step", "theta + step + delta")),
        NOTEBOOK,
        DELTA_PLACE,
    ),
    Misconception(
        "uphill",
        "Your theta climbs: Adam's v points uphill, as the gradient does, and the "
        "lecture subtracts it.",
        (("theta + step", "theta - step"),),
        NOTEBOOK,
        SIGN,
    ),
    Misconception(
        "velocity_sign",
        "Your v points downhill, as a velocity: in the lecture's Adam v is a mean of "
        "gradients, and theta moves against it.",
        (
            ("v + (1 - beta1) * g", "v - (1 - beta1) * g"),
            ("-alpha * ", "alpha * "),
        ),
        NOTEBOOK,
        SIGN,
    ),
    Misconception(
        "no_correction",
        "You left the bias correction out: the lecture divides v by 1 - beta1^t and r "
        "by 1 - beta2^t, since both start at 0.",
        ((f"v / {V_POWER}", "v"), (f"r / {R_POWER}", "r")),
        NOTEBOOK,
        LEFT_OUT,
    ),
    Misconception(
        "v_uncorrected",
        "You corrected r alone: the lecture corrects v too, by 1 - beta1^t.",
        ((f"v / {V_POWER}", "v"),),
        NOTEBOOK,
        WHY,
    ),
    Misconception(
        "r_uncorrected",
        "You corrected v alone: the lecture corrects r too, by 1 - beta2^t.",
        ((f"r / {R_POWER}", "r"),),
        NOTEBOOK,
        WHY,
    ),
    Misconception(
        "power",
        "You divide by beta^t: the lecture divides by 1 - beta^t, which is small at "
        "first and then grows to 1.",
        ((V_POWER, "beta1**t"), (R_POWER, "beta2**t")),
        NOTEBOOK,
        POWER,
    ),
    Misconception(
        "times_t",
        "Your correction has beta times t: the lecture's has the power beta^t.",
        ((V_POWER, "(1 - beta1 * t)"), (R_POWER, "(1 - beta2 * t)")),
        NOTEBOOK,
        WHY,
    ),
    Misconception(
        "multiplied",
        "You multiply by 1 - beta^t: the lecture divides, since v and r are too small "
        "at first.",
        ((f"v / {V_POWER}", f"v * {V_POWER}"), (f"r / {R_POWER}", f"r * {R_POWER}")),
        NOTEBOOK,
        "Errata: less influence at first?",
    ),
    Misconception(
        "corrections_swapped",
        "You corrected v with beta2 and r with beta1: in the lecture each moment is "
        "corrected with its own beta.",
        ((f"v / {V_POWER}", f"v / {R_POWER}"), (f"r / {R_POWER}", f"r / {V_POWER}")),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "corrected_stored",
        "You return the corrected moments, which are then corrected again: the "
        "lecture keeps v and r as they are, and corrects copies.",
        (("step, v, r", "step, v_hat, r_hat"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "t_too_late",
        "Your t grows after its use, so that the first correction divides by 0: the "
        "lecture's t grows before, and is 1 at the first step.",
        (("beta1, t)", "beta1, t - 1)"), ("beta2, t)", "beta2, t - 1)")),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "t_from_two",
        "Your correction is one step ahead, t = 2 at the first step: the lecture's t "
        "is 1 there.",
        (("beta1, t)", "beta1, t + 1)"), ("beta2, t)", "beta2, t + 1)")),
        NOTEBOOK,
        HAND,
    ),
    Misconception(
        "no_power",
        "Your correction is that of the first step for ever, 1 - beta: the lecture's "
        "1 - beta^t changes with every step.",
        (("beta1, t)", "beta1, 1)"), ("beta2, t)", "beta2, 1)")),
        NOTEBOOK,
        WHY,
    ),
    Misconception(
        "t_not_returned",
        "You return the t that came in: the lecture's t counts the steps, and the next "
        "one needs the new t.",
        (("r, t)\n", "r, state.t)\n"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "betas_swapped",
        "You have exchanged beta1 and beta2: the lecture's beta1 belongs to v, and "
        "beta2 to r.",
        (
            ("beta1 * v + (1 - beta1)", "beta2 * v + (1 - beta2)"),
            ("beta2 * r + (1 - beta2)", "beta1 * r + (1 - beta1)"),
            (f"v / {V_POWER}", f"v / {R_POWER}"),
            (f"r / {R_POWER}", f"r / {V_POWER}"),
        ),
        NOTEBOOK,
        "Why is $\\beta_2$ closer to 1 than $\\beta_1$?",
    ),
    Misconception(
        "v_turned",
        "You keep a share 1 - beta1 of v: in the lecture beta1 belongs to the old v, "
        "and 1 - beta1 to the gradient.",
        (("beta1 * v + (1 - beta1)", "(1 - beta1) * v + beta1"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "r_turned",
        "You keep a share 1 - beta2 of r: in the lecture beta2 belongs to the old r, "
        "and 1 - beta2 to the new square.",
        (("beta2 * r + (1 - beta2)", "(1 - beta2) * r + beta2"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "moments_swapped",
        "You average v with beta2 and r with beta1: in the lecture beta1 belongs to "
        "v, and beta2 to r.",
        (
            ("beta1 * v + (1 - beta1)", "beta2 * v + (1 - beta2)"),
            ("beta2 * r + (1 - beta2)", "beta1 * r + (1 - beta1)"),
        ),
        NOTEBOOK,
        "Why is $\\beta_2$ closer to 1 than $\\beta_1$?",
    ),
    Misconception(
        "v_sum",
        "Your v is a decaying sum, as in momentum: the lecture's Adam averages, with "
        "1 - beta1 before the gradient.",
        (("(1 - beta1) * ", ""),),
        NOTEBOOK,
        SIGN,
    ),
    Misconception(
        "r_sum",
        "Your r is a decaying sum: the lecture's Adam averages, with 1 - beta2 before "
        "the square.",
        (("(1 - beta2) * ", ""),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "old_v",
        "You move by the v that came in: the lecture renews v first, so that the "
        "newest gradient counts.",
        (("v_hat = v", "v_hat = state.v"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "old_r",
        "You divide by the r that came in: the lecture renews r first, so that the "
        "newest gradient counts.",
        (("r_hat = r", "r_hat = state.r"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "no_momentum",
        "You move by the newest gradient: the lecture moves by v, the corrected mean "
        "of the gradients.",
        (("* v_hat", "* g"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "no_root",
        "You divide by a mean of squares: the lecture divides by its root, which has "
        "the size of a gradient.",
        (("np.sqrt(r_hat", "(r_hat"),),
        NOTEBOOK,
        HAND,
    ),
    Misconception(
        "no_square",
        "Your r averages the gradients: the lecture's averages their squares.",
        (("g * g", "g"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "one_norm",
        "Your r has one number for all parameters, from the gradient's norm: the "
        "lecture keeps a number for each parameter.",
        (("g * g", "np.sum(g * g)"),),
        NOTEBOOK,
        IDEA,
    ),
)

STEP = Task(
    name="adam_step",
    exercise="08_adam",
    section="1.7",
    signature=SIGNATURE,
    returns=LETTERS,
    properties=step_properties(first=3, ten=4, delta=2, shapes=2, untouched=1),
    source=adam,
    adapted=adapter(LETTERS, LETTERS),
    questions=questions,
    misconceptions=MISCONCEPTIONS,
    tolerance=TOLERANCE,
    hints=(
        "The order is: g, t, v, r, their corrected copies, theta.",
        "v and r are averages, and each is divided by 1 minus a power of its own beta.",
        "delta is added after the root was taken, and v and r go on uncorrected.",
    ),
)


def uncorrected_first_step(beta1: float, beta2: float) -> float:
    """The first step without correction, in units of alpha."""
    values = {"alpha": 1.0, "beta1": beta1, "beta2": beta2, "delta": 0.0}
    return float(lengths(adam_uncorrected, [3.0], **values)[0])


def wrong_way(beta1: float, accident: float) -> int:
    """For how many steps v points the wrong way after one gradient of -accident."""
    state, steps = State(0.0), 0
    slopes = [1.0] * 500 + [-accident] + [1.0] * 500
    for slope in slopes:
        state = adam(state, steady(slope), alpha=1.0, beta1=beta1, beta2=0.9, delta=0.0)
        steps += bool(state.v < 0)
    return steps


UNCORRECTED = Prediction(
    name="predict_uncorrected_step",
    exercise="08_adam",
    section="1.7",
    asked="Adam without its bias correction, with beta1 = 0.8, beta2 = 0.99 and a tiny "
    "delta: how long is the first step, in units of alpha?",
    points=2,
    right=lambda: uncorrected_first_step(0.8, 0.99),
    wrong={
        "That is the first step with the correction; without it v and r are both too "
        "small, but not equally.": lambda: float(
            lengths(adam, [3.0], alpha=1.0, beta1=0.8, beta2=0.99, delta=0.0)[0]
        ),
        "You left out the root: r is 0.01 times the square, its root 0.1 times the "
        "gradient.": lambda: (1 - 0.8) / (1 - 0.99),
        "v is smaller than it should be, but r is in the denominator, and it is too "
        "small as well.": lambda: 1 - 0.8,
        "It is the other way round: the root of r is made smaller than v is.": lambda: (
            1 / uncorrected_first_step(0.8, 0.99)
        ),
    },
    hints=(
        "What are v and r after the first gradient g?",
        "v is a part 1 - beta1 of g, and r a part 1 - beta2 of its square.",
        "Divide the first part by the root of the second.",
    ),
)

WRONG_WAY = Prediction(
    name="predict_wrong_way",
    exercise="08_adam",
    section="1.7",
    asked="For a very long time the gradient is 1, then once -100, then 1 again; for "
    "how many steps, that of the accident included, does Adam's v with beta1 = 0.8 "
    "point the wrong way?",
    points=2,
    right=lambda: wrong_way(0.8, 100.0),
    wrong={
        "The accident stays in v: with the share 0.8 of itself after each step.": (
            lambda: 1
        ),
        "That is 1/(1 - beta1): it would do for an accident of ordinary size.": (
            lambda: 1 / (1 - 0.8)
        ),
        "You did not count the step of the accident itself, in which v turns.": (
            lambda: wrong_way(0.8, 100.0) - 1
        ),
        "That is with beta1 = 0.9: the shorter memory turns back sooner.": (
            lambda: wrong_way(0.9, 100.0)
        ),
    },
    hints=(
        "v was 1 before: what is it right after the accident?",
        "It was 1 and would be 1 without the accident: follow the difference, which "
        "shrinks to the share beta1 at each step.",
        "Count the steps for which this difference is larger than 1.",
    ),
)

TUNED = Tuning(
    name="tuned_adam",
    exercise="08_adam",
    section="1.7",
    asked="Choose alpha, beta1 and beta2 with which Adam, on quadratic(100, angle=0.4) "
    "from its start, has a loss of at most 0.15 after 60 steps.",
    points=4,
    names=("alpha", "beta1", "beta2"),
    loss=end_loss(adam, quadratic(100.0, 0.4), 60),
    target=0.15,
    hints=(
        "A step of Adam is about alpha: with 0.001, sixty steps do not lead far.",
        "The start is almost three units away, and there has to be time to settle.",
        "Steps of a tenth of the way, and a beta1 below 0.9, are a good beginning.",
    ),
)

TASKS = (STEP, NADAM_STEP, UNCORRECTED, WRONG_WAY, TUNED)
