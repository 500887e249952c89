"""Exercise 08: Adam (lecture 1.7); NAdam, the bonus, stands in ``nadam``."""

import numpy as np

from lez10.grading.asking import Question
from lez10.grading.misconceptions import Misconception
from lez10.grading.task import Task
from lez10.grading.tasks.adam_answers import ANSWERS
from lez10.grading.tasks.nadam import STEP as NADAM_STEP
from lez10.grading.tasks.shared import CODE, IDEA
from lez10.grading.tasks.shared_moments import (
    ABOUT_MOMENTS,
    DELTA_PLACE,
    LETTERS,
    NOTEBOOK,
    R_LINE,
    R_POWER,
    RANGES,
    SIGN,
    SIGNATURE,
    TWO_BETAS,
    V_LINE,
    WHY,
)
from lez10.grading.tasks.shared_squares import squares_of_v
from lez10.grading.tasks.steps import (
    TOLERANCE,
    adapter,
    step_properties,
    step_questions,
)
from lez10.optimizers import adam

V_POWER = "one_minus_power(beta1, t)"


def questions(rng: np.random.Generator) -> list[Question]:
    """Steps with small betas and a large delta, from t = 0 and later."""
    return step_questions(rng, LETTERS, RANGES)


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
        "What if we leave the correction out?",
    ),
    Misconception(
        "v_uncorrected",
        "You corrected r alone: the lecture corrects v too, by 1 - beta1^t.",
        ((f"v / {V_POWER}", "v"),),
        NOTEBOOK,
        WHY,
    ),
    Misconception(
        "power",
        "You divide by beta^t: the lecture divides by 1 - beta^t, which is small at "
        "first and then grows to 1.",
        ((V_POWER, "beta1**t"), (R_POWER, "beta2**t")),
        NOTEBOOK,
        "Errata: dividing by $\\beta^t$?",
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
        "v_with_beta2",
        "You corrected v with beta2: in the lecture each moment is corrected with its "
        "own beta.",
        ((V_POWER, R_POWER),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "r_with_beta1",
        "You corrected r with beta1: in the lecture each moment is corrected with its "
        "own beta.",
        ((R_POWER, V_POWER),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "power_of_all",
        "You take the power of the whole of 1 - beta: the lecture's power is that of "
        "beta alone.",
        ((V_POWER, "(1 - beta1) ** t"), (R_POWER, "(1 - beta2) ** t")),
        NOTEBOOK,
        WHY,
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
        "no_power",
        "Your correction is that of the first step for ever, 1 - beta: the lecture's "
        "1 - beta^t changes with every step.",
        (("beta1, t)", "beta1, 1)"), ("beta2, t)", "beta2, 1)")),
        NOTEBOOK,
        WHY,
    ),
    Misconception(
        "betas_swapped",
        "You have exchanged beta1 and beta2: the lecture's beta1 belongs to v, and "
        "beta2 to r.",
        (
            (V_LINE, "beta2 * v + (1 - beta2)"),
            (R_LINE, "beta1 * r + (1 - beta1)"),
            (f"v / {V_POWER}", f"v / {R_POWER}"),
            (f"r / {R_POWER}", f"r / {V_POWER}"),
        ),
        NOTEBOOK,
        TWO_BETAS,
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
        "no_momentum",
        "You move by the newest gradient: the lecture moves by v, the corrected mean "
        "of the gradients.",
        (("* v_hat", "* g"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "velocity_with_alpha",
        "Your v is a velocity with alpha in it: the lecture's v averages raw "
        "gradients, and alpha comes when theta moves.",
        (
            ("v + (1 - beta1) * g", "v - (1 - beta1) * alpha * g"),
            ("-alpha * v_hat", "v_hat"),
        ),
        NOTEBOOK,
        SIGN,
    ),
    Misconception(
        "root_corrected",
        "You take the root of r first, and divide it by 1 - beta2^t: the lecture "
        "corrects r, and then takes the root.",
        (("np.sqrt(r_hat)", f"np.sqrt(r) / {R_POWER}"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "beta1_for_r",
        "You average and correct r with beta1: in the lecture beta1 belongs to v, and "
        "beta2 to r.",
        ((R_LINE, "beta1 * r + (1 - beta1)"), (R_POWER, V_POWER)),
        NOTEBOOK,
        TWO_BETAS,
    ),
    squares_of_v(NOTEBOOK, CODE),
    *ABOUT_MOMENTS,
)

STEP = Task(
    name="adam_step",
    exercise="08_adam",
    section="1.7",
    signature=SIGNATURE,
    returns=LETTERS,
    properties=step_properties(first=3, ten=4, delta=2, shapes=2, untouched=1),
    source=adam,
    adapted=adapter(adam, LETTERS),
    questions=questions,
    misconceptions=MISCONCEPTIONS,
    tolerance=TOLERANCE,
    hints=(
        "The order is: g, t, v, r, their corrected copies, theta.",
        "v and r are averages, and each is divided by 1 minus a power of its own beta.",
        "delta is added after the root was taken, and v and r go on uncorrected.",
    ),
)

TASKS = (STEP, NADAM_STEP, *ANSWERS)
