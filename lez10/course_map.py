"""The map of the lecture: its sections, and what grows out of what."""

from typing import Any

from matplotlib.axes import Axes

from lez10.appearance import CONTOUR, FONT_SIZE, INK, PAPER, look
from lez10.plots import lay_out

# number: name, section, x, y, algorithm
MAP: dict[str, tuple[str, str, float, float, str]] = {
    "01": ("SGD", "1.1", 1.2, 3.2, "sgd"),
    "02": ("Learning rate", "1.2", 1.2, 5.6, ""),
    "03": ("Momentum", "1.3", 4.2, 5.6, "momentum"),
    "04": ("Nesterov", "1.4", 7.4, 5.6, "nesterov"),
    "05": ("AdaGrad", "1.5", 4.2, 3.2, "adagrad"),
    "06": ("RMSProp", "1.5.2", 7.4, 3.2, "rmsprop"),
    "07": ("RMSProp\n+ Nesterov", "1.6", 10.8, 5.6, "rmsprop_nesterov"),
    "08": ("Adam", "1.7", 10.8, 3.2, "adam"),
    "11": ("Initialisation", "1.9", 1.2, 0.8, ""),
    "12": ("Batch norm", "1.10", 4.2, 0.8, ""),
    "10": ("Tuning", "1.8.1", 7.4, 0.8, ""),
    "09": ("Choosing", "1.8", 10.8, 0.8, ""),
}

MAP_LINKS = (
    ("01", "02", "how far?"),
    ("01", "03", "remember\nthe past"),
    ("03", "04", "look ahead"),
    ("01", "05", "a rate per\nparameter"),
    ("05", "06", "forget"),
    ("06", "07", "add\nmomentum"),
    ("04", "07", "rescale"),
    ("06", "08", "average g,\ncorrect the bias"),
    ("01", "11", "where from?"),
    ("11", "12", "keep the\nscale"),
    ("08", "09", "which one?"),
    ("09", "10", "it depends on"),
)


def course_map(ax: Axes) -> str:
    """The whole lecture in one picture: what grows out of what, section by section."""
    ax.set(xlim=(0, 12), ylim=(0, 6.4))
    ax.set_axis_off()
    boxes = {}
    for number, (name, section, x, y, algorithm) in MAP.items():
        colour = look(algorithm).colour if algorithm else INK
        text = f"{number}  {name}\n{section}"
        box = {"boxstyle": "round,pad=0.45", "fc": PAPER, "ec": colour, "lw": 1.8}
        boxes[number] = ax.text(
            x,
            y,
            text,
            ha="center",
            va="center",
            color=colour,
            fontsize=FONT_SIZE,
            bbox=box,
        ).get_bbox_patch()
    lay_out(ax)  # the boxes have their sizes from here on
    for start, end, why in MAP_LINKS:
        (x0, y0), (x1, y1) = MAP[start][2:4], MAP[end][2:4]
        arrow: dict[str, Any] = {
            "arrowstyle": "-|>",
            "color": CONTOUR,
            "lw": 1.5,
            "mutation_scale": 16,
        }
        arrow |= {"patchA": boxes[start], "patchB": boxes[end], "shrinkA": 2}
        ax.annotate("", (x1, y1), (x0, y0), arrowprops=arrow | {"shrinkB": 2})
        box = {"boxstyle": "square,pad=0.15", "fc": PAPER, "ec": "none"}
        # before the middle, since the head of the arrow takes room
        x, y = 0.54 * x0 + 0.46 * x1, 0.54 * y0 + 0.46 * y1
        ax.text(x, y, why, ha="center", va="center", fontsize=FONT_SIZE - 2, bbox=box)
    told = [
        " ".join(f"{MAP[a][0]} to {MAP[b][0]} ({why})".split())
        for a, b, why in MAP_LINKS
    ]
    return f"A map of the lecture. Arrows lead from {', '.join(told)}."
