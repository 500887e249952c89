"""The bonus of exercise 08: NAdam, the Nesterov variant of Adam (lecture 1.7, 1.8)."""

import numpy as np

from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception
from lez10.grading.task import Task
from lez10.grading.tasks.steps import (
    DELTA,
    TOLERANCE,
    adapter,
    step_properties,
    step_questions,
)
from lez10.optimizers import nadam

NOTEBOOK = "08_adam"
NADAM = "NAdam: the Nesterov variant"
CODE = "The lecture's pseudo-code"
LETTERS = ("theta", "v", "r", "t")
RANGES = {
    "alpha": (0.05, 0.15),
    "beta1": (0.55, 0.8),
    "beta2": (0.65, 0.9),
    "delta": DELTA,
}
SIGNATURE = (*LETTERS, "grad", *RANGES)
AHEAD = "beta1 * v / one_minus_power(beta1, t + 1)"
NEWEST = "(1 - beta1) * g / one_minus_power(beta1, t)"


def questions(rng: np.random.Generator) -> list[Question]:
    """Steps with small betas and a large delta, from t = 0 and later."""
    return step_questions(rng, LETTERS, RANGES)


def growing_beta(decay: str) -> tuple[tuple[str, str], ...]:
    """NAdam whose beta1 grows with the steps, by a power of 0.96."""
    shares = f"shares = beta1 * (1 - 0.5 * 0.96 ** ({decay} * np.arange(1, t + 2)))"
    return (
        (f"v_hat = {AHEAD}", f"{shares}; v_hat = shares[-1] * v / (1 - shares.prod())"),
        (NEWEST, "(1 - shares[-2]) * g / (1 - shares[:-1].prod())"),
    )


MISCONCEPTIONS = (
    Misconception(
        "keras",
        "Keras lets beta1 grow from about half of its value, as you do; the lecture's "
        "NAdam has the same beta1 at every step.",
        growing_beta("1.0"),
        NOTEBOOK,
        "In Keras",
        convention=True,
    ),
    Misconception(
        "pytorch",
        "PyTorch lets beta1 grow very slowly from half of its value, as you do; the "
        "lecture's NAdam has the same beta1 at every step.",
        growing_beta("0.004"),
        NOTEBOOK,
        "In Keras",
        convention=True,
    ),
    Misconception(
        "is_adam",
        "That is Adam: NAdam already takes a share beta1 of the new v, and puts the "
        "present gradient in the place of the next one.",
        ((AHEAD, "v / one_minus_power(beta1, t)"), ("v_hat + g_hat", "v_hat")),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "with_t",
        "You correct the part of v with the power t: it belongs to the next step, and "
        "NAdam corrects it with t + 1.",
        (("beta1, t + 1)", "beta1, t)"),),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "with_t_plus_one",
        "You correct the gradient's part with the power t + 1: it belongs to the "
        "present step, and NAdam corrects it with t.",
        ((NEWEST, "(1 - beta1) * g / one_minus_power(beta1, t + 1)"),),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "old_v",
        "You look ahead from the v that came in: NAdam renews v first and takes a "
        "share beta1 of the new one.",
        (("v_hat = beta1 * v", "v_hat = beta1 * state.v"),),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "whole_v",
        "You take the whole of v: NAdam takes the share beta1 of it that the next step "
        "keeps.",
        (("v_hat = beta1 * v", "v_hat = v"),),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "whole_gradient",
        "You add the whole gradient: NAdam gives it the weight 1 - beta1, and corrects "
        "it.",
        ((NEWEST, "g"),),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "gradient_uncorrected",
        "You corrected the part of v alone: NAdam divides the gradient's part by "
        "1 - beta1^t too.",
        ((NEWEST, "(1 - beta1) * g"),),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "asks_ahead",
        "You take the gradient at a point ahead, as in section 1.6: NAdam takes it at "
        "theta, and looks ahead within its step.",
        (("grad(theta)", "grad(theta - alpha * beta1 * v)"),),
        NOTEBOOK,
        "Errata: a variant of RMSProp + Nesterov?",
    ),
    Misconception(
        "r_uncorrected",
        "You left r uncorrected: NAdam divides it by 1 - beta2^t, as Adam does.",
        (("r / one_minus_power(beta2, t)", "r"),),
        NOTEBOOK,
        "Why divide by $1-\\beta^t$?",
    ),
    Misconception(
        "corrected_stored",
        "You return the moments as they are used in the step: NAdam keeps v and r as "
        "they are, as Adam does.",
        (("step, v, r", "step, v_hat + g_hat, r_hat"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "t_not_returned",
        "You return the t that came in: t counts the steps, and the next one needs the "
        "new t.",
        (("r, t)\n", "r, state.t)\n"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "delta_inside",
        "Your delta stands inside of the root: NAdam has it outside, as Adam.",
        (("np.sqrt(r_hat) + delta", "np.sqrt(r_hat + delta)"),),
        NOTEBOOK,
        "$\\delta$, and where it stands",
    ),
    Misconception(
        "uphill",
        "Your theta climbs: v and the gradient point uphill, and NAdam subtracts them.",
        (("theta + step", "theta - step"),),
        NOTEBOOK,
        "Unlike section 1.6 (1): a mean, and another sign",
    ),
    Misconception(
        "betas_swapped",
        "You have exchanged beta1 and beta2: beta1 belongs to v, and beta2 to r.",
        (
            ("v = beta1 * v + (1 - beta1)", "v = beta2 * v + (1 - beta2)"),
            ("beta2 * r + (1 - beta2)", "beta1 * r + (1 - beta1)"),
            (AHEAD, AHEAD.replace("beta1", "beta2")),
            (NEWEST, NEWEST.replace("beta1", "beta2")),
            ("r / one_minus_power(beta2, t)", "r / one_minus_power(beta1, t)"),
        ),
        NOTEBOOK,
        CODE,
    ),
)

STEP = Task(
    name="nadam_step",
    exercise="08_adam",
    section="1.7",
    signature=SIGNATURE,
    returns=LETTERS,
    properties=step_properties(first=1, ten=2, delta=1, shapes=1, untouched=1),
    source=nadam,
    adapted=adapter(LETTERS, LETTERS),
    questions=questions,
    misconceptions=MISCONCEPTIONS,
    tolerance=TOLERANCE,
    hints=(
        "As Adam, with something else in the place of the corrected v.",
        "It is a sum of two parts: a share of the new v, and a share of the present g.",
        "The first part is corrected with t + 1, the second with t.",
    ),
    bonus=True,
)
