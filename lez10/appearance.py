"""One visual language for plots, widgets, slides and reports.

Each algorithm has its colour, marker, dash and name wherever it appears; each letter
has its colour. Colours keep a contrast of 3 to 1 on white and stay apart for
colour-blind eyes together with their markers; pictures are drawn on white paper in
the light and in the dark theme alike. JavaScript gets these values from here.
"""

from typing import NamedTuple


class Look(NamedTuple):
    """How an algorithm looks: label, colour, matplotlib marker, dash in points."""

    label: str
    colour: str
    marker: str
    dash: tuple[float, ...] = ()


ALGORITHMS: dict[str, Look] = {
    "sgd": Look("SGD", "#262d2d", "o"),
    "momentum": Look("Momentum", "#004bff", "s"),
    "nesterov": Look("Nesterov", "#109ae9", "^", (6, 2)),
    "adagrad": Look("AdaGrad", "#1e6974", "D"),
    "rmsprop": Look("RMSProp", "#a33600", "v"),
    "rmsprop_nesterov": Look("RMSProp + Nesterov", "#bd8100", "P", (6, 2)),
    "adam": Look("Adam", "#73298a", "X"),
    "nadam": Look("NAdam", "#8e7a59", "p", (6, 2)),
}

# Steps that differ from a rule in one point: apart from the rule that they vary.
VARIANTS: dict[str, Look] = {
    "nesterov_ahead": Look("Nesterov, look-ahead form", "#d66b00", "s"),
    "adagrad_inside": Look("AdaGrad, δ inside", "#d66b00", "o"),
    "rmsprop_outside": Look("RMSProp, δ outside", "#0090b8", "D"),
    "rmsprop_momentum": Look("RMSProp + momentum", "#000e4f", "s"),
    "adam_uncorrected": Look("Adam, uncorrected", "#d66b00", "^"),
    "adam_epsilon_hat": Look("Adam, epsilon hat", "#0090b8", "o"),
}

# The student's own step function, where it is drawn beside ours.
YOURS = Look("Yours", "#5400a8", "*", (2, 2))

# Lines that stand for no algorithm, such as sizes of a minibatch, in their order.
SERIES: tuple[Look, ...] = (
    Look("", "#000e4f", "o"),
    Look("", "#0090b8", "s", (6, 2)),
    Look("", "#d66b00", "^", (2, 2)),
    Look("", "#9704ea", "D", (6, 2, 2, 2)),
    Look("", "#7c8468", "v", (1, 1)),
)

LETTERS: dict[str, str] = {
    "g": "#c1272d",
    "v": "#1b7837",
    "r": "#8c510a",
    "step": "#000000",
    "loss": "#4d4d4d",
}

PAPER = "#ffffff"
INK = "#1a1a1a"
CONTOUR = "#9a9a9a"
MINIMUM = "#000000"
FONT_SIZE = 11
DPI = 100


def look(algorithm: str) -> Look:
    """The look of an algorithm by its name; YOURS for a name that is not ours."""
    return (ALGORITHMS | VARIANTS).get(algorithm, YOURS._replace(label=algorithm))
