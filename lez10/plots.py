"""Pictures of the lecture, drawn on a given Axes.

Every drawing function returns the sentence that describes what it drew; ``picture``
joins figure and sentences, and the sentences are the text alternative. Nothing here
keeps state, and nothing imports pyplot.
"""

import base64
import html
import io
import os
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from lez10.appearance import (
    ALGORITHMS,
    CONTOUR,
    DPI,
    FONT_SIZE,
    INK,
    LETTERS,
    MINIMUM,
    PAPER,
    SERIES,
    VARIANTS,
    look,
)
from lez10.surfaces import Surface

Array = Any
HALO = [withStroke(linewidth=3, foreground=PAPER)]  # keeps text legible on lines
STATIC = "LEZ10_STATIC"  # set while pages without a kernel are made
# Inches that a page and a slide have room for: what is wider would be shrunk there,
# type and all.
PAGE_WIDTH = 8.6


def static() -> bool:
    """Whether pictures and widgets are made for pages without a kernel."""
    return bool(os.environ.get(STATIC))


class Picture:
    """A figure and the sentence that tells what is to be seen in it.

    In a notebook it shows as an image; its text form is the sentence. With
    LEZ10_STATIC set it is HTML whose ``alt`` is the sentence.
    """

    def __init__(self, figure: Figure, sentence: str):
        self.figure = figure
        self.sentence = sentence

    def __repr__(self) -> str:
        return self.sentence

    def png(self) -> bytes:
        """The picture, at twice the screen's resolution."""
        buffer = io.BytesIO()
        self.figure.savefig(
            buffer, format="png", dpi=2 * DPI, metadata={"Software": None}
        )
        return buffer.getvalue()

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict, dict]:
        encoded = base64.b64encode(self.png()).decode()
        width, height = (
            round(DPI * inches) for inches in self.figure.get_size_inches()
        )
        data = {"image/png": encoded, "text/plain": self.sentence}
        if static():
            data["text/html"] = (
                f'<img class="lez10-picture" alt="{html.escape(self.sentence)}" '
                f'width="{width}" style="max-width:100%" '
                f'src="data:image/png;base64,{encoded}">'
            )
        size = {"width": width, "height": height, "alt": self.sentence}
        return data, {"image/png": size}


def figure(
    columns: int = 1, rows: int = 1, *, width: float = 6.4, height: float = 4.0
) -> tuple[Figure, Any]:
    """A figure on white paper, and its Axes: one, or an array of them.

    width, height: inches of the whole figure; on pages it is at most 8.6 wide.
    """
    if static():
        width = min(width, PAGE_WIDTH)
    fig = Figure(figsize=(width, height), layout="constrained", facecolor=PAPER)
    FigureCanvasAgg(fig)
    axes = fig.subplots(rows, columns)
    for ax in np.ravel(axes):
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(labelsize=FONT_SIZE - 1, colors=INK)
        ax.set_facecolor(PAPER)
    return fig, axes


def picture(figure: Figure, *sentences: str) -> Picture:
    """The figure with everything its plotting functions said of it."""
    return Picture(figure, " ".join(sentences))


def contour(ax: Axes, surface: Surface) -> str:
    """Lines of equal value, and the minima as crosses."""
    x0, x1, y0, y1 = surface.window
    x, y = np.meshgrid(np.linspace(x0, x1, 240), np.linspace(y0, y1, 180))
    above = surface.value(np.stack([x, y])) - surface.lowest
    # far out equal areas tell most; below the lowest tenth, equal ratios
    areas = np.quantile(above, np.linspace(0.1, 0.95, 11))
    ratios = areas[0] * np.geomspace(1e-2, 1, 4)[:-1]
    levels = np.unique([*ratios, *areas])
    if above.min() < above.max():  # a flat surface has no lines
        ax.contour(x, y, above, levels, colors=CONTOUR, linewidths=0.7)
    ax.plot(*np.transpose(surface.minima), "+", color=MINIMUM, ms=11, mew=2)
    ax.set(xlim=(x0, x1), ylim=(y0, y1))
    ax.set_xlabel(r"$\theta_1$", fontsize=FONT_SIZE)
    ax.set_ylabel(r"$\theta_2$", fontsize=FONT_SIZE, rotation=0)
    where = " and ".join(f"({mx:.3g}, {my:.3g})" for mx, my in surface.minima)
    many = "Minimum" if len(surface.minima) == 1 else "Minima"
    return f"Contour lines: {surface.title}. {many}, marked by a cross: {where}."


