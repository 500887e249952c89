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
from PIL import Image

from lez10 import plots
from lez10.appearance import DPI, PAPER, look
from lez10.surfaces import Surface
from lez10.widgets.words import SIGNS, WORDS

if TYPE_CHECKING:
    from lez10.widgets.explorer import Explorer
    from lez10.widgets.runs import TableOfRuns

HERE = Path(__file__).parent
WIDTH = 4.2  # inches of the background, as wide as it is drawn in a notebook

# The page's script: the widget's own module and a model that only remembers. The
# picture stays where there is no JavaScript, or where it fails, and in print. Whoever
# has to wait for the widget waits for host.alive.
LOADER = """((host) => { host.alive = (async () => {
  const bytes = (text) => new DataView(
    Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const state = JSON.parse(host.querySelector("[type='application/json']").textContent);
  state.runs = bytes(state.runs);
  state.backgrounds = state.backgrounds.map(bytes);
  const model = {
    get: (name) => state[name], set(name, value) { state[name] = value; },
    save_changes() {}, on() {}, off() {} };
  const { default: widget } = await import("data:text/javascript;base64,MODULE");
  const el = document.createElement("div");
  widget.render({ model, el });
  host.querySelector("img").after(el);
  host.classList.add("lez10-alive");
})(); })(document.currentScript.parentElement);"""


def module() -> str:
    """The JavaScript of the widget, as one module."""
    parts = ("plane.js", "numbers.js", "panels.js", "explorer.js")
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
    settings = [
        f"{SIGNS.get(n, n)} = {value:g}" for n, value in stands.items() if n != "k"
    ]
    parts = [
        WORDS["scene"].format(
            title=explorer.surface.title,
            k=explorer.k,
            steps=explorer.steps,
            settings=", ".join(settings),
        )
    ]
    for rule in explorer.shown:
        kind, values = whereabouts(explorer, rule)
        template = "at" if kind == "at" else f"{kind} sentence"
        parts.append(WORDS[template].format(**values))
    told = [panel_sentence(explorer, panel) for panel in explorer.scene["panels"]]
    parts += filter(None, told)
    return " ".join(parts)


def panel_sentence(explorer: "Explorer", panel: dict[str, Any]) -> str:
    """The numbers at step k that a small plot shows; nothing where it shows none."""
    k, said = explorer.k, []
    runs = {r: explorer.tables[r].run(explorer.i, explorer.j) for r in explorer.shown}
    alive = {r: run for r, run in runs.items() if np.isfinite(run["loss"][k, 0])}
    if panel.get("enlarged"):
        for run in list(alive.values())[:1]:
            said = [f"{WORDS['momentum step']} {vector(run['push'][k])}"]
            said += [
                f"{WORDS['gradient step'].format(rule=one['label'])} "
                f"{vector(run[one['channel']][k])}"
                for one in panel["pair"]
            ]
    elif panel["channel"] != "loss":
        said = [
            f"{look(rule).label} {vector(run[panel['channel']][k])}"
            for rule, run in alive.items()
            if panel["channel"] in run
        ]
    name, values = panel["name"], ", ".join(said)
    return WORDS["panel says"].format(name=name, values=values) if said else ""


def vector(numbers: np.ndarray) -> str:
    """Two numbers as text."""
    return "({})".format(", ".join(f"{number:.3g}" for number in numbers))


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


def page(explorer: "TableOfRuns", png: bytes) -> str:
    """A table of runs as HTML that needs neither kernel nor network."""
    state = {
        name: getattr(explorer, name) for name in ("scene", "i", "j", "k", "hidden")
    }
    state["runs"] = base64_of(explorer.runs)
    state["backgrounds"] = [base64_of(png) for png in explorer.backgrounds]
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
