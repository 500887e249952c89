"""Misconceptions of the rules that divide by the root of squared gradients."""

from lez10.grading.misconceptions import Change, Misconception
from lez10.grading.tasks.shared import CODE, IDEA

RMSPROP = "06_rmsprop"
FORGETS = "Errata: which factor forgets"
INSIDE = "$\\delta$ inside or outside the root"


def about_squares(notebook: str, by_hand: str) -> tuple[Misconception, ...]:
    """Of what r takes in, and of its root, in any rule; by_hand: steps by hand."""
    return (
        Misconception(
            "no_square",
            "Your r takes in the gradients: the lecture's takes in their squares.",
            (("g * g", "g"),),
            notebook,
            IDEA,
        ),
        Misconception(
            "absolute",
            "Your r takes in the sizes of the gradients: the lecture's takes in their "
            "squares.",
            (("g * g", "np.abs(g)"),),
            notebook,
            IDEA,
        ),
        Misconception(
            "one_norm",
            "Your r has one number for all parameters, from the gradient's norm: the "
            "lecture keeps a number for each parameter.",
            (("g * g", "np.sum(g * g)"),),
            notebook,
            IDEA,
        ),
        Misconception(
            "no_root",
            "You divide by r itself: the lecture divides by its root, which has the "
            "size of a gradient.",
            (("np.sqrt(", "("),),
            notebook,
            by_hand,
        ),
        Misconception(
            "half",
            "You take a half where the root belongs, as ** 1/2 without a bracket "
            "does: the root is ** (1/2), or np.sqrt.",
            (("np.sqrt(", "np.multiply(0.5, "),),
            notebook,
            CODE,
        ),
    )


def about_delta(notebook: str, heading: str, delta: str) -> tuple[Misconception, ...]:
    """Of delta; the argument is its text in the rule, with the plus sign."""
    return (
        Misconception(
            "no_delta",
            "You do not use the delta that is given: the lecture adds it to what it "
            "divides by, against division by zero.",
            ((delta, ""),),
            notebook,
            heading,
        ),
        Misconception(
            "delta_on_theta",
            "Your delta is added to theta, as where a bracket is missing: the lecture "
            "adds it to what it divides by.",
            ((delta, ""), ("State(theta + ", "State(theta + delta + ")),
            notebook,
            heading,
        ),
        Misconception(
            "delta_in_step",
            "Your delta is subtracted from theta with the step: the lecture adds it to "
            "what it divides by.",
            ((delta, ""), ("State(theta + ", "State(theta - delta + ")),
            notebook,
            heading,
        ),
    )


def about_the_divisor(notebook: str, by_hand: str) -> tuple[Misconception, ...]:
    """Of the line that divides the gradient by the root of r, and of what is kept."""
    return (
        Misconception(
            "old_r",
            "You divide by the r that came in: the lecture renews r first, so that the "
            "newest gradient counts.",
            (("    r = ", "    after = "), ("v, r, t + 1)", "v, after, t + 1)")),
            notebook,
            by_hand,
        ),
        Misconception(
            "multiplies",
            "You multiply by the root: the lecture divides by it, so that large "
            "gradients get a small rate.",
            (("alpha / ", "alpha * "),),
            notebook,
            IDEA,
        ),
        Misconception(
            "no_gradient",
            "Your step has no gradient in it, only the rate: the lecture multiplies "
            "the rate of each parameter by its g.",
            ((") * g\n", ")\n"),),
            notebook,
            by_hand,
        ),
        Misconception(
            "r_not_returned",
            "You return the r that came in: the lecture's next step begins with the "
            "new one.",
            (("v, r, t + 1)", "v, state.r, t + 1)"),),
            notebook,
            by_hand,
        ),
        Misconception(
            "root_returned",
            "You keep the root in r: the lecture's r holds squares, and the root is "
            "taken anew at each step.",
            (("v, r, t + 1)", "v, np.sqrt(r), t + 1)"),),
            notebook,
            CODE,
        ),
    )


def delta_kept(notebook: str, delta: str) -> Misconception:
    """Of a rule that divides by the root of r itself; delta: its text in the rule."""
    return Misconception(
        "delta_kept",
        "You keep delta in r, which grows by it at every step: the lecture adds it "
        "only where it divides, and r holds squares alone.",
        ((delta, ""), ("g * g\n", "g * g + delta\n")),
        notebook,
        CODE,
    )


def sign(notebook: str) -> Misconception:
    """Of a rule that divides the gradient at the end of its step."""
    return Misconception(
        "sign",
        "You multiply by the sign of the gradient: the lecture multiplies by the "
        "gradient itself, which the root then makes longer or shorter.",
        ((") * g\n", ") * np.sign(g)\n"),),
        notebook,
        CODE,
    )


def squares_of_v(notebook: str, heading: str) -> Misconception:
    """Of a rule that has both v and r."""
    return Misconception(
        "squares_of_v",
        "Your r takes in the squares of v: the lecture's takes in those of the "
        "gradient.",
        (("g * g", "v * v"),),
        notebook,
        heading,
    )


def uphill(notebook: str) -> Misconception:
    """Of a rule without a velocity."""
    return Misconception(
        "uphill",
        "Your theta climbs: the gradient points uphill, and the lecture subtracts it.",
        (("theta + step", "theta - step"),),
        notebook,
        CODE,
    )


def delta_outside(change: Change) -> Misconception:
    """Of RMSProp, with and without a velocity."""
    return Misconception(
        "delta_outside",
        "PyTorch has its epsilon outside of the root, as you have; the lecture's delta "
        "stands inside, beside r.",
        (change,),
        RMSPROP,
        INSIDE,
        convention=True,
    )


# Of r as a moving average.
ABOUT_THE_AVERAGE = (
    Misconception(
        "rho_swapped",
        "You keep a share 1 - rho of the past squares: in the lecture rho belongs to "
        "the old r, and 1 - rho to the new square.",
        (("rho * r + (1 - rho)", "(1 - rho) * r + rho"),),
        RMSPROP,
        FORGETS,
    ),
    Misconception(
        "sum",
        "Your r is a decaying sum, since the new square has no factor 1 - rho: the "
        "lecture's r is an average of squares.",
        (("(1 - rho) * ", ""),),
        RMSPROP,
        FORGETS,
    ),
    Misconception(
        "r_no_forgetting",
        "Your r keeps the whole of its past: the lecture's keeps a share rho of it, so "
        "that it can fall again.",
        (("rho * r", "r"),),
        RMSPROP,
        FORGETS,
    ),
    Misconception(
        "is_adagrad",
        "Your r sums all squares, which is AdaGrad: the lecture's RMSProp averages "
        "them with rho and 1 - rho.",
        (("rho * r + (1 - rho) * ", "r + "),),
        RMSPROP,
        IDEA,
    ),
)
