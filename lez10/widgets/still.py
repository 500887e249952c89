"""The explorer without a kernel: its sentence, its picture, its static page."""

import base64
import html
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from PIL import Image

from lez10 import plots
from lez10.appearance import DPI, FONT_SIZE, INK, PAPER, look
from lez10.surfaces import Surface
from lez10.widgets.words import SIGNS, WORDS

if TYPE_CHECKING:
    from lez10.widgets.explorer import Explorer

HERE = Path(__file__).parent
WIDTH = 4.2  # inches of the background, as wide as it is drawn in a notebook

# The page's script: the widget's own module and a model that only remembers. The
# picture stays where there is no JavaScript, or where it fails.
LOADER = """(async (host) => {
  const bytes = (text) => new DataView(
    Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const state = JSON.parse(host.querySelector("[type='application/json']").textContent);
  for (const name of ["runs", "background"]) state[name] = bytes(state[name]);
  const model = {
    get: (name) => state[name], set(name, value) { state[name] = value; },
    save_changes() {}, on() {}, off() {} };
  const { default: widget } = await import("data:text/javascript;base64,MODULE");
  const el = document.createElement("div");
  widget.render({ model, el });
  host.querySelector("img").replaceWith(el);
})(document.currentScript.parentElement);"""


def module() -> str:
    """The JavaScript of the widget, as one module."""
    parts = ("plane.js", "explorer.js")
    return "\n".join((HERE / part).read_text(encoding="utf-8") for part in parts)


def width_of(png: bytes) -> int:
    """The width of a PNG in pixels, from its header."""
    return int.from_bytes(png[16:20], "big")


def base64_of(data: bytes) -> str:
    """Bytes as base64 text."""
    return base64.b64encode(data).decode()


def background(surface: Surface) -> bytes:
    """The contour lines alone, edge to edge, at twice the screen's resolution."""
    x0, x1, y0, y1 = surface.window
    fig = Figure(figsize=(WIDTH, WIDTH * (y1 - y0) / (x1 - x0)), facecolor=PAPER)
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0, 0, 1, 1))
    plots.contour(ax, surface)
    ax.set_axis_off()
    # grey lines need no more than 16 colours: a fifth of the bytes
    buffer = io.BytesIO()
    grey = Image.open(io.BytesIO(png_of(fig))).convert("L").quantize(16)
    grey.save(buffer, format="png")
    return buffer.getvalue()


def png_of(fig: Figure) -> bytes:
    """The figure as PNG bytes that are the same on every run."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=2 * DPI, metadata={"Software": None})
    return buffer.getvalue()


def sentence(explorer: "Explorer") -> str:
    """What is to be seen at the sliders' positions, one sentence per algorithm."""
    stands = explorer.settings
    settings = [f"{SIGNS[n]} = {value:g}" for n, value in stands.items() if n != "k"]
    parts = [
        WORDS["scene"].format(
            title=explorer.surface.title,
            k=explorer.k,
            steps=explorer.steps,
            settings=", ".join(settings),
        )
    ]
    for rule in shown_rules(explorer):
        kind, values = whereabouts(explorer, rule)
        template = "at" if kind == "at" else f"{kind} sentence"
        parts.append(WORDS[template].format(**values))
    return " ".join(parts)


def shown_rules(explorer: "Explorer") -> list[str]:
    """The algorithms that are not hidden."""
    return [rule for rule in explorer.rules if rule not in explorer.hidden]


def whereabouts(explorer: "Explorer", rule: str) -> tuple[str, dict[str, str]]:
    """Whether a run is "at" a point, "outside" or "diverged", and the words' values."""
    run = explorer.tables[rule].run(explorer.i, explorer.j)
    (x, y), (loss,) = run["theta"][explorer.k], run["loss"][explorer.k]
    label = look(rule).label
    if not np.isfinite(x):
        lived = int(np.isfinite(run["loss"]).sum())
        return "diverged", {"rule": label, "k": str(lived)}
    x0, x1, y0, y1 = explorer.surface.window
    inside = x0 <= x <= x1 and y0 <= y <= y1
    values = {"rule": label, "x": f"{x:.3g}", "y": f"{y:.3g}", "loss": f"{loss:.3g}"}
    return "at" if inside else "outside", values


def picture(explorer: "Explorer") -> bytes:
    """Paths and losses at the sliders' positions, as a PNG."""
    x0, x1, y0, y1 = window = explorer.surface.window
    height = WIDTH * (y1 - y0) / (x1 - x0)
    wide, high = WIDTH + 3.2, height + 0.5
    fig = Figure(figsize=(wide, high), facecolor=PAPER)
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0.45 / wide, 0.4 / high, WIDTH / wide, height / high))
    side = fig.add_axes(((WIDTH + 1.2) / wide, 0.4 / high, 1.85 / wide, 0.6))
    lines = imread(io.BytesIO(explorer.background))
    ax.imshow(lines, extent=window, aspect="auto", interpolation="nearest")
    k, data = explorer.k, explorer.scene
    low, high = (10.0 ** data["loss"][end] for end in ("low", "high"))
    side.set_yscale("log")
    # before the curves: a loss that is 0 throughout has no log axis of its own
    side.set(xlim=(0, explorer.steps), ylim=(low, high), autoscale_on=False)
    for rule in shown_rules(explorer):
        run = explorer.tables[rule].run(explorer.i, explorer.j)
        seen, dashes = look(rule), look(rule).dash or (None, None)
        line: dict[str, Any] = {
            "color": seen.colour,
            "dashes": dashes,
            "lw": 1.6,
            "clip_on": True,
        }
        theta, loss = run["theta"][: k + 1], run["loss"][: k + 1, 0]
        alive = np.isfinite(loss)
        ax.plot(*theta[alive].T, marker=seen.marker, ms=2.5, **line)
        last = theta[alive][-1]
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
        side.plot(np.flatnonzero(alive), loss[alive], **line)
    side.set_xticks(*zip(*data["stepTicks"]))
    side.set_xlabel("k", loc="right", labelpad=-9, color=INK)
    side.set_title(WORDS["loss axis"], fontsize=FONT_SIZE - 1, color=INK)
    ax.set(xlim=(x0, x1), ylim=(y0, y1))
    for set_ticks, places in zip((ax.set_xticks, ax.set_yticks), data["ticks"]):
        set_ticks(*zip(*places))
    return png_of(fig)


def page(explorer: "Explorer", png: bytes) -> str:
    """The explorer as HTML that needs neither kernel nor network."""
    state = {
        name: getattr(explorer, name) for name in ("scene", "i", "j", "k", "hidden")
    }
    state["runs"] = base64_of(explorer.runs)
    state["background"] = base64_of(explorer.background)
    # "</" would end the script element
    data = json.dumps(state, ensure_ascii=False).replace("</", "<\\/")
    css = (HERE / "explorer.css").read_text(encoding="utf-8")
    script = LOADER.replace("MODULE", base64_of(module().encode()))
    return (
        f'<div class="lez10-static"><style>{css}</style>'
        f'<img alt="{html.escape(explorer.sentence())}" width="{width_of(png) // 2}" '
        f'style="max-width:100%" '
        f'src="data:image/png;base64,{base64_of(png)}">'
        f'<script type="application/json">{data}</script>'
        f"<script>{script}</script></div>"
    )
