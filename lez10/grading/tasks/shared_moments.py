"""Misconceptions that Adam and NAdam have in common, and what both are asked with."""

from lez10.grading.misconceptions import Misconception, wrong_orders
from lez10.grading.tasks.shared import CODE, IDEA, about_theta
from lez10.grading.tasks.shared_squares import about_delta, about_squares
from lez10.grading.tasks.steps import DELTA

NOTEBOOK = "08_adam"
HAND = "Two steps by hand"
WHY = "Why divide by $1-\\beta^t$?"
DELTA_PLACE = "$\\delta$, and where it stands"
SIGN = "Unlike section 1.6 (1): a mean, and another sign"
TWO_BETAS = "Why is $\\beta_2$ closer to 1 than $\\beta_1$?"
LETTERS = ("theta", "v", "r", "t")
RANGES = {
    "alpha": (0.05, 0.15),
    "beta1": (0.55, 0.8),
    "beta2": (0.65, 0.9),
    "delta": DELTA,
}
SIGNATURE = (*LETTERS, "grad", *RANGES)
V_LINE, R_LINE = "beta1 * v + (1 - beta1)", "beta2 * r + (1 - beta2)"
R_POWER = "one_minus_power(beta2, t)"
RETURNED = "step, v, r, t)"

ABOUT_MOMENTS = (
    Misconception(
        "uphill",
        "Your theta climbs: v points uphill, as the gradient does, and the lecture "
        "subtracts the step.",
        (("theta + step", "theta - step"),),
        NOTEBOOK,
        SIGN,
    ),
    Misconception(
        "delta_inside",
        "Your delta stands inside of the root, as in RMSProp: the lecture's Adam has "
        "it outside.",
        (("np.sqrt(r_hat) + delta", "np.sqrt(r_hat + delta)"),),
        NOTEBOOK,
        DELTA_PLACE,
    ),
    *about_delta(NOTEBOOK, DELTA_PLACE, " + delta"),
    Misconception(
        "r_uncorrected",
        "You corrected v alone: the lecture corrects r too, by 1 - beta2^t.",
        ((f"r / {R_POWER}", "r"),),
        NOTEBOOK,
        WHY,
    ),
    Misconception(
        "t_too_late",
        "Your t grows after its use, so that the first correction divides by 0: the "
        "lecture's t grows before, and is 1 at the first step.",
        (("t = t + 1", "t = t + 0"), (RETURNED, "step, v, r, t + 1)")),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "t_too_late_but_one",
        "Your t grows after its use, and is raised to 1 where it is 0: the lecture's "
        "t grows before, and is 2 at the second step.",
        (
            ("t = t + 1", "t = np.maximum(t, 1)"),
            (RETURNED, "step, v, r, state.t + 1)"),
        ),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "t_from_two",
        "Your correction is one step ahead, t = 2 at the first step: the lecture's t "
        "is 1 there.",
        (("t = t + 1", "t = t + 2"), (RETURNED, "step, v, r, t - 1)")),
        NOTEBOOK,
        HAND,
    ),
    Misconception(
        "t_never_grows",
        "Your t never grows: the lecture's t counts the steps, and grows by 1 before "
        "it is used.",
        (("t = t + 1", "t = t + 0"),),
        NOTEBOOK,
        CODE,
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
        "moments_not_returned",
        "You return the v and r that came in: the lecture's next step begins with the "
        "new ones.",
        (("v, r, t)", "state.v, state.r, t)"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "starts_again",
        "You set v and r to 0 in each step: the lecture does so once, before the first "
        "step, and each step gets those of the step before.",
        (
            (
                "theta, v, r, t = state",
                "theta, v, r, t = state.theta, 0.0, 0.0, state.t",
            ),
        ),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "v_turned",
        "You keep a share 1 - beta1 of v: in the lecture beta1 belongs to the old v, "
        "and 1 - beta1 to the gradient.",
        ((V_LINE, "(1 - beta1) * v + beta1"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "r_turned",
        "You keep a share 1 - beta2 of r: in the lecture beta2 belongs to the old r, "
        "and 1 - beta2 to the new square.",
        ((R_LINE, "(1 - beta2) * r + beta2"),),
        NOTEBOOK,
        IDEA,
    ),
    Misconception(
        "moments_swapped",
        "You average v with beta2 and r with beta1: in the lecture beta1 belongs to "
        "v, and beta2 to r.",
        (
            (V_LINE, "beta2 * v + (1 - beta2)"),
            (R_LINE, "beta1 * r + (1 - beta1)"),
        ),
        NOTEBOOK,
        TWO_BETAS,
    ),
    Misconception(
        "v_sum",
        "Your v is a decaying sum, as in momentum: the lecture's Adam averages, with "
        "1 - beta1 before the gradient.",
        ((V_LINE + " * ", "beta1 * v + "),),
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
        "v_bracket",
        "You multiply the gradient by beta1 as well, as with a bracket round both: the "
        "lecture's beta1 belongs to the old v alone.",
        ((V_LINE, "beta1 * v + beta1 * (1 - beta1)"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "r_bracket",
        "You multiply the square by beta2 as well, as with a bracket round both: the "
        "lecture's beta2 belongs to the old r alone.",
        ((R_LINE, "beta2 * r + beta2 * (1 - beta2)"),),
        NOTEBOOK,
        CODE,
    ),
    Misconception(
        "asks_at_v",
        "You take the gradient at theta + beta1 v, as Nesterov's rule does with its "
        "velocity: the lecture takes it at theta.",
        (("grad(theta)", "grad(theta + beta1 * v)"),),
        NOTEBOOK,
        "Errata: a variant of RMSProp + Nesterov?",
    ),
    Misconception(
        "old_r",
        "You divide by the r that came in: the lecture renews r first, so that the "
        "newest gradient counts.",
        (("r_hat = r", "r_hat = state.r"),),
        NOTEBOOK,
        CODE,
    ),
    *about_squares(NOTEBOOK, HAND),
    *about_theta(NOTEBOOK),
    *wrong_orders(LETTERS, NOTEBOOK, CODE),
)