def path(ax: Axes, theta: Array, algorithm: str, label: str | None = None) -> str:
    """The points that a run went through: theta (steps + 1, 2).

    A run that is no longer finite ends where it last was, and its label says so.
    """
    theta = np.asarray(theta)
    seen = look(algorithm)
    finite = finite_length(theta)
    name = label or seen.label
    shown = name if finite == len(theta) else f"{name}: diverged at step {finite}"
    keep_window(ax)
    line(
        ax,
        *theta[:finite].T,
        color=seen.colour,
        marker=seen.marker,
        ms=3,
        lw=1.5,
        dashes=seen.dash or (None, None),
        label=shown,
    )
    # the start, hollow, so that the direction of the walk can be seen
    start = {"marker": "o", "mfc": PAPER, "mec": seen.colour, "ms": 8, "mew": 1.8}
    line(ax, *theta[:1].T, **start)
    start, end = theta[0], theta[finite - 1]
    went = f"{name} goes from {point(start)}"
    if finite < len(theta):
        return f"{went} and diverges at step {finite}."
    return f"{went} to {point(end)} in {len(theta) - 1} steps."


def arrow(
    ax: Axes,
    start: Array,
    move: Array,
    letter: str,
    text: str,
    *,
    middle: bool = False,
) -> str:
    """An arrow for a letter of the lecture: g, v or step, labelled beyond its tip.

    middle: the label stands beside its middle, where another arrow begins at the tip.
    """
    tip = np.add(start, move)
    colour = LETTERS[letter]
    style = {"arrowstyle": "-|>", "color": colour, "lw": 2, "mutation_scale": 14}
    style |= {"shrinkA": 0, "shrinkB": 0}
    ax.annotate("", tip, start, arrowprops=style, annotation_clip=False)
    side = 1 if move[0] >= 0 else -1
    ax.annotate(
        text,
        np.add(start, np.multiply(move, 0.5)) if middle else tip,
        xytext=((14 if middle else 7) * side, 0),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        va="center",
        color=colour,
        fontsize=FONT_SIZE,
        path_effects=HALO,
        annotation_clip=False,
    )
    return f"An arrow from {point(start)} to {point(tip)}: {spoken(text)}."


def curves(
    ax: Axes,
    runs: Mapping[str, Array],
    *,
    x: str = "step",
    y: str = "loss",
    at: Array | None = None,
    log: str = "y",
    labels: Mapping[str, str] | None = None,
) -> str:
    """One line per run: (steps,), or (steps, seeds) as median and band over seeds.

    runs: values by algorithm, or by any name, which is then its label. x, y: what the
    axes show. at: the places on x, (steps,); 0, 1, 2, ... if not given. log: which
    axes are logarithmic, "", "x", "y" or "xy". The band reaches from the lowest to
    the highest seed. A seed that is no longer finite ends there; where all have
    ended, so does the line. labels: what is written at a line's end, where that is
    not the algorithm's name; a single run's label is to say why it ended.
    """
    ends, sentences, seeds = [], [], 1
    others = cycle(SERIES)
    for name, values in runs.items():
        values = np.asarray(values, float)
        values = values[:, None] if values.ndim == 1 else values
        values = np.where(np.isfinite(values), values, np.nan)
        seeds = max(seeds, values.shape[1])
        ours = name in ALGORITHMS or name in VARIANTS or name == "yours"
        seen = look(name) if ours else next(others)
        alive = np.isfinite(values).any(axis=1)
        length = int(np.flatnonzero(alive)[-1]) + 1 if alive.any() else 0
        places = (np.arange(len(values)) if at is None else np.asarray(at))[:length]
        several = values.shape[1] > 1
        middle = (
            np.nanmedian(values[:length], axis=1) if several else values[:length, 0]
        )
        dash = seen.dash or (None, None)
        marker = None if at is None else seen.marker
        style: dict[str, Any] = {
            "color": seen.colour,
            "dashes": dash,
            "marker": marker,
            "ms": 4,
        }
        line(ax, places, middle, **style)
        if several:
            low = np.nanmin(values[:length], axis=1)
            high = np.nanmax(values[:length], axis=1)
            band(ax, places, low, high, color=seen.colour, alpha=0.18, lw=0)
        lost = int((~np.isfinite(values[-1])).sum())
        label = (labels or {}).get(name, seen.label or name)
        if lost and (several or not labels):
            gap = "\n" if "\n" in label else " "
            label += f"{gap}({lost} of {values.shape[1]} ended early)"
        if length:
            ends.append((places[-1], middle[-1], label, seen.colour))
            told = f"from {middle[0]:.3g} to {middle[-1]:.3g}"
            if at is not None:
                told = f"lowest at {places[np.nanargmin(middle)]:.2g}"
            sentences.append(f"{label}: {told}.".replace("\n", ", "))
    for letter, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        if letter in log and axis.get_scale() != "log":  # a new scale takes its time
            ax.set(**{f"{letter}scale": "log"})
    ax.set_xlabel(x, fontsize=FONT_SIZE)
    ax.set_ylabel(y, fontsize=FONT_SIZE)
    label_ends(ax, ends)
    shown = ""
    if seeds > 1:
        shown = f"Line: median; band: lowest to highest of {seeds} seeds."
        ax.set_title(shown, fontsize=FONT_SIZE - 1, loc="left", color=INK)
    what = f"{y[:1].upper()}{y[1:]} over {x}."
    return " ".join(f"{what} {shown} {' '.join(sentences)}".split())


