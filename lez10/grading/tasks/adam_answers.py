"""Exercise 08: what is to be foreseen, and the values to be tuned."""

from lez10.grading.answers import WHOLE, Prediction, Tuning
from lez10.grading.tasks.runs import end_loss, lengths, steady
from lez10.optimizers import State, adam
from lez10.surfaces import quadratic
from lez10.variants import adam_uncorrected


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


ANSWERS = (
    Prediction(
        name="predict_uncorrected_step",
        exercise="08_adam",
        section="1.7",
        asked="Adam without its bias correction, with beta1 = 0.8, beta2 = 0.99 and a "
        "tiny delta: how long is the first step, in units of alpha?",
        points=2,
        right=lambda: uncorrected_first_step(0.8, 0.99),
        wrong={
            "That is the first step with the correction; without it v and r are both "
            "too small, but not equally.": lambda: float(
                lengths(adam, [3.0], alpha=1.0, beta1=0.8, beta2=0.99, delta=0.0)[0]
            ),
            "You left out the root: r is 0.01 times the square, its root 0.1 times the "
            "gradient.": lambda: (1 - 0.8) / (1 - 0.99),
            "v is smaller than it should be, but r is in the denominator, and it is "
            "too small as well.": lambda: 1 - 0.8,
            "It is the other way round: the root of r is made smaller than v "
            "is.": lambda: 1 / uncorrected_first_step(0.8, 0.99),
            "You multiply by the root of r: Adam divides by it.": lambda: (
                (1 - 0.8) * (1 - 0.99) ** 0.5
            ),
        },
        hints=(
            "What are v and r after the first gradient g?",
            "v is a part 1 - beta1 of g, and r a part 1 - beta2 of its square.",
            "Divide the first part by the root of the second.",
        ),
    ),
    Prediction(
        name="predict_wrong_way",
        exercise="08_adam",
        section="1.7",
        asked="For a very long time the gradient is 1, then once -100, then 1 again; "
        "for how many steps, that of the accident included, does Adam's v with "
        "beta1 = 0.8 point the wrong way?",
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
            "That is one step too many: in the last of them v points the right way "
            "again.": lambda: wrong_way(0.8, 100.0) + 1,
            "That is with beta1 = 0.9: the shorter memory turns back sooner.": (
                lambda: wrong_way(0.9, 100.0)
            ),
        },
        hints=(
            "v was 1 before: what is it right after the accident?",
            "It was 1 and would be 1 without the accident: follow the difference, "
            "which shrinks to the share beta1 at each step.",
            "Count the steps for which this difference is larger than 1.",
        ),
        tolerance=WHOLE,
    ),
    Tuning(
        name="tuned_adam",
        exercise="08_adam",
        section="1.7",
        asked="Choose alpha, beta1 and beta2 with which Adam, on quadratic(100, "
        "angle=0.4) from its start, has a loss of at most 0.15 after 60 steps.",
        points=4,
        names=("alpha", "beta1", "beta2"),
        loss=end_loss(adam, quadratic(100.0, 0.4), 60),
        target=0.15,
        hints=(
            "A step of Adam is about alpha: with 0.001, sixty steps do not lead far.",
            "The start is almost three units away, and there has to be time to settle.",
            "Steps of a tenth of the way, and a beta1 below 0.9, are a good beginning.",
        ),
    ),
)
