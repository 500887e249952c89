"""From a pressed key to the new picture, in headless Chromium, side by side.

    python -m benchmarks latency
    python -m benchmarks.latency FILE.html …   with the explorers of these files

Plain `interact` and ipympl draw the same picture: contour lines of 80 x 80 points,
640 x 480 pixels, and a path of 200 points. Beside them stand the live widgets and the
explorers in JupyterLab, opened by `lez10 lab`, and the explorers on a slide and on the
site: without names of files on those of 03_momentum, where `make slides` and `make
site` have built them, and else on a page without anything around them. One clock
times them all (tests/browser/hand.py), in turns.
"""

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from unittest import mock

import numpy as np

from benchmarks.explorers import EXPLORERS, build
from benchmarks.timing import Row

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "browser"))

from hand import EXPLORER, LIVE, Hand, Kind  # noqa: E402
from lab_server import (  # noqa: E402
    CHROMIUM,
    chromium,
    lab,
    new_page,
    open_notebook,
    run_all,
    write_notebook,
)

ROUNDS, PRESSES = 12, 10
BUILT = ("build/slides/03_momentum.html", "build/site/03_momentum.html")
FLOORS = {"explorer": (0.017, 0.033), "live": (0.060, 0.120)}  # median, 95th percentile
CELL = Kind("img", ".noUi-handle", "loaded")
IPYMPL = Kind("canvas", ".noUi-handle", "painted")

NAMES = "from lez10 import *\nfrom lez10.widgets import *\n"
BUDGETS = "from lez10.experiments.results import stored\n"
LIVES = {
    "playground": "Playground()",
    "playground, two, 400 steps": "Playground(('sgd', 'momentum'), 'rosenbrock', "
    "steps=400)",
    "initialisation": "InitializationExplorer()",
    "normalisation": "NormalizationExplorer()",
}
MOVED = {"initialisation": "scale", "normalisation": "γ"}  # the others: α
SCENE = """
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from lez10 import history, iterate, quadratic, sgd

surface = quadratic()
x0, x1, y0, y1 = surface.window
grid = np.meshgrid(np.linspace(x0, x1, 80), np.linspace(y0, y1, 80))
values = surface.value(np.array(grid))
alpha = widgets.FloatSlider(value=0.02, min=0.001, max=0.1, step=0.001, description="α")

def path(alpha):
    states = iterate(sgd, np.array(surface.start), surface.gradient, alpha=alpha)
    return history(state for state, _ in zip(states, range(200))).theta.T

def draw(alpha):
    figure, ax = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    ax.contour(*grid, values, levels=20)
    ax.set(xlim=(x0, x1), ylim=(y0, y1))
    return ax.plot(*path(alpha), ".-")[0]
"""
INTERACT = """
def show(alpha):
    draw(alpha)
    plt.show()

widgets.interact(show, alpha=alpha)
"""
WITH_IPYMPL = """
line = draw(alpha.value)

def move(change):
    line.set_data(*path(change.new))
    line.figure.canvas.draw_idle()

alpha.observe(move, "value")
display(alpha)
plt.show()
"""


class Candidate:
    """A widget under a hand, and the latencies of its key presses in ms."""

    def __init__(self, name: str, group: str, hand: Hand, sliders: list):
        self.name, self.group, self.hand, self.sliders = name, group, hand, sliders
        self.latencies: list[float] = []

    def round(self, number: int) -> None:
        """Press a key some times there, and as often back."""
        page, slider = self.hand.page, self.sliders[number % len(self.sliders)]
        page.bring_to_front()
        turn_to(self.hand.widget)
        slider.scroll_into_view_if_needed()
        slider.focus()
        there, back = self.hand.keys(slider)
        for n in range(PRESSES):
            page.wait_for_timeout(20 + 50 * random.random())
            key = there if n < PRESSES // 2 else back
            latency = self.hand.press(key, 5)
            if latency is not None:  # else the new picture is the old one
                self.latencies.append(latency)


def with_sliders(name: str, group: str, page, widget, kind: Kind) -> Candidate:
    """The slider that a live widget is moved by; each one of an explorer."""
    hand = Hand(page, widget, kind)
    if kind is EXPLORER:
        sliders = hand.sliders.all()
        sliders[-1].press("End")  # long paths
    else:
        has = page.locator(f".widget-label:text-is('{MOVED.get(name, 'α')}')")
        sliders = [
            widget.locator(".widget-slider").filter(has=has).locator(kind.sliders).last
        ]
    return Candidate(name, group, hand, sliders)


