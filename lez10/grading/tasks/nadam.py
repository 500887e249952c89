"""The bonus of exercise 08: NAdam, the Nesterov variant of Adam (lecture 1.7, 1.8)."""

import numpy as np

from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception
from lez10.grading.task import Task
from lez10.grading.tasks.shared import CODE
from lez10.grading.tasks.shared_moments import (
    ABOUT_MOMENTS,
    LETTERS,
    NOTEBOOK,
    R_LINE,
    R_POWER,
    RANGES,
    SIGNATURE,
    V_LINE,
)
from lez10.grading.tasks.steps import (
    TOLERANCE,
    adapter,
    step_properties,
    step_questions,
)
from lez10.optimizers import nadam

NADAM = "NAdam: the Nesterov variant"
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
        "no_correction",
        "You left the bias correction out: NAdam divides both parts of the numerator "
        "and r by 1 minus a power of beta, since v and r start at 0.",
        (
            (AHEAD, "beta1 * v"),
            (NEWEST, "(1 - beta1) * g"),
            (f"r / {R_POWER}", "r"),
        ),
        NOTEBOOK,
        "What if we leave the correction out?",
    ),
    Misconception(
        "v_uncorrected",
        "You corrected the gradient's part alone: NAdam divides the part of v by "
        "1 - beta1^(t+1) too.",
        ((AHEAD, "beta1 * v"),),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "shares_turned",
        "You give v the weight 1 - beta1 and the gradient beta1: NAdam gives v beta1, "
        "and the gradient the rest.",
        (
            ("v_hat = beta1 * v", "v_hat = (1 - beta1) * v"),
            ("g_hat = (1 - beta1) * g", "g_hat = beta1 * g"),
        ),
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
        "corrected_stored",
        "You return the moments as they are used in the step: NAdam keeps v and r as "
        "they are, as Adam does.",
        (("step, v, r", "step, v_hat + g_hat, r_hat"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "betas_swapped",
        "You have exchanged beta1 and beta2: beta1 belongs to v, and beta2 to r.",
        (
            (V_LINE, "beta2 * v + (1 - beta2)"),
            (R_LINE, "beta1 * r + (1 - beta1)"),
            (AHEAD, AHEAD.replace("beta1", "beta2")),
            (NEWEST, NEWEST.replace("beta1", "beta2")),
            (f"r / {R_POWER}", "r / one_minus_power(beta1, t)"),
        ),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "gradient_share_missing",
        "You leave the share 1 - beta1 of the gradient out: NAdam gives the gradient "
        "this weight, and v the weight beta1.",
        ((NEWEST, "g / one_minus_power(beta1, t)"),),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "gradient_subtracted",
        "You subtract the gradient's part from that of v: NAdam adds both.",
        (("v_hat + g_hat", "v_hat - g_hat"),),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "r_ahead",
        "You correct r with the power t + 1: NAdam corrects it with t, as Adam does, "
        "and v alone belongs to the next step.",
        ((R_POWER, "one_minus_power(beta2, t + 1)"),),
        NOTEBOOK,
        NADAM,
    ),
    Misconception(
        "v_corrected_twice",
        "You correct v with t and then with t + 1: NAdam corrects it once, with t + 1.",
        ((AHEAD, f"{AHEAD} / one_minus_power(beta1, t)"),),
        NOTEBOOK,
        NADAM,
    ),
    *ABOUT_MOMENTS,
)

STEP = Task(
    name="nadam_step",
    exercise="08_adam",
    section="1.7",
    signature=SIGNATURE,
    returns=LETTERS,
    properties=step_properties(first=1, ten=2, delta=1, shapes=1, untouched=1),
    source=nadam,
    adapted=adapter(nadam, LETTERS),
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