def line(ax: Axes, x: Array, y: Array, **style: Any) -> None:
    """A line; where the window is kept, without asking for one: in half the time."""
    if ax.get_autoscale_on():
        ax.plot(x, y, **style)
    else:
        ax.add_artist(Line2D(np.asarray(x), np.asarray(y), **style))


def band(ax: Axes, x: Array, low: Array, high: Array, **style: Any) -> None:
    """What lies between two lines; where the window is kept, without asking for one."""
    if ax.get_autoscale_on():
        ax.fill_between(x, low, high, **style)
    else:
        edge = np.transpose([np.append(x, x[::-1]), np.append(low, high[::-1])])
        ax.add_artist(PolyCollection([edge], **style))


def label_ends(ax: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Names at the right ends of lines, moved apart if need be.

    ends: (x, y, text, colour) of each.
    """
    if ax.get_autoscale_on():
        lay_out(ax)  # the limits are known from here on
    x0, y0, x1, y1 = ax.bbox.extents
    pixels = [ax.transData.transform((x, y))[1] for x, y, _, _ in ends]
    pixels = np.clip(np.nan_to_num(pixels), y0, y1)  # a line may leave the window
    line = 1.35 * FONT_SIZE * ax.figure.dpi / 72
    # as many as need the room below the top, then upwards from the lowest
    halves = [line * (text.count("\n") + 1) / 2 for _, _, text, _ in ends]
    order = np.argsort(pixels)
    free = y1
    for i in order[::-1]:
        pixels[i] = min(pixels[i], free - halves[i])
        free = pixels[i] - halves[i]
    free = y0
    for i in order:
        _, _, text, colour = ends[i]
        placed = max(pixels[i], free + halves[i])
        free = placed + halves[i]
        ax.annotate(
            text,
            (1, (placed - y0) / (y1 - y0)),
            xycoords="axes fraction",
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=FONT_SIZE,
        )


def legend_above(ax: Axes) -> None:
    """The labels of paths above the picture, where no path is covered."""
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=4,
        frameon=False,
        fontsize=FONT_SIZE,
        borderaxespad=0.2,
    )


def finite_length(theta: Array) -> int:
    """How many points a run has before the first that is not finite, at least 1."""
    finite = np.isfinite(theta).reshape(len(theta), -1).all(axis=1)
    return len(finite) if finite.all() else max(int(np.argmin(finite)), 1)


def lay_out(ax: Axes) -> None:
    """Give everything in the figure its place and size, without drawing it."""
    figure = ax.get_figure(root=True)
    if figure is not None:
        figure.draw_without_rendering()


def keep_window(ax: Axes) -> None:
    """A path must not stretch the window that the contour has set."""
    ax.set_autoscale_on(False)


def point(p: Array) -> str:
    """A point, for a sentence."""
    # rounded first: a zero has no sign then
    numbers = (round(float(c), 2) + 0.0 if abs(c) < 1e4 else c for c in p)
    return "({}, {})".format(
        *(f"{c:.2f}" if abs(c) < 1e4 else f"{c:.2g}" for c in numbers)
    )


def spoken(text: str) -> str:
    """A label without its mathematics' signs, for a sentence."""
    return text.replace("$", "").replace("\\", "")


def until_divergence(surface: Surface, theta: Array) -> tuple[Array, Array]:
    """A run's points and its loss above the minimum, NaN from its divergence on.

    theta: (steps + 1, 2). Returns arrays (steps + 1, 2) and (steps + 1,).
    """
    with np.errstate(over="ignore", invalid="ignore"):
        above = surface.value(theta.T) - surface.lowest
    finite = np.isfinite(above) & np.isfinite(theta).all(axis=1)
    alive = np.logical_and.accumulate(finite)
    return np.where(alive[:, None], theta, np.nan), np.where(alive, above, np.nan)


def fate(theta: Array, above: Array, highest: float) -> str:
    """What became of a run that did not stay, or nothing, as a label says it.

    theta, above: as until_divergence returns them; highest: the largest loss in sight.
    """
    ended = ~np.isfinite(above)
    if ended.any():
        return f"diverged at step {finite_length(theta)}"
    inside = np.flatnonzero(above <= highest)
    if above[-1] > highest and len(inside):
        return f"off the picture from step {inside[-1] + 1}"
    return ""


def fix_loss_axes(ax: Axes, surface: Surface, steps: int) -> None:
    """Limits for losses on a surface that rest while a starting point or rate moves.

    They span ten decades, up to ten times the highest value at the window's corners.
    """
    x0, x1, y0, y1 = surface.window
    corners = np.stack(np.meshgrid([x0, x1], [y0, y1]))
    highest = float(np.max(surface.value(corners) - surface.lowest))
    highest = highest if highest > 0 else 1.0  # a flat surface
    ax.set(xlim=(0, steps), ylim=(highest * 1e-9, highest * 10), autoscale_on=False)
