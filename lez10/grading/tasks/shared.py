"""Misconceptions that every update rule may have, and those of a velocity.

What several rules have line for line is changed in the same way in each: a function
gives the misconceptions for a rule's notebook.
"""

from lez10.grading.misconceptions import Misconception

CODE, IDEA = "The lecture's pseudo-code", "The idea"  # sections of each notebook
MOMENTUM, NESTEROV = "03_momentum", "04_nesterov"
PAST = "How long is the past felt?"


def about_theta(notebook: str) -> tuple[Misconception, ...]:
    """Of the learning rate, and of the line in which theta moves."""
    return (
        Misconception(
            "no_alpha",
            "Your step has no learning rate: the lecture multiplies what the gradient "
            "gives by alpha.",
            (("alpha ", "1.0 "),),
            notebook,
            CODE,
        ),
        Misconception(
            "theta_unchanged",
            "You return the theta that came in: the lecture's next step begins with "
            "the new one.",
            (("State(theta + ", "State(theta + 0.0 * "),),
            notebook,
            CODE,
        ),
        Misconception(
            "returns_step",
            "You return the step in the place of theta: the lecture adds it to theta.",
            (("State(theta + ", "State("),),
            notebook,
            CODE,
        ),
    )


def alpha_divides(notebook: str) -> Misconception:
    """Of the learning rate."""
    return Misconception(
        "alpha_divides",
        "You divide by alpha: the lecture multiplies by it, so that a small alpha "
        "makes a small step.",
        (("alpha ", "1 / alpha "),),
        notebook,
        CODE,
    )


def about_velocity(notebook: str, by_hand: str) -> tuple[Misconception, ...]:
    """Of the line of v, and of the one in which theta moves by it.

    by_hand: the section with steps by hand.
    """
    return (
        Misconception(
            "average",
            "Your velocity is an average, with a factor 1 - beta: the lecture's v is a "
            "decaying sum of steps.",
            (("alpha ", "(1 - beta) * alpha "),),
            MOMENTUM,
            "Errata: a sum, not an average",
        ),
        Misconception(
            "uphill",
            "Your velocity gains speed up the hill: the gradient points uphill, and "
            "the lecture subtracts its share.",
            (("v = beta * v - ", "v = beta * v + "),),
            notebook,
            IDEA,
        ),
        Misconception(
            "subtracts_v",
            "You subtract the velocity from theta: the lecture's v already points "
            "downhill and is added.",
            (("State(theta + ", "State(theta - "),),
            notebook,
            CODE,
        ),
        Misconception(
            "old_velocity",
            "You move theta by the velocity that came in: the lecture renews v first "
            "and moves by the new one.",
            ((" v, v, r", " state.v, v, r"),),
            notebook,
            by_hand,
        ),
        Misconception(
            "no_memory",
            "Your velocity forgets all that was before: the lecture's keeps a share "
            "beta of itself from step to step.",
            (("v = beta * v - ", "v = 0.0 * v - "),),
            MOMENTUM,
            PAST,
        ),
        Misconception(
            "no_forgetting",
            "Your velocity keeps the whole of itself, without beta: the lecture's "
            "loses a share at every step, as by friction.",
            (("v = beta * v", "v = v"),),
            MOMENTUM,
            PAST,
        ),
        Misconception(
            "beta_turned",
            "You keep a share 1 - beta of the velocity: in the lecture beta is the "
            "share that survives a step.",
            (("v = beta * v", "v = (1 - beta) * v"),),
            MOMENTUM,
            IDEA,
        ),
        Misconception(
            "bracket",
            "You multiply the newest step by beta as well, as with a bracket round "
            "both: the lecture's beta belongs to the old velocity alone.",
            (("alpha ", "beta * alpha "),),
            notebook,
            CODE,
        ),
        Misconception(
            "v_not_returned",
            "You return the velocity that came in: the lecture's next step begins with "
            "the new one.",
            (("v, r, t + 1)", "state.v, r, t + 1)"),),
            notebook,
            by_hand,
        ),
        *about_theta(notebook),
    )


def about_the_move(notebook: str) -> tuple[Misconception, ...]:
    """Of g, and of the line in which theta moves by v: of momentum and of Nesterov."""
    return (
        Misconception(
            "unit_gradient",
            "You divide the gradient by its length, so that only its direction is "
            "left: the lecture takes the gradient as it is.",
            (("    v = ", "    g = g / np.linalg.norm(g); v = "),),
            notebook,
            CODE,
        ),
        Misconception(
            "alpha_twice",
            "You multiply by alpha once more when you move theta: the lecture's v "
            "already is a step.",
            ((" v, v, r", " alpha * v, v, r"),),
            notebook,
            CODE,
        ),
        Misconception(
            "beta_twice",
            "You move theta by beta times the new velocity: the lecture's theta moves "
            "by the whole of it.",
            ((" v, v, r", " beta * v, v, r"),),
            notebook,
            CODE,
        ),
        Misconception(
            "gradient_twice",
            "You add the gradient's step to theta as well: in the lecture it is in the "
            "velocity, and only there.",
            ((" v, v, r", " v - alpha * g, v, r"),),
            notebook,
            CODE,
        ),
        Misconception(
            "velocity_unused",
            "You move theta by the gradient's step alone: the lecture moves it by the "
            "velocity, with the steps before in it.",
            ((" v, v, r", " -alpha * g, v, r"),),
            notebook,
            CODE,
        ),
    )


def about_the_look_ahead(notebook: str) -> tuple[Misconception, ...]:
    """Of the interim point."""
    return (
        Misconception(
            "whole_velocity",
            "You look ahead by the whole velocity: the lecture's interim point is "
            "ahead by the share beta of it that survives.",
            (("grad(theta + beta * v)", "grad(theta + v)"),),
            notebook,
            CODE,
        ),
        Misconception(
            "share_twice",
            "You take the share beta of the velocity twice before you look ahead: the "
            "lecture's interim point is ahead by beta times the v that came in.",
            (("grad(theta + beta * v)", "grad(theta + beta * beta * v)"),),
            notebook,
            CODE,
        ),
        Misconception(
            "at_velocity",
            "You take the gradient at beta v, which is a way and no place: the "
            "lecture's interim point is theta + beta v.",
            (("grad(theta + beta * v)", "grad(beta * v)"),),
            NESTEROV,
            CODE,
        ),
        Misconception(
            "looks_back",
            "You take the gradient behind theta, where you come from: the lecture's "
            "interim point lies ahead, where the velocity leads.",
            (("grad(theta + ", "grad(theta - "),),
            NESTEROV,
            IDEA,
        ),
        Misconception(
            "keeps_interim",
            "You keep the interim point as theta, so that beta v is added twice: the "
            "lecture only looks at it, and moves from theta.",
            (("grad(theta + beta * v)", "grad(theta := theta + beta * v)"),),
            NESTEROV,
            CODE,
        ),
        Misconception(
            "stays_at_interim",
            "You return the interim point: the lecture only looks at it, and moves "
            "theta by the new velocity.",
            ((" v, v, r", " beta * state.v, v, r"),),
            NESTEROV,
            CODE,
        ),
    )