def in_jupyterlab(stack: ExitStack, browser, folder: Path) -> Iterator[Candidate]:
    """Candidates on pages of JupyterLab; each way to draw has a kernel of its own."""
    course = folder / "course"
    course.mkdir()
    write_notebook(course / "interact.ipynb", SCENE, INTERACT)
    write_notebook(course / "ipympl.ipynb", f"%matplotlib widget{SCENE}", WITH_IPYMPL)
    write_notebook(course / "live.ipynb", NAMES, *LIVES.values())
    write_notebook(course / "explorers.ipynb", NAMES + BUDGETS, *EXPLORERS.values())
    server = stack.enter_context(lab(course))

    def opened(name: str):
        page = new_page(browser)
        open_notebook(page, server, f"{name}.ipynb")
        run_all(page)
        return page, page.locator(".jp-CodeCell")

    page, cells = opened("interact")
    yield with_sliders("plain interact", "others", page, cells.nth(1), CELL)
    if find_spec("ipympl"):
        page, cells = opened("ipympl")
        cells.nth(1).locator("canvas").first.wait_for()
        yield with_sliders("ipympl", "others", page, cells.nth(1), IPYMPL)
    else:
        print("ipympl is not installed, and left out", file=sys.stderr)
    page, cells = opened("live")
    for n, name in enumerate(LIVES, 1):
        cells.nth(n).locator(LIVE.pictures).wait_for()
        yield with_sliders(name, "live", page, cells.nth(n), LIVE)
    page, cells = opened("explorers")
    for n, name in enumerate(EXPLORERS, 1):
        widget = cells.nth(n).locator(".lez10-explorer")
        widget.locator("canvas[aria-label]").first.wait_for()
        yield with_sliders(f"{name}, JupyterLab", "explorer", page, widget, EXPLORER)


def on_a_page(browser, folder: Path) -> Iterator[Candidate]:
    """The explorers on one page that was written without anything around them."""
    path = folder / "page.html"
    with mock.patch.dict(os.environ, LEZ10_STATIC="1"):
        bodies = [
            build(expression)._repr_mimebundle_()[0]["text/html"]
            for expression in EXPLORERS.values()
        ]
    path.write_text(f"<!doctype html><meta charset=utf-8>{''.join(bodies)}")
    names = [f"{name}, a page" for name in EXPLORERS]
    yield from on_file(browser, path, names)


def on_file(browser, path: Path, names: list[str] | None = None) -> Iterator[Candidate]:
    """The explorers of a deck, on their slides, or of a page of the site."""
    page = new_page(browser, 1280, 720)
    page.goto(path.resolve().as_uri())
    page.locator(".lez10-explorer canvas[aria-label]").first.wait_for(state="attached")
    for n, widget in enumerate(page.locator(".lez10-explorer").all()):
        place = "the site" if turn_to(widget) is None else "a slide"
        name = names[n] if names else f"{path.stem} {n + 1}, {place}"
        yield with_sliders(name, "explorer", page, widget, EXPLORER)


def turn_to(widget) -> bool | None:
    """Turn a deck to a widget's slide; whether it turned, None if there is no deck."""
    turned = widget.evaluate(
        """(widget) => {
          const slide = widget.closest(".reveal .slides section");
          if (!slide) return null;
          const { h, v } = Reveal.getIndices(slide), now = Reveal.getIndices();
          if (h === now.h && (v ?? 0) === (now.v ?? 0)) return false;
          Reveal.slide(h, v);
          return true;
        }"""
    )
    if turned:
        widget.page.wait_for_timeout(1500)  # the deck's own transition
    return turned


@contextmanager
def candidates(files: list[Path]) -> Iterator[list[Candidate]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(chromium())
        found = [*in_jupyterlab(stack, browser, folder)]
        for path in files:
            found += on_file(browser, path)
        yield found if files else [*found, *on_a_page(browser, folder)]


def measure(files: list[Path] | None = None) -> list[Row]:
    """Three rows for each: the median, the 95th percentile, a part of interact's."""
    if CHROMIUM is None:
        print("not measured: there is no chromium", file=sys.stderr)
        return []
    built = [path for pattern in BUILT for path in sorted(ROOT.glob(pattern))]
    with candidates(built if files is None else files) as found:
        for number in range(ROUNDS):
            first = number % len(found)
            for candidate in found[first:] + found[:first]:
                candidate.round(number)
        return [row for candidate in found for row in rows(candidate, found[0])]


def rows(one: Candidate, plain: Candidate) -> list[Row]:
    """What a candidate's presses come to, beside those of plain `interact`."""
    floors = FLOORS.get(one.group, (None, None))
    ours, theirs = (np.array(c.latencies) / 1000 for c in (one, plain))
    other = "" if one is plain else plain.name
    found = []
    for q, floor in zip((50, 95), floors):
        mine, other_one = float(np.percentile(ours, q)), float(np.percentile(theirs, q))
        what = one.name if q == 50 else f"  95th percentile of {len(ours)} presses"
        found.append(
            Row(what, mine, other, other_one if other else None, mine, "s", floor)
        )
    if other:
        part = median(ours) / median(theirs)
        found.append(Row("  part of the median", None, "", None, part, ""))
    return found


if __name__ == "__main__":
    from benchmarks.__main__ import report

    sys.exit(report({"latency": partial(measure, [Path(p) for p in sys.argv[1:]])}))
