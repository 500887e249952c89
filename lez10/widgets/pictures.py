"""The explorers as pictures, for readers without JavaScript: what the canvas shows."""

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread

from lez10 import plots
from lez10.appearance import FONT_SIZE, INK, PAPER, Look, look
from lez10.widgets.still import WIDTH, png_of, whereabouts
from lez10.widgets.words import WORDS

if TYPE_CHECKING:
    from lez10.widgets.explorer import Explorer

SIDE = 1.85  # inches, the width of a small plot
SECOND = (1.2, 1.8)  # the dash of a second component
Runs = dict[str, tuple[Look, dict[str, np.ndarray]]]


def explorer_picture(explorer: "Explorer") -> bytes:
    """Paths and small plots at the sliders' positions, as a PNG."""
    x0, x1, y0, y1 = explorer.surface.window
    panels = explorer.scene["panels"]
    height = WIDTH * (y1 - y0) / (x1 - x0)
    wide, high = WIDTH + 3.2, max(height + 0.5, 1.75 * len(panels))
    fig = Figure(figsize=(wide, high), facecolor=PAPER)
    FigureCanvasAgg(fig)
    top = high - 0.1 - height
    ax = fig.add_axes((0.45 / wide, top / high, WIDTH / wide, height / high))
    draw_surface(ax, explorer)
    runs: Runs = {
        rule: (look(rule), explorer.tables[rule].run(explorer.i, explorer.j))
        for rule in explorer.shown
    }
    for n, panel in enumerate(panels):
        share = high / len(panels)
        bottom = high - (n + 1) * share + 0.4
        left = (WIDTH + 1.2) / wide
        box = (left, bottom / high, SIDE / wide, (share - 0.75) / high)
        draw_panel(fig.add_axes(box), panel, explorer.scene["axis"], runs, explorer.k)
    return png_of(fig)


def draw_surface(ax: Axes, explorer: "Explorer") -> None:
    """The contour lines, the paths, and where each of them stands."""
    x0, x1, y0, y1 = window = explorer.surface.window
    lines = imread(io.BytesIO(explorer.backgrounds[explorer.member]))
    ax.imshow(lines, extent=window, aspect="auto", interpolation="nearest")
    for rule in explorer.shown:
        run, seen = explorer.tables[rule].run(explorer.i, explorer.j), look(rule)
        theta = run["theta"][: explorer.k + 1]
        theta = theta[np.isfinite(theta).all(axis=1)]
        last = theta[-1]
        ax.plot(*theta.T, marker=seen.marker, ms=2.5, **line(seen))
        ax.plot(*last, seen.marker, color=seen.colour, ms=8, mec=PAPER)
        kind, values = whereabouts(explorer, rule)
        label = "{rule}" if kind == "at" else WORDS[f"{kind} label"]
        ax.annotate(
            label.format(**values),
            np.clip(last, (x0, y0), (x1, y1)),
            xytext=(-6 if last[0] > (x0 + x1) / 2 else 6, 7),
            ha="right" if last[0] > (x0 + x1) / 2 else "left",
            textcoords="offset points",
            color=seen.colour,
            weight="bold",
            path_effects=plots.HALO,
        )
    ax.set(xlim=(x0, x1), ylim=(y0, y1))
    ticks = explorer.scene["ticks"]
    for set_ticks, places in zip((ax.set_xticks, ax.set_yticks), ticks):
        set_ticks(*zip(*places))


def line(seen: Look, component: int = 0) -> dict[str, Any]:
    """How a run's line looks; that of a second component is dotted."""
    dashes = SECOND if component else seen.dash or (None, None)
    return {"color": seen.colour, "dashes": dashes, "lw": 1.6, "clip_on": True}


def draw_panel(
    ax: Axes, panel: dict[str, Any], axis: dict[str, Any], runs: Runs, k: int
) -> None:
    """A small plot of a scene: of a channel, or of the next step enlarged."""
    ax.set_title(panel["title"], fontsize=FONT_SIZE - 1, color=INK)
    if panel.get("enlarged"):
        draw_head_to_tail(ax, panel, runs, k)
        return
    ax.set_yscale("log")
    # before the curves: a loss that is 0 throughout has no log axis of its own
    ax.set(xlim=(axis["low"], axis["high"]), autoscale_on=False)
    ax.set_ylim(10.0 ** panel["low"], 10.0 ** panel["high"])
    places = np.array(axis["places"], float)
    for seen, run in runs.values():
        numbers = np.abs(run.get(panel["channel"], np.empty((0, 1)))[: k + 1])
        for component, values in enumerate(numbers.T):
            alive = np.isfinite(values)
            ax.plot(places[: k + 1][alive], values[alive], **line(seen, component))
    ax.set_xticks(*zip(*axis["ticks"]))
    ax.set_yticks(*zip(*[(10.0**place, text) for place, text in panel["ticks"]]))
    ax.set_yticks([], minor=True)
    ax.set_xlabel("k", loc="right", labelpad=-9, color=INK)


def draw_head_to_tail(ax: Axes, panel: dict[str, Any], runs: Runs, k: int) -> None:
    """The momentum step, and from its tip the gradient step of either method."""
    ax.set(xticks=[], yticks=[])
    for seen, run in runs.values():
        push = run["push"][k] if "push" in run else np.array([np.nan])
        if not np.isfinite(push).all():
            continue
        ends = [push + run[one["channel"]][k] for one in panel["pair"]]
        arrow(ax, 0 * push, push, panel["push"])
        for one, end in zip(panel["pair"], ends, strict=True):
            ax.plot(*zip(0 * push, end), ":", lw=1, color=one["colour"])
            arrow(ax, push, end, one)
        ax.plot(0, 0, seen.marker, color=seen.colour, ms=8, mec=PAPER)
        corners = np.array([0 * push, push, *ends])
        middle = (corners.min(0) + corners.max(0)) / 2
        reach = 0.8 * max(np.ptp(corners, axis=0).max(), 1e-12)
        ax.set(xlim=middle[0] + reach * np.array([-1, 1]), aspect="equal")
        ax.set(ylim=middle[1] + reach * np.array([-1, 1]))
        return


def arrow(ax: Axes, start: np.ndarray, end: np.ndarray, seen: dict[str, Any]) -> None:
    """An arrow and its name, by its tip."""
    tip, tail = (float(end[0]), float(end[1])), (float(start[0]), float(start[1]))
    style = {"arrowstyle": "-|>", "color": seen["colour"], "lw": 1.8}
    ax.annotate("", tip, tail, arrowprops={**style, "shrinkA": 0, "shrinkB": 0})
    ax.annotate(
        seen["label"],
        tip,
        xytext=(3, 3),
        textcoords="offset points",
        color=seen["colour"],
        fontsize=FONT_SIZE - 2,
        path_effects=plots.HALO,
    )
